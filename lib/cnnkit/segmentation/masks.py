"""What the functions of this package take for a mask."""

from typing import Any

import numpy as np


def as_mask(of: str, mask: Any) -> np.ndarray:
    """The mask as an array of integers or of True and False. `of`: its name, for the error.

    Raises ValueError for other types, for numbers below 0, and where there is no pixel.
    """
    array = np.asarray(mask)
    if array.dtype.kind not in "bui":
        raise ValueError(
            f"{of} has whole numbers or True and False, and received {array.dtype}; "
            "argmax over the classes, or a threshold, makes a mask of a network's outputs"
        )
    if not array.size:
        raise ValueError(f"{of} has a pixel at least, and received shape {array.shape}")
    if array.dtype.kind == "i" and array.min() < 0:
        raise ValueError(f"{of} has numbers from 0 on, and received {array.min()}")
    return array


def as_masks(predicted: Any, truth: Any) -> tuple[np.ndarray, np.ndarray]:
    """Both as masks of one shape. Raises ValueError."""
    one, other = as_mask("predicted", predicted), as_mask("truth", truth)
    if one.shape != other.shape:
        raise ValueError(f"predicted and truth have one shape, and received {one.shape} and {other.shape}")
    return one, other
