"""Layers that make a map smaller without learning, and LeNet's that learns a little."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from cnnkit.counting.errors import CountingError
from cnnkit.counting.formula import Formula, product
from cnnkit.counting.specs.reach import Reach
from cnnkit.counting.specs.spec import Padding, Pair, Shape, Spec, a_map, before, check_pairs, each, one, pair, slide


@dataclass(frozen=True)
class Pooling2D(Spec):
    """Maximum, mean or any other choice in windows: one operation for each value of each window.

    Args:
        size, stride: a number or (height, width); the stride is the size where it is not given.
        pad: as for `Conv2D`.
        rounding: "ceil" counts a window that hangs over the edge, as lecture L2's 7 -> 4 does.
    """

    size: Pair
    stride: Pair | None = None
    pad: Padding = 0
    rounding: str = "floor"

    def __post_init__(self) -> None:
        check_pairs(self, size=self.size, stride=self._step())
        if self.rounding not in ("floor", "ceil"):
            raise CountingError(f"Pooling2D's rounding is 'floor' or 'ceil', and received {self.rounding!r}")

    def _step(self) -> Pair:
        return self.size if self.stride is None else self.stride

    def output(self, *shapes: Shape) -> Shape:
        height, width, channels = a_map(self, shapes)
        return *slide(self, (height, width), pair(self.size), pair(self._step()), self.pad, self.rounding), channels

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        height, width, channels = self.output(*shapes)
        return {"pooling": product((channels, height, width), pair(self.size))}

    def reach(self, *shapes: Shape) -> Reach:
        size, stride = pair(self.size), pair(self._step())
        above = before(self, one(self, shapes)[:2], size, stride, self.pad)
        return Reach(size, (Fraction(stride[0]), Fraction(stride[1])), above)


@dataclass(frozen=True)
class FractionalPooling2D(Spec):
    """Maxima of windows whose sizes vary, so that edges shrink by `ratio`: floor(n / ratio).

    Args:
        ratio: of the input's edge to the output's.
        overlapping: each window has the first value of the next one too.

    References:
        Lecture L3; Graham, "Fractional max-pooling", 2014.
    """

    ratio: float
    overlapping: bool = True

    def __post_init__(self) -> None:
        if not self.ratio > 1:
            raise CountingError(f"FractionalPooling2D's ratio is above 1, and received {self.ratio!r}")

    def output(self, *shapes: Shape) -> Shape:
        height, width, channels = a_map(self, shapes)
        if min(height, width) < self.ratio:
            raise CountingError(f"FractionalPooling2D by {self.ratio} leaves nothing of {height}x{width}")
        return int(height / self.ratio), int(width / self.ratio), channels

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return {"pooling": each(a_map(self, shapes))}

    def reach(self, *shapes: Shape) -> Reach:
        step = Fraction(self.ratio).limit_denominator(1000)
        edge = ceil(step) + self.overlapping  # of the larger windows
        return Reach((edge, edge), (step, step), whole=(True, True))  # where windows begin is drawn


@dataclass(frozen=True)
class GlobalPooling2D(Spec):
    """One number for each channel, the mean or the maximum of its map.

    Args:
        keep: (1, 1, channels), not (channels,).
    """

    keep: bool = False

    def output(self, *shapes: Shape) -> Shape:
        channels = a_map(self, shapes)[2]
        return (1, 1, channels) if self.keep else (channels,)

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return {"pooling": each(a_map(self, shapes))}

    def reach(self, *shapes: Shape) -> Reach:
        return Reach(a_map(self, shapes)[:2], whole=(True, True))


@dataclass(frozen=True)
class SpatialPyramidPooling2D(Spec):
    """Each level pools the whole map into level x level bins; a vector of all bins.

    Args:
        levels: bins along an edge, for each grid.

    References:
        Lecture L4; He et al., "Spatial pyramid pooling in deep convolutional networks", 2014.
    """

    levels: tuple[int, ...] = (1, 2, 4)

    def output(self, *shapes: Shape) -> Shape:
        return (sum(level**2 for level in self.levels) * a_map(self, shapes)[2],)

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return {"pooling": len(self.levels) * each(a_map(self, shapes))}

    def reach(self, *shapes: Shape) -> Reach:
        return Reach(a_map(self, shapes)[:2], whole=(True, True))


@dataclass(frozen=True)
class TrainableSubsampling(Spec):
    """LeNet-5's S2 and S4: the sum of a window, times a weight of its channel, plus a bias of its channel.

    Args:
        size: of the windows, a number or (height, width).

    References:
        Lecture L2; LeCun et al., 1998, section II.B.
    """

    size: Pair = 2

    def __post_init__(self) -> None:
        check_pairs(self, size=self.size)

    def output(self, *shapes: Shape) -> Shape:
        return Pooling2D(self.size).output(*shapes)

    def weights(self, *shapes: Shape) -> Formula:
        return product((a_map(self, shapes)[2],))

    def biases(self, *shapes: Shape) -> Formula:
        return product((a_map(self, shapes)[2],))

    def macs(self, *shapes: Shape) -> Formula:
        return each(self.output(*shapes))

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return {**Pooling2D(self.size).extras(*shapes), "bias": each(self.output(*shapes))}

    def reach(self, *shapes: Shape) -> Reach:
        return Pooling2D(self.size).reach(*shapes)
