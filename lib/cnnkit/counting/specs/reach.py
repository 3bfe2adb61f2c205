"""Which of its inputs an output of a layer sees: the one table of windows."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

Seen = tuple[int, int]
"""First and last place on one axis."""


@dataclass(frozen=True)
class Reach:
    """Which of its inputs an output sees, height then width.

    Args:
        window: from the first input to the last, in inputs.
        step: from one output to the next, in inputs; less than 1 where a layer enlarges.
        before: how far before the input at output * step it begins: the padding on this side.
        whole: where each output sees all inputs of the axis, be the window what it may.
        spreads: where rather each input lays down a window of outputs; window and before are counted in outputs then.
    """

    window: tuple[int, int] = (1, 1)
    step: tuple[Fraction, Fraction] = (Fraction(1), Fraction(1))
    before: tuple[int, int] = (0, 0)
    whole: tuple[bool, bool] = (False, False)
    spreads: bool = False

    def back(self, axis: int, outputs: Seen) -> Seen:
        """The first and the last input that these outputs see; below 0 or past the end where padding is seen.

        >>> Reach((3, 3), (Fraction(2), Fraction(2)), (1, 1)).back(0, (0, 5))
        (-1, 11)
        """
        (first, last), window, step, before = outputs, self.window[axis], self.step[axis], self.before[axis]
        if self.spreads:
            return ceil((first + before - window + 1) * step), floor((last + before) * step)
        return floor(first * step) - before, floor(last * step) - before + window - 1
