"""Solutions of an assignment, right and wrong ones, judged as what students hand in."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import nbformat
from nbformat import NotebookNode

from cnngrader.assignment import Assignment
from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.release import make_release
from cnngrader.authoring.rubric import Rubric, RubricTest
from cnngrader.course import Course
from cnngrader.errors import CnnkitError
from cnngrader.grading.dispatch import dispatch
from cnngrader.grading.jobs import job_of
from cnngrader.submission.draws import further_draws
from cnngrader.submission.job import Job
from cnngrader.submission.verdict import Verdict
from cnngrader.verifying.proofs import Proofs
from cnngrader.workers.pool import Pool

SOLUTION = "the solution"
DRAWS = 20


@dataclass(frozen=True)
class Trial:
    """kept: whether it was judged before."""

    job: Job
    verdict: Verdict
    kept: bool


class Trials:
    """draws: of hidden inputs, with each of which all is judged. reuse: whether a verdict that was given before holds
    where nothing has changed, see `Proofs`.

    Raises AuthorError where the assignment's files are not right.
    """

    def __init__(self, course: Course, assignment: Assignment, pool: Pool, draws: int = DRAWS, reuse: bool = False):
        self.assignment = assignment
        self.rubric = Rubric(assignment.rubric)
        self.solution = build_notebook(assignment, self.rubric)
        self.release = make_release(course, assignment)
        self._pool = pool
        self._further = further_draws("verify", draws - 1)
        self._proofs = Proofs(course.proofs(assignment.id), assignment, self.rubric) if reuse else None

    @property
    def stub(self) -> bytes:
        """The notebook as students get it."""
        return self.release[f"{self.assignment.id}.ipynb"]

    def job(
        self,
        subject: str,
        notebook: NotebookNode | bytes,
        tests: Iterable[RubricTest] | None = None,
        record: bool = False,
        student: str = "",
    ) -> Job:
        """tests: all, where not given. record: whether its verdict is to tell each call. student: whose files it has,
        where each student has their own; those of the subject, where not given."""
        data = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode()
        threads = max(1, self._pool.cores // 2)
        whose = student or subject
        job = job_of(self.assignment, self.release, notebook=data, student=whose, secret="verify", threads=threads)
        only = None if tests is None else tuple(test.name for test in tests)
        return replace(job, student=subject, draw="verify", further=self._further, only=only, record=record)

    def judge(self, jobs: Iterable[Job]) -> Iterator[Trial]:
        """As they come. Raises what keeps one from being judged."""
        known = deque[Trial]()

        def unknown() -> Iterator[Job]:
            for job in jobs:
                if verdict := self._proofs and self._proofs.kept(job):
                    known.append(Trial(job, verdict, kept=True))
                else:
                    yield job

        for job, verdict in dispatch(unknown(), self._pool):
            while known:
                yield known.popleft()
            if isinstance(verdict, CnnkitError):
                raise verdict
            if self._proofs:
                self._proofs.keep(job, verdict if job.student == SOLUTION else replace(verdict, notebook=""))
            yield Trial(job, verdict, kept=False)
        yield from known
