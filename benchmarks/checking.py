"""What `check("id")` costs beyond the tests that it runs, in seconds of its own, in a notebook of right answers and in
one of wrong ones, whose arrays are drawn. Claim: under 0.2 s."""

import contextlib
import io
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.rubric import Rubric
from cnngrader.course import Course
from cnnkit.check import Checks, Submission
from cnnkit.check.submission import local

ASSIGNMENTS = ("alexnet_counting", "conv_by_hand")  # those that train nothing
CLAIM_S = 0.2
TIMES = 3


def run_solution(course: Course, id: str) -> tuple[dict[str, Any], Checks]:
    """The notebook's variables, and its checks."""
    assignment = course.assignment(id)
    os.chdir(course.released(id))
    variables: dict[str, Any] = {"__name__": "__main__", "display": lambda *_: None}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in build_notebook(assignment, Rubric(assignment.rubric)).cells:
            if cell.cell_type == "code" and not cell.source.startswith(("check(", "import importlib")):
                exec(cell.source, variables)
    check = variables["check"]
    check.variables = variables
    return variables, check


def off_by_one(function: Callable[..., Any]) -> Callable[..., Any]:
    """Its answer, wrong where it is an array."""

    def answer(*args: Any, **kwargs: Any) -> Any:
        right = function(*args, **kwargs)
        return right + 1 if isinstance(right, np.ndarray) and right.dtype.kind in "if" else right

    return answer


def extra_seconds(check: Checks, id: str) -> float:
    """Of one check, shown as a notebook shows it: the median of a few times."""
    return statistics.median(measure(check, id) for _ in range(TIMES))


def measure(check: Checks, id: str) -> float:
    begun = time.process_time()
    check(id)._repr_html_()
    whole = time.process_time() - begun
    begun = time.process_time()
    for test in check.tests()[id]:
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
            test(Submission(local(check.variables)))
    return whole - (time.process_time() - begun)


def main() -> None:
    mpl.use("agg")
    Figure().savefig(io.BytesIO())  # a notebook has drawn something before
    sys.path.insert(0, "")  # as in a notebook: what lies in the folder can be imported
    course = Course.find(start=Path(__file__).resolve())
    for id in ASSIGNMENTS:
        variables, check = run_solution(course, id)
        right = {name: extra_seconds(check, name) for name in check.tests()}
        check.variables = {
            name: off_by_one(value) if getattr(value, "__module__", "") == "__main__" and callable(value) else value
            for name, value in variables.items()
        }
        wrong = {name: extra_seconds(check, name) for name in check.tests()}
        for kind, seconds in (("right", right), ("wrong", wrong)):
            longest = max(seconds, key=lambda name: seconds[name])
            print(
                f"{id}, {kind} answers: {1000 * seconds[longest]:.0f} ms at most beyond the tests ({longest}), "
                f"{1000 * float(np.median(list(seconds.values()))):.1f} ms in the middle; claimed {1000 * CLAIM_S:.0f}"
            )


if __name__ == "__main__":
    main()
