"""Names and addresses of the roster in nbgrader's gradebook, so that formgrader shows them."""

from collections.abc import Collection

from nbgrader.api import Student as Entered
from sqlalchemy import bindparam, insert, select, update

from cnngrader.course import Course
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.roster.roster import Roster

STUDENTS = Entered.__table__
LONGEST = 128  # characters, as nbgrader's tables take


def enter_names(course: Course, roster: Roster) -> list[str]:
    """Have the gradebook know everybody of the roster, and those groups that it has already. What the roster does not
    tell stays. Returns a line for each who was called otherwise."""
    if not roster:
        return []
    with open_gradebook(course) as book, book.engine.begin() as connection:
        there = {row.id: row for row in connection.execute(select(STUDENTS))}
        changes, told = [], []
        for id, wanted in _wanted(roster, there.keys()).items():
            row = there.get(id)
            if row is None:
                connection.execute(insert(STUDENTS).values(id=id, **wanted))
                continue
            new = {column: value or getattr(row, column) for column, value in wanted.items()}
            old = {column: getattr(row, column) for column in wanted}
            if new != old:
                changes.append({"key": id, **new})
                told += [
                    f"{id}: {column.replace('_', ' ')} was {old[column]!r} in the gradebook, now {new[column]!r}"
                    for column in wanted
                    if old[column] and old[column] != new[column]
                ]
        if changes:
            connection.execute(update(STUDENTS).where(STUDENTS.c.id == bindparam("key")), changes)
    return told


def _wanted(roster: Roster, there: Collection[str]) -> dict[str, dict[str, str | None]]:
    """{id: {column: value}}; a group's name is its members'."""
    found = {one.id: (one.first_name, one.last_name, one.email) for one in roster.students.values()}
    groups = {one.group_id: one.group for one in roster.students.values() if one.group_id}
    for id, group in groups.items():
        names = ", ".join(one.called or one.id for one in roster.members(id))
        found[id] = (names, group, "")
    known = {id: texts for id, texts in found.items() if id not in groups or id in there}
    columns = ("first_name", "last_name", "email")
    return {
        id: {column: text[:LONGEST] or None for column, text in zip(columns, texts, strict=True)}
        for id, texts in known.items()
    }
