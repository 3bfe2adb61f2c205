"""Gradescope's lists: the roster, or an assignment's grades."""

from cnngrader.roster.formats.class_list import ClassList
from cnngrader.roster.student import Student, last_first


class Gradescope(ClassList):
    """`First Name, Last Name, SID, Email, Sections`, or `Name` in place of the first two; `Role` tells staff.

    From third parties' readers of an assignment's grades; the `Role` of a roster from memory.
    """

    KIND = "Gradescope's list"

    @classmethod
    def knows(cls, header: set[str]) -> bool:
        return {"SID", "Email"} <= header and bool(header & {"Name", "Last Name"})

    def student(self, row: dict[str, str]) -> Student | None:
        name = row.get("Name") or last_first(row.get("Last Name", ""), row.get("First Name", ""))
        if (role := row.get("Role", "Student")) not in ("Student", ""):
            self.passed_over.append(f"{name} is no student ({role})")
            return None
        return Student("", name, row.get("Email", ""), number=row.get("SID", ""))
