"""Moodle's lists, in English: an assignment's grading worksheet, or the participants of a course."""

import re

from cnngrader.roster.formats.class_list import ClassList
from cnngrader.roster.student import Student, last_first

_IDENTIFIER = re.compile(r"\D*(\d+)")


class Moodle(ClassList):
    """`Identifier, Full name, Email address, ...` of the worksheet, whose number is that assignment's alone and stands
    in the names of its zip; `First name, Last name, Email address, Groups` of participants. `ID number` and `Username`
    where the site shows them. From Moodle's mod/assign/gradingtable.php; the participants, and that a group's column is
    called `Group`, from memory.
    """

    KIND = "Moodle's list"

    @classmethod
    def knows(cls, header: set[str]) -> bool:
        names = "Full name" in header or {"First name", "Last name"} <= header or {"First name", "Surname"} <= header
        return "Identifier" in header or ("Email address" in header and names)

    def student(self, row: dict[str, str]) -> Student | None:
        identifier = _IDENTIFIER.fullmatch(row.get("Identifier", ""))
        last = row.get("Last name") or row.get("Surname", "")
        name = row.get("Full name") or last_first(last, row.get("First name", ""))
        group = row.get("Group") or row.get("Groups", "")
        if re.search("[,;]", group):
            self.passed_over.append(
                f"{name} is in several groups ({group}): write the one that counts into students.csv"
            )
            group = ""
        return Student(
            "",
            name,
            row.get("Email address", ""),
            row.get("Username", ""),
            row.get("ID number", ""),
            moodle=identifier[1] if identifier else "",
            group="" if group == "Default group" else group,
        )
