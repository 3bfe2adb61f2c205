"""A test of a rubric, as pytest sees it."""

from dataclasses import dataclass

from cnnkit.check._graded import GradedTest


@dataclass(frozen=True)
class PytestItem:
    """A test that pytest would run once. line: of its first decorator. arguments: of the function.
    fixtures: names of the functions that pytest calls for it, the grader's own `submission` apart."""

    name: str
    title: str
    mark: GradedTest
    line: int
    arguments: tuple[str, ...]
    fixtures: tuple[str, ...]
