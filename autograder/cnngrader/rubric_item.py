"""What is given or taken for one thing in a written answer: `[[item]]` in an assignment.toml."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnngrader.declared import fault

_NAME = re.compile(r"[^\s():](?:[^\n\r():]*[^\s():])?")


@dataclass(frozen=True)
class RubricItem:
    """question: the written answer's. name: in a few words, another for each of its items. points: below 0 for what is
    taken off. comment: what its student is told."""

    question: str
    name: str
    points: float
    comment: str = ""


def refuse_unclear(path: Path, items: Sequence[RubricItem]) -> None:
    """Raises AuthorError, with the line, for points that are none, and for names that cannot be told from one another
    or from their points."""
    seen: set[tuple[str, str]] = set()
    for number, item in enumerate(items):
        if not _NAME.fullmatch(item.name):
            raise fault(
                path,
                ("item", number, "name"),
                f"is {item.name!r}, and must be a few words without brackets and colons",
            )
        if not math.isfinite(item.points):
            raise fault(path, ("item", number, "points"), f"is {item.points}, and must be a number of points")
        if (item.question, item.name) in seen:
            raise fault(path, ("item", number, "name"), f"is there twice for {item.question}; call one otherwise")
        seen.add((item.question, item.name))


def items_of(declared: Sequence[RubricItem], question: str) -> list[RubricItem]:
    return [item for item in declared if item.question == question]


def most_of(declared: Sequence[RubricItem], question: str) -> float:
    """What a question's items give at the most, which is the question's points: `build` sees to it."""
    return sum(item.points for item in items_of(declared, question) if item.points > 0)
