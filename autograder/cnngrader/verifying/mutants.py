"""Mutants: named wrong solutions that must lose exactly the points their author lists."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import ClassVar

from cnngrader.authoring.rubric import Rubric
from cnngrader.declared import fault, read_declared
from cnngrader.submission.status import Status
from cnngrader.submission.verdict import Verdict
from cnngrader.verifying.changed_solution import ChangedSolution, check_names
from cnngrader.verifying.equivalent import Equivalent
from cnngrader.verifying.right import unequal_draws


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

    def problems(self, verdict: Verdict) -> Iterator[str]:
        if verdict.status != Status.GRADED:
            yield f"{verdict.status}: {verdict.detail}"
        lost = {check["id"]: check["points"] - check["earned"] for check in verdict.checks()}
        for check in dict.fromkeys(chain(self.loses, lost)):
            should, does = self.loses.get(check, 0.0), lost.get(check, 0.0)
            if abs(should - does) > 1e-6:
                said = "; ".join(test.message for test in verdict.tests if test.check == check and test.message)
                yield f"{check}: loses {does:g}, listed {should:g}" + (f" ({said})" if said else "")
        messages = [test.message for test in verdict.tests if test.earned < test.points]
        if not any(self.says.lower() in message.lower() for message in messages):
            yield f"no failed test says {self.says!r}; they say: {' | '.join(messages) or 'nothing'}"
        yield from unequal_draws(verdict)


@dataclass(frozen=True)
class _File:
    mutant: list[Mutant] = field(default_factory=list)
    equivalent: list[Equivalent] = field(default_factory=list)


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


def load_equivalents(path: Path) -> list[Equivalent]:
    """Marks of a mutants.toml; none where there is no file. Raises AuthorError, naming the mark."""
    marks = read_declared(path, _File).equivalent if path.exists() else []
    for index, mark in enumerate(marks):
        if not mark.after:
            raise fault(path, ("equivalent", index, "after"), "must be a list of texts, and is empty")
        if not mark.reason.strip():
            raise fault(path, ("equivalent", index, "reason"), "must say why no test needs to tell them apart")
    return marks
