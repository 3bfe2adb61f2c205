"""A list of a class: whose a row is."""

from collections.abc import Iterator
from dataclasses import replace

from cnngrader.errors import UsageError
from cnngrader.ids import student_id
from cnngrader.roster.student import Student
from cnngrader.table_file import Table


class ClassList:
    """What the formats share; each is a file of its own. passed_over: rows that are no student's, and why."""

    KIND: str

    def __init__(self, table: Table):
        self.table = table
        self.passed_over: list[str] = []

    @classmethod
    def knows(cls, header: set[str]) -> bool:
        """Whether a file with these headings is of this format."""
        raise NotImplementedError

    def student(self, row: dict[str, str]) -> Student | None:
        """None where it is no student's. The id is "" where the row has none."""
        raise NotImplementedError

    def ignored(self) -> list[str]:
        """Headings of which nothing is taken."""
        return []

    def students(self) -> Iterator[Student]:
        """Each with an id: their own, else what tells them apart. Raises UsageError for a row that has nothing such."""
        for line, row in self.table.rows:
            student = self.student(row)
            if student is None:
                continue
            given = student.id or student.login or student.email or student.number
            if not given and student.name and (number := student.canvas or student.moodle):
                given = f"{student.name}_{number}"
            if not given:
                raise UsageError(
                    f"{self.table.name}, line {line}: nothing tells who {student.name or 'this'} is: no id, login, "
                    "address or number. Export it with one of them, or give a CSV with a column id"
                )
            yield replace(student, id=student_id(given))
