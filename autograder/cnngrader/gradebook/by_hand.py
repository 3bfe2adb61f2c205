"""What a person gives for a cell, entered as nbgrader's formgrader does."""

from dataclasses import dataclass
from typing import Any

from nbgrader.api import Assignment, BaseCell, Comment, Grade, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Connection, Select, select, update

from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.gradebook.nbgrader_course import open_gradebook

GRADES, COMMENTS, CELLS = Grade.__table__, Comment.__table__, BaseCell.__table__
ASSIGNMENTS, SUBMISSIONS, SUBMITTED = Assignment.__table__, SubmittedAssignment.__table__, SubmittedNotebook.__table__


@dataclass(frozen=True)
class ByHand:
    """score: None where the cell waits for a person, or its tests count."""

    score: float | None = None
    comment: str = ""


def read_by_hand(connection: Connection, id: str, student: str, cell: str) -> ByHand:
    """What stands there. Raises UsageError where the gradebook has no such cell of the student's."""
    grade, comment = _rows(connection, id, student, cell)
    return ByHand(grade.manual_score, (comment.manual_comment or "") if comment else "")


def read_all_by_hand(connection: Connection, id: str) -> dict[tuple[str, str], ByHand]:
    """{(student, cell): what stands there} of all cells of the assignment."""
    found: dict[tuple[str, str], ByHand] = {}
    comments = connection.execute(_all_of(COMMENTS, id, COMMENTS.c.manual_comment))
    said = {(student, cell): comment or "" for student, cell, comment in comments}
    for student, cell, score in connection.execute(_all_of(GRADES, id, GRADES.c.manual_score)):
        found[student, cell] = ByHand(score, said.get((student, cell), ""))
    return found


def enter_by_hand(course: Course, id: str, student: str, cell: str, given: ByHand, seen: ByHand) -> None:
    """In place of what was seen there. Raises UsageError where that is not there any more: nothing that another
    person has given meanwhile is written over."""
    with open_gradebook(course) as book, book.engine.begin() as connection:
        stands = read_by_hand(connection, id, student, cell)
        if stands not in (seen, given):
            score = "no points" if stands.score is None else f"{stands.score:g} points"
            raise UsageError(f"somebody has given {score} meanwhile, and said {stands.comment!r}. Load the page anew")
        grade, comment = _rows(connection, id, student, cell)
        asks = given.score is None and grade.auto_score is None
        entered = update(GRADES).where(GRADES.c.id == grade.id)
        connection.execute(entered.values(manual_score=given.score, needs_manual_grade=asks))
        if comment:
            said = update(COMMENTS).where(COMMENTS.c.id == comment.id)
            connection.execute(said.values(manual_comment=given.comment or None))


def _rows(connection: Connection, id: str, student: str, cell: str) -> tuple[Any, Any]:
    """The cell's rows of grades and of comments; None for a comment where the cell takes none."""
    grade, comment = (
        connection.execute(
            _all_of(table, id, table).where(SUBMISSIONS.c.student_id == student, CELLS.c.name == cell)
        ).first()
        for table in (GRADES, COMMENTS)
    )
    if grade is None:
        raise UsageError(f"the gradebook has no {cell} of {student}'s for {id}")
    return grade, comment


def _all_of(table: Any, id: str, *columns: Any) -> Select[Any]:
    """(student, cell, columns) of a table's rows for an assignment."""
    return (
        select(SUBMISSIONS.c.student_id, CELLS.c.name, *columns)
        .select_from(table)
        .join(CELLS, CELLS.c.id == table.c.cell_id)
        .join(SUBMITTED, SUBMITTED.c.id == table.c.notebook_id)
        .join(SUBMISSIONS, SUBMISSIONS.c.id == SUBMITTED.c.assignment_id)
        .join(ASSIGNMENTS, ASSIGNMENTS.c.id == SUBMISSIONS.c.assignment_id)
        .where(ASSIGNMENTS.c.name == id)
    )
