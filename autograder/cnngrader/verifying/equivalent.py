"""Marks of generated mutants that do what the solution does, or as well."""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True)
class Equivalent:
    """answer: whose lines `before` are, as they stand there. after: what they may become, one text for each mutant.
    reason: why no test needs to tell these from the solution."""

    answer: str
    before: str
    after: tuple[str, ...]
    reason: str

    @property
    def changes(self) -> Iterator[tuple[str, str, str]]:
        for after in self.after:
            yield self.answer, dedent(self.before).strip(), dedent(after).strip()
