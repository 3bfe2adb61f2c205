# mypy: allow-untyped-calls
"""Grading on the workers of a `distributed` scheduler: one in this process, or a campus's cluster."""

import asyncio
import logging
import queue
import time
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, cast
from uuid import uuid4

import dask
from distributed import Client, Future, LocalCluster, Security, get_worker
from distributed.comm.core import connect
from distributed.scheduler import KilledWorker

from cnngrader.errors import CnnkitError, GraderError, UsageError
from cnngrader.grading.graders import Graders
from cnngrader.grading.verdict_key import kit
from cnngrader.kernel.gpu import a_kernel_takes, slots
from cnngrader.marking.job import Job
from cnngrader.marking.pool import Needs, Pool, emptied, lost
from cnngrader.marking.verdict import Verdict
from cnngrader.sandbox.confine import lacks

CONNECT_SECONDS = 20  # a moment is usual
LOOK_SECONDS = 1.0
GATEWAY = "gateway://"
NOBODY = "127.0.0.1:0"  # each node has a web server, and these need none
AHEAD = 2  # tasks a slot that are sent, so that none waits for the network
SAME = ("python", "cnnkit", "distributed", "tensorflow", "keras", "numpy")
GOES_ON = "What was graded is kept; the same command goes on from there."


class Cluster:
    """A context manager that grades as `Pool` does. `here` and `at` make one.

    A task carries all that grading takes. A submission whose worker is lost, or that something goes
    wrong with, is graded again when nothing else is. Where that fails as well, and an empty notebook
    is graded, it is this submission: it is lost, or its outcome is the error.
    """

    def __init__(self, client: Client, needs: Needs, kernels_a_gpu: int = 0, *, local: LocalCluster | None = None):
        self.client = client
        self._local = local
        self._needs, self._kernels = needs, kernels_a_gpu
        self._topic = f"cnnkit-{uuid4().hex}"
        self._flying: dict[str, tuple[Future[Verdict], Job]] = {}
        self._begun: dict[str, float] = {}
        self._finished: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._takes: dict[str, float] = {}
        self._look()
        client.subscribe_topic(self._topic, self._note)

    @classmethod
    def here(cls, pool: Pool) -> "Cluster":
        """A scheduler and a worker in this process, for the jobs of the pool."""
        _quiet()
        dask.config.set({f"distributed.{node}.http.routes": [] for node in ("scheduler", "worker")})
        local = LocalCluster(
            processes=False,
            n_workers=1,
            threads_per_worker=pool.workers,
            dashboard_address=NOBODY,
            worker_dashboard_address=NOBODY,
            memory_limit=0,
            plugins=[Graders(pool)],
        )
        return cls(Client(local, set_as_default=False), Needs(), local=local)

    @classmethod
    def at(cls, address: str, needs: Needs, kernels_a_gpu: int = 0, *, confined: bool = True) -> "Cluster":
        """The cluster of the scheduler at an address, whose workers keep their pools for the next run.

        An address is as `distributed` takes it, or gateway://NAME for a cluster of dask-gateway.
        Raises UsageError where it cannot be reached, and CnnkitError where it is not fit for grading.
        """
        _quiet()
        client = _gateway_client(address) if address.startswith(GATEWAY) else _client(address)
        try:
            _compare(client)
            _compare_kit(client)
            if confined:
                for worker, missing in client.run(lacks).items():
                    if missing:
                        raise CnnkitError(f"worker {worker} cannot confine a student's code: {'; '.join(missing)}")
            client.register_plugin(Graders())
            return cls(client, needs, kernels_a_gpu)
        except BaseException:
            client.close()
            raise

    @property
    def dashboard(self) -> str:
        """Its address; '' where there is none."""
        return "" if self._local else str(self.client.dashboard_link or "")

    def running(self) -> dict[str, float]:
        """{student: seconds since their grading began} of what is being graded now."""
        now = time.monotonic()
        begun = {self._flying[key][1].student: now - at for key, at in list(self._begun.items()) if key in self._flying}
        return dict(sorted(begun.items(), key=lambda item: -item[1]))

    def run(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Verdict | CnnkitError]]:
        """Verdicts, as they come, or what kept a submission from getting one.

        Raises CnnkitError where not even an empty notebook is graded.
        """
        waiting, suspects = deque(jobs), deque[Job]()
        while waiting or self._flying or suspects:
            # What would fail for the whole class is found before the rest of it is run.
            while waiting and not suspects and len(self._flying) < max(1, AHEAD * self.slots):
                self._send(waiting.popleft())
            if not self._flying:
                job = suspects.popleft()
                yield job, self._suspected(job)
                continue
            job, outcome = self._next()
            if isinstance(outcome, Exception):
                suspects.append(job)
            else:
                yield job, outcome

    def close(self) -> None:
        self.client.cancel([future for future, _ in self._flying.values()])
        self.client.close()
        if self._local is not None:
            self._local.close()

    def _look(self) -> None:
        workers: dict[str, Any] = self.client.scheduler_info()["workers"]
        resources = {address: worker.get("resources", {}) for address, worker in workers.items()}
        self._takes = a_kernel_takes(resources, self._kernels)
        self.slots = sum(
            slots(worker["nthreads"], resources[address].get("GPU", 0), self._takes)
            for address, worker in workers.items()
        )
        self._looked = time.monotonic()

    def _send(self, job: Job) -> None:
        key = f"grade-{uuid4().hex}"  # dashboards show it, so it names nobody
        arguments = (job, self._needs, self._kernels, self._topic)
        future = self.client.submit(_graded, *arguments, key=key, pure=False, resources=self._takes or None)
        self._flying[key] = future, job
        future.add_done_callback(lambda done: self._finished.put(done.key))

    def _next(self) -> tuple[Job, Verdict | KilledWorker | CnnkitError]:
        """The next task that ends, with its verdict or what went wrong."""
        while True:
            if time.monotonic() - self._looked > LOOK_SECONDS:
                with suppress(OSError):  # a scheduler that is lost cancels its tasks, too
                    self._look()
            with suppress(queue.Empty):
                key = self._finished.get(timeout=LOOK_SECONDS)
                break
        future, job = self._flying.pop(key)
        self._begun.pop(key, None)
        if future.cancelled():
            raise CnnkitError(f"the scheduler was lost. {GOES_ON}")
        try:
            return job, future.result()
        except (KilledWorker, CnnkitError) as error:
            return job, error
        except Exception as error:
            return job, GraderError.of(error)

    def _alone(self, job: Job) -> Verdict | KilledWorker | CnnkitError:
        self._send(job)
        return self._next()[1]

    def _suspected(self, job: Job) -> Verdict | CnnkitError:
        outcome = self._alone(job)
        if not isinstance(outcome, Exception):
            return outcome
        empty = self._alone(emptied(job))
        if isinstance(empty, KilledWorker):
            raise CnnkitError(f"workers are lost even while an empty notebook is graded. {GOES_ON}")
        if isinstance(empty, GraderError):
            raise GraderError(f"not even an empty notebook can be graded: {empty}. {GOES_ON}", empty.trace)
        if isinstance(empty, CnnkitError):
            raise empty
        if isinstance(outcome, CnnkitError):
            return outcome
        return lost(empty, "the workers that graded it were lost, also while they graded nothing else")

    def _note(self, event: tuple[float, str]) -> None:
        self._begun[event[1]] = time.monotonic()

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _graded(job: Job, needs: Needs, kernels_a_gpu: int, topic: str) -> Verdict:
    """The task, on a worker."""
    worker = get_worker()
    worker.log_event(topic, worker.get_current_task())
    graders = cast(Graders, worker.plugins[Graders.name])
    return graders.grade(job, needs, kernels_a_gpu)


def _client(address: str) -> Client:
    _reach(address)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of versions, which are compared below
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)


def _gateway_client(address: str) -> Client:
    """Of a cluster that dask-gateway has made, which alone knows its keys: gateway://NAME."""
    try:
        from dask_gateway import Gateway  # type: ignore[import-not-found]
    except ImportError:
        raise UsageError(f"{address} needs dask-gateway here: pip install dask-gateway") from None
    try:
        client: Client = Gateway().connect(address.removeprefix(GATEWAY)).get_client(set_as_default=False)
        return client
    except Exception as error:  # of its own many kinds
        raise UsageError(f"dask-gateway gives no cluster for {address!r} ({error})") from None


def _reach(address: str) -> None:
    """Raises UsageError where no scheduler answers, which a Client takes a minute to say."""

    async def say_hello() -> None:
        comm = await connect(address, **Security().get_connection_args("client"))
        comm.abort()

    try:
        asyncio.run(asyncio.wait_for(say_hello(), CONNECT_SECONDS))
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        words = (str(error) or type(error).__name__).splitlines()[0]
        raise UsageError(f"no scheduler answers at {address!r} ({words}). An address is like tcp://host:8786") from None


def _quiet() -> None:
    """What happens to workers is told in this project's words, and jobs may be large."""
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # each has a level of its own
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})


def _compare(client: Client) -> None:
    """Raises CnnkitError where there is no worker, or one differs from this process."""
    versions: Any = client.get_versions(packages=SAME)
    if not versions["workers"]:
        raise CnnkitError("the cluster has no worker yet. Start one, as with `dask worker ADDRESS`, and try again")
    here = _versions(versions["client"])
    places = {"the scheduler": versions["scheduler"], **{f"worker {w}": v for w, v in versions["workers"].items()}}
    for place, found in places.items():
        there = _versions(found)
        names = SAME[:3] if place == "the scheduler" else SAME
        for name in names:
            if there[name] != here[name]:
                raise CnnkitError(
                    f"{place} has {name} {there[name] or 'not installed'}, and this machine {here[name]}. "
                    "Install the same cnnkit[grader] there"
                )


def _compare_kit(client: Client) -> None:
    """Raises CnnkitError where a worker runs other code of the same version, under which its verdicts would stand."""
    for worker, there in client.run(kit).items():
        if there != kit():
            raise CnnkitError(
                f"worker {worker} has other files of cnnkit than this machine. Install these there, and start it anew"
            )


def _versions(found: dict[str, Any]) -> dict[str, str]:
    packages = found["packages"]
    python = ".".join(str(packages["python"]).split(".")[:2])
    return {name: python if name == "python" else packages.get(name) or "" for name in SAME}
