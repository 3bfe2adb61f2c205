"""Layers of vectors: flattening and full connection."""

from dataclasses import dataclass
from math import prod

from cnnkit.counting.errors import CountingError
from cnnkit.counting.formula import Formula, product
from cnnkit.counting.specs.reach import Reach
from cnnkit.counting.specs.spec import NOTHING, Shape, Spec, check_positive, each, one


@dataclass(frozen=True)
class Flatten(Spec):
    """The same values as a vector. `in_place`: it takes no memory of its own, though L4's table prints some."""

    in_place = True

    def output(self, *shapes: Shape) -> Shape:
        return (prod(one(self, shapes)),)

    def reach(self, *shapes: Shape) -> Reach:
        shape = one(self, shapes)
        return Reach(shape[:2], whole=(True, True)) if len(shape) == 3 else Reach()


@dataclass(frozen=True)
class Dense(Spec):
    """A fully connected layer: each output sees each input. A map is taken channel by channel, as by a 1x1 filter.

    Args:
        units: number of outputs.
        bias: whether there is one for each output.

    References:
        Lecture L4, fc6 to fc8 of AlexNet.
    """

    units: int
    bias: bool = True

    def __post_init__(self) -> None:
        check_positive(self, units=self.units)

    def output(self, *shapes: Shape) -> Shape:
        return *one(self, shapes)[:-1], self.units

    def weights(self, *shapes: Shape) -> Formula:
        return product((one(self, shapes)[-1], self.units))

    def biases(self, *shapes: Shape) -> Formula:
        return product((self.units,)) if self.bias else NOTHING

    def macs(self, *shapes: Shape) -> Formula:
        return product((*one(self, shapes), self.units))

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return {"bias": each(self.output(*shapes))} if self.bias else {}


@dataclass(frozen=True)
class RadialBasisOutput(Spec):
    """LeNet-5's output: squared distances of its input to codes, one a class, which are constants and no parameters.

    Args:
        units: number of classes.

    References:
        Lecture L2; LeCun et al., 1998, equation 7.
    """

    units: int

    def __post_init__(self) -> None:
        check_positive(self, units=self.units)

    def output(self, *shapes: Shape) -> Shape:
        shape = one(self, shapes)
        if len(shape) != 1:
            raise CountingError(f"RadialBasisOutput takes a vector, and received shape {shape}")
        return (self.units,)

    def macs(self, *shapes: Shape) -> Formula:
        return product((one(self, shapes)[0], self.units))

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return {"elementwise": product((one(self, shapes)[0], self.units))}
