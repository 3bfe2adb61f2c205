"""`cnnkit grade` as a person sees it."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

from cnngrader.assignment import Assignment
from cnngrader.console import bar, err, out
from cnngrader.course import Course
from cnngrader.grading import Grading
from cnngrader.pool import Pool, cores
from cnngrader.verdict import Verdict


def grade_class(
    course: Course,
    assignment: Assignment,
    students: Sequence[str] = (),
    *,
    workers: int = 0,
    confined: bool = True,
    lines: Callable[[dict[str, Any]], None] | None = None,
) -> int:
    """Grade and print a line for each submission; returns 0 where all were graded, else 1.

    lines: takes each record instead of the text. Faults of the rubric are told on standard error.
    """
    workers = workers or cores()
    grading = Grading(course, assignment, students, threads=max(1, cores() // workers), confined=confined)
    waiting = len(grading.waiting())
    kept = len(grading.jobs) - waiting
    if kept and lines is None:
        out.print(f"{kept} of {len(grading.jobs)} are graded already and have not changed.")
    pool = Pool([assignment], min(workers, waiting), confined=confined) if waiting else None
    ungraded = 0
    with pool or nullcontext(), bar(f"grading {assignment.id}") as progress:
        grading.enter()
        progress.total(waiting)
        for graded in grading.run(pool):
            verdict = graded.verdict
            ungraded += verdict.status != "graded"
            if not graded.kept:
                progress.step()
            if lines is not None:
                lines(record_of(verdict))
            else:
                out.print(_line(verdict), markup=False)
            for test in verdict.tests:
                if test.fault:
                    told = f"{verdict.student}: {test.test} of the rubric itself failed:\n{test.fault}"
                    err.print(told, markup=False)
    return int(ungraded > 0)


def record_of(verdict: Verdict) -> dict[str, Any]:
    """What `--json` prints of a verdict."""
    return {
        "student": verdict.student,
        "assignment": verdict.assignment,
        "status": verdict.status,
        "detail": verdict.detail,
        "score": verdict.score,
        "max_score": verdict.max_score,
        "seconds": verdict.seconds,
        "checks": verdict.checks(),
        "repairs": verdict.repairs,
    }


def _line(verdict: Verdict) -> str:
    state = "" if verdict.status == "graded" else f"  {verdict.status}: {verdict.detail}"
    return f"{verdict.student:<28} {verdict.score:6.2f} of {verdict.max_score:g}  {verdict.seconds:5.1f} s{state}"
