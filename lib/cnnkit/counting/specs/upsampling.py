"""Layers that make a map larger without learning."""

from dataclasses import dataclass
from fractions import Fraction

from cnnkit.counting.formula import Formula
from cnnkit.counting.specs.reach import Reach
from cnnkit.counting.specs.spec import Pair, Shape, Spec, a_map, check_pairs, each, pair


@dataclass(frozen=True)
class Unpooling2D(Spec):
    """Nearest neighbour, bed of nails or max-unpooling: values are moved, nothing is computed.

    A second input, of the positions of maxima, takes part in nothing.

    Args:
        size: how many times as large, a number or (height, width).

    References:
        Lectures L0, L3 and L4, unpooling.
    """

    size: Pair = 2

    def __post_init__(self) -> None:
        check_pairs(self, size=self.size)

    def output(self, *shapes: Shape) -> Shape:
        height, width, channels = a_map(self, shapes[:1])
        down, right = pair(self.size)
        return height * down, width * right, channels

    def reach(self, *shapes: Shape) -> Reach:
        down, right = pair(self.size)
        return Reach((down, right), (Fraction(1, down), Fraction(1, right)), spreads=True)


@dataclass(frozen=True)
class BilinearUpsampling2D(Unpooling2D):
    """Each value a weighted mean of its four neighbours: four multiply-adds, with weights that are not learned."""

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return {"interpolation": each(self.output(*shapes), 4)}

    def reach(self, *shapes: Shape) -> Reach:
        down, right = pair(self.size)  # triangles, which end in zeros where the size is odd
        window = 2 * down - down % 2, 2 * right - right % 2
        return Reach(window, super().reach(*shapes).step, (down // 2, right // 2), spreads=True)
