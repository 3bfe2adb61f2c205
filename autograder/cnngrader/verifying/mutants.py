"""Mutants: named wrong solutions that must lose exactly the points their author lists."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from cnngrader.authoring.rubric import Rubric
from cnngrader.declared import fault, read_declared
from cnngrader.verifying.changed_solution import ChangedSolution, check_names


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


@dataclass(frozen=True)
class _File:
    mutant: list[Mutant] = field(default_factory=list)


def load_mutants(path: Path, rubric: Rubric) -> list[Mutant]:
    """Mutants of a mutants.toml; none where there is no file. Raises AuthorError, naming the mutant."""
    mutants = read_declared(path, _File).mutant if path.exists() else []
    points = rubric.points()
    for index, mutant in enumerate(mutants):
        if not mutant.edits:
            raise fault(path, (Mutant.kind, index, "edits"), "must be a list of [find, put]")
        for check in mutant.loses:
            if check not in points:
                words = f"names {check!r}, and the checks are {', '.join(points)}"
                raise fault(path, (Mutant.kind, index, "loses"), words)
    check_names(path, mutants)
    return mutants
