"""Layers that slide weights over a map."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from cnnkit.counting.errors import CountingError
from cnnkit.counting.formula import Formula, product
from cnnkit.counting.specs.reach import Reach
from cnnkit.counting.specs.spec import (
    NOTHING,
    Padding,
    Pair,
    Shape,
    Spec,
    a_map,
    before,
    check_pairs,
    check_positive,
    each,
    one,
    pads,
    pair,
    slide,
)


def _extent(kernel: Pair, dilation: Pair) -> tuple[int, int]:
    """Of a kernel, with the gaps that dilation makes."""
    (height, width), (down, right) = pair(kernel), pair(dilation)
    return (height - 1) * down + 1, (width - 1) * right + 1


@dataclass(frozen=True)
class Conv2D(Spec):
    """A convolution: weights filters · channels/groups · kernel, a multiply-add for each weight at each stop.

    Args:
        filters: number of them.
        kernel, stride, dilation: a number, or (height, width).
        pad: zeros on each side, a pair for (height, width), pairs of (before, after), "same" or "valid".
        groups: of channels, each convolved apart.
        bias: whether there is one for each output channel.

    References:
        Lecture L4, "computation of hyperparameters in AlexNet"; L2, n' = floor((n + 2p - f) / s) + 1.
    """

    filters: int
    kernel: Pair
    stride: Pair = 1
    pad: Padding = 0
    dilation: Pair = 1
    groups: int = 1
    bias: bool = True

    def __post_init__(self) -> None:
        check_positive(self, filters=self.filters, groups=self.groups)
        check_pairs(self, kernel=self.kernel, stride=self.stride, dilation=self.dilation)
        if self.filters % self.groups:
            raise CountingError(f"Conv2D's {self.filters} filters cannot be shared among {self.groups} groups")

    def output(self, *shapes: Shape) -> Shape:
        height, width, channels = a_map(self, shapes)
        if channels % self.groups:
            raise CountingError(f"Conv2D's {self.groups} groups cannot share {channels} channels evenly")
        return *slide(
            self, (height, width), _extent(self.kernel, self.dilation), pair(self.stride), self.pad
        ), self.filters

    def _one_filter(self, *shapes: Shape) -> tuple[int, ...]:
        return a_map(self, shapes)[2] // self.groups, *pair(self.kernel)

    def weights(self, *shapes: Shape) -> Formula:
        return product((self.filters, *self._one_filter(*shapes)))

    def biases(self, *shapes: Shape) -> Formula:
        return product((self.filters,)) if self.bias else NOTHING

    def macs(self, *shapes: Shape) -> Formula:
        height, width, _ = self.output(*shapes)
        return product((self.filters, height, width), self._one_filter(*shapes))

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return {"bias": each(self.output(*shapes))} if self.bias else {}

    def reach(self, *shapes: Shape) -> Reach:
        stride, extent = pair(self.stride), _extent(self.kernel, self.dilation)
        above = before(self, one(self, shapes)[:2], extent, stride, self.pad)
        return Reach(extent, (Fraction(stride[0]), Fraction(stride[1])), above)


@dataclass(frozen=True)
class DepthwiseConv2D(Spec):
    """A convolution of each channel by itself, with `multiplier` filters a channel.

    Args:
        kernel, stride, pad, dilation: as for `Conv2D`.
        multiplier: filters for each channel.
        bias: whether there is one for each output channel.

    References:
        Lecture L3 and L4, the first half of a depthwise-separable convolution; MobileNet v1.
    """

    kernel: Pair
    stride: Pair = 1
    pad: Padding = 0
    dilation: Pair = 1
    multiplier: int = 1
    bias: bool = True

    def __post_init__(self) -> None:
        check_positive(self, multiplier=self.multiplier)
        check_pairs(self, kernel=self.kernel, stride=self.stride, dilation=self.dilation)

    def _grouped(self, *shapes: Shape) -> Conv2D:
        channels = a_map(self, shapes)[2]
        filters = channels * self.multiplier
        return Conv2D(filters, self.kernel, self.stride, self.pad, self.dilation, channels, self.bias)

    def output(self, *shapes: Shape) -> Shape:
        return self._grouped(*shapes).output(*shapes)

    def weights(self, *shapes: Shape) -> Formula:
        return self._grouped(*shapes).weights(*shapes)

    def biases(self, *shapes: Shape) -> Formula:
        return self._grouped(*shapes).biases(*shapes)

    def macs(self, *shapes: Shape) -> Formula:
        return self._grouped(*shapes).macs(*shapes)

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return self._grouped(*shapes).extras(*shapes)

    def reach(self, *shapes: Shape) -> Reach:
        return Conv2D(1, self.kernel, self.stride, self.pad, self.dilation).reach(*shapes)


@dataclass(frozen=True)
class Conv2DTranspose(Spec):
    """A transposed convolution: each input lays down a copy of the kernel, scaled by it.

    So the multiply-adds are those of the inputs, not of the outputs: channels · height · width of the input, times
    filters · kernel. What falls into the `pad` that is cut off is computed too. The output's edge is (n - 1)·stride +
    kernel - 2·pad, or n·stride where pad is "same"; of a dilated kernel its extent counts.

    Args:
        filters, kernel, stride, pad, dilation: as for `Conv2D`.
        bias: whether there is one for each output channel.

    References:
        Lecture L3, "superimposes copies of the filter"; L4's transposed matrix.
    """

    filters: int
    kernel: Pair
    stride: Pair = 1
    pad: Padding = 0
    bias: bool = True
    dilation: Pair = 1

    def __post_init__(self) -> None:
        check_positive(self, filters=self.filters)
        check_pairs(self, kernel=self.kernel, stride=self.stride, dilation=self.dilation)

    def output(self, *shapes: Shape) -> Shape:
        height, width, _ = a_map(self, shapes)
        (down, right), kernel = pair(self.stride), _extent(self.kernel, self.dilation)
        if self.pad == "same":
            return height * down, width * right, self.filters
        vertical, horizontal = pads(self.pad, kernel)
        rows = (height - 1) * down + max(kernel[0], down if self.pad == "valid" else 0) - sum(vertical)
        columns = (width - 1) * right + max(kernel[1], right if self.pad == "valid" else 0) - sum(horizontal)
        if rows < 1 or columns < 1:
            raise CountingError(f"Conv2DTranspose's padding {self.pad} leaves nothing of {height}x{width}")
        return rows, columns, self.filters

    def weights(self, *shapes: Shape) -> Formula:
        return product((self.filters, a_map(self, shapes)[2], *pair(self.kernel)))

    def biases(self, *shapes: Shape) -> Formula:
        return product((self.filters,)) if self.bias else NOTHING

    def macs(self, *shapes: Shape) -> Formula:
        height, width, channels = a_map(self, shapes)
        return product((channels, height, width), (self.filters, *pair(self.kernel)))

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return {"bias": each(self.output(*shapes))} if self.bias else {}

    def reach(self, *shapes: Shape) -> Reach:
        (down, right), extent = pair(self.stride), _extent(self.kernel, self.dilation)
        if self.pad == "same":
            above = max(extent[0] - down, 0) // 2, max(extent[1] - right, 0) // 2
        else:
            above = before(self, (), extent, (1, 1), self.pad)
        return Reach(extent, (Fraction(1, down), Fraction(1, right)), above, spreads=True)


@dataclass(frozen=True)
class PartiallyConnectedConv2D(Spec):
    """LeNet-5's C3: each filter sees the input maps of its own that a table lists.

    Args:
        connections: for each filter, the numbers of its input maps.
        kernel: as for `Conv2D`.
        bias: whether there is one for each output channel.

    References:
        Lecture L2, LeNet-5's table for C3; LeCun et al., 1998, table 1.
    """

    connections: tuple[Sequence[int], ...]
    kernel: Pair
    bias: bool = True

    def __post_init__(self) -> None:
        check_pairs(self, kernel=self.kernel)

    def output(self, *shapes: Shape) -> Shape:
        height, width, channels = a_map(self, shapes)
        if any(not 0 <= place < channels for places in self.connections for place in places):
            raise CountingError(f"PartiallyConnectedConv2D's table names maps that {channels} channels do not have")
        return *slide(self, (height, width), pair(self.kernel), (1, 1), 0), len(self.connections)

    def _connected(self) -> int:
        return sum(map(len, self.connections))

    def weights(self, *shapes: Shape) -> Formula:
        return product((self._connected(), *pair(self.kernel)))

    def biases(self, *shapes: Shape) -> Formula:
        return product((len(self.connections),)) if self.bias else NOTHING

    def macs(self, *shapes: Shape) -> Formula:
        height, width, _ = self.output(*shapes)
        return product((height, width), (self._connected(), *pair(self.kernel)))

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return {"bias": each(self.output(*shapes))} if self.bias else {}

    def reach(self, *shapes: Shape) -> Reach:
        return Reach(pair(self.kernel))
