"""What went wrong most often, in the words that students were told."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cnngrader.submission.verdict import Verdict

_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?", re.IGNORECASE)
NOT_WRITTEN = "NotImplementedError"


@dataclass(frozen=True)
class Mistake:
    """students: how many were told so. example: the words, as one of them was."""

    check: str
    example: str
    students: int
    unwritten: bool


def count_mistakes(verdicts: Iterable[Verdict]) -> list[Mistake]:
    """The messages of a class, the most frequent first, those of answers that are not written last. A submission
    that could not be run has made none. Messages that differ in their numbers alone, or in
    what was tried, are one mistake; a student who was told of it by several tests of a check counts once."""
    told: dict[tuple[str, str], dict[str, str]] = {}
    for verdict in verdicts:
        for test in verdict.tests if verdict.status.ran else ():
            if test.message and not test.fault:
                kind = test.check, _NUMBER.sub("#", test.message.partition(": ")[2] or test.message)
                told.setdefault(kind, {}).setdefault(verdict.student, test.message)
    mistakes = [
        Mistake(check, next(iter(students.values())), len(students), NOT_WRITTEN in kind)
        for (check, kind), students in told.items()
    ]
    return sorted(mistakes, key=lambda mistake: (mistake.unwritten, -mistake.students, mistake.check))
