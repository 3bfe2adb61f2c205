"""`cnnkit grade` as a person sees it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from cnngrader.assignment import Assignment
from cnngrader.console import err, out, shown
from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.grading.grading import Graded, Grading
from cnngrader.grading.live_table import LiveTable
from cnngrader.grading.submission_log import write_log
from cnngrader.kernel.gpu import has_gpu
from cnngrader.marking.pool import Needs, Pool, cores
from cnngrader.marking.verdict import FAILED, Verdict

if TYPE_CHECKING:
    from cnngrader.grading.cluster import Cluster  # imports distributed, while the warm parent imports TensorFlow


def grade_class(
    course: Course,
    assignment: Assignment,
    students: Sequence[str] = (),
    *,
    workers: int = 0,
    cluster: str = "",
    kernels_a_gpu: int = 0,
    confined: bool = True,
    force: bool = False,
    lines: Callable[[dict[str, Any]], None] | None = None,
) -> int:
    """Grade and print a line for each submission; returns 0 where all were graded, else 1.

    workers: submissions at a time on this machine. cluster: a scheduler's address, whose workers
    grade instead. kernels_a_gpu: how many share a graphics card; 0 to grade on the CPU. force: grade
    again what has not changed.
    lines: takes each record instead of the text. Faults of the rubric are told on standard error.
    """
    for option, value in (("--workers", workers), ("--gpu-share", kernels_a_gpu)):
        if value < 0:
            raise UsageError(f"{option} is {value}, and is to be a number above 0")
    workers = workers or (kernels_a_gpu if has_gpu() and not cluster else 0) or cores()
    grading = Grading(
        course,
        assignment,
        students,
        threads=max(1, cores() // workers),
        confined=confined,
        force=force,
        kernels_a_gpu=kernels_a_gpu if cluster or has_gpu() else 0,
    )
    waiting = len(grading.waiting())
    kept = len(grading.jobs) - waiting
    if kept and lines is None:
        out.print(f"{kept} of {len(grading.jobs)} are graded already and need no run.")
    if strangers := grading.without_variant():
        err.print(
            f"{len(strangers)} of the class were given no files of their own by `cnnkit variant --class`, and would be "
            f"graded by what they have not seen: {', '.join(strangers)}",
            markup=False,
        )
    ungraded = 0
    failed: set[str] = set()
    with ExitStack() as stack:
        grader, table = None, LiveTable(0, dict)
        if waiting:
            needs = Needs.of([assignment])
            grader = stack.enter_context(
                _at(cluster, needs, kernels_a_gpu, confined)
                if cluster
                else _here(Pool(needs, min(workers, waiting), confined=confined, kernels_a_gpu=kernels_a_gpu))
            )
            table = LiveTable(
                waiting + len(grading.unread), grader.running, grader.dashboard and f"dashboard: {grader.dashboard}"
            )
        grading.enter()
        stack.enter_context(shown(table))
        for graded in grading.run(grader):
            ungraded += graded.verdict.status != "graded"
            if not graded.kept:
                table.step()
                _log(course, graded.verdict)
            if lines is not None:
                lines(record_of(graded))
            else:
                out.print(_line(graded), markup=False)
            _tell_faults(graded.verdict, failed)
    return int(ungraded > 0)


@contextmanager
def _here(pool: Pool) -> Iterator["Cluster"]:
    """The pool behind a scheduler in this process; the pool has begun to import TensorFlow."""
    with pool:
        from cnngrader.grading.cluster import Cluster

        with Cluster.here(pool) as cluster:
            yield cluster


def _at(address: str, needs: Needs, kernels_a_gpu: int, confined: bool) -> "Cluster":
    from cnngrader.grading.cluster import Cluster

    return Cluster.at(address, needs, kernels_a_gpu, confined=confined)


def _log(course: Course, verdict: Verdict) -> None:
    try:
        write_log(course, verdict)
    except OSError as error:
        err.print(f"{verdict.student}: the log cannot be written: {error.strerror}", markup=False)


def record_of(graded: Graded) -> dict[str, Any]:
    """What `--json` prints of a verdict."""
    verdict = graded.verdict
    return {
        "student": verdict.student,
        "assignment": verdict.assignment,
        "status": verdict.status,
        "detail": verdict.detail,
        "score": None if verdict.status == FAILED else verdict.score,
        "before": graded.before,
        "by_hand": dict(graded.by_hand),
        "max_score": verdict.max_score,
        "seconds": verdict.seconds,
        "slower": verdict.slower,
        "checks": verdict.checks(),
        "repairs": verdict.repairs,
    }


def _tell_faults(verdict: Verdict, told: set[str]) -> None:
    for test in verdict.tests:
        if test.fault:
            how = ", too" if test.test in told else f":\n{test.fault}"
            err.print(f"{verdict.student}: {test.test} of the rubric itself failed{how}", markup=False)
            told.add(test.test)


def _line(graded: Graded) -> str:
    verdict = graded.verdict
    state = "" if verdict.status == "graded" else f"  {verdict.status}: {verdict.detail}"
    moved = "" if graded.before in (None, verdict.score) else f"  was {graded.before:g}"
    moved += "".join(f"  but {check} is {score:g} by hand" for check, score in graded.by_hand.items())
    points = "    no" if verdict.status == FAILED else f"{verdict.score:6.2f}"
    score = f"{points} of {verdict.max_score:g}"
    return f"{verdict.student:<28} {score}  {verdict.seconds:5.1f} s{moved}{state}"
