"""What the end of a test means, and its line: the same in the notebook and for the grader."""

import sys
from dataclasses import dataclass

from cnnkit.check._expect import PartialCredit

WRONG = "the answer is not right yet."


@dataclass(frozen=True)
class Outcome:
    """One test's: points earned of points, and why not all."""

    title: str
    points: float
    earned: float
    message: str = ""

    @property
    def passed(self) -> bool:
        return self.earned >= self.points

    @property
    def mark(self) -> str:
        return "✔" if self.passed else "✘"

    def __str__(self) -> str:
        why = f": {self.message}" if self.message else ""
        return f"{self.title} ({self.earned:g} of {self.points:g}){why}"


def judge_end(error: BaseException | None) -> tuple[float, str] | None:
    """(the share of its points that a test earns, the words for its student) by what it has raised.

    None where the test itself has failed: its author is to look at that, and not its student.
    """
    if error is None:
        return 1.0, ""
    if isinstance(error, PartialCredit):
        return error.fraction, str(error)
    if isinstance(error, AssertionError) or _is_failure_of_pytest(error):
        said = (line.strip() for line in str(error).splitlines())
        return 0.0, next((line for line in said if line), WRONG)
    return None


def _is_failure_of_pytest(error: BaseException) -> bool:
    """Whether it is pytest.fail's, which is no AssertionError. Nobody has raised it where pytest is not imported."""
    pytest = sys.modules.get("pytest")
    return (
        pytest is not None
        and isinstance(error, pytest.fail.Exception)
        and not isinstance(error, pytest.xfail.Exception)
    )
