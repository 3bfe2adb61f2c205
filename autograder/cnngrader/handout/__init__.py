"""What a student is given, and begins with: an assignment's released files, from wherever they are."""
