"""`check("output-size")` in a student's notebook: the public tests, at once."""

import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from cnnkit.check._expect import CheckFailed
from cnnkit.check._graded import GradedTest, title
from cnnkit.check.check_result import CheckResult, Hint, Overview, TimedOutcome
from cnnkit.check.due_date import DueDate
from cnnkit.check.layer_table import align_layers
from cnnkit.check.outcome import judge_end
from cnnkit.check.plain_error import PlainError
from cnnkit.check.preview import show_preview
from cnnkit.check.saved_notebook import find_left, find_notebook
from cnnkit.check.submission import Submission, local
from cnnkit.check.timed_answers import TimedAnswers

LONGEST_PRINTED = 2000  # characters of what answers print


def is_grading() -> bool:
    """Whether the grader runs this notebook: for what a student should see and no point depends on."""
    return bool(os.environ.get("CNNKIT_GRADING"))


class CheckNotPassed(PlainError, AssertionError):
    """A check that lost points where its result alone would not be looked at: nbgrader's Validate."""

    def __init__(self, result: CheckResult):
        super().__init__(repr(result))


class NoSuchCheck(PlainError, LookupError):
    """The module has no check of this id, or the check no hint of this number."""


class Checks:
    """The tests of one module, to be called with a check's id: `check = Checks(__name__)`.

    Args:
        module: name of the module that holds `graded` tests.
        hidden: {check id: points} of tests that are not in the module.
        assignment, release: what these checks are of; "" where that is not known.
        hints: {check id: hints} of tests that are not in the module.
        due: when the assignment is due, with its offset, "2026-03-08T23:59:00+01:00"; "" for no such time.
        late: what the instructor says of handing in later.
        about: the assignment, for `cnnkit preview` and `update`: title, limits of the grader, data sets, the address
            of the course's releases.
        variables: the notebook's variables; those of the running notebook where not given.
    """

    def __init__(
        self,
        module: str,
        hidden: Mapping[str, float] | None = None,
        assignment: str = "",
        release: str = "",
        hints: Mapping[str, Sequence[str]] | None = None,
        *,
        due: str = "",
        late: str = "",
        about: Mapping[str, Any] | None = None,
        variables: dict[str, Any] | None = None,
    ):
        self.module = module
        self.hidden = dict(hidden or {})
        self.assignment = assignment
        self.release = release
        self.about = dict(about or {})
        self.due = DueDate(datetime.fromisoformat(due), late) if due else None
        self.variables = variables
        self._hints = dict(hints or {})

    def tests(self) -> dict[str, list[Callable[[Submission], None]]]:
        found: dict[str, list[Callable[[Submission], None]]] = {}
        for value in vars(sys.modules[self.module]).values():
            mark = getattr(value, "graded", None)
            if isinstance(mark, GradedTest):
                found.setdefault(mark.check, []).append(value)
        return found | {check: [] for check in self.hidden if check not in found}

    def hints(self, check: str) -> list[str]:
        """From what to look at to the shape of the line."""
        marks: list[GradedTest] = [test.graded for test in self.tests()[check]]  # type: ignore[attr-defined]
        return [*(hint for mark in marks for hint in mark.hints), *self._hints.get(check, ())]

    def __call__(self, check: str | None = None, hint: int = 0) -> CheckResult | Overview | Hint | None:
        """Run the public tests of a check, or of all where none is given; or show one of a check's hints.

        Args:
            check: its id. Without one all are run, and the points so far are told.
            hint: the number of a hint, from 1; 0 for none.

        Raises:
            NoSuchCheck: naming what there is, where there is none.
            CheckNotPassed: under nbgrader's Validate, which takes a cell without an error for passed.
        """
        if is_grading():
            return None  # the grader runs the tests itself, from another process
        execution = os.environ.get("NBGRADER_EXECUTION")
        if execution == "autograde":
            # nbgrader gives all points for a cell without an error, and this process is the student's.
            raise RuntimeError(
                "nbgrader runs this notebook itself, and cannot know its points. Use `cnnkit grade`, or an "
                "nbgrader_config.py whose Autograde.autograde_preprocessors begin with ConfinedExecute."
            )
        tests = self.tests()
        if check is None:
            return Overview(
                [self._result(each, tests[each]) for each in tests],
                self._left(),
                self.due.tell_here() if self.due else "",
            )
        if not isinstance(check, str) or check not in tests:
            near = get_close_matches(str(check), tests, n=1)
            meant = f" Did you mean {near[0]!r}?" if near else ""
            raise NoSuchCheck(f"No check is called {check!r}.{meant} There are {', '.join(sorted(tests))}.")
        if hint:
            return self._hint(check, hint)
        result = self._result(check, tests[check])
        if execution != "validate":
            return result
        if not result.passed:
            raise CheckNotPassed(result)
        print(result)  # as a value, nbgrader would try to read it as points
        return None

    def preview(self) -> None:
        """Show what the grader will see of the notebook's file, as it was last saved; nothing while it is graded."""
        if not is_grading() and not os.environ.get("NBGRADER_EXECUTION"):
            show_preview(self.assignment, self._variables())

    def _hint(self, check: str, number: int) -> Hint:
        hints = self.hints(check)
        if not isinstance(number, int) or not 1 <= number <= len(hints):
            there = f"has {len(hints)}: hint=1 to hint={len(hints)}" if hints else "has none"
            raise NoSuchCheck(f"The check {check!r} has no hint {number!r}. It {there}.")
        more = number < len(hints)
        return Hint(hints[number - 1], f'One that says more: `check("{check}", hint={number + 1})`' if more else "")

    def _result(self, check: str, tests: Sequence[Callable[[Submission], None]]) -> CheckResult:
        printed = io.StringIO()
        with redirect_stdout(printed):
            outcomes = [self._run(test) for test in tests]
        said = printed.getvalue()
        said = said if len(said) <= LONGEST_PRINTED else f"{said[: LONGEST_PRINTED - 1]}…"
        return CheckResult(check, outcomes, self.hidden.get(check, 0.0), said.strip("\n"), len(self.hints(check)))

    def _run(self, test: Callable[[Submission], None]) -> TimedOutcome:
        mark: GradedTest = test.graded  # type: ignore[attr-defined]
        raised, answers = None, TimedAnswers(local(self._variables()), mark.seconds)
        try:
            test(Submission(answers))
        except Exception as error:
            raised = error
        if (end := judge_end(raised)) is None:
            assert raised is not None
            raise raised
        share, message = end
        compared, layers = (raised.compared, raised.layers) if isinstance(raised, CheckFailed) else (None, None)
        return TimedOutcome(
            title(test),
            mark.points,
            mark.points * share,
            message,
            answers.longest,
            mark.seconds,
            compared,
            align_layers(*layers) if layers else (),
        )

    def _left(self) -> list[str]:
        notebook = find_notebook(self.assignment, self._variables()) if self.assignment else None
        return find_left(notebook) if notebook else []

    def _variables(self) -> dict[str, Any]:
        if self.variables is not None:
            return self.variables
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        return vars(sys.modules["__main__"]) if shell is None else shell.user_ns
