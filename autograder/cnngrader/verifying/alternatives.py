"""Alternatives: named right solutions of another style, which must earn all points."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from cnngrader.declared import fault, read_declared
from cnngrader.submission.verdict import Verdict
from cnngrader.verifying.changed_solution import ChangedSolution, check_names
from cnngrader.verifying.right import lost_points, unequal_draws


@dataclass(frozen=True)
class Alternative(ChangedSolution):
    """answers: {answer: what stands in its cell, as a student would write it}.
    trains: whether it is worth a training; tests that need one are left out where it is not."""

    kind: ClassVar[str] = "alternative"

    answers: dict[str, str]
    trains: bool = False

    @property
    def subject(self) -> str:
        return f"the alternative {self.name}"

    @property
    def changed(self) -> tuple[str, ...]:
        return tuple(self.answers)

    def source(self, answer: str, solution: str) -> str:
        return self.answers[answer].strip("\n")

    def trained(self, check: str) -> bool:
        return self.trains

    def problems(self, verdict: Verdict) -> Iterator[str]:
        yield from lost_points(verdict)
        yield from unequal_draws(verdict)


@dataclass(frozen=True)
class _File:
    alternative: list[Alternative] = field(default_factory=list)


def load_alternatives(path: Path) -> list[Alternative]:
    """Alternatives of an alternatives.toml; none where there is no file. Raises AuthorError, naming the alternative."""
    alternatives = read_declared(path, _File).alternative if path.exists() else []
    for index, alternative in enumerate(alternatives):
        if not alternative.answers:
            raise fault(path, (Alternative.kind, index, "answers"), "must be a table of {answer = code}, and is empty")
    check_names(path, alternatives)
    return alternatives
