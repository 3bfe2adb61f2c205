"""`check("output-size")` in a student's notebook: the public tests, at once."""

import html
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from time import perf_counter
from typing import Any

from cnnkit.check._graded import GradedTest, title
from cnnkit.check.outcome import Outcome, judge_end
from cnnkit.check.plain_error import PlainError
from cnnkit.check.submission import Submission, Transport, local


def is_grading() -> bool:
    """Whether the grader runs this notebook: for what a student should see and no point depends on."""
    return bool(os.environ.get("CNNKIT_GRADING"))


@dataclass(frozen=True)
class TimedOutcome(Outcome):
    """seconds: of the answer that took longest. allowed: how long one may take when it is graded."""

    seconds: float = 0.0
    allowed: float = float("inf")


@dataclass(frozen=True)
class CheckResult:
    """What a check prints: its tests' outcomes, as text or as HTML with the same words."""

    check: str
    outcomes: list[TimedOutcome] = field(default_factory=list)
    hidden_points: float = 0.0

    @property
    def passed(self) -> bool:
        return all(outcome.passed for outcome in self.outcomes)

    def _lines(self) -> list[tuple[str, str, str]]:
        """(colour, mark, text) of each line. The colours are told apart by everybody, and by the marks."""
        lines = []
        for outcome in self.outcomes:
            colour = "#0b6e4f" if outcome.passed else "#b3460b"
            lines.append((colour, outcome.mark, str(outcome)))
            if outcome.seconds > outcome.allowed:
                slow = f"an answer took {outcome.seconds:.0f} s here, and is stopped after {outcome.allowed:g} s"
                lines.append(("#b3460b", "!", f"{slow} when it is graded"))
        if self.hidden_points:
            lines.append(("#555555", "…", f"{self.hidden_points:g} more for hidden tests, when you hand in"))
        return lines

    def __repr__(self) -> str:
        return "\n".join([self.check, *(f"  {mark} {text}" for _, mark, text in self._lines())])

    def _repr_html_(self) -> str:
        items = "".join(
            f'<li style="color:{colour}"><span aria-hidden="true">{mark}</span> {_with_code(text)}</li>'
            for colour, mark, text in self._lines()
        )
        return f'<b>{html.escape(self.check)}</b><ul style="list-style:none;margin:0">{items}</ul>'


def _with_code(text: str) -> str:
    """As HTML, with what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


class CheckNotPassed(PlainError, AssertionError):
    """A check that lost points where its result alone would not be looked at: nbgrader's Validate."""

    def __init__(self, result: CheckResult):
        super().__init__(repr(result))


class NoSuchCheck(PlainError, LookupError):
    """The module has no check of this id."""


class Checks:
    """The tests of one module, to be called with a check's id: `check = Checks(__name__)`.

    Args:
        module: name of the module that holds `graded` tests.
        hidden: {check id: points} of tests that are not in the module.
        assignment, release: what these checks are of; "" where that is not known.
        variables: the notebook's variables; those of the running notebook where not given.
    """

    def __init__(
        self,
        module: str,
        hidden: dict[str, float] | None = None,
        assignment: str = "",
        release: str = "",
        *,
        variables: dict[str, Any] | None = None,
    ):
        self.module = module
        self.hidden = hidden or {}
        self.assignment = assignment
        self.release = release
        self.variables = variables

    def tests(self) -> dict[str, list[Callable[[Submission], None]]]:
        found: dict[str, list[Callable[[Submission], None]]] = {check: [] for check in self.hidden}
        for value in vars(sys.modules[self.module]).values():
            mark = getattr(value, "graded", None)
            if isinstance(mark, GradedTest):
                found.setdefault(mark.check, []).append(value)
        return found

    def __call__(self, check: str) -> CheckResult | None:
        """Run the public tests of a check. Raises NoSuchCheck, naming the ids, where there is none, and
        CheckNotPassed under nbgrader's Validate, which takes a cell without an error for passed."""
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
        if not isinstance(check, str) or check not in tests:
            near = get_close_matches(str(check), tests, n=1)
            meant = f" Did you mean {near[0]!r}?" if near else ""
            raise NoSuchCheck(f"No check is called {check!r}.{meant} There are {', '.join(sorted(tests))}.")
        result = CheckResult(check, [self._run(test) for test in tests[check]], self.hidden.get(check, 0.0))
        if execution != "validate":
            return result
        if not result.passed:
            raise CheckNotPassed(result)
        print(result)  # as a value, nbgrader would try to read it as points
        return None

    def _run(self, test: Callable[[Submission], None]) -> TimedOutcome:
        mark: GradedTest = test.graded  # type: ignore[attr-defined]
        raised, answers = None, _Timed(local(self._variables()))
        try:
            test(Submission(answers))
        except Exception as error:
            raised = error
        if (end := judge_end(raised)) is None:
            assert raised is not None
            raise raised
        share, message = end
        return TimedOutcome(title(test), mark.points, mark.points * share, message, answers.longest, mark.seconds)

    def _variables(self) -> dict[str, Any]:
        if self.variables is not None:
            return self.variables
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        return vars(sys.modules["__main__"]) if shell is None else shell.user_ns


class _Timed:
    """A transport that notes the seconds of the answer that took longest."""

    def __init__(self, transport: Transport):
        self._transport = transport
        self.longest = 0.0

    def __call__(self, request: bytes) -> bytes:
        begun = perf_counter()
        try:
            return self._transport(request)
        finally:
            self.longest = max(self.longest, perf_counter() - begun)
