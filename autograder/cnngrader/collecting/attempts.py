"""What a student handed in for an assignment, attempt by attempt, and which of them lies in submitted/, where it
counts."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cnngrader.assignment import Assignment
from cnngrader.attempt_rule import AttemptRule
from cnngrader.collecting.lay_down import contents_of, part_of, place_of_attempt
from cnngrader.course import Course
from cnngrader.stamp_file import stamp_of


@dataclass(frozen=True)
class Attempt:
    """time: when it was handed in, where that is known. counts: whether it lies in submitted/."""

    folder: Path
    time: datetime | None
    counts: bool


def find_attempts(course: Course, id: str, student: str) -> list[Attempt]:
    """All of them, that which counts first; nothing where there is none that does."""
    counting = course.submitted(id, student)
    if not counting.is_dir():
        return []
    kept = course.attempts(id, student)
    others = sorted(folder for folder in kept.iterdir() if folder.is_dir()) if kept.is_dir() else []
    if others:
        own = contents_of(counting)
        others = [folder for folder in others if contents_of(folder) != own]  # the same, handed in twice
    return [Attempt(folder, stamp_of(folder, course.zone), folder == counting) for folder in (counting, *others)]


def make_count(course: Course, id: str, student: str, attempt: Attempt) -> None:
    """Put it in submitted/, and what was there among the attempts."""
    folder, attempts = course.submitted(id, student), course.attempts(id, student)
    part = part_of(folder)
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(attempt.folder, part)
    if place := place_of_attempt(attempts, stamp_of(folder, course.zone), contents_of(folder)):
        folder.replace(place)
    else:
        shutil.rmtree(folder)
    part.replace(folder)
    shutil.rmtree(attempt.folder)


def last_in_time(attempts: Sequence[Attempt], due: datetime | None) -> Attempt:
    """The last by the due date, or, where none was in time, the last. That which counts stays where its time is not
    known."""
    timed = [(attempt.time, attempt.counts, attempt) for attempt in attempts if attempt.time]
    if not any(counts for _, counts, _ in timed):
        return attempts[0]
    in_time = [each for each in timed if due is None or each[0] <= due]
    return max(in_time or timed, key=lambda each: each[:2])[2]


def choose_in_time(
    course: Course, assignment: Assignment, students: Sequence[str], due_of: Callable[[str], datetime | None]
) -> dict[str, Attempt]:
    """Have the last attempt in time count, where the assignment says so. Returns those that count from now on."""
    if assignment.attempts is not AttemptRule.LAST_BEFORE_DUE:
        return {}
    chosen = {}
    for student in students:
        attempts = find_attempts(course, assignment.id, student)
        if len(attempts) > 1 and not (best := last_in_time(attempts, due_of(student))).counts:
            make_count(course, assignment.id, student, best)
            chosen[student] = best
    return chosen
