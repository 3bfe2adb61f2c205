"""Layers of several inputs."""

from dataclasses import dataclass

from cnnkit.counting.errors import CountingError
from cnnkit.counting.formula import Formula
from cnnkit.counting.specs.reach import Reach
from cnnkit.counting.specs.spec import Shape, Spec, each


@dataclass(frozen=True)
class Concatenate(Spec):
    """Maps of one size behind each other, their channels together.

    Args:
        along: rather the rows, or the columns, of which an output then may come from any.
    """

    along: tuple[bool, bool] = (False, False)

    def output(self, *shapes: Shape) -> Shape:
        if any(self.along):
            raise CountingError("Concatenate is counted over the channels alone")
        if len({shape[:-1] for shape in shapes}) != 1:
            raise CountingError(f"Concatenate takes maps of one size, and received {list(shapes)}")
        return *shapes[0][:-1], sum(shape[-1] for shape in shapes)

    def reach(self, *shapes: Shape) -> Reach:
        return Reach(whole=self.along)


@dataclass(frozen=True)
class Add(Spec):
    """The sum of maps of one shape, as at the end of a residual block."""

    def output(self, *shapes: Shape) -> Shape:
        if len(set(shapes)) != 1:
            raise CountingError(f"{self.kind} takes inputs of one shape, and received {list(shapes)}")
        return shapes[0]

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return {"elementwise": (len(shapes) - 1) * each(self.output(*shapes))}


@dataclass(frozen=True)
class Multiply(Add):
    """The product, value by value; (channels,) or (1, 1, channels) scales the channels of a map, as attention does."""

    def output(self, *shapes: Shape) -> Shape:
        largest = max(shapes, key=len)
        largest = max((shape for shape in shapes if len(shape) == len(largest)), key=lambda shape: shape[0])
        gates = ((largest[-1],), (1, 1, largest[-1]))
        if any(shape not in (largest, *gates) for shape in shapes):
            raise CountingError(f"Multiply takes inputs of one shape or a gate a channel, and received {list(shapes)}")
        return largest
