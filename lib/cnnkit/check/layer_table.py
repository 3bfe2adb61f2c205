"""A network's layers beside those that are asked for."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import NamedTuple

BEFORE, SHOWN = 2, 12  # rows before the first that differs, and in all


class LayerRow(NamedTuple):
    """number: of the layer asked for, or of the student's where none is; both are texts, "" where there is none."""

    number: int
    yours: str
    wanted: str

    @property
    def mark(self) -> str:
        return "✔" if self.yours == self.wanted else "✘"


def align_layers(yours: Sequence[object], wanted: Sequence[object]) -> list[LayerRow]:
    """Rows about the first that differs, with what was left out or added opposite nothing.

    Args:
        yours: what tells the student's layers, such as the shapes of their weights, in order.
        wanted: what tells those asked for.
    """
    mine, theirs = list(map(str, yours)), list(map(str, wanted))
    rows: list[LayerRow] = []
    for _, start, stop, begin, end in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        pairs = zip_longest(mine[start:stop], theirs[begin:end], fillvalue="")
        rows += [LayerRow(max(start, begin) + place + 1, *pair) for place, pair in enumerate(pairs)]
    first = next((place for place, row in enumerate(rows) if row.yours != row.wanted), 0)
    begin = max(0, first - BEFORE)
    return rows[begin : begin + SHOWN]
