"""What nbgrader's gradebook says of a submission: each cell's points, what is taken off, and what is left."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from nbgrader.api import Assignment, BaseCell, Comment, Grade, Notebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

# Tables, and not nbgrader's objects: those compute the average of the class when they are loaded.
ASSIGNMENTS, NOTEBOOKS, CELLS = Assignment.__table__, Notebook.__table__, BaseCell.__table__
GRADE_CELLS, TASK_CELLS = BaseCell.metadata.tables["grade_cells"], BaseCell.metadata.tables["task_cells"]
SUBMISSIONS, SUBMITTED = SubmittedAssignment.__table__, SubmittedNotebook.__table__
GRADES, COMMENTS = Grade.__table__, Comment.__table__


@dataclass(frozen=True)
class CellScore:
    """The points of a cell. tests: what its tests earned, or 0 for a written answer that is empty; None where
    nothing can tell. by_hand: what a person has given in its place. extra: what a person has added. written:
    whether people grade it. asks: whether a person is asked to look at it, perhaps once more."""

    notebook: str
    id: str
    max_score: float
    tests: float | None
    by_hand: float | None
    extra: float
    written: bool
    asks: bool

    @property
    def score(self) -> float | None:
        """None where it waits for a person."""
        if self.by_hand is not None:
            return self.by_hand + self.extra
        return None if self.tests is None else self.tests + self.extra


@dataclass(frozen=True)
class Standing:
    """penalty: what is taken off for being late. submitted: when it was handed in, and due: when it had to be,
    a student's extension included, where these are known."""

    cells: list[CellScore]
    penalty: float = 0.0
    submitted: datetime | None = None
    due: datetime | None = None

    @property
    def by_tests(self) -> float:
        return round(sum(cell.tests or 0.0 for cell in self.cells if cell.by_hand is None), 6)

    @property
    def by_hand(self) -> float:
        """What people have given, in place of what tests gave or beside it."""
        return round(sum(cell.score or 0.0 for cell in self.cells) - self.by_tests, 6)

    @property
    def total(self) -> float:
        """As nbgrader exports it."""
        return max(0.0, round(self.by_tests + self.by_hand - self.penalty, 6))

    @property
    def max_score(self) -> float:
        return sum(cell.max_score for cell in self.cells)

    @property
    def seconds_late(self) -> float:
        return max(0.0, (self.submitted - self.due).total_seconds()) if self.submitted and self.due else 0.0

    @property
    def waiting(self) -> float:
        """The points of written answers that nobody has read."""
        return sum(cell.max_score for cell in self.cells if cell.written and cell.score is None)


def read_standing(connection: Connection, id: str, student: str) -> Standing | None:
    """None where the gradebook has no submission of the student's."""
    return read_standings(connection, id, [student]).get(student)


def read_standings(connection: Connection, id: str, students: Collection[str]) -> dict[str, Standing]:
    """{student: standing} of those of whom the gradebook has a submission, in their order. Of a class it is asked as
    often as of one student."""
    of_them = [ASSIGNMENTS.c.name == id]
    if len(students) == 1:
        of_them.append(SUBMISSIONS.c.student_id.in_(students))
    handed_in = {
        student: (submission, _in_utc(stamp), _in_utc(due + extension if due and extension else due))
        for student, submission, stamp, extension, due in connection.execute(
            select(
                SUBMISSIONS.c.student_id,
                SUBMISSIONS.c.id,
                SUBMISSIONS.c.timestamp,
                SUBMISSIONS.c.extension,
                ASSIGNMENTS.c.duedate,
            )
            .join(ASSIGNMENTS, ASSIGNMENTS.c.id == SUBMISSIONS.c.assignment_id)
            .where(*of_them)
        )
    }
    penalties, cells = _penalties(connection, of_them), _cells(connection, of_them)
    return {
        student: Standing(cells.get(submission, []), penalties.get(submission) or 0.0, submitted, due)
        for student in students
        if student in handed_in
        for submission, submitted, due in [handed_in[student]]
    }


def _in_utc(time: datetime | None) -> datetime | None:
    return time and time.replace(tzinfo=UTC)


def _penalties(connection: Connection, of_them: Sequence[ColumnElement[bool]]) -> dict[str, float | None]:
    """By submission."""
    rows = connection.execute(
        select(SUBMITTED.c.assignment_id, func.sum(SUBMITTED.c.late_submission_penalty))
        .join(SUBMISSIONS, SUBMISSIONS.c.id == SUBMITTED.c.assignment_id)
        .join(ASSIGNMENTS, ASSIGNMENTS.c.id == SUBMISSIONS.c.assignment_id)
        .where(*of_them)
        .group_by(SUBMITTED.c.assignment_id)
    )
    return {row[0]: row[1] for row in rows}


def _cells(connection: Connection, of_them: Sequence[ColumnElement[bool]]) -> dict[str, list[CellScore]]:
    """By submission, those with a row of grades: what is for others alone has none."""
    solution = CELLS.alias()
    of_same_name = and_(
        solution.c.notebook_id == NOTEBOOKS.c.id,
        solution.c.name == CELLS.c.name,
        solution.c.type == "SolutionCell",
    )
    rows = connection.execute(
        select(
            SUBMITTED.c.assignment_id,
            NOTEBOOKS.c.name,
            CELLS.c.name,
            func.coalesce(GRADE_CELLS.c.max_score, TASK_CELLS.c.max_score),
            GRADES.c.auto_score,
            GRADES.c.manual_score,
            func.coalesce(GRADES.c.extra_credit, 0.0),
            or_(func.coalesce(solution.c.id, TASK_CELLS.c.id).is_not(None), GRADE_CELLS.c.cell_type == "markdown"),
            func.coalesce(GRADES.c.needs_manual_grade, False),
        )
        .select_from(SUBMITTED)
        .join(SUBMISSIONS, SUBMISSIONS.c.id == SUBMITTED.c.assignment_id)
        .join(ASSIGNMENTS, ASSIGNMENTS.c.id == SUBMISSIONS.c.assignment_id)
        .join(NOTEBOOKS, NOTEBOOKS.c.id == SUBMITTED.c.notebook_id)
        .join(CELLS, and_(CELLS.c.notebook_id == NOTEBOOKS.c.id, CELLS.c.type.in_(("GradeCell", "TaskCell"))))
        .outerjoin(GRADE_CELLS, GRADE_CELLS.c.id == CELLS.c.id)
        .outerjoin(TASK_CELLS, TASK_CELLS.c.id == CELLS.c.id)
        .outerjoin(solution, of_same_name)
        .join(GRADES, and_(GRADES.c.cell_id == CELLS.c.id, GRADES.c.notebook_id == SUBMITTED.c.id))
        .where(*of_them)
        .order_by(NOTEBOOKS.c.name, CELLS.c.name)
    )
    found: dict[str, list[CellScore]] = {}
    for submission, *cell in rows:
        found.setdefault(submission, []).append(CellScore(*cell))
    return found


@dataclass(frozen=True)
class CellComment:
    """by_hand: what a person says of an answer; automatic: "No response.", where there is none."""

    by_hand: str
    automatic: str


def comments_of(connection: Connection, id: str, student: str) -> dict[str, CellComment]:
    """{cell: comments} on a submission of one notebook."""
    rows = connection.execute(
        select(CELLS.c.name, COMMENTS.c.manual_comment, COMMENTS.c.auto_comment)
        .select_from(COMMENTS)
        .join(CELLS, CELLS.c.id == COMMENTS.c.cell_id)
        .join(SUBMITTED, SUBMITTED.c.id == COMMENTS.c.notebook_id)
        .join(SUBMISSIONS, SUBMISSIONS.c.id == SUBMITTED.c.assignment_id)
        .join(ASSIGNMENTS, ASSIGNMENTS.c.id == SUBMISSIONS.c.assignment_id)
        .where(ASSIGNMENTS.c.name == id, SUBMISSIONS.c.student_id == student)
    )
    return {name: CellComment(by_hand or "", automatic or "") for name, by_hand, automatic in rows}
