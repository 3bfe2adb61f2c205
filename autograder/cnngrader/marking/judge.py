"""Running a rubric with pytest, in this trusted process, against a submission in another one."""

import hashlib
import os
from collections.abc import Callable, Collection, Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnngrader.errors import AuthorError
from cnngrader.marking.verdict import TestVerdict
from cnnkit.check import GradedTest, PartialCredit, Submission
from cnnkit.check.graded import title
from cnnkit.check.submission import Transport

# The last two collect garbage ten times over at the end, half of the time that a rubric takes.
PLUGINS_OFF = ("cacheprovider", "terminal", "doctest", "unraisableexception", "threadexception")
# Nothing but the rubric has a say: no conftest.py or settings of a folder above, no plugin that is there by chance.
ALONE = ["-c", os.devnull, "--noconftest", "--disable-plugin-autoload", "--import-mode=importlib"]
OPTIONS = [*(f"-pno:{name}" for name in PLUGINS_OFF), *ALONE]
VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")


def judge(
    rubric: Path,
    transport: Callable[[float], Transport],
    *,
    seed: str = "",
    only: Collection[str] | None = None,
    variant: Any = None,
) -> list[TestVerdict]:
    """Verdicts of the rubric's graded tests, in its order.

    transport: makes, for a time limit in seconds, what carries calls to the student's process.
    seed: a secret; with the test's name it seeds the test's random inputs.
    only: names of the tests to run; all where not given.
    variant: what `submission.variant` is.

    Raises AuthorError where the rubric itself cannot be loaded.
    """
    plugin = _Judge(transport, seed, only, variant)
    folder = str(rubric.parent)
    with pytest.MonkeyPatch.context() as environment:
        for name in VARIABLES:
            environment.delenv(name, raising=False)
        status = pytest.main([str(rubric), "--rootdir", folder, "--confcutdir", folder, *OPTIONS], plugins=[plugin])
    if plugin.broken:
        raise AuthorError(f"{rubric.name} cannot be loaded:\n{plugin.broken}")
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or not plugin.verdicts:
        raise AuthorError(f"{rubric.name}: pytest ran {len(plugin.verdicts)} tests and ended with {status!r}")
    return plugin.verdicts


class _Judge:
    def __init__(self, transport: Callable[[float], Transport], seed: str, only: Collection[str] | None, variant: Any):
        self.transport = transport
        self.seed = seed
        self.only = only
        self.variant = variant
        self.verdicts: list[TestVerdict] = []
        self.broken = ""

    @pytest.fixture
    def submission(self, request: pytest.FixtureRequest) -> Submission:
        mark: GradedTest = request.function.graded
        digest = hashlib.sha256(f"{self.seed}:{request.node.name}".encode()).digest()
        rng = np.random.default_rng(int.from_bytes(digest[:16], "big"))
        return Submission(self.transport(mark.seconds), rng, self.variant)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken = str(report.longrepr)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [
            item
            for item in items
            if isinstance(item, pytest.Function)
            and hasattr(item.function, "graded")
            and (self.only is None or item.originalname in self.only)
        ]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if call.when == "call" or report.failed:
            self.verdicts.append(_verdict(item, call, report))
        return report


def _verdict(item: pytest.Function, call: pytest.CallInfo[None], report: pytest.TestReport) -> TestVerdict:
    mark: GradedTest = item.function.graded
    earned, message, fault = 0.0, "", ""
    error = call.excinfo.value if call.excinfo else None
    if error is None:
        earned = mark.points
    elif isinstance(error, PartialCredit):
        earned, message = mark.points * error.fraction, str(error)
    elif isinstance(error, AssertionError):
        message = next((line.strip() for line in str(error).splitlines() if line.strip()), "the answer is not right.")
    else:
        message = "this test itself failed. That is not your mistake: your instructor has been told."
        fault = str(report.longrepr)
    return TestVerdict(
        item.name, mark.check, title(item.function), mark.points, round(earned, 6), message, mark.hidden, fault
    )
