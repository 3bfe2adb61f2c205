"""Personal variants: numbers that are each student's own, from their id and the course's secret."""

import csv
import hashlib
import runpy
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cnngrader.assignment import Assignment
from cnngrader.course import Course
from cnngrader.errors import AuthorError, UsageError
from cnngrader.files import write_whole
from cnngrader.ids import student_id
from cnngrader.roster.students_file import read_roster
from cnnkit.check.codec import NotPlainData, decode, encode

EXAMPLE = "example"
"""The student whose variant is in the release; everybody can know it."""


@dataclass(frozen=True)
class Variant:
    """files: {name: content}, laid beside the notebook. answers: what the rubric's
    `submission.variant` is, plain data that no student's code sees."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    answers: Any = None


def variant_of(assignment: Assignment, student: str, secret: str) -> Variant:
    """The student's variant, the same each time; an empty one where the assignment has none.

    It is made by `variant(rng, student)` of solutions/<id>/variant.py, which returns
    ({file name: text}, answers). Raises AuthorError where that fails or returns something else.
    """
    path = assignment.variant
    if not path.exists():
        return Variant()
    seed = hashlib.sha256(f"{secret}:variant:{assignment.id}:{student}".encode()).digest()
    try:
        made = runpy.run_path(str(path))["variant"](np.random.default_rng(int.from_bytes(seed[:16], "big")), student)
    except Exception as error:
        line = traceback.extract_tb(error.__traceback__)[-1].lineno
        raise AuthorError(
            f"{path}: no variant for {student!r}: {type(error).__name__}: {error} (line {line})"
        ) from None
    match made:
        case (dict() as files, answers) if all(isinstance(text, str) for pair in files.items() for text in pair):
            try:
                plain = decode(encode(answers))
            except NotPlainData as error:
                raise AuthorError(f"{path}: the answers hold {error}") from None
            return Variant({name: text.encode() for name, text in files.items()}, plain)
    raise AuthorError(f"{path}: variant(rng, student) must return ({{file name: text}}, answers), not {made!r}"[:300])


def read_class(path: Path) -> list[str]:
    """Student ids of a file, as `collect` makes them: the column `id` of a CSV, as nbgrader's, or one id a line.

    Raises UsageError where there are none.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {getattr(error, 'strerror', None) or 'not a text in UTF-8'}") from None
    if lines and "id" in (heading := next(csv.reader(lines[:1]))):
        ids = [row[heading.index("id")] for row in csv.reader(lines[1:]) if len(row) > heading.index("id")]
    else:
        if lines and any(sign in lines[0] for sign in ",;\t"):
            raise UsageError(f"{path}: its first line is {lines[0][:60]!r}, without a column `id`; columns need commas")
        ids = lines
    named = list(dict.fromkeys(id.strip() for id in ids if id.strip()))
    if not named:
        raise UsageError(f"{path} names no students: it needs a column `id`, or one id a line")
    if strange := [id for id in named if not _is_id(id)]:
        raise UsageError(f"{path}: {strange[0]!r} cannot be a student's id, since it would be no folder's name")
    return list(dict.fromkeys(map(student_id, named)))


def class_of_roster(course: Course, assignment: Assignment) -> list[str]:
    """Who hands in, before anybody has: students of the roster, or their groups where these do. Raises UsageError
    where there is no roster."""
    students = read_roster(course).students.values()
    if not students:
        raise UsageError("there is no roster. Run: cnnkit roster FILE, or name the class with --class FILE")
    return list(dict.fromkeys((assignment.groups and one.group_id) or one.id for one in students))


def _is_id(student: str) -> bool:
    return bool(student.strip()) and not ("/" in student or "\\" in student or student.startswith("."))


def variant_text(assignment: Assignment, student: str, secret: str) -> str:
    """The student's files and answers, for a TA to read. Raises UsageError where there are no variants."""
    if not _is_id(student):
        raise UsageError(f"{student!r} cannot be a student's id, since it would be no folder's name")
    student = student_id(student)
    variant = _some(assignment, student, secret)
    parts = [f"{name} of {student}\n{content.decode()}" for name, content in variant.files.items()]
    answers = variant.answers if isinstance(variant.answers, dict) else {"answers": variant.answers}
    for name, value in answers.items():
        lines = value if isinstance(value, list | tuple) else [value]
        parts.append("\n".join([f"{name} (not for students)", *(f"  {line}" for line in lines)]))
    return "\n".join(parts)


def write_variants(
    course: Course, assignment: Assignment, students: list[str], secret: str, folder: Path
) -> list[Path]:
    """Write folder/STUDENT/<files> for each; returns the paths. Raises UsageError for no variants.

    The course remembers who was given files.
    """
    written = []
    for student in students:
        for name, content in _some(assignment, student, secret).files.items():
            path = folder / student / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            written.append(path)
    path = _given_path(course, assignment)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, "\n".join(sorted(read_given(course, assignment) | set(students))) + "\n")
    return written


def read_given(course: Course, assignment: Assignment) -> set[str]:
    """The students who were given files of their own; nobody where that was not by `write_variants`."""
    path = _given_path(course, assignment)
    return set(map(student_id, path.read_text(encoding="utf-8").splitlines())) if path.exists() else set()


def _given_path(course: Course, assignment: Assignment) -> Path:
    return course.home / "variants" / f"{assignment.id}.txt"


def _some(assignment: Assignment, student: str, secret: str) -> Variant:
    variant = variant_of(assignment, student, secret)
    if not variant.files:
        raise UsageError(f"{assignment.id} is the same for everybody: it has no {assignment.variant}")
    return variant
