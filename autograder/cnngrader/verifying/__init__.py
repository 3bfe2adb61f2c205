"""Proving an assignment sound: wrong solutions that must lose exactly what they should."""
