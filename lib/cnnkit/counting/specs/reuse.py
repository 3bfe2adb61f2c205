"""A layer that is used once more."""

from dataclasses import dataclass

from cnnkit.counting.formula import Formula
from cnnkit.counting.specs.reach import Reach
from cnnkit.counting.specs.spec import Shape, Spec


@dataclass(frozen=True)
class Reuse(Spec):
    """Another use of a layer that has a row already: its operations once more, and its weights not again.

    Args:
        layer: the spec that has the weights.
    """

    layer: Spec

    @property
    def kind(self) -> str:
        return self.layer.kind

    @property
    def in_place(self) -> bool:  # type: ignore[override]
        return self.layer.in_place

    def output(self, *shapes: Shape) -> Shape:
        return self.layer.output(*shapes)

    def macs(self, *shapes: Shape) -> Formula:
        return self.layer.macs(*shapes)

    def extras(self, *shapes: Shape) -> dict[str, Formula]:
        return self.layer.extras(*shapes)

    def reach(self, *shapes: Shape) -> Reach:
        return self.layer.reach(*shapes)
