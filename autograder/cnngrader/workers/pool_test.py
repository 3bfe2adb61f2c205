"""A pool goes on where a process of it is killed, and no submission pays for another's."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cnngrader.errors import CnnkitError
from cnngrader.grading.dispatch import dispatch
from cnngrader.kernel.processes import state_of
from cnngrader.sandbox.confine import find_missing
from cnngrader.workers.pool import Needs, Pool

# In the rubric, so in the grading process: kills it where the submission has an answer.
KILLS = "submission.window_mean(np.ones((2, 2)))\n    os.kill(os.getpid(), 9)"


@pytest.fixture(scope="module")
def pool():
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    with Pool(Needs(("numpy",)), 2) as pool:
        yield pool


def sleeping(window, student: str, seconds: float):
    job = window.job(window.notebook(f"import time; open('begun', 'w').close(); time.sleep({seconds})\n" + RIGHT))
    return replace(job, student=student)


RIGHT = "def window_mean(window):\n    return np.mean(window)"


def deadly(job):
    """The job with a rubric that ends its grading process, once there is something to grade."""
    first = job.rubric.index("    expect(")
    return replace(job, student="deadly", rubric=f"import os\n{job.rubric[:first]}    {KILLS}\n{job.rubric[first:]}")


def graders(pool: Pool) -> list[int]:
    return [pid for grader in pool._graders for pid in grader._processes]


def while_grading(pool: Pool, jobs, act: Callable[[], None]):
    """{student: verdict} of the jobs; act is called when as many of them run as can."""

    def wait_and_act() -> None:
        while len(list(pool.parent.folder.glob("k*/work/*/begun"))) < pool.workers and not done.is_set():
            time.sleep(0.02)
        act()

    done = threading.Event()
    acting = threading.Thread(target=wait_and_act)
    acting.start()
    try:
        return {job.student: verdict for job, verdict in dispatch(jobs, pool)}
    finally:
        done.set()
        acting.join()


def test_a_killed_grading_process_costs_a_second_try(pool, window):
    jobs = [sleeping(window, name, 2) for name in ("ana", "ben")]
    before = pool.grade(sleeping(window, "first", 0)) and graders(pool)
    verdicts = while_grading(pool, jobs, lambda: [os.kill(pid, signal.SIGKILL) for pid in graders(pool)])
    assert {name: (v.status, v.score) for name, v in verdicts.items()} == {
        "ana": ("graded", 3.0), "ben": ("graded", 3.0)
    }  # fmt: skip
    assert not set(before) & set(graders(pool))


def test_who_kills_the_grading_process_is_lost_and_a_neighbour_pays_nothing(pool, window):
    job = deadly(window.job(window.notebook()))
    verdicts = {job.student: verdict for job, verdict in dispatch([job, sleeping(window, "ben", 1)], pool)}
    assert (verdicts["deadly"].status, verdicts["deadly"].score, verdicts["deadly"].max_score) == ("lost", 0.0, 3.0)
    assert "ended 2 times" in verdicts["deadly"].detail
    assert (verdicts["ben"].status, verdicts["ben"].score) == ("graded", 3.0)


FLOOD = """
from IPython import get_ipython
import time
get_ipython().kernel.iopub_thread.socket.send_multipart([b"topic", *[bytes(2**20)] * 2000], copy=False)
time.sleep(3)
"""


def test_a_message_of_parts_without_end_does_not_fill_the_memory(window, monkeypatch):
    """ZeroMQ closes a connection that it has no memory for; the process has no more than it may have."""
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    monkeypatch.setattr("cnngrader.workers.pool.GRADER_MB", 512)
    with Pool(Needs(("numpy",)), 1) as pool:
        pool.grade(window.job(window.notebook(RIGHT, FLOOD)))
        (grader,) = graders(pool)
        status = Path(f"/proc/{grader}/status").read_text()
        assert pool.grade(sleeping(window, "ben", 0)).status == "graded"
    (peak,) = (int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
    assert peak < 700_000, "kB"


def test_a_rubric_that_kills_whatever_it_gets_is_no_submissions_crash(pool, window):
    job = window.job(window.notebook())
    with pytest.raises(CnnkitError, match="even for an empty notebook"):
        pool.grade(replace(job, rubric=f"import os\nos.kill(os.getpid(), 9)\n{job.rubric}"))


def test_a_killed_warm_parent_is_started_again_and_what_runs_is_not_lost(pool, window):
    pool.grade(sleeping(window, "first", 0))
    first = pool.parent.pid
    verdicts = while_grading(
        pool,
        [
            sleeping(window, "ana", 2),
            sleeping(window, "ben", 2),
            sleeping(window, "cem", 0),
            sleeping(window, "dan", 0),
        ],
        lambda: os.kill(first, signal.SIGKILL),
    )
    assert {v.status for v in verdicts.values()} == {"graded"}
    assert pool.parent.pid != first


def test_nothing_is_left_of_a_pool_whose_process_is_killed():
    """The grading processes are no children of the one that is killed, and wait for work from it."""
    with subprocess.Popen([sys.executable, "-c", WITH_POOL], stdout=subprocess.PIPE, text=True) as process:
        pids = list(map(int, process.stdout.readline().split()))
        process.kill()
    deadline = time.monotonic() + 120
    while any(map(runs, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in pids if runs(pid)]


def runs(pid: int) -> bool:
    """Whether there is such a process, and it is no zombie that its new parent has not asked for."""
    return state_of(pid) not in ("", "Z")


WITH_POOL = """
import os, time
from cnngrader.workers.pool import Needs, Pool
if __name__ == "__main__":
    pool = Pool(Needs(), 2, confined=False)
    pool.parent.wait()
    for grader in list(pool._graders):
        grader.submit(os.getpid).result()
    print(pool.parent.pid, *[pid for grader in pool._graders for pid in grader._processes], flush=True)
    time.sleep(60)
"""


def test_a_machine_without_shared_memory_is_told_what_it_needs(monkeypatch):
    def refuse(*arguments, **named):
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("multiprocessing.synchronize.SemLock.__init__", refuse)
    with pytest.raises(
        CnnkitError, match=r"no semaphores here \(No such file or directory\).*mount -t tmpfs.*/dev/shm"
    ):
        Pool(Needs(), 1)
