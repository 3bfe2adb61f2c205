"""The gradebook's totals of an assignment, and a table with a row a student and check."""

import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cnngrader.assignment import Assignment
from cnngrader.course import Course
from cnngrader.errors import NothingGraded, UsageError
from cnngrader.files import OWNER_ALONE, write_whole
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.gradebook.standing import CellScore, Standing, read_standings
from cnngrader.grading.jobs import digest_notebook, read_submission
from cnngrader.grading.journal import Journal
from cnngrader.roster.roster import Roster
from cnngrader.roster.students_file import read_roster
from cnngrader.table_file import written_table

COLUMNS = (
    "student",
    "name",
    "notebook",
    "check",
    "score",
    "max_score",
    "tests",
    "by_hand",
    "extra",
    "penalty",
    "total",
)


@dataclass(frozen=True)
class Scores:
    """handed_in: all who did; standings: of those that are graded. again: who handed in something else since then. What
    a group handed in is each student's."""

    handed_in: Sequence[str]
    standings: Mapping[str, Standing]
    roster: Roster = field(default_factory=Roster)
    again: Collection[str] = ()

    @property
    def totals(self) -> dict[str, float]:
        """Of what was handed in last."""
        return {student: standing.total for student, standing in self.standings.items() if student not in self.again}

    @property
    def max_score(self) -> float:
        return max((standing.max_score for standing in self.standings.values()), default=0.0)

    @property
    def waiting(self) -> list[str]:
        """Whose written answers nobody has read yet."""
        return [student for student, standing in self.standings.items() if standing.waiting]

    def rows(self) -> list[tuple[str | float | None, ...]]:
        """penalty and total are the student's, the same in each of their rows."""
        return [
            (student, self._name(student), *_points(cell), standing.penalty, standing.total)
            for student, standing in self.standings.items()
            for cell in standing.cells
        ]

    def _name(self, student: str) -> str:
        one = self.roster.students.get(student)
        return one.called if one else ""

    def renamed(self, names: Mapping[str, str]) -> "Scores":
        """With other names in place of the students', in the order of those, and nothing else that tells them."""
        handed_in = sorted(names[student] for student in self.handed_in)
        standings = {names[student]: standing for student, standing in self.standings.items()}
        return Scores(handed_in, dict(sorted(standings.items())), again=[names[student] for student in self.again])


def _points(cell: CellScore) -> tuple[str | float | None, ...]:
    return cell.notebook, cell.id, cell.score, cell.max_score, cell.tests, cell.by_hand, cell.extra


def read_scores(course: Course, assignment: Assignment) -> Scores:
    """Raises NothingGraded."""
    handed_in = course.students(assignment.id)
    with open_gradebook(course) as book, book.engine.connect() as connection:
        standings = read_standings(connection, assignment.id, handed_in)
    if not standings:
        raise NothingGraded(assignment.id)
    roster = read_roster(course)
    owners = {student: id for id in handed_in for student in roster.alone(id, handed_in)}
    of_each = {student: standings[id] for student, id in sorted(owners.items()) if id in standings}
    newer = _handed_in_again(course, assignment, standings)
    return Scores(sorted(owners), of_each, roster, [student for student in of_each if owners[student] in newer])


def _handed_in_again(course: Course, assignment: Assignment, students: Iterable[str]) -> list[str]:
    """Those whose notebook is another one than that which was graded."""
    graded = {student: entry.handed_in for student, entry in Journal(course.journal(assignment.id)).latest().items()}
    known = [student for student in students if graded.get(student)]
    return [student for student in known if graded[student] != _digest(course, assignment, student)]


def _digest(course: Course, assignment: Assignment, student: str) -> str:
    return digest_notebook(read_submission(course.submitted(assignment.id, student), assignment)[0])


def csv_of(scores: Scores) -> str:
    return written_table(COLUMNS, scores.rows())


def write_csv(path: Path, scores: Scores) -> None:
    write_whole(path, csv_of(scores), OWNER_ALONE)


def write_parquet(path: Path, scores: Scores) -> None:
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise UsageError("--parquet needs pyarrow, which is not installed. Run: pip install pyarrow") from None
    kinds = [pyarrow.string()] * 4 + [pyarrow.float64()] * (len(COLUMNS) - 4)
    schema = pyarrow.schema(list(zip(COLUMNS, kinds, strict=True)))
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in scores.rows()]
    sink = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(rows, schema=schema), sink)
    write_whole(path, sink.getvalue(), OWNER_ALONE)
