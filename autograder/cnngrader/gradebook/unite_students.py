"""A student of the gradebook is called as their folder is, and is there once."""

from nbgrader.api import Student, SubmittedAssignment
from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from cnngrader.ids import normal

STUDENTS, SUBMISSIONS = Student.__table__, SubmittedAssignment.__table__


def unite_students(engine: Engine) -> None:
    """Give students whose id is written in another form, such as by a list from macOS, the usual one, with all that
    they have. Where somebody has two submissions of an assignment, under either id one, the second stays where it is.
    """
    with engine.connect() as connection:
        strange = [id for id in connection.scalars(select(STUDENTS.c.id)) if id != normal(id)]
    if strange:
        with engine.begin() as connection:
            for row in connection.execute(select(STUDENTS).where(STUDENTS.c.id.in_(strange))).all():
                _unite(connection, row)


def _unite(connection: Connection, former: Row[tuple[object, ...]]) -> None:
    old, new = str(former.id), normal(str(former.id))
    about = {name: value for name, value in former._asdict().items() if name != "id"}
    there = connection.execute(select(STUDENTS).where(STUDENTS.c.id == new)).one_or_none()
    if there is None:
        connection.execute(insert(STUDENTS).values(id=new, **about))
    elif lacks := {name: value for name, value in about.items() if value and not there._asdict()[name]}:
        connection.execute(update(STUDENTS).where(STUDENTS.c.id == new).values(**lacks))
    theirs = select(SUBMISSIONS.c.assignment_id).where(SUBMISSIONS.c.student_id == new)
    has = set(connection.scalars(theirs))
    left = 0
    for id, assignment in connection.execute(
        select(SUBMISSIONS.c.id, SUBMISSIONS.c.assignment_id).where(SUBMISSIONS.c.student_id == old)
    ).all():
        if assignment in has:
            left += 1
        else:
            connection.execute(update(SUBMISSIONS).where(SUBMISSIONS.c.id == id).values(student_id=new))
    if not left:
        connection.execute(delete(STUDENTS).where(STUDENTS.c.id == old))
