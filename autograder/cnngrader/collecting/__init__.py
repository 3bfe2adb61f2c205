"""What students handed in, from wherever it lies, into the course."""
