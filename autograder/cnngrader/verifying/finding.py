"""What came of verifying one thing."""

from collections.abc import Iterator
from dataclasses import dataclass

from cnngrader.submission.verdict import Verdict


@dataclass(frozen=True)
class Finding:
    """problems: empty where it holds. kept: whether it was run before. minor: whether it is one of many, of which only
    those with problems are worth a line."""

    subject: str
    problems: list[str]
    seconds: float = 0.0
    kept: bool = False
    minor: bool = False


def faults(verdict: Verdict) -> Iterator[str]:
    """Of tests that fail by their author's mistake."""
    found = {test.test: test for test in (*verdict.tests, *verdict.redrawn) if test.fault}
    for test in found.values():
        yield f"{test.test} itself fails:\n{test.fault}"
