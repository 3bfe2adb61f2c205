"""Grading one submission, and several side by side on one machine."""
