"""What is due to a right solution: all points, with each draw of hidden inputs."""

from collections import Counter
from collections.abc import Iterator

from cnngrader.submission.status import Status
from cnngrader.submission.verdict import Verdict


def lost_points(verdict: Verdict) -> Iterator[str]:
    if verdict.status != Status.GRADED:
        yield f"{verdict.status}: {verdict.detail}"
    yield from verdict.errors
    for test in verdict.tests:
        if test.earned < test.points:
            yield f"{test.check}: {test.test} earns {test.earned:g} of {test.points:g}: {test.message}"


def unequal_draws(verdict: Verdict) -> Iterator[str]:
    """Which tests give other points with another draw, where it does so first."""
    firsts = {test.test: test for test in verdict.tests}
    numbers, told = Counter(firsts.keys()), set[str]()
    for test in verdict.redrawn:
        numbers[test.test] += 1
        first = firsts[test.test]
        if test.earned != first.earned and test.test not in told:
            told.add(test.test)
            yield (
                f"{test.check}: {test.test} gives {first.earned:g} with the first draw and {test.earned:g} with number "
                f"{numbers[test.test]}: {test.message or first.message}"
            )
