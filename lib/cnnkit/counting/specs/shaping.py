"""Where a network begins, and layers that only move values."""

from dataclasses import dataclass
from math import prod

from cnnkit.counting.errors import CountingError
from cnnkit.counting.specs.reach import Reach
from cnnkit.counting.specs.spec import Padding, Shape, Spec, a_map, one, pads


@dataclass(frozen=True)
class Input(Spec):
    """Images (height, width, channels), a sequence (length, features) or a vector (n,).

    Args:
        shape: without the batch.
    """

    shape: Shape

    def __post_init__(self) -> None:
        whole = isinstance(self.shape, tuple) and all(isinstance(size, int) and size > 0 for size in self.shape)
        if not whole or len(self.shape) not in (1, 2, 3):
            raise CountingError(
                "Input takes (height, width, channels), (length, features) or (n,), in whole numbers, and received "
                f"{self.shape!r}"
            )

    def output(self, *shapes: Shape) -> Shape:
        return self.shape


@dataclass(frozen=True)
class ZeroPadding2D(Spec):
    """A frame of zeros.

    Args:
        pad: as of `Conv2D`.
    """

    pad: Padding = 1

    def output(self, *shapes: Shape) -> Shape:
        height, width, channels = a_map(self, shapes)
        vertical, horizontal = pads(self.pad, (1, 1))
        return height + sum(vertical), width + sum(horizontal), channels

    def reach(self, *shapes: Shape) -> Reach:
        (top, _), (left, _) = pads(self.pad, (1, 1))
        return Reach(before=(top, left))


@dataclass(frozen=True)
class Cropping2D(Spec):
    """The map without its margins.

    Args:
        crop: as pad of `Conv2D`.
    """

    crop: Padding = 1

    def output(self, *shapes: Shape) -> Shape:
        height, width, channels = a_map(self, shapes)
        vertical, horizontal = pads(self.crop, (1, 1))
        rows, columns = height - sum(vertical), width - sum(horizontal)
        if rows < 1 or columns < 1:
            raise CountingError(f"Cropping2D by {self.crop} leaves nothing of {height}x{width}")
        return rows, columns, channels

    def reach(self, *shapes: Shape) -> Reach:
        (top, _), (left, _) = pads(self.crop, (1, 1))
        return Reach(before=(-top, -left))


@dataclass(frozen=True)
class Reshape(Spec):
    """The same values in another shape.

    Args:
        shape: without the batch.
    """

    shape: Shape
    in_place = True

    def __post_init__(self) -> None:
        if not isinstance(self.shape, tuple):
            raise CountingError(f"Reshape takes a tuple of sizes, and received {self.shape!r}")

    def output(self, *shapes: Shape) -> Shape:
        if prod(one(self, shapes)) != prod(self.shape):
            raise CountingError(f"Reshape to {self.shape} does not fit an input of shape {shapes[0]}")
        return self.shape

    def reach(self, *shapes: Shape) -> Reach:
        shape = one(self, shapes)
        return Reach(shape[:2], whole=(True, True)) if len(shape) == 3 else Reach()
