"""Grading processes that work side by side on one machine, with kernels of one warm parent."""

import multiprocessing
import os
import queue
import resource
import signal
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from types import TracebackType

from cnngrader.assignment import Assignment
from cnngrader.errors import CnnkitError, ConfinementError, GraderError
from cnngrader.kernel.gpu import memory_of_a_kernel
from cnngrader.kernel.warm_parent import ENDING, WarmParent
from cnngrader.sandbox.confine import find_missing
from cnngrader.submission.imports import imported_modules
from cnngrader.submission.job import Job
from cnngrader.submission.rubric_processes import rubric_processes
from cnngrader.submission.verdict import Verdict

TRIES = 2  # of a job whose grading process is killed
PARENTS = 3  # that may end under one job
GRADER_MB = 4096  # of memory that a grading process may ask for: a kernel can send it more than there is


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_semaphores() -> None:
    """Raises CnnkitError where processes cannot have any in common."""
    try:
        multiprocessing.get_context("forkserver").Lock()
    except (OSError, ImportError) as error:
        raise CnnkitError(
            f"grading processes get no semaphores here ({getattr(error, 'strerror', None) or error}): they need a "
            "/dev/shm that everybody may write to: mount -t tmpfs -o mode=1777 tmpfs /dev/shm"
        ) from None


@dataclass(frozen=True)
class Needs:
    """What a pool has ready, by name: the modules that notebooks import, those that rubrics import,
    and the data sets that kernels may read."""

    modules: tuple[str, ...] = ()
    rubric_modules: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()

    @classmethod
    def of(cls, assignments: Sequence[Assignment]) -> "Needs":
        return cls(
            _unique(imported_modules(assignment.source) for assignment in assignments),
            _unique(imported_modules(assignment.rubric) for assignment in assignments),
            _unique(assignment.datasets for assignment in assignments),
        )


class Pool:
    """A context manager. workers: jobs at a time, one a core where not given. gpu_share: how
    many kernels share the graphics card; 0 for none, which grades on the CPU.

    It starts at once and does not wait. A grading process or the warm parent that is killed is
    started again. Raises ConfinementError where this machine cannot confine and `confined` is true.
    """

    def __init__(self, needs: Needs, workers: int = 0, *, confined: bool = True, gpu_share: int = 0):
        if confined and (missing := find_missing()):
            raise ConfinementError(
                f"a student's code cannot be confined here: {'; '.join(missing)}. Grade on another machine, or, "
                "where you trust every submission, with --unconfined."
            )
        check_semaphores()
        self.cores = cores()
        self.workers = workers or self.cores
        self.parent = WarmParent(needs.modules, needs.datasets, memory_of_a_kernel(gpu_share))
        self._processes = rubric_processes(needs.rubric_modules)
        self._lock = threading.Lock()
        self._closed = False
        self._threads = ThreadPoolExecutor(self.workers)
        self._begun: dict[str, float] = {}
        self._graders: set[ProcessPoolExecutor] = set()
        self._idle: queue.SimpleQueue[ProcessPoolExecutor] = queue.SimpleQueue()
        for _ in range(self.workers):
            self._idle.put(self._grader())

    dashboard = ""

    @property
    def slots(self) -> int:
        return self.workers

    def submit(self, job: Job) -> Future[Verdict]:
        return self._threads.submit(self._timed, job)

    def running(self) -> dict[str, float]:
        now = time.monotonic()
        return {student: now - begun for student, begun in list(self._begun.items())}

    def _timed(self, job: Job) -> Verdict:
        self._begun[job.student] = time.monotonic()
        try:
            return self.grade(job)
        finally:
            self._begun.pop(job.student, None)

    def grade(self, job: Job) -> Verdict:
        """The verdict of a job, in the calling thread; as many may call as there are workers.

        A job that ends its grading process twice is lost. Raises CnnkitError where the warm
        parent ends again and again, what `cnngrader.submission.grade.grade` raises, and GraderError
        for what goes wrong in it.
        """
        kills = ends = 0
        while True:
            parent = self._wait()
            grader = self._idle.get()
            try:
                done = grader.submit(_grade, job.emptied() if kills >= TRIES else job, self.parent.address)
                verdict = done.result()
                if kills < TRIES:
                    return verdict
                return verdict.lost(f"its grading process was ended {TRIES} times, perhaps for want of memory")
            except BrokenProcessPool:
                kills += 1
                if self._closed or kills > TRIES:
                    raise CnnkitError(
                        f"{job.student}: the grading process was ended from outside, again and again, even for an "
                        "empty notebook. What was graded is kept; the same command goes on from there."
                    ) from None
                grader = self._renewed(grader)
            except GraderError:
                grader = self._renewed(grader)
                raise
            except (OSError, ConfinementError):
                ends += 1
                with self._lock:  # not while another thread starts the next one
                    is_there = parent == self.parent.pid and not self.parent.has_ended(ENDING)
                if self._closed or ends == PARENTS or is_there:
                    raise
            finally:
                self._idle.put(grader)

    def close(self, *, kill: bool = False) -> None:
        """kill: does not wait for what is still running; its kernels end with it."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        graders = list(self._graders)
        if kill:
            for process in [process for grader in graders for process in list((grader._processes or {}).values())]:
                process.kill()
        for grader in graders:
            grader.shutdown(wait=True, cancel_futures=True)
        self.parent.close()

    def _grader(self) -> ProcessPoolExecutor:
        """An executor of its own for each grading process: what kills one breaks no other's job."""
        grader = ProcessPoolExecutor(1, mp_context=self._processes, initializer=_begin, initargs=(GRADER_MB,))
        grader.submit(_nothing)  # so that its process starts now
        self._graders.add(grader)
        return grader

    def _renewed(self, grader: ProcessPoolExecutor) -> ProcessPoolExecutor:
        """Another in the place of one that has ended, or in which something is amiss."""
        self._graders.discard(grader)
        grader.shutdown(wait=False)
        return self._grader()

    def _wait(self) -> int:
        """Until the warm parent is ready, started again where it has ended; its process id."""
        with self._lock:
            if not self._closed and self.parent.has_ended():
                self.parent.restart()
            return self.parent.wait().pid

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(kill=error is not None)


def _unique(lists: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for names in lists for name in names))


def _begin(megabytes: int) -> None:
    """In a grading process. Ctrl-C reaches every process of a terminal, and is the main one's to
    handle; where that one is gone, nobody waits for this one. What floods its memory ends it alone."""
    for kind, bound in ((resource.RLIMIT_DATA, megabytes * 2**20), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (bound if hard == resource.RLIM_INFINITY else min(bound, hard), hard))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _nothing() -> None:
    pass


def _grade(job: Job, address: str) -> Verdict:
    from cnngrader.submission.grade import grade  # pytest, nbclient and all: for the grading processes only

    try:
        return grade(job, address)
    except (CnnkitError, OSError):
        raise
    except Exception as error:  # of any kind: it must reach the main process
        raise GraderError.of(error) from None
