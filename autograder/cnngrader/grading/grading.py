"""Grading a class: jobs from what was handed in, verdicts to the journal, the gradebook and disk."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

import nbformat

from cnngrader.assignment import Assignment
from cnngrader.authoring.rubric import Rubric
from cnngrader.authoring.rubric_digests import digested
from cnngrader.authoring.variants import given
from cnngrader.course import Course
from cnngrader.errors import CnnkitError, ConfinementError, CourseError, GraderError, UsageError
from cnngrader.gradebook.autograded import Autograded
from cnngrader.grading.journal import Entry, Journal
from cnngrader.grading.regrading import holding, merged, to_run
from cnngrader.grading.run_lock import RunLock
from cnngrader.grading.verdict_key import Surroundings, key_of
from cnngrader.ids import meant
from cnngrader.marking.job import Job
from cnngrader.marking.status import Status
from cnngrader.marking.submissions import job_of, read_release, read_submission
from cnngrader.marking.verdict import TestVerdict, Verdict
from cnngrader.sandbox.confine import exposed
from cnngrader.whole_file import write_whole

if TYPE_CHECKING:  # these import nbgrader, which takes seconds
    from cnngrader.gradebook.due_dates import DueDates
    from cnngrader.gradebook.standing import Standing
    from cnngrader.grading.writer import Writer


T = TypeVar("T")


class Grader(Protocol):
    """Runs jobs: a Pool on this machine, a Cluster on many."""

    def run(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Verdict | CnnkitError]]:
        """Verdicts, as they come, or what kept a submission from getting one."""


@dataclass(frozen=True)
class Graded:
    """A verdict. kept: whether it needed no run, since an earlier one holds. before: the score
    that it takes the place of in the gradebook; None where it takes the place of none. standing:
    what the gradebook has now."""

    verdict: Verdict
    kept: bool
    before: float | None = None
    standing: "Standing | None" = None


class Grading:
    """One run of `cnnkit grade`. Whatever goes wrong with one submission, while it is read, run or
    written, becomes a verdict `failed` for staff, which is not entered, and the others are graded.

    students: those to grade; the whole class where not given. force: run
    what an earlier verdict holds for, too. kernels_a_gpu: how many share a graphics card; 0 on the CPU.

    unread: those that could not be read. Raises UsageError where the assignment is being graded already.
    """

    def __init__(
        self,
        course: Course,
        assignment: Assignment,
        students: Sequence[str] = (),
        *,
        threads: int = 1,
        confined: bool = True,
        force: bool = False,
        kernels_a_gpu: int = 0,
    ):
        if confined and (open_ := exposed(course.secrets())):
            raise ConfinementError(
                f"{open_[0]} lies where a student's code must be able to read (the Python installation, /usr). "
                "Move the course to a folder of its own."
            )
        course.prepare()
        self.course, self.assignment, self.force = course, assignment, force
        self._surroundings = Surroundings(assignment, kernels_a_gpu)
        self.files = read_release(course, assignment)
        rubric = Rubric(assignment.rubric)
        self.points, self.tests = rubric.points(), digested(rubric)
        self._check_release()
        self.journal = Journal(course.home, assignment.id)
        self.autograded = Autograded(course, assignment.id)
        self._seed, self._threads, self._confined = course_secret(course), threads, confined
        self._lock = RunLock(course.home / "journal" / f"{assignment.id}.lock")
        former = self.journal.latest()
        self._plans: dict[str, _Plan] = {}
        self.unread: list[Graded] = []
        for student in self._students(students):
            found = self._tried(partial(self._read, student, former.get(student)), student, former.get(student))
            if isinstance(found, Graded):
                self.unread.append(found)
            else:
                self._plans[student] = found
        self.jobs = [plan.job for plan in self._plans.values()]

    def _check_release(self) -> None:
        notebook = nbformat.v4.reads(self.files[f"{self.assignment.id}.ipynb"].decode())
        cells = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells}
        if new := [check for check in self.points if check not in cells]:
            raise UsageError(f"the release has no check {new[0]!r} yet. Run: cnnkit release {self.assignment.id}")

    def _students(self, wanted: Sequence[str]) -> list[str]:
        present = self.course.students(self.assignment.id)
        wanted = [meant(student, present) for student in wanted]
        for student in wanted:
            if student not in present:
                folder = self.course.submitted(self.assignment.id, student)
                raise UsageError(f"{student!r} handed in nothing: {folder} does not exist")
        if not present:
            raise UsageError(
                f"nobody handed in {self.assignment.id}: {self.course.home / 'submitted'} has no "
                f"STUDENT/{self.assignment.id}. Run: cnnkit collect {self.assignment.id} PATH"
            )
        return list(dict.fromkeys(wanted)) or present

    def enter(self) -> "DueDates":
        """Tell the gradebook of the assignment, where it was released before this course was there, and when it is due.

        nbgrader takes seconds to import, so this is for when the pool is already starting.
        """
        from cnngrader.authoring.release import generate, stale
        from cnngrader.gradebook import gradebook
        from cnngrader.gradebook.due_dates import enter_due

        notebook = self.files[f"{self.assignment.id}.ipynb"].decode()
        if not gradebook.knows(self.course, self.assignment.id, notebook):
            if differences := stale(self.course, self.assignment):
                raise UsageError(f"{differences[0]} from a fresh release. Run: cnnkit release {self.assignment.id}")
            generate(self.course, self.assignment)
        return enter_due(self.course, self.assignment)

    def without_variant(self) -> list[str]:
        """Students who are not among those that were given files of their own, where anybody was."""
        known = given(self.course, self.assignment)
        return [job.student for job in self.jobs if job.student not in known] if known else []

    def waiting(self) -> list[Job]:
        """Jobs that must be run: each with the tests that no earlier verdict holds for."""
        return [plan.job for plan in self._plans.values() if plan.job.only != ()]

    def run(self, grader: Grader | None) -> Iterator[Graded]:
        """Verdicts as they come, those that need no run first. grader: may be None where none waits.

        A Grading is for one run, which ends its hold on the assignment.
        """
        from cnngrader.grading.writer import Writer

        with self._lock, Writer(self.course, self.assignment.id, self.journal, self.points) as writer:
            yield from self.unread
            for plan in self._plans.values():
                # Where this fails, what is written below fails as well, and is told.
                self._tried(partial(self._settle, plan, writer), plan.job.student)
            for plan in self._plans.values():
                if plan.job.only == ():
                    yield self._tried(partial(self._keep, plan, writer), plan.job.student, plan.former)
            if waiting := self.waiting():
                assert grader is not None
                for job, outcome in grader.run(waiting):
                    plan = self._plans[job.student]
                    if isinstance(outcome, CnnkitError):
                        yield self._failed(job.student, outcome, plan.former)
                        continue
                    step = partial(self._write, plan, outcome, writer)
                    yield self._tried(step, job.student, plan.former)

    def _tried(self, step: Callable[[], T], student: str, former: Entry | None = None) -> T | Graded:
        """What a step for one submission comes to, at the second try at the latest."""
        try:
            with suppress(Exception):
                return step()
            return step()
        except CourseError:
            raise
        except Exception as error:
            return self._failed(student, error, former)

    def _failed(self, student: str, error: Exception, former: Entry | None) -> Graded:
        fault = GraderError.of(error)
        left = "no score was entered" if not former else "the former score stays"
        detail = f"the grader could not grade it ({fault}); {left}, and the next run tries again"
        tests = [
            TestVerdict(t.name, t.mark.check, t.title, t.mark.points, 0.0, hidden=t.mark.hidden) for t in self.tests
        ]
        trace = [fault.trace]
        return Graded(Verdict(student, self.assignment.id, Status.FAILED, detail, 0.0, tests, [], trace, [], ""), False)

    def _settle(self, plan: "_Plan", writer: "Writer") -> None:
        """What a run that was killed has left undone."""
        if plan.former and not plan.former.committed and self._has_notebook(plan.former):
            writer.finish(plan.former)
        else:
            self.autograded.discard(plan.job.student)

    def _read(self, student: str, entry: Entry | None) -> "_Plan":
        notebook, beside = read_submission(self.course, self.assignment, student)
        job = job_of(
            self.assignment,
            self.files,
            notebook=notebook,
            student=student,
            seed=self._seed,
            threads=self._threads,
            beside=beside,
            confined=self._confined,
        )
        return self._plan(job, entry)

    def _plan(self, job: Job, entry: Entry | None) -> "_Plan":
        if entry is None or not self._has_notebook(entry):
            return _Plan(job)
        holds = entry.key == self._key(job, entry.verdict) and not self.force
        kept = holding(entry.verdict, entry.digests, self.tests) if holds else []
        only = to_run(kept, self.tests)
        if not kept or (only and entry.verdict.status != Status.GRADED):  # what went wrong may not do so again
            return _Plan(job, entry)
        return _Plan(replace(job, only=only), entry, kept)

    def _key(self, job: Job, verdict: Verdict) -> str:
        return key_of(job, str(self._surroundings), verdict.status)

    def _has_notebook(self, entry: Entry) -> bool:
        """Whether the executed notebook is in autograded/, or on its way there."""
        student = entry.verdict.student
        return self.autograded.has(student) or (not entry.committed and self.autograded.has_staged(student))

    def _keep(self, plan: "_Plan", writer: "Writer") -> Graded:
        """The former verdict, in the points and words of the present rubric."""
        assert plan.former is not None
        former = plan.former.verdict
        verdict = merged(replace(former, tests=[]), plan.kept, self.tests)
        if verdict.tests == former.tests and writer.holds(plan.former):
            writer.charge(former.student)
            before = None if plan.former.committed else plan.former.before
            return Graded(former, True, before, writer.standing(former.student))
        notebook = self.autograded.notebook(former.student).read_text(encoding="utf-8")
        return self._write(plan, replace(verdict, notebook=notebook), writer)

    def _write(self, plan: "_Plan", verdict: Verdict, writer: "Writer") -> Graded:
        if plan.kept:
            from cnngrader.marking.check_outputs import show_verdicts

            verdict = merged(verdict, plan.kept, self.tests)
            verdict = replace(verdict, notebook=show_verdicts(verdict.notebook, verdict.tests))
        digests = {test.name: test.digest for test in self.tests}
        # Anew, since grading prepares data sets that were not there.
        writer.write(plan.job, Entry(self._key(plan.job, verdict), digests, verdict))
        before = plan.former.entered if plan.former else None
        return Graded(verdict, plan.job.only == (), before, writer.standing(verdict.student))


@dataclass(frozen=True)
class _Plan:
    """What is to be done for a submission. job: with the tests to run. former: its last
    verdict. kept: what of that holds."""

    job: Job
    former: Entry | None = None
    kept: Sequence[TestVerdict] = ()


def course_secret(course: Course) -> str:
    """The secret that seeds hidden tests, made once for a course."""
    path = course.home / "secret"
    if not path.exists():
        course.home.mkdir(parents=True, exist_ok=True)
        write_whole(path, secrets.token_hex(32), mode=0o600)
    return path.read_text().strip()
