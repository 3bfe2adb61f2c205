"""Sizes that networks can take, and how wide they are."""

from collections.abc import Sequence


def scaled(filters: int, width: float) -> int:
    """`filters` times the width multiplier, rounded, 1 at least (Howard et al. 2017, section 3.3)."""
    if not width > 0:
        raise ValueError(f"width multiplies the numbers of filters and is above 0, and received {width!r}")
    return max(1, round(filters * width))


def check_classes(network: str, classes: int) -> None:
    """Raises ValueError for a number of classes below 1."""
    if not isinstance(classes, int) or classes < 1:
        raise ValueError(f"{network}'s classes is a whole number from 1 on, and received {classes!r}")


def check_input(
    network: str, shape: Sequence[int | None], multiple: int = 1, least: int = 1, unknown: bool = False
) -> None:
    """Raises ValueError where `shape` is not (height, width, channels) of sizes that fit.

    multiple: of which height and width must be multiples. least: the smallest height and width.
    unknown: whether None is a height or a width.
    """
    if len(shape) != 3 or shape[2] is None:
        raise ValueError(f"{network}'s input_shape is (height, width, channels), and received {tuple(shape)}")
    for size in shape[:2]:
        if size is None and not unknown:
            raise ValueError(f"{network} needs to know height and width, and received {tuple(shape)}")
        if size is not None and (size < least or size % multiple):
            below = size // multiple * multiple
            near = [n for n in (below, below + multiple) if n >= least] or [least]
            rule = f"multiples of {multiple} from {least} on" if multiple > 1 else f"{least} at least"
            raise ValueError(
                f"{network}'s height and width are {rule}, and received {tuple(shape)}; nearest to {size}: "
                + " and ".join(map(str, near))
            )
