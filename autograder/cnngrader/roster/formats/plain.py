"""A CSV of anybody's, whose columns are called as in students.csv, or nearly so."""

from dataclasses import replace

from cnngrader.roster.columns import COLUMNS, find_columns
from cnngrader.roster.formats.class_list import ClassList
from cnngrader.roster.student import Student, heading_of, last_first
from cnngrader.table_file import Table


class Plain(ClassList):
    """Needs one of id, login, email and number. A name may be in two columns, and `#` stand before what Brightspace
    writes."""

    KIND = "a CSV with a column id, login, email or number"

    def __init__(self, table: Table):
        super().__init__(table)
        self._meant = find_columns(table.header)
        self._extensions = [heading for heading in table.header if heading_of(heading)]

    @classmethod
    def knows(cls, header: set[str]) -> bool:
        return bool({"id", "login", "email", "number"} & find_columns(sorted(header)).keys())

    def student(self, row: dict[str, str]) -> Student | None:
        told = {column: row.get(heading, "").removeprefix("#") for column, heading in self._meant.items()}
        told["name"] = told.get("name") or last_first(told.get("last", ""), told.get("first", ""))
        others = {heading: text for heading in self._extensions if (text := row.get(heading, ""))}
        ours = {column: told[column] for column in COLUMNS if column in told}
        return replace(Student(""), **ours, others=others)

    def ignored(self) -> list[str]:
        taken = {*self._meant.values(), *self._extensions}
        return [heading for heading in self.table.header if heading and heading not in taken]
