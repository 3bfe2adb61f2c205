"""What a class can do and cannot: an assignment's report, and a term's."""
