"""What staff open in a browser shows what a student wrote, and runs nothing of it."""
