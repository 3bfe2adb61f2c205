"""The mark that makes a rubric's function worth points."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

TestFunction = Callable[[Any], None]


@dataclass(frozen=True)
class GradedTest:
    """What a rubric says of one of its tests.

    Args:
        check: id of the check, which is the notebook cell that shows it; several tests may share one.
        points: what the test is worth, > 0.
        hidden: True keeps the test out of what students receive.
        trains: True where the answer needs a trained model, so that verifying can leave it out.
        seconds: how long one answer of the student's may take.
        hints: of the check, for who asks: from what to look at to the shape of the line, and never the line.
    """

    check: str
    points: float
    hidden: bool = False
    trains: bool = False
    seconds: float = 20.0
    hints: tuple[str, ...] = ()


def graded(
    check: str,
    *,
    points: float,
    hidden: bool = False,
    trains: bool = False,
    seconds: float = 20.0,
    hints: Sequence[str] = (),
) -> Callable[[TestFunction], TestFunction]:
    """Mark `test_...(submission)` as worth `points` in the check with this id (see `GradedTest`).

    The docstring of the test is its title in the feedback. A test that returns earns all its points, `PartialCredit` a
    part, and `CheckFailed` or any other `AssertionError` none.

    Args:
        check, points, hidden, trains, seconds, hints: as for `GradedTest`.

    Raises:
        ValueError: where points or seconds are no numbers above zero, the id is no text, or the hints are no texts.
    """
    if not isinstance(check, str) or not check:
        raise ValueError(f"graded({check!r}): the id of a check is a text")
    for name, value in (("points", points), ("seconds", seconds)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
            raise ValueError(f"graded({check!r}): {name} must be a number above 0, not {value!r}")

    if isinstance(hints, str) or not all(isinstance(hint, str) and hint.strip() for hint in hints):
        raise ValueError(f"graded({check!r}): hints are a list of texts, not {hints!r}")

    def mark(function: TestFunction) -> TestFunction:
        function.graded = GradedTest(check, points, hidden, trains, seconds, tuple(hints))  # type: ignore[attr-defined]
        return function

    return mark


def title(function: TestFunction) -> str:
    """First line of the docstring, or the function's name in words."""
    doc = (function.__doc__ or "").strip()
    return doc.splitlines()[0] if doc else function.__name__.removeprefix("test_").replace("_", " ")
