"""Attacks on the grader, each a submission, graded as a class; see SECURITY.md."""
