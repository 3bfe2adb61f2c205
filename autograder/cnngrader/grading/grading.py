"""Grading a class: jobs from what was handed in, verdicts to the journal, the gradebook and disk."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import nbformat

from cnngrader.assignment import Assignment
from cnngrader.attempt_rule import AttemptRule
from cnngrader.authoring.rubric import Rubric
from cnngrader.authoring.rubric_digests import DigestedTest, digest_tests
from cnngrader.authoring.variants import read_given
from cnngrader.cells import id_of
from cnngrader.course import Course
from cnngrader.errors import CnnkitError, ConfinementError, CourseError, GraderError, UsageError
from cnngrader.files import OWNER_ALONE, write_whole
from cnngrader.gradebook.autograded import Autograded
from cnngrader.grading.attempt_verdicts import AttemptVerdicts
from cnngrader.grading.dispatch import Workers, dispatch
from cnngrader.grading.jobs import digest_notebook, job_of, read_release, read_submission
from cnngrader.grading.journal import Entry, Journal
from cnngrader.grading.regrading import find_untested, keep_holding, merge
from cnngrader.grading.run_lock import RunLock
from cnngrader.grading.verdict_key import Surroundings, key_of
from cnngrader.roster.audiences import Audiences
from cnngrader.roster.find_student import find_student
from cnngrader.roster.students_file import read_roster
from cnngrader.sandbox.confine import find_exposed
from cnngrader.submission.job import Job
from cnngrader.submission.status import Status
from cnngrader.submission.verdict import TestVerdict, Verdict

if TYPE_CHECKING:  # these import nbgrader, which takes seconds
    from cnngrader.gradebook.due_dates import DueDates
    from cnngrader.gradebook.standing import Standing
    from cnngrader.grading.writer import Writer


T = TypeVar("T")


@dataclass(frozen=True)
class Graded:
    """A verdict. kept: whether it needed no run, since an earlier one holds. before: the score
    that it takes the place of in the gradebook; None where it takes the place of none. standing:
    what the gradebook has now."""

    verdict: Verdict
    kept: bool
    before: float | None = None
    standing: "Standing | None" = None


@dataclass(frozen=True)
class Plan:
    """What is to be done for a submission. only: the tests to run, all where not given. former: its last verdict.
    kept: what of that holds, or of the verdict `attempt`, which it got before it counted."""

    student: str
    only: tuple[str, ...] | None = None
    former: Entry | None = None
    kept: Sequence[TestVerdict] = ()
    attempt: Entry | None = None

    @property
    def runs(self) -> bool:
        return self.only != ()


class Grading:
    """One run of `cnnkit grade`. Whatever goes wrong with one submission, while it is read, run or
    written, becomes a verdict `failed` for staff, which is not entered, and the others are graded.
    What was handed in is read when it is planned and again when it is sent: no run holds the class in memory.

    students: those to grade; the whole class where not given. force: run
    what an earlier verdict holds for, too. gpu_share: how many share a graphics card; 0 on the CPU.
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
        gpu_share: int = 0,
    ):
        if confined and (open_ := find_exposed(course.secrets())):
            raise ConfinementError(
                f"{open_[0]} lies where a student's code must be able to read (the Python installation, /usr). "
                "Move the course to a folder of its own."
            )
        course.prepare()
        self.course, self.assignment, self.force = course, assignment, force
        self._surroundings = Surroundings(assignment, gpu_share)
        self.files = read_release(course, assignment)
        rubric = Rubric(assignment.rubric)
        self.points, self.tests = rubric.points(), digest_tests(rubric)
        self._check_release()
        self.audiences = Audiences(assignment, read_roster(course))
        self.students = self._students(students)
        self.journal = Journal(course.journal(assignment.id))
        self.autograded = Autograded(course, assignment.id)
        self.attempts = AttemptVerdicts(course, assignment.id)
        self._secret, self._threads, self._confined = course_secret(course), threads, confined
        self._lock: RunLock | None = None
        self._plans: dict[str, Plan] = {}
        self._unread: list[Graded] = []

    def hold(self) -> None:
        """Take hold of the assignment until the run has ended. Raises UsageError where it is being graded already."""
        if self._lock is None:
            self._lock = RunLock(self.course.journal(self.assignment.id, "lock"))

    def prepare(self) -> list[Plan]:
        """Find what is to be done for each submission that can be read, holding the assignment."""
        self.hold()
        self._plans, self._unread = {}, []
        if self.assignment.attempts is AttemptRule.BEST:
            self.attempts.read()
        former = self.journal.latest()
        for student in self.students:
            entry = former.get(student)
            found = self._tried(partial(self._planned, student, entry), student, entry)
            if isinstance(found, Graded):
                self._unread.append(found)
            else:
                self._plans[student], _ = found
        return list(self._plans.values())

    def _check_release(self) -> None:
        notebook = nbformat.v4.reads(self.files[f"{self.assignment.id}.ipynb"].decode())
        cells = set(map(id_of, notebook.cells))
        if new := [check for check in self.points if check not in cells]:
            raise UsageError(f"the release has no check {new[0]!r} yet. Run: cnnkit release {self.assignment.id}")

    def _students(self, wanted: Sequence[str]) -> list[str]:
        present = self.course.students(self.assignment.id)
        wanted = [find_student(student, present, self.audiences.roster) for student in wanted]
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

    def tests_of(self, student: str) -> list[DigestedTest]:
        """The rubric's, but for those of checks that are for others alone."""
        left_out = self.audiences.left_out(student)
        return [test for test in self.tests if test.mark.check not in left_out]

    def counts_all_the_same(self, graded: Graded) -> list[str]:
        """What is for others alone and counts, since a person has given points there."""
        cells = {cell.id for cell in graded.standing.cells} if graded.standing else set()
        student = graded.verdict.student
        return [
            f"{student}: {id} is for {audience} alone, and counts all the same, for somebody has given points there by "
            "hand. Take them away, and grade again"
            for id, audience in self.audiences.left_out(student).items()
            if id in cells
        ]

    def enter(self) -> "DueDates":
        """Tell the gradebook of the assignment, where it was released before this course was there, and when it is due.

        nbgrader takes seconds to import, so this is for when the pool is already starting.
        """
        from cnngrader.authoring.release import compare_release, generate
        from cnngrader.gradebook import gradebook
        from cnngrader.gradebook.due_dates import enter_due

        notebook = self.files[f"{self.assignment.id}.ipynb"].decode()
        if not gradebook.knows(self.course, self.assignment.id, notebook):
            if differences := compare_release(self.course, self.assignment):
                raise UsageError(f"{differences[0]} from a fresh release. Run: cnnkit release {self.assignment.id}")
            generate(self.course, self.assignment)
        return enter_due(self.course, self.assignment)

    def without_variant(self) -> list[str]:
        """Students who are not among those that were given files of their own, where anybody was."""
        known = read_given(self.course, self.assignment)
        return [student for student in self.students if student not in known] if known else []

    def run(self, workers: Workers | None) -> Iterator[Graded]:
        """Verdicts as they come, those that need no run first. workers: may be None where no plan runs.

        A Grading is for one run, which ends its hold on the assignment.
        """
        from cnngrader.grading.writer import Writer

        if self._lock is None:
            self.prepare()
        assert self._lock is not None
        with self._lock, Writer(self.course, self.assignment.id, self.journal, self.points) as writer:
            yield from self._unread
            for plan in self._plans.values():
                # Where this fails, what is written below fails as well, and is told.
                self._tried(partial(self._settle, plan, writer), plan.student)
            for plan in self._plans.values():
                if not plan.runs:
                    yield self._tried(partial(self._keep, plan, writer), plan.student, plan.former)
            waiting = [plan for plan in self._plans.values() if plan.runs]
            if not waiting:
                return
            assert workers is not None
            changed: list[Graded] = []
            for job, outcome in dispatch(self._jobs(waiting, changed), workers):
                plan = self._plans[job.student]
                if isinstance(outcome, CnnkitError):
                    yield self._failed(job.student, outcome, plan.former)
                else:
                    yield self._tried(partial(self._write, plan, job, outcome, writer), job.student, plan.former)
            yield from changed

    def _jobs(self, plans: Sequence[Plan], failed: list[Graded]) -> Iterator[Job]:
        """Those that can still be read, as what was handed in is now; `failed` is told of the others."""
        for plan in plans:
            found = self._tried(partial(self._planned, plan.student, plan.former), plan.student, plan.former)
            if isinstance(found, Graded):
                failed.append(found)
                continue
            again, job = found
            self._plans[plan.student] = again = again if again.runs else Plan(plan.student, None, plan.former)
            yield job if again.only is None else replace(job, only=again.only)

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
            TestVerdict(t.name, t.mark.check, t.title, t.mark.points, 0.0, hidden=t.mark.hidden)
            for t in self.tests_of(student)
        ]
        trace = [fault.trace]
        return Graded(Verdict(student, self.assignment.id, Status.FAILED, detail, 0.0, tests, [], trace, [], ""), False)

    def _settle(self, plan: Plan, writer: "Writer") -> None:
        """What a run that was killed has left undone."""
        if plan.former and not plan.former.committed and self._has_notebook(plan.former):
            writer.finish(plan.former)
        else:
            self.autograded.discard(plan.student)

    def _job(self, student: str) -> Job:
        return self.job_of(student, self.course.submitted(self.assignment.id, student))

    def job_of(self, student: str, folder: Path) -> Job:
        """Of an attempt of theirs, which lies there."""
        notebook, beside = read_submission(folder, self.assignment)
        tests = self.tests_of(student)
        job = job_of(
            self.assignment,
            self.files,
            notebook=notebook,
            student=student,
            secret=self._secret,
            threads=self._threads,
            beside=beside,
            confined=self._confined,
        )
        return replace(job, only=tuple(test.name for test in tests)) if len(tests) < len(self.tests) else job

    def _planned(self, student: str, entry: Entry | None) -> tuple[Plan, Job]:
        job = self._job(student)
        if found := self._of_attempt(job, entry):
            attempt, kept = found
            return Plan(student, (), entry, kept, attempt), job
        if entry is None or not self._has_notebook(entry):
            return Plan(student), job
        holds = entry.key == self._key(job, entry.verdict) and not self.force
        tests = self.tests_of(student)
        kept = keep_holding(entry.verdict, entry.digests, tests) if holds else []
        only = find_untested(kept, tests)
        if not tests and holds and entry.verdict.status.settled:
            return Plan(student, (), entry), job
        if not kept or (only and entry.verdict.status != Status.GRADED):  # what went wrong may not do so again
            return Plan(student, None, entry), job
        return Plan(student, only, entry, kept), job

    def _of_attempt(self, job: Job, entry: Entry | None) -> tuple[Entry, Sequence[TestVerdict]] | None:
        """The verdict that an attempt got before it counted; None where it is not needed."""
        if (
            self.assignment.attempts is not AttemptRule.BEST
            or self.force
            or (entry and entry.key == self._key(job, entry.verdict))
        ):
            return None
        found = self.find_verdict(job)
        return found if found and self.attempts.has_notebook(found[0]) else None

    def find_verdict(self, job: Job) -> tuple[Entry, Sequence[TestVerdict]] | None:
        """The verdict of an attempt, where all of it holds, and its tests as the rubric has them now."""
        surroundings = str(self._surroundings)
        keys = [key_of(job, surroundings, status) for status in (Status.GRADED, Status.TIMEOUT)]
        return self.attempts.find(keys, self.tests_of(job.student))

    def entry_of(self, job: Job, verdict: Verdict) -> Entry:
        digests = {test.name: test.digest for test in self.tests}
        return Entry(self._key(job, verdict), digests, verdict, handed_in=digest_notebook(job.notebook))

    def _key(self, job: Job, verdict: Verdict) -> str:
        return key_of(job, str(self._surroundings), verdict.status)

    def _has_notebook(self, entry: Entry) -> bool:
        """Whether the executed notebook is in autograded/, or on its way there."""
        student = entry.verdict.student
        return self.autograded.has(student) or (not entry.committed and self.autograded.has_staged(student))

    def _keep(self, plan: Plan, writer: "Writer") -> Graded:
        """The former verdict, in the points and words of the present rubric."""
        if plan.attempt:
            return self._adopt(plan.attempt, plan, writer)
        assert plan.former is not None
        former = plan.former.verdict
        verdict = merge(replace(former, tests=[]), plan.kept, self.tests)
        if verdict.tests == former.tests and writer.holds(plan.former):
            writer.charge(former.student)
            before = None if plan.former.committed else plan.former.before
            return Graded(former, True, before, writer.standing(former.student))
        notebook = self.autograded.notebook(former.student).read_text(encoding="utf-8")
        return self._write(plan, self._job(plan.student), replace(verdict, notebook=notebook), writer)

    def _adopt(self, attempt: Entry, plan: Plan, writer: "Writer") -> Graded:
        """The verdict that it got before it counted."""
        from cnngrader.submission.check_outputs import find_pictures, show_verdicts

        verdict = merge(replace(attempt.verdict, tests=[]), plan.kept, self.tests)
        executed = self.attempts.notebook(attempt).read_text(encoding="utf-8")
        pictures = find_pictures(nbformat.reads(executed, as_version=4))
        verdict = replace(verdict, notebook=show_verdicts(executed, verdict.tests, pictures))
        return self._write(replace(plan, kept=()), self._job(plan.student), verdict, writer)

    def _write(self, plan: Plan, job: Job, verdict: Verdict, writer: "Writer") -> Graded:
        if plan.kept:
            from cnngrader.submission.check_outputs import find_pictures, show_verdicts

            verdict = merge(verdict, plan.kept, self.tests)
            kept = {test.test for test in plan.kept}
            former = find_pictures(self.autograded.read(verdict.student))
            pictures = {test: picture for test, picture in former.items() if test in kept}
            pictures |= find_pictures(nbformat.reads(verdict.notebook, as_version=4))
            verdict = replace(verdict, notebook=show_verdicts(verdict.notebook, verdict.tests, pictures))
        writer.write(job, self.entry_of(job, verdict))  # anew, since grading prepares data sets that were not there
        before = plan.former.entered if plan.former else None
        return Graded(verdict, not plan.runs, before, writer.standing(verdict.student))


def course_secret(course: Course) -> str:
    """The secret that seeds hidden tests, made once for a course."""
    path = course.secret
    if not path.exists():
        course.home.mkdir(parents=True, exist_ok=True)
        write_whole(path, secrets.token_hex(32), OWNER_ALONE)
    return path.read_text(encoding="utf-8").strip()
