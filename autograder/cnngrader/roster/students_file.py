"""students.csv: its one reader and its one writer."""

from dataclasses import replace

from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.files import OWNER_ALONE, write_whole
from cnngrader.ids import student_id
from cnngrader.roster.columns import COLUMNS, find_columns
from cnngrader.roster.roster import Roster
from cnngrader.roster.student import EXTENSION, EXTENSION_EXAMPLE, Student, heading_of, read_until
from cnngrader.table_file import read_table, written_table

_BOM = "\ufeff"  # without which Excel takes UTF-8 for something else
HEADER = (*COLUMNS, EXTENSION)


def read_roster(course: Course) -> Roster:
    """An empty one where there is no file. Raises UsageError, naming the line, for what cannot be."""
    path = course.roster
    return _read(path.read_bytes(), str(path)) if path.is_file() else Roster()


def _read(content: bytes, path: str) -> Roster:
    table = read_table(content, path)
    meant = find_columns(table.header)
    if "id" not in meant:
        raise UsageError(
            f"{path} has no column 'id', as each student's folder is called. It has: {', '.join(table.header)}"
        )
    ours = {meant[column] for column in COLUMNS if column in meant}
    students: dict[str, Student] = {}
    lines: dict[str, int] = {}
    for line, row in table.rows:
        told = {column: row.get(meant[column], "") for column in COLUMNS if column in meant}
        others = {heading: row.get(heading, "") for heading in table.header if heading not in ours}
        if not told["id"]:
            raise UsageError(f"{path}, line {line} has no id, as the student's folder is called")
        id = student_id(told["id"])
        if id in lines:
            raise UsageError(f"{path}, lines {lines[id]} and {line} are both of {told['id']!r}. Take one of them out")
        for heading in filter(heading_of, others):
            _check_time(others[heading], f"{path}, line {line}, {heading}")
        lines[id], students[id] = line, replace(Student(id), **{**told, "id": id}, others=others)
    for student in students.values():
        if student.group_id in students:
            raise UsageError(
                f"{path}, line {lines[student.id]}: the group is called as the student {student.group_id!r} is. "
                "Call it something else"
            )
    return Roster(students, table.header, table.separator)


def write_roster(course: Course, roster: Roster) -> None:
    """With the columns that are there, in their order, and those that are needed behind them.

    Raises UsageError for what `read_roster` would refuse, and then nothing was changed.
    """
    meant = find_columns(roster.header or HEADER)
    header = list(roster.header or HEADER)
    for column in COLUMNS:
        if column not in meant and any(getattr(student, column) for student in roster.students.values()):
            header.append(column)
            meant[column] = column
    for student in roster.students.values():
        header += [heading for heading in student.others if heading not in header]
    ours = {meant[column]: column for column in COLUMNS if column in meant}
    rows = [
        [getattr(one, ours[heading]) if heading in ours else one.others.get(heading, "") for heading in header]
        for one in roster.students.values()
    ]
    content = (_BOM + written_table(header, rows, roster.separator)).encode()
    _read(content, str(course.roster))
    course.prepare()
    write_whole(course.roster, content, OWNER_ALONE)


def _check_time(said: str, where: str) -> None:
    try:
        if said:
            read_until(said, None)
    except ValueError as error:
        raise UsageError(
            f"{where}: {said!r} tells no time ({error}). Write it as {EXTENSION_EXAMPLE}, on the course's clocks"
        ) from None
