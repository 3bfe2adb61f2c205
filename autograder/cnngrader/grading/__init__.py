"""Grading a class: what is to be run, where, and writing what came of it."""
