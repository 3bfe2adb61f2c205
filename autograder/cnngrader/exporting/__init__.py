"""What the gradebook has, for other programs: learning platforms' own files, filled, and tables."""
