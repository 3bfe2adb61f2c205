"""Running a rubric with pytest, in this trusted process, against a submission in another one."""

import hashlib
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnngrader.errors import AuthorError
from cnngrader.submission.check_outputs import Picture
from cnngrader.submission.rubric_plugin import RubricPlugin, graded_mark
from cnngrader.submission.verdict import TestVerdict
from cnnkit.check import CheckFailed, GradedTest, Submission
from cnnkit.check._graded import title
from cnnkit.check.comparison import draw_comparison
from cnnkit.check.outcome import judge_end
from cnnkit.check.submission import Transport

FAULT = "this test itself failed. That is not your mistake: your instructor has been told."

Phase = tuple[pytest.CallInfo[None], pytest.TestReport]


def judge(
    rubric: Path,
    transport: Callable[[float], Transport],
    *,
    secret: str = "",
    only: Collection[str] | None = None,
    variant: Any = None,
    readable: Sequence[Path] = (),
    pictures: dict[str, Picture] | None = None,
) -> list[TestVerdict]:
    """Verdicts of the rubric's graded tests, in its order.

    transport: makes, for a time limit in seconds, what carries calls to the student's process.
    secret: with the test's name it seeds the test's random inputs.
    only: names of the tests to run; all where not given.
    variant: what `submission.variant` is.
    readable: folders of data sets that the tests may read.
    pictures: takes in, by tests' names, pictures of wrong answers beside the right ones.

    Raises AuthorError where the rubric itself cannot be loaded, or is none that `build` takes.
    """
    plugin = _Judge(transport, secret, only, variant, readable)
    status = plugin.run(rubric, "-pno:terminal")
    if plugin.problem:
        raise AuthorError(f"{rubric.name} cannot be graded by:\n{plugin.problem}")
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or len(plugin.verdicts) != len(plugin.tests):
        ran = f"{len(plugin.verdicts)} of {len(plugin.tests)} tests"
        raise AuthorError(f"{rubric.name}: pytest ran {ran} and ended with {pytest.ExitCode(status)!r}")
    if pictures is not None:
        pictures |= plugin.pictures
    return plugin.verdicts


class _Judge(RubricPlugin):
    def __init__(
        self,
        transport: Callable[[float], Transport],
        secret: str,
        only: Collection[str] | None,
        variant: Any,
        readable: Sequence[Path],
    ):
        super().__init__(only, readable)
        self.transport = transport
        self.secret = secret
        self.variant = variant
        self.verdicts: list[TestVerdict] = []
        self.pictures: dict[str, Picture] = {}
        self._phases: list[Phase] = []

    @pytest.fixture
    def submission(self, request: pytest.FixtureRequest) -> Submission:
        mark: GradedTest = request.function.graded
        digest = hashlib.sha256(f"{self.secret}:{request.node.name}".encode()).digest()
        rng = np.random.default_rng(int.from_bytes(digest[:16], "big"))
        return Submission(self.transport(mark.seconds), rng, self.variant)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        self._phases.append((call, report))
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Function) -> Generator[None, object, object]:
        self._phases = []
        result = yield
        self.verdicts.append(_verdict(item, self._phases))
        mark = graded_mark(item)
        if mark and not mark.hidden and (picture := _picture(self._phases)):  # a class meets the same hidden inputs
            self.pictures[item.name] = picture
        return result


def _picture(phases: Sequence[Phase]) -> Picture | None:
    """Of the answer that a test found wrong, where looking is quicker."""
    errors = [call.excinfo.value for call, _ in phases if call.excinfo and call.when == "call"]
    for error in errors:
        if isinstance(error, CheckFailed) and error.compared:
            with suppress(Exception):  # whatever a student's numbers are, a verdict does not depend on a picture
                return draw_comparison(*error.compared)
    return None


def _verdict(item: pytest.Function, phases: Sequence[Phase]) -> TestVerdict:
    """Of the test's set-up, its call and its tear-down, as many as there were."""
    mark = graded_mark(item)
    assert mark is not None
    share, message, fault = 0.0, "", ""
    for call, report in phases:
        error = call.excinfo.value if call.excinfo else None
        if (end := judge_end(error)) is not None:
            if error is not None or call.when == "call":
                share, message = end
        else:
            fault = report.longreprtext
            if isinstance(error, pytest.skip.Exception | pytest.xfail.Exception):
                fault = f"it was skipped ({error.msg}), and would count for nobody"
            if call.when != "teardown":  # whose trouble takes no answer back
                share, message = 0.0, FAULT
    earned = round(mark.points * share, 6)
    return TestVerdict(item.name, mark.check, title(item.function), mark.points, earned, message, mark.hidden, fault)
