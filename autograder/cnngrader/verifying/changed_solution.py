"""The solution with some of its answers changed: what mutants and alternatives have in common."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import nbformat
from nbformat import NotebookNode

from cnngrader.authoring.rubric import Rubric, RubricTest
from cnngrader.cells import OF_ANSWERS, id_of
from cnngrader.declared import fault
from cnngrader.errors import AuthorError
from cnngrader.submission.verdict import Verdict
from cnngrader.verifying.slicing import Slices


@dataclass(frozen=True)
class ChangedSolution(ABC):
    kind: ClassVar[str]

    name: str

    @property
    def subject(self) -> str:
        """What it is called among all that is verified."""
        return self.name

    @property
    @abstractmethod
    def changed(self) -> Collection[str]:
        """The answers that are changed."""

    @abstractmethod
    def source(self, answer: str, solution: str) -> str:
        """What stands in the cell of this answer in place of the solution's."""

    @abstractmethod
    def trained(self, check: str) -> bool:
        """Whether tests of this check that need a trained model are worth its training."""

    @abstractmethod
    def problems(self, verdict: Verdict) -> Iterator[str]:
        """Where its verdict is not what is due to it."""

    def tests(self, solution: NotebookNode, rubric: Rubric) -> list[RubricTest]:
        """The tests whose answers depend on the changed cells. Raises AuthorError where there are none."""
        slices = Slices(solution)
        places = {self.place(solution, answer) for answer in self.changed}
        tests = [
            test
            for test in rubric.tests
            if places & slices.needed(test.asks) and (not test.mark.trains or self.trained(test.mark.check))
        ]
        if not tests:
            raise self.error(f"no check depends on answer {', '.join(map(repr, self.changed))}")
        return tests

    def notebook(self, solution: NotebookNode, tests: list[RubricTest]) -> NotebookNode:
        """The solution with the changes, and empty where the tests need nothing.

        Raises AuthorError where a change does not apply.
        """
        notebook = nbformat.from_dict(solution)
        for answer in self.changed:
            cell = notebook.cells[self.place(solution, answer)]
            cell.source = self.source(answer, cell.source)
        return sliced(notebook, tests)

    def error(self, message: str) -> AuthorError:
        return AuthorError(f"{self.kind} {self.name!r}: {message}")

    def place(self, notebook: NotebookNode, answer: str) -> int:
        """Of this answer's cell. Raises AuthorError where there is none."""
        for index, cell in enumerate(notebook.cells):
            if id_of(cell) == f"{OF_ANSWERS}{answer}":
                return index
        raise self.error(f"no cell is marked answer={answer!r}")


def sliced(notebook: NotebookNode, tests: Collection[RubricTest]) -> NotebookNode:
    """The notebook, its code cells empty where these tests need nothing of them."""
    notebook = nbformat.from_dict(notebook)
    needed = Slices(notebook).needed({name for test in tests for name in test.asks})
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and index not in needed:
            cell.source = ""
    return notebook


def check_names(path: Path, changed: Sequence[ChangedSolution]) -> None:
    """Raises AuthorError, naming file and line, where two have one name."""
    names: set[str] = set()
    for index, one in enumerate(changed):
        if one.name in names:
            raise fault(path, (one.kind, index), "is there twice")
        names.add(one.name)
