"""What nbgrader's gradebook has of its students, and its removal."""

from collections.abc import Collection

from nbgrader.api import Comment, Grade, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Engine, delete, select

from cnngrader.course import Course
from cnngrader.gradebook.nbgrader_course import open_gradebook

STUDENTS, SUBMISSIONS = Student.__table__, SubmittedAssignment.__table__
SUBMITTED, GRADES, COMMENTS = SubmittedNotebook.__table__, Grade.__table__, Comment.__table__


def students_of(course: Course) -> frozenset[str]:
    """Everybody in the gradebook; nobody where there is none."""
    if not course.has_gradebook():
        return frozenset()
    with open_gradebook(course) as book, book.engine.connect() as connection:
        return frozenset(connection.scalars(select(STUDENTS.c.id)))


def contacts_of(course: Course, students: Collection[str]) -> set[str]:
    """What else the gradebook calls them: addresses and a platform's ids."""
    if not students:
        return set()
    with open_gradebook(course) as book, book.engine.connect() as connection:
        rows = connection.execute(
            select(STUDENTS.c.email, STUDENTS.c.lms_user_id).where(STUDENTS.c.id.in_(students))
        ).all()
    return {str(value) for row in rows for value in row if value}


def remove_rows(course: Course, students: Collection[str]) -> None:
    """Take them out of the gradebook, each in one transaction: who they are, and all that was entered of them.

    Of an SQLite gradebook nothing is left in its file, either, which keeps what is deleted until it is written over.
    """
    if not students:
        return
    with open_gradebook(course) as book:
        for student in students:
            _remove(book.engine, student)
        if book.engine.dialect.name == "sqlite":
            book.db.close()
            with book.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM")


def _remove(engine: Engine, student: str) -> None:
    submissions = select(SUBMISSIONS.c.id).where(SUBMISSIONS.c.student_id == student)
    notebooks = select(SUBMITTED.c.id).where(SUBMITTED.c.assignment_id.in_(submissions))
    with engine.begin() as connection:
        connection.execute(delete(GRADES).where(GRADES.c.notebook_id.in_(notebooks)))
        connection.execute(delete(COMMENTS).where(COMMENTS.c.notebook_id.in_(notebooks)))
        connection.execute(delete(SUBMITTED).where(SUBMITTED.c.assignment_id.in_(submissions)))
        connection.execute(delete(SUBMISSIONS).where(SUBMISSIONS.c.student_id == student))
        connection.execute(delete(STUDENTS).where(STUDENTS.c.id == student))
