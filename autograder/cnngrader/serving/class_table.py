"""The class as it stands at the moment, graded or not: read from the files that a run of `cnnkit grade` writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import mean
from typing import TypedDict

from cnngrader.assignment import Assignment
from cnngrader.course import Course
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.gradebook.standing import Standing, read_standings
from cnngrader.grading.journal import Journal
from cnngrader.grading.run_lock import find_holder
from cnngrader.roster.students_file import read_roster
from cnngrader.submission.verdict import Verdict
from cnngrader.when import how_late


@dataclass(frozen=True)
class ClassRow:
    """name: as it is shown. verdict, standing: None where it is not graded yet. at: when it last was."""

    student: str
    name: str
    verdict: Verdict | None
    standing: Standing | None
    at: datetime | None

    @property
    def late(self) -> str:
        stands = self.standing
        return how_late(stands.submitted, stands.due) if stands and stands.submitted and stands.due else ""


@dataclass(frozen=True)
class ClassTable:
    """absent: who handed in nothing. holder: the process that grades it, since when; "" where none does."""

    assignment: Assignment
    rows: Sequence[ClassRow]
    absent: Sequence[str]
    holder: str = ""
    since: datetime | None = None

    @property
    def graded(self) -> list[ClassRow]:
        return [row for row in self.rows if row.verdict]

    @property
    def fresh(self) -> int:
        """How many the run that goes on has graded."""
        return sum(1 for row in self.rows if row.at and self.since and row.at >= self.since)

    @property
    def mean(self) -> float | None:
        totals = [row.standing.total for row in self.rows if row.standing]
        return mean(totals) if totals else None

    @property
    def max_score(self) -> float:
        return max((row.standing.max_score for row in self.rows if row.standing), default=0.0)

    @property
    def waiting(self) -> float:
        """Points of written answers that nobody has read."""
        return sum(row.standing.waiting for row in self.rows if row.standing)


def read_table(course: Course, assignment: Assignment) -> ClassTable:
    entries = Journal(course.journal(assignment.id)).latest()
    present, roster = course.students(assignment.id), read_roster(course)
    standings: dict[str, Standing] = {}
    if entries and course.has_gradebook():
        with open_gradebook(course) as book, book.engine.connect() as connection:
            standings = read_standings(connection, assignment.id, sorted(entries.keys() & set(present)))
    rows = [
        ClassRow(
            student,
            roster.shown(student),
            entries[student].verdict if student in entries else None,
            standings.get(student),
            _graded_at(course, assignment.id, student),
        )
        for student in present
    ]
    absent = [student.shown for student in roster.absent(present)]
    return ClassTable(assignment, rows, absent, **find_run(course, assignment.id))


class Run(TypedDict):
    """As in ClassTable."""

    holder: str
    since: datetime | None


def find_run(course: Course, id: str) -> Run:
    """The run that grades it at the moment, here or on a terminal."""
    lock = course.journal(id, "lock")
    holder = find_holder(lock)
    return Run(holder=holder or "", since=datetime.fromtimestamp(lock.stat().st_mtime, UTC) if holder else None)


def _graded_at(course: Course, id: str, student: str) -> datetime | None:
    """When its log was last written to."""
    log = course.log(id, student)
    return datetime.fromtimestamp(log.stat().st_mtime, UTC) if log.is_file() else None
