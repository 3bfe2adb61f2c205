"""Two works that have more in common than chance and the task explain."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from cnngrader.similar.passages import Passage
from cnngrader.similar.stream import Stream
from cnngrader.similar.work import Work


class Likeness(StrEnum):
    IDENTICAL = "identical"
    DISGUISED = "identical but for names, constants, comments and layout"
    NEARLY = "nearly identical, or most of one in the other"
    IN_PART = "alike in part"


@dataclass(frozen=True)
class Common:
    """A passage that two works have in common. others: how many more of the class have its rarest part."""

    passage: Passage
    others: int

    @property
    def elsewhere(self) -> str:
        return (
            f"in {self.others} other{'s' if self.others > 1 else ''} of the class" if self.others else "in these alone"
        )


@dataclass(frozen=True)
class Pair:
    """works, and their streams, code and written answers. is_other: whether the second is not of the class."""

    works: tuple[Work, Work]
    streams: tuple[Sequence[Stream], Sequence[Stream]]
    likeness: Likeness
    passages: Sequence[Common]
    is_other: bool

    @property
    def owners(self) -> tuple[str, str]:
        return self.works[0].owner, self.works[1].owner

    def lines(self, side: int) -> int:
        """How many lines of its own one of them has, first or second."""
        return sum(stream.count_lines() for stream in self.streams[side])

    def matching_lines(self, side: int) -> int:
        """On how many of them something is as in the other."""
        total = 0
        for stream in self.streams[side]:
            mask = np.zeros(len(stream.symbols), bool)
            for common in self.passages:
                own, place = common.passage.sides()[side]
                if own is stream:
                    mask[place] = True
            total += stream.count_lines(mask)
        return total

    def asdict(self) -> dict[str, Any]:
        """As `cnnkit similar --json` tells it."""
        sides = [
            {"owner": owner, "lines": self.lines(side), "matching_lines": self.matching_lines(side)}
            for side, owner in enumerate(self.owners)
        ]
        passages = [
            {"others": common.others, "places": [self._places(common.passage, side) for side in (0, 1)]}
            for common in self.passages
        ]
        return {"works": sides, "likeness": self.likeness, "against": self.is_other, "passages": passages}

    def _places(self, passage: Passage, side: int) -> list[dict[str, Any]]:
        pieces = self.works[side].pieces
        return [
            {
                "file": pieces[span.piece].file,
                "cell": pieces[span.piece].number,
                "text": pieces[span.piece].text[span.start : span.end],
            }
            for span in passage.spans(side)
        ]
