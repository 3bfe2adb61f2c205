"""What nbgrader's gradebook holds: whether an assignment, and what people added."""

from dataclasses import dataclass

import nbformat
from nbgrader.api import MissingEntry

from cnngrader.course import Course
from cnngrader.nbgrader_course import open_gradebook


def knows(course: Course, assignment: str, notebook_text: str) -> bool:
    """Whether a release has entered the assignment, with every cell of the released notebook."""
    cells = nbformat.reads(notebook_text, as_version=4).cells
    released = {cell.metadata.nbgrader.grade_id for cell in cells if "nbgrader" in cell.metadata}
    with open_gradebook(course) as book:
        try:
            # nbgrader enters cell after cell, each one's source as the last
            return released <= {cell.name for cell in book.find_notebook(assignment, assignment).source_cells}
        except MissingEntry:
            return False


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
