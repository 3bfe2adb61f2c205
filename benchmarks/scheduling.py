"""Milliseconds that handing out a task takes, beside a plain ThreadPoolExecutor.

Submissions that only sleep are handed to the workers as `cnnkit grade` does it, with notebook and
rubric of mnist_cnn: as to a pool on this machine, by a scheduler whose workers are processes of their
own, and by threads alone. What the run takes beyond the sleeping, divided by its tasks, is the overhead.

    python benchmarks/scheduling.py [--tasks 200]
"""

import argparse
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median

from distributed import Client, LocalCluster, Worker

from cnngrader.grading.dispatch import dispatch
from cnngrader.submission.job import Job
from cnngrader.submission.verdict import Verdict
from cnngrader.workers.cluster import Cluster
from cnngrader.workers.graders import Graders
from cnngrader.workers.pool import Needs, Pool

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 0.05
PAIRS = 3


def sleep(job: Job, *_: object) -> Verdict:
    """In place of grading: it takes a while, and no computing."""
    time.sleep(SECONDS)
    return Verdict(job.student, job.assignment, "graded", "", SECONDS, [], [], [], [], job.template.decode())


class SleepingPool(Pool):
    """Threads, as a pool's, and nothing behind them."""

    def __init__(self, workers: int):
        self.workers = workers
        self._threads, self._begun = ThreadPoolExecutor(workers), {}

    grade = staticmethod(sleep)


class SleepingGraders(Graders):
    def setup(self, worker: Worker) -> None:
        pass

    def teardown(self, worker: Worker) -> None:
        pass

    grade = staticmethod(sleep)


class Threads:
    """The peer: what grading would be without a scheduler."""

    def __init__(self, workers: int):
        self.workers = workers

    def run(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Verdict]]:
        with ThreadPoolExecutor(self.workers) as threads:
            futures = {threads.submit(sleep, job): job for job in jobs}
            for future in as_completed(futures):
                yield futures[future], future.result()


def jobs(count: int) -> list[Job]:
    notebook = (ROOT / "assignments" / "mnist_cnn" / "mnist_cnn.ipynb").read_bytes()
    rubric = (ROOT / "autograder" / "rubrics" / "test_mnist_cnn.py").read_text(encoding="utf-8")
    job = Job(student="", assignment="mnist_cnn", notebook=notebook, template=notebook, rubric=rubric)
    return [replace(job, student=f"student{i}") for i in range(count)]


def overhead(run: Callable[[list[Job]], Iterator[tuple[Job, Verdict]]], slots: int, count: int) -> float:
    """Milliseconds that a task adds to the run, beside its share of the sleeping."""
    handed_in = jobs(count)
    begun = time.perf_counter()
    graded = {job.student: verdict.status for job, verdict in run(handed_in)}
    seconds = time.perf_counter() - begun
    assert graded == {job.student: "graded" for job in handed_in}
    return (seconds / count - SECONDS / slots) * 1000


def measure(slots: int, processes: int, count: int) -> tuple[float, float, float]:
    """Median overheads of threads, of a pool, and of a scheduler with worker processes; measured in turn."""
    count = max(count, 8 * slots) // slots * slots
    found: list[tuple[float, float, float]] = []
    with (
        LocalCluster(
            n_workers=processes,
            threads_per_worker=slots // processes,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0",
        ) as campus,
        Client(campus, set_as_default=False) as client,
    ):
        client.register_plugin(SleepingGraders())
        pool, away = SleepingPool(slots), Cluster(client, Needs())
        for _ in range(PAIRS):
            ways = Threads(slots).run, partial(dispatch, workers=pool), partial(dispatch, workers=away)
            found.append(tuple(overhead(way, slots, count) for way in ways))  # type: ignore[arg-type]
    threads, in_pool, by_network = zip(*found, strict=True)
    return median(threads), median(in_pool), median(by_network)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tasks", type=int, default=200, help="of each way (default: 200)")
    count = parser.parse_args().tasks
    print(f"Python {platform.python_version()}, distributed {version('distributed')}, {os.cpu_count()} cores; ", end="")
    print(f"load {os.getloadavg()[0]:.1f}; tasks sleep {SECONDS * 1000:.0f} ms\n")
    print("| slots | worker processes | threads alone | a pool | scheduler and workers by TCP |")
    print("|---|---|---|---|---|")
    for slots, processes in ((1, 1), (2, 2), (4, 4), (50, 2)):
        milliseconds = " | ".join(f"{value:.2f} ms" for value in measure(slots, processes, count))
        print(f"| {slots} | {processes} | {milliseconds} |", flush=True)


if __name__ == "__main__":
    main()
