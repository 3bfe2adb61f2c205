"""Canvas's gradebook, as "Export" writes it."""

from cnngrader.roster.formats.class_list import ClassList
from cnngrader.roster.student import Student, last_first


class Canvas(ClassList):
    """`Student, ID, SIS User ID, SIS Login ID, ..., Section`, or `LastName, FirstName` in place of `Student`; behind
    them assignments. Rows of points possible have no number; the test student is nobody. It tells no address, and
    `SIS User ID` to those alone who may see it. From Canvas's lib/gradebook_exporter.rb.
    """

    KIND = "Canvas's gradebook"

    @classmethod
    def knows(cls, header: set[str]) -> bool:
        return {"ID", "Section"} <= header and bool(header & {"Student", "LastName"})

    def student(self, row: dict[str, str]) -> Student | None:
        number = row.get("ID", "")
        name = row.get("Student") or last_first(row.get("LastName", ""), row.get("FirstName", ""))
        if not number.isdecimal() or name == "Student, Test":
            return None
        return Student("", name, login=row.get("SIS Login ID", ""), number=row.get("SIS User ID", ""), canvas=number)
