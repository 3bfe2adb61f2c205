"""What the layers say of an input or an argument they cannot take."""

from collections.abc import Sequence
from typing import Any


def check_images(layer: str, shape: Sequence[int | None], *, channels: int | None = None) -> int:
    """The number of channels. Raises ValueError where `shape` is not (batch, height, width, channels).

    layer: name for the message. channels: the number that is needed, where it is one number.
    """
    if len(shape) != 4:
        raise ValueError(f"{layer} takes images (batch, height, width, channels), and received shape {tuple(shape)}")
    if shape[3] is None:
        raise ValueError(f"{layer} needs to know the number of channels, and received shape {tuple(shape)}")
    if channels is not None and shape[3] != channels:
        raise ValueError(f"{layer} takes {channels} channels, and received {shape[3]} in shape {tuple(shape)}")
    return shape[3]


def check_window(layer: str, shape: Sequence[int | None], window: int) -> None:
    """Raises ValueError where height or width of the images is known and smaller than the window."""
    if any(size is not None and size < window for size in shape[1:3]):
        raise ValueError(
            f"{layer} takes images of {window}x{window}, its window, at least, and received shape {tuple(shape)}"
        )


def check_positive(layer: str, **values: int) -> None:
    """Raises ValueError for an argument that is not a whole number from 1 on."""
    _check_whole(layer, 1, values)


def check_not_negative(layer: str, **values: int) -> None:
    """Raises ValueError for an argument that is not a whole number from 0 on."""
    _check_whole(layer, 0, values)


def _check_whole(layer: str, least: int, values: dict[str, int]) -> None:
    for name, value in values.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise ValueError(f"{layer}'s {name} is a whole number from {least} on, and received {value!r}")


def check_all_positive(layer: str, **values: Any) -> None:
    """Raises ValueError for an argument that is not a sequence of whole numbers from 1 on."""
    for name, value in values.items():
        if isinstance(value, str) or not isinstance(value, Sequence) or not value:
            raise ValueError(f"{layer}'s {name} is a sequence of whole numbers from 1 on, and received {value!r}")
        check_positive(layer, **{f"{name}[{place}]": number for place, number in enumerate(value)})
