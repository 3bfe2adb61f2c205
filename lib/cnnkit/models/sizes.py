"""Sizes that networks can take, and how wide they are."""

from collections.abc import Sequence

from cnnkit.layers.input_checks import check_positive


def scaled(filters: int, width: float) -> int:
    """`filters` times the width multiplier, rounded, 1 at least (Howard et al. 2017, section 3.3)."""
    check_width(width)
    return max(1, round(filters * width))


def check_width(width: float) -> None:
    """Raises ValueError for a width multiplier that is not a number above 0."""
    if not isinstance(width, (int, float)) or not 0 < width < float("inf"):
        raise ValueError(f"width multiplies the numbers of filters and is a number above 0, and received {width!r}")


def check_classes(network: str, classes: int) -> None:
    """Raises ValueError for a number of classes below 1."""
    check_positive(network, classes=classes)


def check_input(
    network: str, shape: Sequence[int | None], multiple: int = 1, least: int = 1, unknown: bool = False
) -> list[int]:
    """The known sizes. Raises ValueError where `shape` is not (height, width, channels) of sizes that fit.

    multiple: of which height and width must be multiples. least: the smallest height and width.
    unknown: whether None is a height or a width.
    """
    if not isinstance(shape, Sequence) or len(shape) != 3 or shape[2] is None:
        raise ValueError(f"{network}'s input_shape is (height, width, channels), and received {shape!r}")
    known = {f"input_shape[{place}]": size for place, size in enumerate(shape) if size is not None}
    check_positive(network, **known)
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
    return list(known.values())
