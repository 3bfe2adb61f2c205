"""Canvas's gradebook, as "Export" writes it and "Import" reads it.

`Student, ID, SIS User ID, SIS Login ID, ..., Section`, then a column `Title (number)` an assignment, then totals. Rows
before the students': `Manual Posting`, and `    Points Possible`. A grade is `EX` for who is excused, `N/A` where the
assignment is not theirs. From Canvas's lib/gradebook_exporter.rb and gradebook_importer.rb.
"""

import re

from cnngrader.exporting.lms_file import LmsFile, Row
from cnngrader.exporting.sheet import Field

_COLUMN = re.compile(r"(?P<title>.*) \((?P<number>\d+)\)", re.DOTALL)
_TOTALS = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")  # Canvas reads none such


class CanvasGradebook(LmsFile):
    PLATFORM, LASTING = "canvas", True
    KIND, NEEDED = "Canvas's gradebook", ("ID", "Section")
    KEPT = ("EX", "N/A")

    def columns(self) -> dict[str, int]:
        first = self.index("Section") + 1
        found = [(number, _COLUMN.fullmatch(title)) for number, title in enumerate(self.sheet.header)]
        return {
            match[0]: number
            for number, match in found
            if match and number >= first and not _TOTALS.search(match["title"])
        }

    def titles(self, column: str) -> set[str]:
        match = _COLUMN.fullmatch(column)
        return {column, match["title"]} if match else {column}

    def row(self, fields: list[Field]) -> Row | None:
        number = self.value(fields, "ID").strip()
        if not number.isdecimal():  # posting, points possible
            return None
        name = self.value(fields, "Student") or f"{self.value(fields, 'LastName')}, {self.value(fields, 'FirstName')}"
        logins = tuple(self.value(fields, title).strip() for title in ("SIS User ID", "SIS Login ID"))
        return Row(name, number, tuple(login for login in logins if login), fields, name == "Student, Test")

    def maximum(self, column: int) -> str:
        return next((row[column].value for row in self.rows() if "Points Possible" in row[0].value), "")
