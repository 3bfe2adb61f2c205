"""Grading a class: jobs from what was handed in, verdicts to the journal, the gradebook and disk."""

import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnngrader.assignment import Assignment
from cnngrader.course import Course
from cnngrader.errors import ConfinementError, UsageError
from cnngrader.job import Job
from cnngrader.journal import Journal, key_of
from cnngrader.pool import Pool
from cnngrader.sandbox.confine import exposed
from cnngrader.submissions import job_of, read_release, read_submission
from cnngrader.verdict import Verdict


@dataclass(frozen=True)
class Graded:
    """A verdict, and whether it was there from an earlier run."""

    verdict: Verdict
    kept: bool


class Grading:
    """One run of `cnnkit grade`. students: those to grade; the whole class where not given."""

    def __init__(
        self,
        course: Course,
        assignment: Assignment,
        students: Sequence[str] = (),
        *,
        threads: int = 1,
        confined: bool = True,
    ):
        if confined and (open_ := exposed(course.secrets())):
            raise ConfinementError(
                f"{open_[0]} lies where a student's code must be able to read (the Python installation, /usr). "
                "Move the course to a folder of its own."
            )
        course.prepare()
        files = read_release(course, assignment)
        self.course, self.assignment = course, assignment
        self.journal = Journal(course.home, assignment.id)
        self.files = files
        seed = course_secret(course)
        self.jobs: list[Job] = []
        for student in self._students(students):
            notebook, beside = read_submission(course, assignment, student)
            job = job_of(
                assignment,
                files,
                notebook=notebook,
                student=student,
                seed=seed,
                threads=threads,
                beside=beside,
                confined=confined,
            )
            self.jobs.append(job)

    def _students(self, wanted: Sequence[str]) -> list[str]:
        present = self.course.students(self.assignment.id)
        for student in wanted:
            if student not in present:
                folder = self.course.submitted(self.assignment.id, student)
                raise UsageError(f"{student!r} handed in nothing: {folder} does not exist")
        if not present:
            raise UsageError(
                f"nobody handed in {self.assignment.id}: {self.course.home / 'submitted'} has no "
                f"STUDENT/{self.assignment.id}. Run: cnnkit collect {self.assignment.id} PATH"
            )
        return list(wanted) or present

    def enter(self) -> None:
        """Tell the gradebook of the assignment, where it was released before this course was there.

        nbgrader takes seconds to import, so this is for when the pool is already starting.
        """
        from cnngrader import gradebook
        from cnngrader.release import generate, stale

        if not gradebook.knows(self.course, self.assignment.id):
            if differences := stale(self.course, self.assignment):
                raise UsageError(f"{differences[0]} from a fresh release. Run: cnnkit release {self.assignment.id}")
            generate(self.course, self.assignment)

    def waiting(self) -> list[Job]:
        """Jobs without a verdict of their present content."""
        latest = self.journal.latest()
        return [job for job in self.jobs if job.student not in latest or latest[job.student].key != key_of(job)]

    def run(self, pool: Pool | None) -> Iterator[Graded]:
        """Verdicts as they come, those of earlier runs first. pool: may be None where none waits."""
        waiting = self.waiting()
        latest = self.journal.latest()
        pending = {job.student for job in waiting}
        for job in self.jobs:
            if job.student not in pending:
                entry = latest[job.student]
                if not entry.committed:
                    self._commit(entry.key, entry.verdict)
                yield Graded(entry.verdict, kept=True)
        if not waiting:
            return
        assert pool is not None
        for job, verdict in pool.run(waiting):
            self._write_autograded(job, verdict)
            self.journal.write(key_of(job), verdict)
            self._commit(key_of(job), verdict)
            yield Graded(verdict, kept=False)

    def _commit(self, key: str, verdict: Verdict) -> None:
        text = (self._autograded(verdict.student) / f"{self.assignment.id}.ipynb").read_text(encoding="utf-8")
        from cnngrader import gradebook

        gradebook.record(self.course, verdict, text)
        self.journal.commit(key, verdict.student)

    def _autograded(self, student: str) -> Path:
        return self.course.home / "autograded" / student / self.assignment.id

    def _write_autograded(self, job: Job, verdict: Verdict) -> None:
        """The executed notebook and what lies beside it, as nbgrader's tools expect them."""
        folder = self._autograded(job.student)
        part = folder.with_name(f".{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for name, content in job.files.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            (part / name).write_bytes(content)
        (part / f"{self.assignment.id}.ipynb").write_text(verdict.notebook, encoding="utf-8")
        stamp = self.course.submitted(self.assignment.id, job.student) / "timestamp.txt"
        if stamp.is_file():
            shutil.copy(stamp, part / "timestamp.txt")
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(part, folder)


def course_secret(course: Course) -> str:
    """The secret that seeds hidden tests, made once for a course."""
    path = course.home / "secret"
    if not path.exists():
        course.home.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()
