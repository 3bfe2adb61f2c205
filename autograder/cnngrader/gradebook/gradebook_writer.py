"""Entering verdicts into nbgrader's gradebook."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import Any

import nbformat
from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from nbgrader.utils import compute_checksum, is_grade, is_solution
from sqlalchemy import Boolean, Connection, Row, bindparam, case, delete, func, insert, select, update

from cnngrader.cells import id_of, mark_of
from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.gradebook.extensions import Extensions
from cnngrader.gradebook.late_penalty import LatePenalty
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.gradebook.standing import Standing, read_standing
from cnngrader.roster.audiences import Audiences
from cnngrader.roster.students_file import read_roster
from cnngrader.submission.verdict import Verdict
from cnngrader.when import from_nbgrader, to_nbgrader

GRADES, COMMENTS = Grade.__table__, Comment.__table__
ASSIGNMENTS, SUBMISSIONS = Assignment.__table__, SubmittedAssignment.__table__
SUBMITTED = SubmittedNotebook.__table__
BY_HAND = GRADES.c.manual_score.is_not(None) | (func.coalesce(GRADES.c.extra_credit, 0.0) != 0)
"""Rows in which a person has given points, which none of ours takes away."""
ENTER_GRADES = (
    update(GRADES)
    .where(GRADES.c.notebook_id == bindparam("notebook"), GRADES.c.cell_id == bindparam("cell"))
    .values(
        auto_score=bindparam("score"),
        needs_manual_grade=case(
            (GRADES.c.manual_score.is_(None), bindparam("waits", type_=Boolean)),
            (bindparam("unchanged", type_=Boolean), GRADES.c.needs_manual_grade),
            else_=True,
        ),
    )
)
ENTER_COMMENTS = (
    update(COMMENTS)
    .where(COMMENTS.c.notebook_id == bindparam("notebook"), COMMENTS.c.cell_id == bindparam("cell"))
    .values(auto_comment=bindparam("comment"))
)


class GradebookWriter:
    """Enters verdicts of one assignment as nbgrader's autograder would, each in one transaction.

    points: of each check, by the rubric; where a release said something else, they are put right.
    The gradebook stays open until `close`. Its tables are written and not nbgrader's objects: those
    compute the average of the class when they are loaded, which takes longer with every student.
    """

    def __init__(self, course: Course, id: str, points: Mapping[str, float]):
        self.course = course
        self.book = open_gradebook(course)
        try:
            self._find(id, points)
        except BaseException:
            self.book.close()
            raise

    def _find(self, id: str, points: Mapping[str, float]) -> None:
        try:
            notebook = self.book.find_notebook(id, id)
        except MissingEntry:
            raise UsageError(f"the gradebook knows no {id}. Run: cnnkit release {id}") from None
        self._name = id
        self._assignment, self._notebook = notebook.assignment.id, notebook.id
        self._grades = {cell.name: cell.id for cell in (*notebook.grade_cells, *notebook.task_cells)}
        self._comments = {cell.name: cell.id for cell in (*notebook.solution_cells, *notebook.task_cells)}
        self._checks = set(points)
        written = {cell.name for cell in notebook.solution_cells}
        for cell in notebook.grade_cells:
            if cell.name not in written and cell.max_score != points.get(cell.name, 0.0):
                cell.max_score = points.get(cell.name, 0.0)
        self.book.db.commit()

    def enter(self, verdict: Verdict, notebook_text: str, unchanged: Collection[str] = ()) -> None:
        """Write the scores of a verdict. notebook_text: the autograded notebook. unchanged: cells in
        which there is nothing new for a person to see.

        Every check of the assignment gets its score, so that a deleted cell scores 0 and never what
        it had before, but for those that are for others alone, which get no row. Scores and comments given by hand
        stay, and the others are marked for another look.
        """
        earned = {check["id"]: check["earned"] for check in verdict.checks()}
        grades, comments = [], []
        for cell in nbformat.v4.reads(notebook_text).cells:
            if not (is_grade(cell) or is_solution(cell)):
                continue
            name = id_of(cell)
            untouched = mark_of(cell).get("checksum") == compute_checksum(cell)
            if is_grade(cell):
                score = (0.0 if untouched else None) if is_solution(cell) else earned.get(name, 0.0)
                same = name in unchanged
                grades.append({"cell": self._grades[name], "score": score, "waits": score is None, "unchanged": same})
            if is_solution(cell):
                comments.append({"cell": self._comments[name], "comment": "No response." if untouched else None})
        with self._transaction() as connection:
            notebook = self._submitted(connection, verdict.student)
            for statement, rows in ((ENTER_GRADES, grades), (ENTER_COMMENTS, comments)):
                if rows:
                    connection.execute(statement, [{**row, "notebook": notebook} for row in rows])
        self.charge(verdict.student)

    def charge(self, student: str) -> None:
        """Have the time of handing in and the penalty be what they are by now: due dates, extensions, rules and
        scores may have changed."""
        time = self.course.time_of(self._name, student)
        stamp = to_nbgrader(time) if time else None
        with self.book.engine.connect() as connection:
            row = connection.execute(
                select(
                    SUBMISSIONS.c.id,
                    SUBMISSIONS.c.timestamp,
                    (SUBMITTED.c.id).label("notebook"),
                    SUBMITTED.c.late_submission_penalty,
                    SubmittedNotebook.score.label("score"),
                    ASSIGNMENTS.c.duedate,
                    SUBMISSIONS.c.extension,
                )
                .join(SUBMITTED, SUBMITTED.c.assignment_id == SUBMISSIONS.c.id)
                .join(ASSIGNMENTS, ASSIGNMENTS.c.id == SUBMISSIONS.c.assignment_id)
                .where(SUBMITTED.c.notebook_id == self._notebook, SUBMISSIONS.c.student_id == student)
            ).one()
        extension = self._extended(student, row)
        due = row.duedate + extension if extension else row.duedate
        late = (stamp - due).total_seconds() if stamp and due else 0
        penalty = self._penalty.of(student, row, late) if late > 0 else None
        if (row.timestamp, row.late_submission_penalty, row.extension) == (stamp, penalty, extension):
            self._remember(student, row, extension)
            return
        with self._transaction() as connection:
            when = update(SUBMISSIONS).where(SUBMISSIONS.c.id == row.id)
            connection.execute(when.values(timestamp=stamp, extension=extension))
            charged = update(SUBMITTED).where(SUBMITTED.c.id == row.notebook).values(late_submission_penalty=penalty)
            connection.execute(charged)
        self._remember(student, row, extension)

    def _extended(self, student: str, row: Row[Any]) -> timedelta | None:
        found: timedelta | None = row.extension
        return self._extensions.counting(student, from_nbgrader(row.duedate), found) if row.duedate else found

    def _remember(self, student: str, row: Row[Any], extension: timedelta | None) -> None:
        if row.duedate:
            self._extensions.remember(student, from_nbgrader(row.duedate), extension)

    def holds(self, verdict: Verdict) -> bool:
        """Whether the gradebook has the scores of a verdict, and rows of what is for its student alone: it may be
        another one, or an older copy."""
        rows, wanted = self._rows.get(verdict.student, {}), self._of(verdict.student)
        scores = {cell: score for cell, (score, _) in rows.items() if cell in self._checks & wanted}
        others = [by_hand for cell, (_, by_hand) in rows.items() if cell not in wanted]
        earned = {check["id"]: check["earned"] for check in verdict.checks()}
        return scores == earned and wanted <= rows.keys() and all(others)

    def standing(self, student: str) -> Standing | None:
        """What the gradebook has of a student."""
        with self.book.engine.connect() as connection:
            return read_standing(connection, self._name, student)

    @cached_property
    def _rows(self) -> dict[str, dict[str, tuple[float | None, bool]]]:
        """{student: {cell: (automatic score, whether a person has given points)}}, of the class, when it is first asked
        for."""
        names = {id: name for name, id in self._grades.items()}
        found: dict[str, dict[str, tuple[float | None, bool]]] = {}
        rows = (
            select(SubmittedAssignment.student_id, GRADES.c.cell_id, GRADES.c.auto_score, BY_HAND)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(GRADES, GRADES.c.notebook_id == SubmittedNotebook.id)
            .where(SubmittedNotebook.notebook_id == self._notebook)
        )
        with self.book.engine.connect() as connection:
            for student, cell, automatic, by_hand in connection.execute(rows):
                if cell in names:
                    found.setdefault(student, {})[names[cell]] = (automatic, bool(by_hand))
        return found

    def _of(self, student: str) -> set[str]:
        """The cells with points that are for a student."""
        return set(self._grades) - self._audiences.left_out(student).keys()

    @cached_property
    def _audiences(self) -> Audiences:
        return Audiences(self.course.assignment(self._name), read_roster(self.course))

    @cached_property
    def _extensions(self) -> Extensions:
        return Extensions(self.course, self.course.assignment(self._name))

    @cached_property
    def _penalty(self) -> LatePenalty:
        return LatePenalty(self.course)

    def close(self) -> None:
        self.book.close()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self.book.engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # waits for other writers now, not half way
            yield connection

    def _submitted(self, connection: Connection, student: str) -> str:
        """Id of the student's notebook, its rows made where there are none, as nbgrader makes them."""
        if connection.scalar(select(Student.id).where(Student.id == student)) is None:
            connection.execute(insert(Student).values(id=student))
        submission = connection.scalar(
            select(SubmittedAssignment.id).where(
                SubmittedAssignment.assignment_id == self._assignment, SubmittedAssignment.student_id == student
            )
        )
        if submission is None:
            submission = new_uuid()
            connection.execute(
                insert(SubmittedAssignment).values(id=submission, assignment_id=self._assignment, student_id=student)
            )
        notebook = connection.scalar(
            select(SubmittedNotebook.id).where(
                SubmittedNotebook.notebook_id == self._notebook, SubmittedNotebook.assignment_id == submission
            )
        )
        if notebook is None:
            notebook = new_uuid()
            connection.execute(
                insert(SubmittedNotebook).values(id=notebook, notebook_id=self._notebook, assignment_id=submission)
            )
            if self._comments:
                rows = [{"notebook_id": notebook, "cell_id": cell} for cell in self._comments.values()]
                connection.execute(insert(COMMENTS), rows)
        self._fit(connection, notebook, self._of(student))
        return str(notebook)

    def _fit(self, connection: Connection, notebook: str, wanted: set[str]) -> None:
        """Have there be a row of grades for each of these cells, and for no others. Where a person has given points,
        the row stays."""
        there = set(connection.scalars(select(GRADES.c.cell_id).where(GRADES.c.notebook_id == notebook)))
        if new := [self._grades[name] for name in sorted(wanted) if self._grades[name] not in there]:
            connection.execute(insert(GRADES), [{"notebook_id": notebook, "cell_id": cell} for cell in new])
        others = [cell for name, cell in self._grades.items() if name not in wanted and cell in there]
        if others:
            of_others = (GRADES.c.notebook_id == notebook, GRADES.c.cell_id.in_(others))
            connection.execute(delete(GRADES).where(*of_others, ~BY_HAND))
