"""Entering verdicts into nbgrader's gradebook, and reading what people added there."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
from nbgrader.api import MissingEntry
from nbgrader.utils import compute_checksum, is_grade, is_solution, parse_utc

from cnngrader.course import Course
from cnngrader.nbgrader_course import open_gradebook
from cnngrader.verdict import Verdict


def knows(course: Course, assignment: str) -> bool:
    """Whether a release has entered the assignment."""
    if not (course.home / "gradebook.db").exists():
        return False
    with open_gradebook(course) as book:
        try:
            book.find_notebook(assignment, assignment)
        except MissingEntry:
            return False
    return True


def record(course: Course, verdict: Verdict, notebook_text: str) -> None:
    """Write the scores of a verdict as nbgrader's autograder would.

    Every check of the assignment gets its score, so that a deleted cell scores 0 and never what
    it had before. Scores and comments given by hand stay, and are marked for another look.
    notebook_text: the autograded notebook.
    """
    earned = {check["id"]: check["earned"] for check in verdict.checks()}
    with open_gradebook(course) as book:
        book.update_or_create_student(verdict.student)
        stamp = _timestamp(course.submitted(verdict.assignment, verdict.student))
        details = {"timestamp": stamp} if stamp else {}
        book.update_or_create_submission(verdict.assignment, verdict.student, **details)
        for cell in nbformat.reads(notebook_text, as_version=4).cells:
            if not (is_grade(cell) or is_solution(cell)):
                continue
            names = (cell.metadata.nbgrader.grade_id, verdict.assignment, verdict.assignment, verdict.student)
            untouched = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
            if is_grade(cell):
                grade = book.find_grade(*names)
                grade.auto_score = (0.0 if untouched else None) if is_solution(cell) else earned.get(names[0], 0.0)
                grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
            if is_solution(cell):
                book.find_comment(*names).auto_comment = "No response." if untouched else None
        book.db.commit()


@dataclass(frozen=True)
class Written:
    """A question that people grade. score is None until they have."""

    id: str
    max_score: float
    score: float | None
    comment: str


@dataclass(frozen=True)
class Standing:
    """What the gradebook says of a submission. score: all points, those given by hand included."""

    score: float
    max_score: float
    overridden: dict[str, float]
    written: list[Written]
    comments: dict[str, str]


def standing(course: Course, assignment: str, student: str) -> Standing | None:
    """None where the submission is in no gradebook."""
    with open_gradebook(course) as book:
        try:
            notebook = book.find_submission_notebook(assignment, assignment, student)
        except MissingEntry:
            return None
        comments = {c.name: c.comment for c in notebook.comments if c.comment}
        solutions = {cell.name for cell in book.find_notebook(assignment, assignment).solution_cells}
        written = [
            Written(
                g.name,
                g.max_score,
                None if g.needs_manual_grade and g.manual_score is None else g.score,
                comments.get(g.name, ""),
            )
            for g in notebook.grades
            if g.name in solutions
        ]
        overridden = {
            g.name: g.manual_score for g in notebook.grades if g.manual_score is not None and g.name not in solutions
        }
        return Standing(notebook.score, notebook.max_score, overridden, written, comments)


def _timestamp(folder: Path) -> datetime | None:
    """When it was handed in, from nbgrader's timestamp.txt."""
    try:
        stamp: datetime = parse_utc((folder / "timestamp.txt").read_text().strip())
        return stamp
    except (OSError, ValueError, OverflowError):
        return None
