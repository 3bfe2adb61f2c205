"""Attention."""

from dataclasses import dataclass
from math import prod

from cnnkit.counting.errors import CountingError
from cnnkit.counting.formula import Formula, product
from cnnkit.counting.specs.reach import Reach
from cnnkit.counting.specs.spec import NOTHING, Shape, Spec, check_positive, each


@dataclass(frozen=True)
class MultiHeadAttention(Spec):
    """Each place of a query looks at all places of a value: softmax(Q K^T / sqrt(key_size)) V, several heads at once.

    Takes [query, value] or [query, value, key], each (length, features) or (height, width, channels).

    The two products of what was computed, Q K^T and the weights with V, are counted among the multiply-adds.

    Args:
        heads, key_size, value_size: of each head.
        units: features of the output; those of the query where 0.
        bias: whether there is one for each feature of each projection.

    References:
        Vaswani et al., "Attention is all you need", 2017, section 3.2.
    """

    heads: int
    key_size: int
    value_size: int
    units: int = 0
    bias: bool = True

    def __post_init__(self) -> None:
        check_positive(self, heads=self.heads, key_size=self.key_size, value_size=self.value_size)

    def output(self, *shapes: Shape) -> Shape:
        if len(shapes) not in (2, 3):
            raise CountingError(f"MultiHeadAttention takes query and value, and received {list(shapes)}")
        return *shapes[0][:-1], self.units or shapes[0][-1]

    def _kernels(self, *shapes: Shape) -> list[tuple[int, int, int]]:
        """(places, inputs, outputs) of the four dense layers: query, key, value, output."""
        query, value, key = shapes[0], shapes[1], shapes[-1]
        keys, values = self.heads * self.key_size, self.heads * self.value_size
        return [
            (prod(query[:-1]), query[-1], keys),
            (prod(key[:-1]), key[-1], keys),
            (prod(value[:-1]), value[-1], values),
            (prod(query[:-1]), values, self.output(*shapes)[-1]),
        ]

    def weights(self, *shapes: Shape) -> Formula:
        return sum((product((inputs, outputs)) for _, inputs, outputs in self._kernels(*shapes)), NOTHING)

    def biases(self, *shapes: Shape) -> Formula:
        if not self.bias:
            return NOTHING
        return sum((product((outputs,)) for _, _, outputs in self._kernels(*shapes)), NOTHING)

    def macs(self, *shapes: Shape) -> Formula:
        dense = sum((product(kernel) for kernel in self._kernels(*shapes)), NOTHING)
        sizes = (self.key_size, self.value_size)
        return dense + sum((product((*self._scores(*shapes), size)) for size in sizes), NOTHING)

    def _scores(self, *shapes: Shape) -> tuple[int, int, int]:
        return self.heads, prod(shapes[0][:-1]), prod(shapes[1][:-1])

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        extras = {"activation": each(self._scores(*shapes), 3)}  # softmax
        if self.bias:
            outputs = (product((places, outputs)) for places, _, outputs in self._kernels(*shapes))
            extras["bias"] = sum(outputs, NOTHING)
        return extras

    def reach(self, *shapes: Shape) -> Reach:
        return Reach(shapes[0][:2], whole=(True, True)) if len(shapes[0]) == 3 else Reach()
