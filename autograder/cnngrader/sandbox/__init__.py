"""Confinement of a student's process: each layer in a file, `confine` applies them in order."""
