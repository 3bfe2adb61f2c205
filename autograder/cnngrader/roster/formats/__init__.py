"""Lists of a class as platforms write them, a file each."""
