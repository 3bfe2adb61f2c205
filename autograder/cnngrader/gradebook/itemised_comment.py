"""A person's comment on a written answer, with the rubric's items that they have given: a line each, so that nbgrader's
gradebook says which they are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cnngrader.rubric_item import RubricItem

_LINE = re.compile(r"(?P<name>[^\s():][^():]*?) \((?P<points>[+-]\d+(?:\.\d+)?)\)(?:: (?P<words>.*))?")


@dataclass(frozen=True)
class GivenItem:
    """As it was when it was given. words: what its student is told."""

    name: str
    points: float
    words: str = ""

    @classmethod
    def of(cls, item: RubricItem) -> "GivenItem":
        return cls(item.name, item.points, " ".join(item.comment.split()))

    @property
    def line(self) -> str:
        """
        >>> GivenItem("why it is small", -0.5, "Say of what.").line
        'why it is small (-0.5): Say of what.'
        """
        return f"{self.name} ({self.points:+g})" + (f": {self.words}" if self.words else "")


@dataclass(frozen=True)
class ItemisedComment:
    """items: in the order of their lines. rest: what the person says beside."""

    items: tuple[GivenItem, ...] = ()
    rest: str = ""

    @classmethod
    def read(cls, text: str) -> "ItemisedComment":
        found: dict[str, GivenItem] = {}
        rest = []
        for line in text.splitlines():
            if match := _LINE.fullmatch(line.strip()):
                found.setdefault(match["name"], GivenItem(match["name"], float(match["points"]), match["words"] or ""))
            else:
                rest.append(line)
        return cls(tuple(found.values()), "\n".join(rest).strip())

    @property
    def text(self) -> str:
        return "\n".join([*(item.line for item in self.items), *([self.rest] if self.rest else [])])

    def points(self, most: float) -> float | None:
        """What the items come to, from 0 to most; None where there are none."""
        return min(max(round(sum(item.points for item in self.items), 6), 0.0), most) if self.items else None

    def brought_up(self, declared: Iterable[RubricItem]) -> "ItemisedComment":
        """With the items that are declared as they are now, and the others as they were given."""
        now = {item.name: GivenItem.of(item) for item in declared}
        return ItemisedComment(tuple(now.get(item.name, item) for item in self.items), self.rest)
