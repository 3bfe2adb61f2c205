"""What came of verifying one thing."""

from collections.abc import Iterator
from dataclasses import dataclass

from cnngrader.submission.verdict import Verdict


@dataclass(frozen=True)
class Finding:
    """problems: empty where it holds. kept: whether it was run before. minor: whether it is one of many, of which only
    those with problems are worth a line. told: what the student of a wrong solution is told, check by check."""

    subject: str
    problems: list[str]
    seconds: float = 0.0
    kept: bool = False
    minor: bool = False
    told: tuple[str, ...] = ()


def faults(verdict: Verdict) -> Iterator[str]:
    """Of tests that fail by their author's mistake."""
    found = {test.test: test for test in (*verdict.tests, *verdict.redrawn) if test.fault}
    for test in found.values():
        yield f"{test.test} itself fails:\n{test.fault}"


def messages(verdict: Verdict) -> tuple[str, ...]:
    """What its student is told, of each test that took points."""
    lost = [test for test in verdict.tests if test.earned < test.points]
    return tuple(f"{test.check}, {test.earned:g} of {test.points:g}: {test.message}" for test in lost)
