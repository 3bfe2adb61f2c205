"""The solution with some of its answers changed: what mutants and alternatives have in common."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from nbformat import NotebookNode

from cnngrader.authoring.rubric import Rubric, RubricTest
from cnngrader.errors import AuthorError
from cnngrader.read_toml import read_toml
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

    def tests(self, solution: NotebookNode, rubric: Rubric) -> list[RubricTest]:
        """The tests whose answers depend on the changed cells. Raises AuthorError where there are none."""
        slices = Slices(solution)
        places = {self._place(solution, answer) for answer in self.changed}
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
            cell = notebook.cells[self._place(solution, answer)]
            cell.source = self.source(answer, cell.source)
        return sliced(notebook, tests)

    def error(self, message: str) -> AuthorError:
        return AuthorError(f"{self.kind} {self.name!r}: {message}")

    def _place(self, notebook: NotebookNode, answer: str) -> int:
        for index, cell in enumerate(notebook.cells):
            if cell.metadata.get("nbgrader", {}).get("grade_id") == f"answer-{answer}":
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


def read_entries(
    path: Path, kind: str, needed: Collection[str], optional: Collection[str] = ()
) -> list[dict[str, Any]]:
    """The [[kind]] tables of a TOML file; none where there is no file. Raises AuthorError, naming file and entry."""
    if not path.exists():
        return []
    data = read_toml(path)
    unknown = sorted(data.keys() - {kind})
    if unknown:
        raise AuthorError(f"{path}: unknown key {unknown[0]!r}; {kind}s are written [[{kind}]]")
    entries = data.get(kind, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise AuthorError(f"{path}: {kind}s begin with [[{kind}]], in double brackets")
    names: set[str] = set()
    for entry in entries:
        name = entry.get("name", "?")
        if not set(needed) <= set(entry) <= {*needed, *optional}:
            raise AuthorError(
                f"{path}: {kind} {name!r} must have {', '.join(sorted(needed))}, and has {', '.join(sorted(entry))}"
            )
        if not isinstance(name, str) or name in names:
            raise AuthorError(f"{path}: two {kind}s are called {name!r}, or that is no name")
        names.add(name)
    return entries
