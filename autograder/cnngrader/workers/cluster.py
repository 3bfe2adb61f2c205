# mypy: allow-untyped-calls
"""Grading on the workers of a `distributed` scheduler: one in this process, or a campus's cluster."""

import asyncio
import logging
import time
import warnings
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from types import TracebackType
from typing import Any, cast
from uuid import uuid4

import dask
from distributed import Client, Security, get_worker
from distributed import Future as Task
from distributed.comm.core import connect
from distributed.scheduler import KilledWorker

from cnngrader.errors import CnnkitError, UsageError
from cnngrader.grading.dispatch import GOES_ON, LOOK_SECONDS, SchedulerLost, WorkerLost
from cnngrader.grading.verdict_key import kit
from cnngrader.kernel.gpu import a_kernel_takes, slots
from cnngrader.sandbox.confine import find_missing
from cnngrader.submission.job import Job
from cnngrader.submission.verdict import Verdict
from cnngrader.workers.graders import Graders
from cnngrader.workers.pool import Needs

CONNECT_SECONDS = 20  # a moment is usual
GATEWAY = "gateway://"
SAME = ("python", "cnnkit", "distributed", "tensorflow", "keras", "numpy")


class Cluster:
    """A context manager that grades as `Pool` does; `at` makes one. A task carries all that grading takes."""

    def __init__(self, client: Client, needs: Needs, gpu_share: int = 0):
        self.client = client
        self._needs, self._kernels = needs, gpu_share
        self._topic = f"cnnkit-{uuid4().hex}"
        self._flying: dict[str, tuple[Task[Verdict], str]] = {}
        self._begun: dict[str, float] = {}
        self._takes: dict[str, float] = {}
        self._look()
        client.subscribe_topic(self._topic, self._note)

    @classmethod
    def at(cls, address: str, needs: Needs, gpu_share: int = 0, *, confined: bool = True) -> "Cluster":
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
                for worker, missing in client.run(find_missing).items():
                    if missing:
                        raise CnnkitError(f"worker {worker} cannot confine a student's code: {'; '.join(missing)}")
            client.register_plugin(Graders())
            return cls(client, needs, gpu_share)
        except BaseException:
            client.close()
            raise

    @property
    def dashboard(self) -> str:
        return str(self.client.dashboard_link or "")

    def running(self) -> dict[str, float]:
        now, flying = time.monotonic(), dict(self._flying)
        begun = {flying[key][1]: now - at for key, at in list(self._begun.items()) if key in flying}
        return dict(sorted(begun.items(), key=lambda item: -item[1]))

    @property
    def slots(self) -> int:
        if time.monotonic() - self._looked > LOOK_SECONDS:
            with suppress(OSError):  # a scheduler that is lost cancels its tasks, too
                self._look()
        return self._slots

    def submit(self, job: Job) -> Future[Verdict]:
        key = f"grade-{uuid4().hex}"  # dashboards show it, so it names nobody
        arguments = (job, self._needs, self._kernels, self._topic)
        task = self.client.submit(_graded, *arguments, key=key, pure=False, resources=self._takes or None)
        outcome: Future[Verdict] = Future()
        self._flying[key] = task, job.student
        task.add_done_callback(lambda task: self._end(key, task, outcome))
        return outcome

    def _end(self, key: str, task: "Task[Verdict]", outcome: Future[Verdict]) -> None:
        self._flying.pop(key, None)
        self._begun.pop(key, None)
        if not outcome.set_running_or_notify_cancel():
            return
        try:
            outcome.set_result(task.result())
        except CancelledError:
            outcome.set_exception(SchedulerLost(f"the scheduler was lost. {GOES_ON}"))
        except KilledWorker:
            outcome.set_exception(WorkerLost("the workers that graded it were lost"))
        except Exception as error:
            outcome.set_exception(error)

    def close(self) -> None:
        self.client.cancel([task for task, _ in list(self._flying.values())])
        self.client.close()

    def _look(self) -> None:
        workers: dict[str, Any] = self.client.scheduler_info()["workers"]
        resources = {address: worker.get("resources", {}) for address, worker in workers.items()}
        self._takes = a_kernel_takes(resources, self._kernels)
        self._slots = sum(
            slots(worker["nthreads"], resources[address].get("GPU", 0), self._takes)
            for address, worker in workers.items()
        )
        self._looked = time.monotonic()

    def _note(self, event: tuple[float, str]) -> None:
        self._begun[event[1]] = time.monotonic()

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _graded(job: Job, needs: Needs, gpu_share: int, topic: str) -> Verdict:
    """The task, on a worker."""
    worker = get_worker()
    worker.log_event(topic, worker.get_current_task())
    graders = cast(Graders, worker.plugins[Graders.name])
    return graders.grade(job, needs, gpu_share)


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
