"""Running a rubric with pytest, in this trusted process, against a submission in another one."""

from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cnngrader.errors import AuthorError
from cnngrader.submission.calls import Call, recorded
from cnngrader.submission.check_outputs import Picture
from cnngrader.submission.draws import TestDraw
from cnngrader.submission.rubric_plugin import RubricPlugin, graded_mark
from cnngrader.submission.verdict import TestVerdict
from cnnkit.check import CheckFailed, GradedTest, Submission
from cnnkit.check._graded import title
from cnnkit.check.codec import decode
from cnnkit.check.comparison import draw_comparison
from cnnkit.check.outcome import judge_end
from cnnkit.check.submission import Transport

FAULT = "this test itself failed. That is not your mistake: your instructor has been told."


@dataclass
class Judged:
    """tests: the verdicts, in the rubric's order. pictures: by tests' names, of wrong answers beside the right ones.
    redrawn: verdicts with further draws, test by test, each in the order of the draws. calls: as they were made, where
    they are to be told."""

    tests: list[TestVerdict] = field(default_factory=list)
    pictures: dict[str, Picture] = field(default_factory=dict)
    redrawn: list[TestVerdict] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)


Phase = tuple[pytest.CallInfo[None], pytest.TestReport]


def judge(
    rubric: Path,
    transport: Callable[[float], Transport],
    *,
    draw: str = "",
    further: Sequence[str] = (),
    only: Collection[str] | None = None,
    variant: Any = None,
    readable: Sequence[Path] = (),
    record: bool = False,
) -> Judged:
    """What the rubric's graded tests find.

    transport: makes, for a time limit in seconds, what carries calls to the student's process.
    draw: with the test's name it seeds the test's random inputs. further: draws with which each test that draws
    anything is run again.
    only: names of the tests to run; all where not given.
    variant: what `submission.variant` is.
    readable: folders of data sets that the tests may read.
    record: whether calls are told.

    Raises AuthorError where the rubric itself cannot be loaded, or is none that `build` takes.
    """
    if only is not None and not only:
        return Judged()
    plugin = _Judge(transport, draw, further, only, variant, readable, record)
    status = plugin.run(rubric, "-pno:terminal")
    if plugin.problem:
        raise AuthorError(f"{rubric.name} cannot be graded by:\n{plugin.problem}")
    judged, tests = plugin.judged, plugin.tests
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or len(judged.tests) != len(tests):
        ran = f"{len(judged.tests)} of {len(tests)} tests"
        raise AuthorError(f"{rubric.name}: pytest ran {ran} and ended with {pytest.ExitCode(status)!r}")
    return judged


class _Judge(RubricPlugin):
    def __init__(
        self,
        transport: Callable[[float], Transport],
        draw: str,
        further: Sequence[str],
        only: Collection[str] | None,
        variant: Any,
        readable: Sequence[Path],
        record: bool,
    ):
        super().__init__(only, readable)
        self.transport = transport
        self.draw, self.further = draw, further
        self.variant, self.record = variant, record
        self.judged = Judged()
        self._phases: list[Phase] = []
        self._drawn: TestDraw | None = None
        self._models: dict[bytes, bytes] = {}

    def pytest_configure(self, config: pytest.Config) -> None:
        config.option.tbstyle = "native"  # pytest's own parses the whole rubric for each test that fails

    @pytest.fixture
    def submission(self, request: pytest.FixtureRequest) -> Submission:
        mark: GradedTest = request.function.graded
        self._drawn = TestDraw(self.draw, request.node.name)
        transport = self.transport(mark.seconds)
        if self.further:
            transport = _keeping_models(transport, self._models)
        if self.record:
            transport = recorded(transport, request.node.name, self.judged.calls)
        return Submission(transport, self._drawn.rng, self.variant)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        self._phases.append((call, report))
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(
        self, item: pytest.Function, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        self._phases, self._drawn = [], None
        result = yield
        verdict = _verdict(item, self._phases)
        if len(self.judged.tests) == self.tests.index(item):
            self.judged.tests.append(verdict)
            if not verdict.hidden and (picture := _picture(self._phases)):  # hidden inputs may be those of the class
                self.judged.pictures[item.name] = picture
            self._draw_anew(item, nextitem)
            self._models.clear()
        else:
            self.judged.redrawn.append(verdict)
        return result

    def _draw_anew(self, item: pytest.Function, nextitem: pytest.Item | None) -> None:
        if self._drawn and self._drawn.used:
            first = self.draw
            for draw in self.further:
                self.draw = draw
                item.ihook.pytest_runtest_protocol(item=item, nextitem=nextitem)
            self.draw = first


def _keeping_models(transport: Transport, models: dict[bytes, bytes]) -> Transport:
    """The transport, by which a function makes its model once: building and compiling it for each draw takes minutes.
    models: {request: reply} of a test."""

    def ask(request: bytes) -> bytes:
        if decode(request).get("op") != "model":
            return transport(request)
        if request not in models:
            models[request] = transport(request)
        return models[request]

    return ask


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
