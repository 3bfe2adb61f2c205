"""Mutants: named wrong solutions that must lose exactly the points their author lists."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from cnngrader.authoring.rubric import Rubric
from cnngrader.errors import AuthorError
from cnngrader.verifying.changed_solution import ChangedSolution, read_entries

KEYS = ("name", "answer", "edits", "loses", "says")


@dataclass(frozen=True)
class Mutant(ChangedSolution):
    """answer: the answer cell it changes. edits: (find, put) pairs in that cell's solution.
    loses: {check: points}. says: text that a failed test's message must hold.

    A test that needs training is run only where the mutant lists its check.
    """

    kind: ClassVar[str] = "mutant"

    answer: str
    edits: tuple[tuple[str, str], ...]
    loses: dict[str, float]
    says: str

    @property
    def changed(self) -> tuple[str, ...]:
        return (self.answer,)

    def source(self, answer: str, solution: str) -> str:
        for find, put in self.edits:
            if find not in solution:
                raise self.error(f"answer {answer!r} does not hold {find!r}")
            solution = solution.replace(find, put)
        return solution

    def trained(self, check: str) -> bool:
        return check in self.loses

    def trains(self, rubric: Rubric) -> bool:
        """Whether a check that it loses points in needs a trained model."""
        return any(test.mark.trains and self.trained(test.mark.check) for test in rubric.tests)


def load_mutants(path: Path, rubric: Rubric) -> list[Mutant]:
    """Mutants of a mutants.toml; none where there is no file. Raises AuthorError, naming the mutant."""
    mutants = []
    points = rubric.points()
    for entry in read_entries(path, Mutant.kind, KEYS):
        name, edits, loses = entry["name"], entry["edits"], entry["loses"]
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
