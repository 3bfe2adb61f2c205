"""What is counted as what: the choices in which published tables differ."""

from dataclasses import dataclass

from cnnkit.counting.errors import CountingError
from cnnkit.counting.specs import EXTRAS


@dataclass(frozen=True)
class Convention:
    """A way to count. `dataclasses.replace(FLOP, extras=("bias",))` makes another.

    Args:
        name: by which `count` finds it, and which tables show.
        mac: operations that a multiply-add counts for, 1 or 2.
        extras: kinds of operations counted beside the multiply-adds, of `specs.EXTRAS`.
        dense_bias: False leaves the biases of fully connected layers out.
        flatten_memory: True gives a flattened map memory of its own, though no value is moved.
    """

    name: str
    mac: int = 1
    extras: tuple[str, ...] = ()
    dense_bias: bool = True
    flatten_memory: bool = False

    def __post_init__(self) -> None:
        unknown = [kind for kind in self.extras if kind not in EXTRAS]
        if unknown:
            raise CountingError(f"convention {self.name!r}: extras are of {', '.join(EXTRAS)}, not {unknown[0]!r}")
        if self.mac not in (1, 2):
            raise CountingError(f"convention {self.name!r}: a multiply-add counts as 1 or 2, not {self.mac!r}")


MAC = Convention("mac")
"""Multiply-adds with weights, and nothing beside them."""

FLOP = Convention("flop", mac=2, extras=EXTRAS)
"""Two a multiply-add, and everything else that is computed."""

LECTURE = Convention("lecture", extras=("pooling",), dense_bias=False, flatten_memory=True)
"""Lecture L4's AlexNet: its "flop" is a multiply-add or a value that is pooled; fc6 to fc8 have no bias,
and the flattened map is counted once more."""

CONVENTIONS = {convention.name: convention for convention in (LECTURE, MAC, FLOP)}


def convention_of(name: str | Convention) -> Convention:
    """The convention, or that of this name. Raises CountingError, naming the known ones."""
    if isinstance(name, Convention):
        return name
    if name not in CONVENTIONS:
        raise CountingError(f"convention {name!r} is unknown; there are {', '.join(CONVENTIONS)}")
    return CONVENTIONS[name]
