"""Names that tell nobody who does not know the course's secret whose they are."""

from collections.abc import Iterable
from hashlib import sha256

from cnngrader.course import Course

DIGITS = 10
"""Enough that no two of a class meet."""


def pseudonyms(course: Course, students: Iterable[str]) -> dict[str, str]:
    """{student: a pseudonym}, the same in each report and table of the course."""
    secret = course.secret.read_text(encoding="utf-8") if course.secret.exists() else ""
    return {student: f"s-{sha256(f'{secret}:report:{student}'.encode()).hexdigest()[:DIGITS]}" for student in students}
