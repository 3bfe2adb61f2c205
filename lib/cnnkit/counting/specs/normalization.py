"""Layers that set the scale of values, and functions of one value each."""

from dataclasses import dataclass
from typing import Any

from cnnkit.counting.formula import Formula, product
from cnnkit.counting.specs.reach import Reach
from cnnkit.counting.specs.spec import NOTHING, Elementwise, Shape, each, one


@dataclass(frozen=True)
class BatchNormalization(Elementwise):
    """At test time a scale and a shift for each value: two operations.

    Learns a scale and a shift a channel; keeps a mean and a variance a channel, which no gradient reaches.

    Args:
        scale: whether a scale is learned.
        shift: whether a shift is learned.
    """

    scale: bool = True
    shift: bool = True
    in_place = True

    def weights(self, *shapes: Shape) -> Formula:
        return product((one(self, shapes)[-1],)) if self.scale else NOTHING

    def biases(self, *shapes: Shape) -> Formula:
        return product((one(self, shapes)[-1],)) if self.shift else NOTHING

    def fixed(self, *shapes: Shape) -> Formula:
        return product((2, one(self, shapes)[-1]))

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return {"normalization": each(one(self, shapes), 2)}


@dataclass(frozen=True)
class SampleNormalization(Elementwise):
    """Layer, group or instance normalization: statistics of each sample, also at test time.

    Seven operations a value: one for the mean, three for the variance (subtract, square, add), one to divide, and the
    scale and the shift. A weight and a bias a channel.

    Args:
        scale: whether a scale is learned.
        shift: whether a shift is learned.
        over: whether the statistics are over the rows, and over the columns; else of one alone.
    """

    scale: bool = True
    shift: bool = True
    over: tuple[bool, bool] = (True, True)
    in_place = True

    def weights(self, *shapes: Shape) -> Formula:
        return product((one(self, shapes)[-1],)) if self.scale else NOTHING

    def biases(self, *shapes: Shape) -> Formula:
        return product((one(self, shapes)[-1],)) if self.shift else NOTHING

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return {"normalization": each(one(self, shapes), 5 + self.scale + self.shift)}

    def reach(self, *shapes: Shape) -> Reach:
        shape = one(self, shapes)
        return Reach(*_whole(shape, self.over))


@dataclass(frozen=True)
class LocalResponseNormalization(Elementwise):
    """AlexNet's: n squares and n - 1 additions a value, then scale, shift, power and product: 2n + 3.

    Args:
        n: number of neighbouring channels.

    References:
        Krizhevsky et al., 2012, section 3.3; lecture L4, NORM1 and NORM2.
    """

    n: int = 5

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return {"normalization": each(one(self, shapes), 2 * self.n + 3)}


@dataclass(frozen=True)
class Activation(Elementwise):
    """A function of each value: one operation, three for softmax (exp, add, divide), none for linear.

    Args:
        function: by its Keras name.
        learned: numbers it learns, as PReLU does.
        over: whether a softmax is over the rows, and over the columns.
    """

    function: str = "relu"
    learned: int = 0
    over: tuple[bool, bool] = (False, False)
    in_place = True

    def weights(self, *shapes: Shape) -> Formula:
        return product((self.learned,)) if self.learned else NOTHING

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        times = {"linear": 0, "softmax": 3}.get(self.function, 1)
        return {"activation": each(one(self, shapes), times)} if times else {}

    def reach(self, *shapes: Shape) -> Reach:
        return Reach(*_whole(one(self, shapes), self.over))


@dataclass(frozen=True)
class Scale(Elementwise):
    """A number added to each value, or multiplied with it, or both: `times` operations.

    Args:
        times: operations for each value.
        learned, kept: numbers it learns, and numbers it keeps.
    """

    times: int = 1
    learned: int = 0
    kept: int = 0
    in_place = True

    def weights(self, *shapes: Shape) -> Formula:
        return product((self.learned,)) if self.learned else NOTHING

    def fixed(self, *shapes: Shape) -> Formula:
        return product((self.kept,)) if self.kept else NOTHING

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return {"elementwise": each(one(self, shapes), self.times)}


@dataclass(frozen=True)
class Dropout(Elementwise):
    """Nothing, at test time."""

    in_place = True


def _whole(shape: Shape, over: tuple[bool, bool]) -> tuple[tuple[int, int], Any, tuple[int, int], tuple[bool, bool]]:
    """The arguments of a Reach that has all of some axes of a map, and one place of the others."""
    if len(shape) != 3:
        over = (False, False)
    rows, columns = (size if whole else 1 for size, whole in zip((*shape, 1)[:2], over, strict=True))
    return (rows, columns), Reach().step, (0, 0), over
