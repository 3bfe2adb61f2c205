"""Worker processes that grade side by side, with kernels of one warm parent."""

import multiprocessing
import os
import signal
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType

from cnngrader.assignment import Assignment
from cnngrader.errors import CnnkitError, ConfinementError
from cnngrader.imports import imported_modules
from cnngrader.job import Job
from cnngrader.kernel.warm_parent import WarmParent
from cnngrader.sandbox.confine import lacks
from cnngrader.verdict import Verdict


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool:
    """A context manager. For these assignments, the warm parent imports what their notebooks
    import and prepares their data sets, and the workers import what their rubrics import.

    Raises ConfinementError where this machine cannot confine and `confined` is not False.
    """

    def __init__(self, assignments: Sequence[Assignment], workers: int = 0, *, confined: bool = True):
        if confined and (missing := lacks()):
            raise ConfinementError(
                f"a student's code cannot be confined here: {'; '.join(missing)}. Grade on another machine, or, "
                "where you trust every submission, with --unconfined."
            )
        self.cores = cores()
        self.workers = workers or self.cores
        self.parent = WarmParent(
            _unique(imported_modules(assignment.source) for assignment in assignments),
            _unique(assignment.datasets for assignment in assignments),
        )
        processes = multiprocessing.get_context("forkserver")
        processes.set_forkserver_preload(
            ["cnngrader.grade", *_unique(imported_modules(assignment.rubric) for assignment in assignments)]
        )
        self._executor = ProcessPoolExecutor(self.workers, mp_context=processes, initializer=_leave_interrupts)
        self._executor.submit(_start)

    def run(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Verdict]]:
        """Verdicts, as they come."""
        self.parent.wait()
        futures: dict[Future[Verdict], Job] = {
            self._executor.submit(_grade, job, self.parent.address): job for job in jobs
        }
        for future in as_completed(futures):
            try:
                verdict = future.result()
            except BrokenProcessPool:
                raise CnnkitError(
                    "a worker process was ended from outside, perhaps for want of memory (try --workers 1). "
                    "What was graded is kept; the same command goes on from there."
                ) from None
            yield futures[future], verdict

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:  # nobody waits for what is still running; its kernels end with it
            for worker in list((self._executor._processes or {}).values()):
                worker.kill()
        self._executor.shutdown(wait=True, cancel_futures=True)
        self.parent.close()


def _unique(lists: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(name for names in lists for name in names))


def _leave_interrupts() -> None:
    """Ctrl-C reaches every process of a terminal; it is the main one's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _start() -> None:
    """A first task, so that the worker processes start now."""


def _grade(job: Job, address: str) -> Verdict:
    from cnngrader.grade import grade  # pytest, nbclient and all: for the workers only

    return grade(job, address)
