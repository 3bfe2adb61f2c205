"""Mutants: named wrong solutions that must lose exactly the points their author lists."""

from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cnngrader.assignment import read_toml
from cnngrader.authoring.rubric import Rubric, RubricTest
from cnngrader.errors import AuthorError
from cnngrader.verifying.slicing import Slices

KEYS = {"name", "answer", "edits", "loses", "says"}


@dataclass(frozen=True)
class Mutant:
    """answer: the answer cell it changes. edits: (find, put) pairs in that cell's solution.
    loses: {check: points}. says: text that a failed test's message must hold."""

    name: str
    answer: str
    edits: tuple[tuple[str, str], ...]
    loses: dict[str, float]
    says: str

    def tests(self, solution: NotebookNode, rubric: Rubric) -> list[RubricTest]:
        """The tests whose answers depend on the changed cell. One that needs training is among
        them only where the mutant lists its check."""
        slices = Slices(solution)
        place = self._place(solution)
        return [
            test
            for test in rubric.tests
            if place in slices.needed(test.asks) and (not test.mark.trains or test.mark.check in self.loses)
        ]

    def trains(self, rubric: Rubric) -> bool:
        """Whether a check that it loses points in needs a trained model."""
        return any(test.mark.trains and test.mark.check in self.loses for test in rubric.tests)

    def notebook(self, solution: NotebookNode, tests: list[RubricTest]) -> NotebookNode:
        """The solution with the edits, and empty where the tests need nothing.

        Raises AuthorError where an edit does not apply.
        """
        mutant = nbformat.from_dict(solution)
        cell = mutant.cells[self._place(solution)]
        for find, put in self.edits:
            if find not in cell.source:
                raise AuthorError(f"mutant {self.name!r}: answer {self.answer!r} does not hold {find!r}")
            cell.source = cell.source.replace(find, put)
        needed = Slices(mutant).needed({name for test in tests for name in test.asks})
        for index, other in enumerate(mutant.cells):
            if other.cell_type == "code" and index not in needed:
                other.source = ""
        return mutant

    def _place(self, notebook: NotebookNode) -> int:
        for index, cell in enumerate(notebook.cells):
            if cell.metadata.get("nbgrader", {}).get("grade_id") == f"answer-{self.answer}":
                return index
        raise AuthorError(f"mutant {self.name!r}: no cell is marked answer={self.answer!r}")


def load_mutants(path: Path, rubric: Rubric) -> list[Mutant]:
    """Mutants of a mutants.toml; none where there is no file. Raises AuthorError, naming the mutant."""
    if not path.exists():
        return []
    mutants: list[Mutant] = []
    points = rubric.points()
    data = read_toml(path)
    unknown = sorted(data.keys() - {"mutant"})
    if unknown:
        raise AuthorError(f"{path}: unknown key {unknown[0]!r}; mutants are written [[mutant]]")
    entries = data.get("mutant", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise AuthorError(f"{path}: a mutant begins with [[mutant]], in double brackets")
    for entry in entries:
        name = entry.get("name", "?")
        if set(entry) != KEYS:
            raise AuthorError(
                f"{path}: mutant {name!r} must have {', '.join(sorted(KEYS))}, and has {', '.join(sorted(entry))}"
            )
        if any(mutant.name == name for mutant in mutants):
            raise AuthorError(f"{path}: two mutants are called {name!r}")
        edits, loses = entry["edits"], entry["loses"]
        if not (isinstance(edits, list) and edits and all(_is_pair(edit) for edit in edits)):
            raise AuthorError(f"{path}: mutant {name!r}: edits must be a list of [find, put], not {edits!r}")
        if not (isinstance(loses, dict) and all(type(value) in (int, float) for value in loses.values())):
            raise AuthorError(f"{path}: mutant {name!r}: loses must be {{check = points}}, not {loses!r}")
        for check in loses:
            if check not in points:
                raise AuthorError(
                    f"{path}: mutant {name!r} loses points in {check!r}, and the checks are {', '.join(points)}"
                )
        pairs = tuple((find, put) for find, put in edits)
        mutants.append(Mutant(name, entry["answer"], pairs, dict(loses), entry["says"]))
    return mutants


def _is_pair(edit: object) -> bool:
    return isinstance(edit, list) and len(edit) == 2 and all(isinstance(part, str) for part in edit)
