"""What of an earlier verdict holds under the present rubric."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cnngrader.authoring.rubric_digests import DigestedTest
from cnngrader.submission.verdict import TestVerdict, Verdict


def keep_holding(verdict: Verdict, digests: Mapping[str, str], tests: Sequence[DigestedTest]) -> list[TestVerdict]:
    """Verdicts of the tests that are what they were, with the points, title and check of now.

    digests: of the tests, when the verdict was given. tests: the rubric's. What staff or grader were
    at fault for never holds: another run may find that repaired.
    """
    if not verdict.status.settled:
        return []
    present = {test.name: test for test in tests if digests.get(test.name) == test.digest}
    return [_now(kept, present[kept.test]) for kept in verdict.tests if kept.test in present and not kept.fault]


def find_untested(kept: Sequence[TestVerdict], tests: Sequence[DigestedTest]) -> tuple[str, ...]:
    """Names of the tests that have no verdict which holds."""
    have = {verdict.test for verdict in kept}
    return tuple(test.name for test in tests if test.name not in have)


def merge(verdict: Verdict, kept: Sequence[TestVerdict], tests: Sequence[DigestedTest]) -> Verdict:
    """The verdict with the kept tests among its own, in the rubric's order."""
    own = {test.test for test in verdict.tests}
    place = {test.name: number for number, test in enumerate(tests)}
    both = [*verdict.tests, *(test for test in kept if test.test not in own)]
    return replace(verdict, tests=sorted(both, key=lambda test: place[test.test]))


def _now(kept: TestVerdict, test: DigestedTest) -> TestVerdict:
    mark = test.mark
    earned = kept.earned if kept.points == mark.points else round(kept.earned / kept.points * mark.points, 6)
    return replace(kept, check=mark.check, title=test.title, points=mark.points, earned=earned, hidden=mark.hidden)
