"""Jobs to workers, a few ahead of what they can do at a time."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Protocol

from cnngrader.errors import CnnkitError, GraderError
from cnngrader.submission.job import Job
from cnngrader.submission.verdict import Verdict

AHEAD = 2  # jobs a slot that are sent, so that none waits for the network
LOOK_SECONDS = 1.0
GOES_ON = "What was graded is kept; the same command goes on from there."


class Workers(Protocol):
    """What runs jobs: a Pool on this machine, a Cluster on many."""

    @property
    def slots(self) -> int:
        """Jobs at a time, by now."""

    @property
    def dashboard(self) -> str:
        """Its address; '' where there is none."""

    def running(self) -> dict[str, float]:
        """{student: seconds since their grading began} of what is being graded now, the longest first."""

    def submit(self, job: Job) -> Future[Verdict]:
        """What comes of it, in time."""


class SchedulerLost(CnnkitError):
    """Nobody is left who could tell what comes of a job."""


class WorkerLost(CnnkitError):
    """The job's workers were lost, one after the other."""


def dispatch(jobs: Iterable[Job], workers: Workers) -> Iterator[tuple[Job, Verdict | CnnkitError]]:
    """Verdicts, as they come, or what kept a submission from getting one. Jobs are made when they are sent.

    A submission whose worker is lost, or that something goes wrong with, is graded again when nothing else is. Where
    that fails as well, and an empty notebook is graded, it is this submission: it is lost, or its outcome is the error.
    Raises CnnkitError where not even an empty notebook is graded, or the scheduler is lost.
    """
    return _Dispatch(workers).run(iter(jobs))


class _Dispatch:
    def __init__(self, workers: Workers):
        self._workers = workers
        self._sent: dict[Future[Verdict], Job] = {}

    def run(self, jobs: Iterator[Job]) -> Iterator[tuple[Job, Verdict | CnnkitError]]:
        suspects = deque[Job]()
        try:
            while True:
                # What would fail for the whole class is found before the rest of it is run.
                while not suspects and len(self._sent) < max(1, AHEAD * self._workers.slots):
                    if (job := next(jobs, None)) is None:
                        break
                    self._send(job)
                if self._sent:
                    job, outcome = self._next()
                    if isinstance(outcome, CnnkitError):
                        suspects.append(job)
                    else:
                        yield job, outcome
                elif suspects:
                    job = suspects.popleft()
                    yield job, self._suspected(job)
                else:
                    return
        finally:
            for future in self._sent:
                future.cancel()

    def _send(self, job: Job) -> None:
        self._sent[self._workers.submit(job)] = job

    def _next(self) -> tuple[Job, Verdict | CnnkitError]:
        """The next job that ends, with its verdict or what went wrong."""
        done: set[Future[Verdict]] = set()
        while not done:
            done, _ = wait(self._sent, LOOK_SECONDS, FIRST_COMPLETED)
        future = next(each for each in self._sent if each in done)
        job = self._sent.pop(future)
        error = future.exception()
        if error is None:
            return job, future.result()
        if isinstance(error, SchedulerLost) or not isinstance(error, Exception):
            raise error
        return job, error if isinstance(error, CnnkitError) else GraderError.of(error)

    def _alone(self, job: Job) -> Verdict | CnnkitError:
        self._send(job)
        return self._next()[1]

    def _suspected(self, job: Job) -> Verdict | CnnkitError:
        outcome = self._alone(job)
        if isinstance(outcome, Verdict):
            return outcome
        empty = self._alone(job.emptied())
        if isinstance(empty, WorkerLost):
            raise CnnkitError(f"workers are lost even while an empty notebook is graded. {GOES_ON}")
        if isinstance(empty, GraderError):
            raise GraderError(f"not even an empty notebook can be graded: {empty}. {GOES_ON}", empty.trace)
        if isinstance(empty, CnnkitError):
            raise empty
        if isinstance(outcome, WorkerLost):
            return empty.lost("the workers that graded it were lost, also while they graded nothing else")
        return outcome
