"""The one writer of a run: verdicts to autograded/, the journal and the gradebook."""

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError

from cnngrader.course import Course
from cnngrader.errors import CourseError
from cnngrader.gradebook.autograded import Autograded
from cnngrader.gradebook.gradebook_writer import GradebookWriter
from cnngrader.gradebook.nbgrader_course import reason
from cnngrader.gradebook.standing import Standing
from cnngrader.gradebook.unchanged import unchanged
from cnngrader.grading.journal import Entry, Journal
from cnngrader.submission.job import Job

OF_ALL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE}
KEPT = "What was graded is kept; the same command goes on from there."


class Writer:
    """A context manager, which keeps the gradebook open. points: of each check, by the rubric.

    A verdict is staged, journaled, put in place, entered in the gradebook and marked as committed,
    in this order. What is cut off before the journal has the line is graded again; after it,
    `finish` does the rest. Raises CourseError where the disk or the database takes nothing, and what
    else goes wrong as it is: that is of the one submission.
    """

    def __init__(self, course: Course, id: str, journal: Journal, points: Mapping[str, float]):
        self.journal = journal
        self.autograded = Autograded(course, id)
        with _told():
            self.gradebook = GradebookWriter(course, id, points)

    def write(self, job: Job, entry: Entry) -> None:
        """A new verdict, with its notebook."""
        with _told():
            if self.autograded.has(job.student):
                before = self.autograded.notebook(job.student).read_text(encoding="utf-8")
                entry = replace(entry, unchanged=unchanged(before, entry.verdict.notebook))
            self.autograded.stage(job.student, job.files, entry.verdict.notebook)
            self.journal.write(entry)
        self.finish(entry)

    def finish(self, entry: Entry) -> None:
        """All that comes after the journal's line."""
        student = entry.verdict.student
        with _told():
            self.autograded.install(student)
            text = entry.verdict.notebook or self.autograded.notebook(student).read_text(encoding="utf-8")
            self.gradebook.enter(entry.verdict, text, entry.unchanged)
            self.journal.commit(entry.key, student)

    def holds(self, entry: Entry) -> bool:
        """Whether the gradebook has what was entered."""
        with _told():
            return self.gradebook.holds(entry.verdict)

    def charge(self, student: str) -> None:
        """The time and the penalty that a submission has by now, without another look at its scores."""
        with _told():
            self.gradebook.charge(student)

    def standing(self, student: str) -> Standing | None:
        with _told():
            return self.gradebook.standing(student)

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.gradebook.close()


@contextmanager
def _told() -> Iterator[None]:
    """Trouble of the disk or the database, which is everybody's, as one line."""
    try:
        yield
    except OSError as error:
        if error.errno not in OF_ALL:
            raise
        raise CourseError(f"{error.filename or 'the course'} cannot be written: {error.strerror}. {KEPT}") from error
    except (OperationalError, InterfaceError, InternalError) as error:
        raise CourseError(f"the gradebook cannot be written: {reason(error)}. {KEPT}") from error
