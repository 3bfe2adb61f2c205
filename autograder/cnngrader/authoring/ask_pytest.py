"""Asking pytest what it would run of a rubric. Loads the rubric, so it is for a process of its own."""

import inspect
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

import cnnkit.check
from cnngrader.authoring.pytest_item import PytestItem
from cnngrader.submission.rubric_plugin import RubricPlugin, graded_mark, line_of
from cnnkit.check._graded import TestFunction, graded, title
from cnnkit.datasets.home import data_home


def ask_pytest(name: str, text: str) -> tuple[tuple[PytestItem, ...], str]:
    """(graded tests, problem) of the rubric with this text, as a file of this name."""
    with tempfile.TemporaryDirectory(prefix="cnnkit-") as folder:
        rubric = Path(folder).resolve() / name
        rubric.write_text(text, encoding="utf-8")
        plugin = _Asking()
        marked = _noted()
        status = plugin.run(rubric, "--setup-plan")
        if not plugin.problem and status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            plugin.refuse(0, f"pytest ended with {pytest.ExitCode(status)!r}")
        plugin.refuse_uncollected([function for function in marked if _file(function) == str(rubric)])
        if plugin.problem:
            return (), plugin.problem
        return tuple(plugin.collected(test) for test in plugin.tests), ""


class _Asking(RubricPlugin):
    def __init__(self) -> None:
        super().__init__(readable=[data_home()])
        self._functions: dict[str, set[str]] = defaultdict(set)

    @pytest.fixture
    def submission(self) -> None:
        """Is never made: under --setup-plan no fixture is."""

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        if fixturedef.func.__module__ != __name__:
            self._functions[fixturedef.argname].add(fixturedef.func.__name__)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if not report.passed:
            words = [line[1:].strip() for line in report.longreprtext.splitlines() if line.startswith("E ")]
            self.refuse(line_of(item.function), f"{item.name}: {(words or report.longreprtext.splitlines())[0]}")
        return report

    def refuse_uncollected(self, marked: list[TestFunction]) -> None:
        run = {inspect.unwrap(test.function) for test in self.tests}
        for function in marked:
            name = function.__qualname__
            if function in run:
                continue
            if not function.__name__.startswith("test"):
                words = f"{name} is graded, so its name must begin with test_"
            elif any(test.name == name for test in self.tests):
                words = f"two tests are called {name}, so only the last would run"
            else:
                words = f"{name} is graded, and pytest does not find it. Write it as a function of the file"
            self.refuse(line_of(function), words)

    def collected(self, test: pytest.Function) -> PytestItem:
        mark = graded_mark(test)
        assert mark is not None
        fixtures = {name for each in test.fixturenames for name in self._functions[each]}
        arguments = tuple(inspect.signature(test.function).parameters)
        return PytestItem(
            test.name, title(test.function), mark, line_of(test.function), arguments, tuple(sorted(fixtures))
        )


def _noted() -> list[TestFunction]:
    """A list that will hold each function that is marked as graded from now on."""
    marked: list[TestFunction] = []

    def noting(*arguments: Any, **options: Any) -> Callable[[TestFunction], TestFunction]:
        mark = graded(*arguments, **options)

        def note(function: TestFunction) -> TestFunction:
            marked.append(inspect.unwrap(function))
            return mark(function)

        return note

    for place in (cnnkit.check, sys.modules["cnnkit.check._graded"]):
        place.graded = noting  # type: ignore[attr-defined]
    return marked


def _file(function: TestFunction) -> str:
    return str(inspect.unwrap(function).__code__.co_filename)
