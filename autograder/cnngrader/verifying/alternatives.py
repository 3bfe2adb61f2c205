"""Alternatives: named right solutions of another style, which must earn all points."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from cnngrader.errors import AuthorError
from cnngrader.verifying.changed_solution import ChangedSolution, read_entries


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


def load_alternatives(path: Path) -> list[Alternative]:
    """Alternatives of an alternatives.toml; none where there is no file. Raises AuthorError, naming the alternative."""
    alternatives = []
    for entry in read_entries(path, Alternative.kind, ("name", "answers"), ("trains",)):
        name, answers, trains = entry["name"], entry["answers"], entry.get("trains", False)
        if not (isinstance(answers, dict) and answers and all(isinstance(text, str) for text in answers.values())):
            raise AuthorError(f"{path}: alternative {name!r}: answers must be {{answer = code}}, not {answers!r}")
        if not isinstance(trains, bool):
            raise AuthorError(f"{path}: alternative {name!r}: trains is {trains!r}, and must be true or false")
        alternatives.append(Alternative(name, answers, trains))
    return alternatives
