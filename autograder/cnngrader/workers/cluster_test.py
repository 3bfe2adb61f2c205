"""Two workers of their own processes, as a campus's cluster has them, and what becomes of a run where one is killed."""

import os
import signal
import sys
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
from distributed import Client, LocalCluster

from cnngrader.errors import CnnkitError, UsageError
from cnngrader.grading.dispatch import AHEAD, dispatch
from cnngrader.sandbox.confine import find_missing
from cnngrader.workers import cluster as module
from cnngrader.workers.cluster import Cluster
from cnngrader.workers.graders import Graders
from cnngrader.workers.pool import Needs

NEEDS = Needs(("numpy",))


def start_campus() -> LocalCluster:
    """A scheduler and two workers, each a process under a nanny, which starts it again."""
    return LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
    )


@pytest.fixture(scope="module")
def campuses():
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    started = [start_campus()]
    yield started
    for cluster in started:
        cluster.close()


@pytest.fixture
def campus(campuses):
    """With both workers, also after a test that has killed one: a nanny may give up on a machine that is busy."""
    with Client(campuses[-1].scheduler_address, set_as_default=False) as client:
        try:
            client.wait_for_workers(2, timeout=60)
        except TimeoutError:
            campuses.append(start_campus())
    return campuses[-1]


@pytest.fixture
def remote(campus):
    with Cluster.at(campus.scheduler_address, NEEDS) as cluster:
        yield cluster


def jobs_of(window, *students: str, seconds: float = 0.0):
    answer = f"import time; time.sleep({seconds})\ndef window_mean(window):\n    return np.mean(window)"
    return [replace(window.job(window.notebook(answer)), student=student) for student in students]


def pids(cluster: Cluster) -> dict[str, int]:
    return cluster.client.run(os.getpid)


def test_verdicts_are_those_of_one_machine_and_a_second_run_finds_the_pools(campus, remote, window, warm):
    from cnngrader.submission.grade import grade

    jobs = jobs_of(window, "ana", "ben", "cem")
    here = {job.student: grade(job, warm.address).checks() for job in jobs}
    assert {job.student: verdict.checks() for job, verdict in dispatch(jobs, remote)} == here

    def parents(dask_worker):
        return [used.pool.parent.pid for used in dask_worker.plugins[Graders.name]._pools.values()]

    before = remote.client.run(parents)
    with Cluster.at(campus.scheduler_address, NEEDS) as again:
        assert len(list(dispatch(jobs, again))) == 3
        assert again.client.run(parents) == before
    assert all(len(found) == 1 for found in before.values())


def test_no_more_is_sent_than_workers_can_soon_take(remote, window):
    run = dispatch(jobs_of(window, *map(str, range(20))), remote)
    next(run)
    assert len(remote._flying) <= AHEAD * remote.slots == 4
    assert len(list(run)) == 19


def test_a_killed_worker_costs_no_verdict(remote, window):
    jobs = jobs_of(window, "ana", "ben", "cem", seconds=1.5)
    victim = next(iter(pids(remote).values()))
    timer = threading.Timer(1.0, os.kill, [victim, signal.SIGKILL])
    timer.start()
    verdicts = {job.student: verdict.status for job, verdict in dispatch(jobs, remote)}
    assert verdicts == dict.fromkeys(("ana", "ben", "cem"), "graded")
    assert victim not in pids(remote).values()


def test_who_costs_workers_even_alone_is_lost_and_others_are_graded(remote, window, monkeypatch):
    """The scheduler gives a task up after several workers; whoever was beside it is no suspect."""
    monkeypatch.setattr(module, "_graded", _deadly)
    jobs = [*jobs_of(window, "ana"), *jobs_of(window, "deadly", seconds=0.1), *jobs_of(window, "ben")]
    remote.client.run_on_scheduler(lambda dask_scheduler: setattr(dask_scheduler, "allowed_failures", 0))
    verdicts = {job.student: verdict for job, verdict in dispatch(jobs, remote)}
    assert {name: v.status for name, v in verdicts.items()} == {"ana": "graded", "ben": "graded", "deadly": "lost"}
    assert (verdicts["deadly"].score, verdicts["deadly"].max_score) == (0.0, 3.0)
    assert "also while they graded nothing else" in verdicts["deadly"].detail


def _deadly(job, *rest):
    if job.student == "deadly" and job.notebook:
        os.kill(os.getpid(), signal.SIGKILL)
    return _graded(job, *rest)


_graded = module._graded


@pytest.mark.parametrize(
    ("address", "said"),
    [("tcp://127.0.0.1:9", "no scheduler answers"), ("nonsense:x", "like tcp://"), ("foo://x:1", "unknown address")],
)
def test_an_address_without_a_scheduler_is_one_clear_error(address, said, monkeypatch):
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.5)
    with pytest.raises(UsageError, match=said):
        Cluster.at(address, NEEDS)


def test_a_cluster_of_dask_gateway_is_found_by_its_name(campus, monkeypatch):
    class Gateway:
        def connect(self, name):
            assert name == "hub.1f"
            return SimpleNamespace(get_client=lambda set_as_default: Client(campus, set_as_default=set_as_default))

    monkeypatch.setitem(sys.modules, "dask_gateway", SimpleNamespace(Gateway=Gateway))
    with Cluster.at("gateway://hub.1f", NEEDS) as cluster:
        assert cluster.slots == 2
    monkeypatch.setitem(sys.modules, "dask_gateway", None)
    with pytest.raises(UsageError, match="pip install dask-gateway"):
        Cluster.at("gateway://hub.1f", NEEDS)


def test_a_cluster_without_workers_says_so():
    with (
        LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50) as empty,
        pytest.raises(CnnkitError, match="has no worker yet"),
    ):
        Cluster.at(empty.scheduler_address, NEEDS)


class Versions:
    """A client whose workers have these packages."""

    def __init__(self, **workers: dict[str, str]):
        self.here = dict.fromkeys(module.SAME, "1") | {"python": "3.11.7.final.0"}
        self.workers = {name: self.here | packages for name, packages in workers.items()}

    def get_versions(self, packages):
        found = {name: {"packages": packages} for name, packages in self.workers.items()}
        return {"client": {"packages": self.here}, "scheduler": {"packages": self.here}, "workers": found}


@pytest.mark.parametrize(
    ("packages", "said"),
    [
        ({"cnnkit": None}, "worker b has cnnkit not installed, and this machine 1"),
        ({"keras": "2"}, "worker b has keras 2"),
        ({"python": "3.12.1.final.0"}, "python 3.12, and this machine 3.11"),
    ],
)
def test_a_worker_that_would_grade_otherwise_is_refused(packages, said):
    with pytest.raises(CnnkitError, match=said):
        module._compare(Versions(a={"python": "3.11.9.final.0"}, b=packages))


def test_a_worker_with_other_code_of_the_same_version_is_refused():
    class Client:
        def run(self, function):
            return {"tcp://a:1": function(), "tcp://b:1": "another"}

    with pytest.raises(CnnkitError, match="worker tcp://b:1 has other files of cnnkit"):
        module._compare_kit(Client())


def test_data_sets_are_the_workers_own(monkeypatch, tmp_path, window):
    from cnngrader.workers import graders

    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path))
    job = replace(window.job(window.notebook()), readable=("/home/ta/checkout/data/tfds/digits28",))
    assert graders._moved(job, 1).readable == (str(tmp_path / "digits28"),)


def test_a_lost_scheduler_is_one_clear_error(window):
    """What was sent is cancelled; the same command goes on where it was."""
    with (
        LocalCluster(
            n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
        ) as campus,
        Cluster.at(campus.scheduler_address, NEEDS) as remote,
    ):
        run = dispatch(jobs_of(window, *"abcdef", seconds=0.3), remote)
        next(run)
        campus.close()
        with pytest.raises(CnnkitError, match="scheduler was lost.*the same command goes on"):
            list(run)
