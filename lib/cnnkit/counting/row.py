"""One counted layer, and the sum of several."""

from dataclasses import dataclass
from fractions import Fraction

from cnnkit.counting.formula import Formula
from cnnkit.counting.specs import Spec


@dataclass(frozen=True)
class Row:
    """One layer, counted.

    Its `receptive_field`: pixels that an output sees, height and width, were the image without end. Exact for layers
    that only shrink or only enlarge in a chain; where it shrinks before it enlarges, no output sees more.

    Args:
        name: of the layer.
        kind: the name of its spec.
        spec: what was counted.
        inputs, output: shapes without the batch.
        memory_kb: of the output in float32, 1 KB = 1024 bytes.
        weights, biases: learned.
        fixed: kept and not learned.
        macs: multiply-adds with weights.
        flops: 2 a multiply-add, and the convention's extras.
        operations: as the convention counts them.
        field: the receptive field before it is rounded down to whole pixels.
        stride: pixels from one output to the next.
    """

    name: str
    kind: str
    spec: Spec
    inputs: tuple[tuple[int, ...], ...]
    output: tuple[int, ...]
    memory_kb: float
    weights: Formula
    biases: Formula
    fixed: Formula
    macs: Formula
    flops: Formula
    operations: Formula
    field: tuple[Fraction, Fraction]
    stride: tuple[Fraction, Fraction]

    @property
    def parameters(self) -> Formula:
        """Weights and biases."""
        return self.weights + self.biases

    @property
    def receptive_field(self) -> tuple[int, int]:
        return int(self.field[0]), int(self.field[1])

    @property
    def formula(self) -> str:
        """How the operations come about, with the numbers of this layer."""
        return str(self.operations)


@dataclass(frozen=True)
class Total:
    """Sums over the rows of a table.

    Args:
        memory_kb, weights, biases, fixed, macs, flops, operations: as of a `Row`.
    """

    memory_kb: float
    weights: int
    biases: int
    fixed: int
    macs: int
    flops: int
    operations: int

    @property
    def parameters(self) -> int:
        return self.weights + self.biases
