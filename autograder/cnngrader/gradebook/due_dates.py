"""When an assignment has to be handed in: assignment.toml says it, formgrader can move it, a student can get more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from nbgrader.api import Assignment as Entered
from nbgrader.api import SubmittedAssignment
from sqlalchemy import Connection, select, update

from cnngrader.assignment import Assignment
from cnngrader.course import Course
from cnngrader.files import write_whole
from cnngrader.gradebook.extensions import Extensions
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.when import at, from_nbgrader, to_nbgrader

ENTERED, SUBMISSIONS = Entered.__table__, SubmittedAssignment.__table__


@dataclass(frozen=True)
class DueDates:
    """due: of the class. extended: {student: due} of those who were given an extension. author_due: what
    assignment.toml says, which formgrader has moved where `due` is another. granted: of whom the roster says something
    else than what was granted in the gradebook, which counts."""

    due: datetime | None
    extended: Mapping[str, datetime] = field(default_factory=dict)
    author_due: datetime | None = None
    granted: Sequence[str] = ()

    def of(self, student: str) -> datetime | None:
        return self.extended.get(student, self.due)

    def moved(self, zone: tzinfo | None) -> str:
        """A line where formgrader's word counts, and not assignment.toml's."""
        if self.author_due is None or self.due == self.author_due:
            return ""
        now = f"due {at(self.due, zone)}" if self.due else "not due at any time"
        return f"{now}, as the gradebook has it; assignment.toml says {at(self.author_due, zone)}"

    def other_extensions(self, zone: tzinfo | None) -> list[str]:
        """A line for each extension that counts as it was granted in the gradebook, and not as the roster says."""
        return [
            f"{student}: due {at(self.extended[student], zone)}, as was granted in the gradebook; the roster says "
            "something else"
            for student in self.granted
        ]


def enter_due(course: Course, assignment: Assignment) -> DueDates:
    """Tell the gradebook what assignment.toml says, where that has changed since it was last told; what was
    set in formgrader since stays. Returns what holds."""
    with open_gradebook(course) as book:
        with book.engine.begin() as connection:
            here = select(ENTERED.c.id, ENTERED.c.duedate).where(ENTERED.c.name == assignment.id)
            row = connection.execute(here).one_or_none()
            if row is None:  # never released
                extended, _ = _settle({}, assignment.due, Extensions(course, assignment))
                return DueDates(assignment.due, extended, assignment.due)
            told = _Told(course, assignment.id, row.id)
            due = from_nbgrader(row.duedate) if row.duedate else None
            if told.counts(assignment.due, due):
                due = assignment.due
                stamp = to_nbgrader(due) if due else None
                connection.execute(update(ENTERED).where(ENTERED.c.id == row.id).values(duedate=stamp))
            extended, granted = _extended(connection, row.id, due, Extensions(course, assignment))
            dates = DueDates(due, extended, assignment.due, granted)
        told.write(assignment.due)
    return dates


class _Told:
    """What the gradebook was last told of the assignment that it has as `entered`; another gradebook knows nothing."""

    def __init__(self, course: Course, id: str, entered: str):
        self.path, self.entered = course.journal(id, "due"), entered
        self.line = self.path.read_text(encoding="utf-8").strip() if self.path.is_file() else ""

    def counts(self, wanted: datetime | None, found: datetime | None) -> bool:
        """Whether the author's word is the newer. found: what the gradebook has."""
        if not self.line.startswith(f"{self.entered} "):
            return found is None
        if wanted is None:  # taken out of assignment.toml: what goes is what came from there
            return self.line == self._line_of(found)
        return self.line != self._line_of(wanted)

    def write(self, due: datetime | None) -> None:
        if self.line != self._line_of(due):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, self._line_of(due) + "\n")

    def _line_of(self, due: datetime | None) -> str:
        return f"{self.entered} {to_nbgrader(due) if due else 'none'}"


def _extended(
    connection: Connection, id: str, due: datetime | None, extensions: Extensions
) -> tuple[dict[str, datetime], list[str]]:
    rows = connection.execute(
        select(SUBMISSIONS.c.student_id, SUBMISSIONS.c.extension).where(
            SUBMISSIONS.c.assignment_id == id, SUBMISSIONS.c.extension.is_not(None)
        )
    )
    return _settle({row.student_id: row.extension for row in rows}, due, extensions)


def _settle(
    found: Mapping[str, timedelta], due: datetime | None, extensions: Extensions
) -> tuple[dict[str, datetime], list[str]]:
    """{student: due} of those who have an extension, and of whom the roster says something else than what counts.
    found: what the gradebook has."""
    if due is None:
        return {}, []
    extended, granted = {}, []
    for student in dict.fromkeys([*found, *extensions.students()]):
        counts = extensions.counting(student, due, found.get(student))
        if counts:
            extended[student] = due + counts
        wanted = extensions.wanted(student, due)
        if wanted and wanted != counts:
            granted.append(student)
    return extended, granted
