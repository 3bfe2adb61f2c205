"""A learning platform's own file of grades: whose a row is, and which column is the assignment's."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cnngrader.errors import UsageError
from cnngrader.exporting.sheet import Field, Sheet
from cnngrader.ids import student_id
from cnngrader.roster.student import Student, letters


@dataclass(frozen=True)
class Row:
    """number: the platform's, which stands in the names of its zip, too. logins: ids that are the student's
    elsewhere. test: whether it is the platform's own student. locked: whether the platform takes no grade."""

    name: str
    number: str
    logins: tuple[str, ...]
    fields: Sequence[Field]
    test: bool = False
    locked: bool = False

    def is_of(self, student: str) -> bool:
        """Whether it is the student's who is called so here. A number alone is not enough: `user_12` may be anybody."""
        if student in {student_id(login) for login in self.logins}:
            return True
        name, _, number = student.partition("~")[0].rpartition("_")
        return number == self.number and (not self.name or letters(name) == letters(self.name))


class LmsFile:
    """What the formats share; each is a file of its own. PLATFORM: the roster's column of its numbers. LASTING: whether
    these are a student's for ever, and not of one assignment. KEPT: grades that say why there is none."""

    KIND: str
    PLATFORM: str
    LASTING: bool
    NEEDED: tuple[str, ...]
    KEPT: tuple[str, ...] = ()

    def __init__(self, sheet: Sheet):
        self.sheet = sheet
        if lacking := [title for title in self.NEEDED if title not in sheet.header]:
            raise UsageError(
                f"{sheet.name} is not {self.KIND}: it has no column {' and '.join(map(repr, lacking))}. Its columns "
                f"are: {', '.join(sheet.header[:8])}. Give the file as the platform exported it"
            )

    def columns(self) -> dict[str, int]:
        """{header: number} of those that hold grades of an assignment."""
        raise NotImplementedError

    def row(self, fields: list[Field]) -> Row | None:
        """None where it is no student's."""
        raise NotImplementedError

    def maximum(self, column: int) -> str:
        """What the platform gives at most, as it is written there."""
        raise NotImplementedError

    def titles(self, column: str) -> set[str]:
        return {column}

    def rows(self) -> list[list[Field]]:
        return self.sheet.rows[1:]

    def students(self) -> list[Row]:
        return [row for fields in self.rows() if (row := self.row(fields))]

    def rows_of(self, student: str, known: Student | None, rows: Sequence[Row]) -> list[Row]:
        """Those that may be the student's, whom the roster may know."""
        found = [row for row in rows if row.is_of(student)]
        if found or not known:
            return found
        number = getattr(known, self.PLATFORM)
        named = [row for row in rows if known.name and letters(row.name) == letters(known.name)]
        certain = [row for row in rows if known.known_as() & {login.casefold() for login in row.logins}]
        certain = certain or [row for row in named if row.number == number]
        return certain or ([] if number and self.LASTING else named)

    def index(self, title: str) -> int:
        return self.sheet.header.index(title)

    def value(self, fields: Sequence[Field], title: str) -> str:
        """ "" where there is no such column."""
        header = self.sheet.header
        return fields[header.index(title)].value if title in header and header.index(title) < len(fields) else ""

    def find_column(self, wanted: Collection[str]) -> int:
        """The one that has one of these titles, or the only one. Raises UsageError where that is not one."""
        columns = self.columns()
        folded = {title.casefold() for title in wanted}
        meant = [
            number for header, number in columns.items() if folded & {title.casefold() for title in self.titles(header)}
        ]
        if len(meant) != 1:
            raise UsageError(
                f"{self.sheet.name}: {'no' if not meant else 'more than one'} column is called "
                f"{' or '.join(map(repr, wanted))}; there are: {', '.join(map(repr, columns)) or 'none'}. "
                "Say which with --column"
            )
        return meant[0]
