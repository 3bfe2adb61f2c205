"""What `check("id")` takes beyond its tests, with its answers right and with each usual mistake in them. Claim: under
0.2 s.

The tests' own time is what they take where they call the answers directly, in the same process: without the bytes that
stand between a rubric and a notebook, the notes of time and the signals, the pictures and the page.

    python benchmarks/checking.py [--assignment conv_by_hand]
"""

import argparse
import ast
import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import Any

import matplotlib

from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.rubric import Rubric
from cnngrader.cells import OF_ANSWERS, id_of
from cnngrader.course import Course
from cnngrader.verifying.mutants import load_mutants
from cnnkit.check import Checks, Submission
from cnnkit.check.namespace import Namespace

ROOT = Path(__file__).resolve().parents[1]
PAIRS = 5
CLAIM = 0.2  # s


class Direct(Submission):
    """The notebook's functions, called as any function is."""

    def __init__(self, variables: dict[str, Any]):
        super().__init__(lambda request: request)
        self._namespace = Namespace(variables)

    def _ask(self, subject: str, /, who: str = "", *, op: str, **request: Any) -> Any:
        return getattr(self._namespace, f"_{op}")(**request)


class Solved:
    """The solution of an assignment, run in this process."""

    def __init__(self, id: str):
        course = Course(ROOT, ROOT / "course")
        assignment, rubric = course.assignment(id), Rubric(course.assignment(id).rubric)
        notebook = build_notebook(assignment, rubric)
        self.mutants = load_mutants(assignment.mutants, rubric)
        self.answers = {id_of(cell): cell.source for cell in notebook.cells if cell.cell_type == "code"}
        self.variables: dict[str, Any] = {"__name__": "__main__"}
        os.chdir(ROOT / "assignments" / id)
        sys.path[0] = ""  # where checks.py is looked for
        os.environ["CNNKIT_GRADING"] = "1"  # leaves out what is long and gives no points
        with redirect_stdout(StringIO()):
            for cell in notebook.cells:
                if cell.cell_type == "code":
                    self.run(cell.source)
        del os.environ["CNNKIT_GRADING"]
        self.check: Checks = self.variables["check"]
        self.check.variables = self.variables

    def run(self, source: str) -> None:
        exec(compile(source, "<cell>", "exec"), self.variables)

    def cost(self, check: str) -> float:
        """Seconds beyond the tests, median over pairs."""
        tests = self.check.tests()[check]

        def ask() -> None:
            result = self.check(check)
            result._repr_html_(), repr(result)  # type: ignore[union-attr, unused-ignore]

        def bare() -> None:
            for test in tests:
                with suppress(Exception), redirect_stdout(StringIO()):  # a wrong answer ends a test
                    test(Direct(self.variables))

        return statistics.median(_seconds(ask) - _seconds(bare) for _ in range(PAIRS))


def _seconds(call: Callable[[], None]) -> float:
    begun = time.process_time()
    call()
    return time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assignment", help="one alone")
    one = parser.parse_args().assignment
    matplotlib.use("agg")
    worst = []
    for id in [one] if one else Course(ROOT, ROOT / "course").ids():
        solved = Solved(id)
        right = {check: solved.cost(check) for check, tests in solved.check.tests().items() if tests}
        wrong: dict[str, float] = {}
        for mutant in solved.mutants:
            solution = solved.answers[f"{OF_ANSWERS}{mutant.answer}"]
            if all(isinstance(node, ast.FunctionDef) for node in ast.parse(solution).body):  # else something is trained
                solved.run(mutant.source(mutant.answer, solution))
                wrong |= {f"{mutant.name}, {check}": solved.cost(check) for check in mutant.loses if check in right}
                solved.run(solution)
        for kind, costs in (("right", right), ("wrong", wrong)):
            name, most = max(costs.items(), key=lambda pair: pair[1])
            worst.append(most)
            print(
                f"{id}, {len(costs)} checks of {kind} answers: "
                f"median {1000 * statistics.median(costs.values()):.0f} ms, at most {1000 * most:.0f} ms ({name})",
                flush=True,
            )
    print(f"at most {1000 * max(worst):.0f} ms, of {1000 * CLAIM:.0f} that are claimed")


if __name__ == "__main__":
    main()
