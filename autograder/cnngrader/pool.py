"""Worker processes that grade side by side, with kernels of one warm parent."""

import multiprocessing
import os
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from types import TracebackType

from cnngrader.errors import ConfinementError
from cnngrader.grade import Job, Verdict, grade
from cnngrader.kernel.warm_parent import WarmParent
from cnngrader.sandbox.confine import lacks


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool:
    """A context manager. datasets: prepared before the first job, read by the kernels.

    Raises ConfinementError where this machine cannot confine and `confined` is not False.
    """

    def __init__(self, workers: int = 0, *, datasets: Collection[str] = (), confined: bool = True):
        if confined and (missing := lacks()):
            raise ConfinementError(
                f"a student's code cannot be confined here: {'; '.join(missing)}. Grade on another machine, or, "
                "where you trust every submission, with --unconfined."
            )
        self.cores = cores()
        self.workers = workers or self.cores
        self.parent = WarmParent(datasets=sorted(datasets))
        spawn = multiprocessing.get_context("spawn")
        self._executor = ProcessPoolExecutor(self.workers, mp_context=spawn)
        for _ in range(self.workers):
            self._executor.submit(_nothing)

    def run(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Verdict]]:
        """Verdicts, as they come."""
        self.parent.wait()
        futures: dict[Future[Verdict], Job] = {
            self._executor.submit(grade, job, self.parent.address): job for job in jobs
        }
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            for future in futures:
                future.cancel()

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)
        self.parent.close()


def _nothing() -> None:
    """A first task starts a worker, whose imports then run beside those of the warm parent."""
