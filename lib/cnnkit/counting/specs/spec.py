"""What every layer spec says of itself: shapes, weights, operations and what it sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from cnnkit.counting.errors import CountingError
from cnnkit.counting.formula import Formula, product
from cnnkit.counting.specs.reach import Reach

Shape = tuple[int, ...]
"""(height, width, channels) of a map, (n,) of a vector; without the batch."""

Pair = int | tuple[int, int]
Padding = int | tuple[int, int] | tuple[tuple[int, int], tuple[int, int]] | str

EXTRAS = ("bias", "pooling", "normalization", "activation", "elementwise", "interpolation")
"""Kinds of operations beside multiply-adds with weights."""

NOTHING = Formula()


@dataclass(frozen=True, kw_only=True)
class Spec:
    """A layer as its numbers. Every subclass says what its output is, and what it has and does.

    Args:
        name: in the table; made of the kind and a number where empty.
        inputs: names of the layers it takes, or the name of one; the layer before it in the list where empty.
    """

    name: str = ""
    inputs: tuple[str, ...] | str = ()

    @property
    def kind(self) -> str:
        return type(self).__name__

    def output(self, *shapes: Shape) -> Shape:
        """The output's shape. Raises CountingError where the inputs cannot be taken."""
        raise NotImplementedError

    def weights(self, *shapes: Shape) -> Formula:
        """What it learns, biases apart."""
        return NOTHING

    def biases(self, *shapes: Shape) -> Formula:
        return NOTHING

    def fixed(self, *shapes: Shape) -> Formula:
        """Numbers that it keeps and does not learn by gradients."""
        return NOTHING

    def macs(self, *shapes: Shape) -> Formula:
        """Multiply-adds with weights."""
        return NOTHING

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        """Other operations of one pass at test time, by their kind in EXTRAS."""
        return {}

    def reach(self, *shapes: Shape) -> Reach:
        return Reach()

    in_place = False  # True where the output can take the place of the input


@dataclass(frozen=True, kw_only=True)
class Elementwise(Spec):
    """Base of layers whose output has the shape of their input."""

    def output(self, *shapes: Shape) -> Shape:
        return one(self, shapes)


def one(spec: Spec, shapes: Sequence[Shape]) -> Shape:
    """The only shape of the inputs."""
    if len(shapes) != 1:
        raise CountingError(f"{spec.kind} takes one input, and received {len(shapes)}: {list(shapes)}")
    return shapes[0]


def a_map(spec: Spec, shapes: Sequence[Shape]) -> tuple[int, int, int]:
    """The only shape, which is (height, width, channels)."""
    shape = one(spec, shapes)
    if len(shape) != 3:
        raise CountingError(f"{spec.kind} takes a map (height, width, channels), and received shape {shape}")
    return shape[0], shape[1], shape[2]


def pair(value: Pair) -> tuple[int, int]:
    """(height, width) of what may be one number for both."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def pads(padding: Padding, kernel: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    """((top, bottom), (left, right)) of zeros; "same" is what keeps the size at stride 1."""
    if padding == "same":
        (top, left) = ((k - 1) // 2 for k in kernel)
        return (top, kernel[0] - 1 - top), (left, kernel[1] - 1 - left)
    try:
        (top, bottom), (left, right) = map(_twice, _twice(0 if padding == "valid" else padding))
        known = all(isinstance(side, int) and side >= 0 for side in (top, bottom, left, right))
    except (TypeError, ValueError):
        known = False
    if not known:
        raise CountingError(
            "padding is a number from 0 on, a pair for height and width, pairs of (before, after), 'same' or 'valid', "
            f"and received {padding!r}"
        )
    return (top, bottom), (left, right)


def _twice(value: Any) -> Any:
    return (value, value) if isinstance(value, int) else value


def slide(
    spec: Spec,
    size: tuple[int, int],
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: Padding,
    rounding: str = "floor",
) -> tuple[int, int]:
    """floor((n + 2p - f) / s) + 1 for height and width, n and f the image's and the window's edge.

    kernel: with the gaps of a dilated one. rounding: "ceil" counts a window that hangs over the edge.
    """
    if padding == "same":
        return ceil(size[0] / stride[0]), ceil(size[1] / stride[1])
    found = []
    for n, f, s, (before, after) in zip(size, kernel, stride, pads(padding, kernel), strict=True):
        room = n + before + after - f
        if room < 0:
            raise CountingError(f"{spec.kind}'s window of {f} does not fit into an edge of {n} with padding {padding}")
        found.append((ceil(room / s) if rounding == "ceil" else room // s) + 1)
    return found[0], found[1]


def before(
    spec: Spec, size: Sequence[int | None], extent: tuple[int, int], stride: tuple[int, int], padding: Padding
) -> tuple[int, int]:
    """Zeros above and to the left. size: (height, width), of which only "same" with a stride asks.

    Raises CountingError where it asks for a size that is not known.
    """
    if padding != "same":
        (top, _), (left, _) = pads(padding, extent)
        return top, left
    found = []
    for n, f, s in zip(size, extent, stride, strict=True):
        if s > 1 and n is None:
            raise CountingError(
                f'pads "same" with stride {s}, so what it sees depends on the image\'s size: give the model a fixed '
                "input size"
            )
        found.append((f - 1) // 2 if s == 1 else max((ceil(n / s) - 1) * s + f - n, 0) // 2)  # type: ignore[operator]
    return found[0], found[1]


def each(shape: Shape, times: int = 1) -> Formula:
    """`times` operations for each value of a map or a vector."""
    return product(shape if len(shape) == 1 else (shape[2], *shape[:2]), *([(times,)] if times != 1 else []))


def check_positive(spec: Spec, **values: int) -> None:
    """Raises CountingError for an argument that is not a whole number from 1 on."""
    for name, value in values.items():
        if not _positive(value):
            raise CountingError(f"{spec.kind}'s {name} is a whole number from 1 on, and received {value!r}")


def check_pairs(spec: Spec, **values: Pair) -> None:
    """Raises CountingError for an argument that is neither a whole number from 1 on nor a pair of these."""
    for name, value in values.items():
        numbers = value if isinstance(value, tuple) and len(value) == 2 else (value,)
        if not all(map(_positive, numbers)):
            raise CountingError(f"{spec.kind}'s {name} is a whole number from 1 on, or a pair, and received {value!r}")


def _positive(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
