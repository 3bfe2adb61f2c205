"""What pytest runs of a rubric, the same whether a notebook is built from it or judged by it."""

import inspect
import os
import sys
from collections.abc import Collection, Sequence
from contextlib import chdir
from pathlib import Path

import pytest

from cnngrader.submission.covered_reads import covered_reads
from cnnkit.check import GradedTest

# The last two collect garbage ten times over at the end, half of the time that a rubric takes.
PLUGINS_OFF = ("cacheprovider", "doctest", "unraisableexception", "threadexception")
# Nothing but the rubric has a say: no conftest.py or settings of a folder above, no plugin that is there by chance.
ALONE = ["-c", os.devnull, "--assert=plain", "--noconftest", "--disable-plugin-autoload", "--import-mode=importlib"]
VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
UNSURE = {"skip", "skipif", "xfail"}
"""Marks under which a test may not run, or not count."""


class RubricPlugin:
    """Lets pytest run the graded tests of a rubric, those named in `only` or all. readable: the data sets that
    they may read. tests: which these are.
    problem: why it cannot be graded by, with the line where there is one; "" where it can."""

    def __init__(self, only: Collection[str] | None = None, readable: Sequence[Path] = ()):
        self.only, self.readable = only, readable
        self.tests: list[pytest.Function] = []
        self.problem = ""

    def run(self, rubric: Path, *options: str) -> int:
        """Run pytest on a rubric that lies in a folder of its own; returns pytest's exit status.

        The rubric is loaded anew each time: what it did for one student is nothing to the next.
        """
        folder = str(rubric.parent)
        arguments = [str(rubric), "--rootdir", folder, "--confcutdir", folder, *ALONE, *options]
        with pytest.MonkeyPatch.context() as environment, chdir(folder), covered_reads(self.readable):
            for name in VARIABLES:
                environment.delenv(name, raising=False)
            try:
                return int(pytest.main([*(f"-pno:{name}" for name in PLUGINS_OFF), *arguments], plugins=[self]))
            finally:
                for name, module in list(sys.modules.items()):
                    if getattr(module, "__file__", None) == str(rubric):
                        del sys.modules[name]

    def pytest_exception_interact(self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[object]) -> None:
        if isinstance(node, pytest.Collector) and call.excinfo:
            error = call.excinfo.value
            self.refuse(*_told(error.__cause__ or error, node.path))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.refuse(0, f"it is skipped as a whole: {report.longrepr[-1]}")  # type: ignore[index]
        if report.failed:
            self.refuse(0, report.longreprtext)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        graded = [item for item in items if isinstance(item, pytest.Function) and graded_mark(item)]
        for item in graded:
            if problem := _problem(item):
                self.refuse(line_of(item.function), f"{item.originalname} {problem}")
        self.tests = [item for item in graded if self.only is None or item.name in self.only]
        items[:] = [] if self.problem else self.tests

    def refuse(self, line: int, words: str) -> None:
        self.problem = self.problem or (f"{line}: {words}" if line else words)


def graded_mark(item: pytest.Function) -> GradedTest | None:
    mark = getattr(item.function, "graded", None)
    return mark if isinstance(mark, GradedTest) else None


def line_of(function: object) -> int:
    """The line of its first decorator, or of itself."""
    return int(inspect.unwrap(function).__code__.co_firstlineno)  # type: ignore[arg-type]


def _problem(item: pytest.Function) -> str:
    """Why pytest would not call the test, or more than once."""
    if item.cls is not None:
        return f"is in the class {item.cls.__name__}. Write it as a function of the file"
    if hasattr(item, "callspec"):
        return "is parametrized, by its marks or a fixture, so each case would earn all its points. Write a loop"
    if marks := sorted(UNSURE & {mark.name for mark in item.iter_markers()}):
        return f"is marked {marks[0]}, so some would be graded without it. Take the mark away"
    kinds = (inspect.iscoroutinefunction, inspect.isasyncgenfunction, inspect.isgeneratorfunction)
    if any(kind(inspect.unwrap(item.function)) for kind in kinds):
        return "is async or has a yield, so calling it does not run it. Write a plain function"
    return ""


def _told(error: BaseException, rubric: Path) -> tuple[int, str]:
    """(line of the rubric, words) of what was raised while it was loaded."""
    line, trace = 0, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == str(rubric):
            line = trace.tb_lineno
        trace = trace.tb_next
    words = f"{type(error).__name__}: {error}"
    if isinstance(error, ModuleNotFoundError | FileNotFoundError):  # which it finds where its author looks
        words += ". A rubric is run in a folder of its own, without what lies beside it"
    return line, words
