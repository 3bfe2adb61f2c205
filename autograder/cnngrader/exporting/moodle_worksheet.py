"""Moodle's offline grading worksheet, as an assignment hands it out and takes it back.

`Identifier` is "Participant " and a number, which is the assignment's own and stands in the names of its zip, too.
Headers are translated; these are the English ones. From Moodle's mod/assign/gradingtable.php and importgradeslib.php.
"""

import re
from collections.abc import Collection

from cnngrader.exporting.lms_file import LmsFile, Row
from cnngrader.exporting.sheet import Field


class MoodleWorksheet(LmsFile):
    PLATFORM, LASTING = "moodle", False
    KIND, NEEDED = "Moodle's grading worksheet in English", ("Identifier", "Grade")

    def columns(self) -> dict[str, int]:
        return {"Grade": self.index("Grade")}

    def find_column(self, wanted: Collection[str]) -> int:
        """The worksheet is one assignment's, however it is called."""
        return self.index("Grade")

    def row(self, fields: list[Field]) -> Row | None:
        match = re.search(r"(\d+)\s*$", self.value(fields, "Identifier"))
        if not match:
            return None
        locked = self.value(fields, "Grade can be changed").strip() == "No"
        known = [self.value(fields, title).strip() for title in ("Email address", "Username", "ID number")]
        logins = tuple(login for login in known if login)
        return Row(self.value(fields, "Full name"), match[1], logins, fields, locked=locked)

    def maximum(self, column: int) -> str:
        return next((self.value(row, "Maximum grade") for row in self.rows() if self.row(row)), "")
