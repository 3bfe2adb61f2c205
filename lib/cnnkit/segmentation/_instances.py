"""Cells, counted."""

from typing import Any

import numpy as np

from cnnkit.segmentation.masks import as_mask


def instances(mask: Any, smallest: int = 1) -> np.ndarray:
    """The connected parts of what is cell, numbered 1, 2, ...; 0 is background.

    Args:
        mask: (height, width), or (batch, height, width) of which each is numbered from 1; 0 is background, any other
            number cell.
        smallest: parts of fewer pixels are specks, and become background.

    Returns:
        int32 of the mask's shape. Pixels are connected to the four beside, above and below them.

    Raises:
        ValueError: for other masks.

    Example:

    >>> instances([[1, 1, 0, 1], [0, 0, 1, 1], [1, 0, 0, 0]], smallest=2)
    array([[1, 1, 0, 2],
           [0, 0, 2, 2],
           [0, 0, 0, 0]], dtype=int32)
    """
    from skimage.measure import label

    mask = as_mask("the mask", mask)
    if mask.ndim == 3:
        return np.stack([instances(one, smallest) for one in mask])
    if mask.ndim != 2:
        raise ValueError(f"instances takes (height, width) or (batch, height, width), and received {mask.shape}")
    parts = label(mask > 0, connectivity=1)
    kept = np.bincount(parts.ravel()) >= smallest
    kept[0] = False
    return np.where(kept, np.cumsum(kept), 0)[parts].astype("int32")
