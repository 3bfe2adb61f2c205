"""What makes a worker of `distributed` grade: a plugin that keeps its pools."""

import multiprocessing
import threading
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from distributed import Worker, WorkerPlugin

from cnngrader.submission.job import Job
from cnngrader.submission.verdict import Verdict
from cnngrader.workers.pool import Needs, Pool, cores
from cnnkit.datasets.home import data_home


@dataclass
class _Used:
    pool: Pool
    jobs: int = 0


class Graders(WorkerPlugin):
    """A pool for what a job needs, started for the first such job and kept for the next run."""

    name = f"cnnkit-{version('cnnkit')}"
    idempotent = True  # a second run finds the pools of the first

    def setup(self, worker: Worker) -> None:
        self._slots = worker.state.nthreads
        self._lock = threading.Lock()
        self._pools: dict[tuple[Needs, int, bool], _Used] = {}
        multiprocessing.current_process().daemon = False  # as one a nanny's worker could have no processes

    def teardown(self, worker: Worker) -> None:
        for used in self._pools.values():
            used.pool.close(kill=True)

    def grade(self, job: Job, needs: Needs, gpu_share: int) -> Verdict:
        used = self._take((needs, gpu_share, job.confined))
        try:
            return used.pool.grade(_moved(job, self._slots))
        finally:
            with self._lock:
                used.jobs -= 1

    def _take(self, what: tuple[Needs, int, bool]) -> _Used:
        """The pool for it. What no job uses makes room: a warm parent holds half a gigabyte."""
        with self._lock:
            if what not in self._pools:
                for other in [other for other, used in self._pools.items() if not used.jobs]:
                    self._pools.pop(other).pool.close()
                needs, kernels, confined = what
                self._pools[what] = _Used(Pool(needs, self._slots, confined=confined, gpu_share=kernels))
            used = self._pools[what]
            used.jobs += 1
            return used


def _moved(job: Job, slots: int) -> Job:
    """The job with this machine's own paths of its data sets, and threads for its cores."""
    readable = tuple(str(data_home() / Path(path).name) for path in job.readable)
    return replace(job, readable=readable, limits=replace(job.limits, threads=max(1, cores() // slots)))
