"""How well the pixels of a mask agree with the truth."""

from typing import Any

import numpy as np

from cnnkit.segmentation.masks import as_masks


def iou(predicted: Any, truth: Any) -> float:
    """Intersection over union of what is cell: |A and B| / |A or B|, from 0 to 1.

    1 where neither has a cell.

    Args:
        predicted, truth: masks of one shape, whole numbers or True and False. 0 is background, and any other number
            cell: a class mask is scored as its instance mask is.

    Raises:
        ValueError: for other types and shapes.

    References:
        Jaccard, "The distribution of the flora in the alpine zone", 1912; U-Net is scored with it in Ronneberger et al.
        2015, table 2.

    Example:

    >>> iou([[0, 1, 1, 0]], [[0, 0, 1, 1]])  # 1 of 3 pixels
    0.3333333333333333
    """
    one, other = (mask > 0 for mask in as_masks(predicted, truth))
    union = np.count_nonzero(one | other)
    return float(np.count_nonzero(one & other) / union) if union else 1.0


def dice(predicted: Any, truth: Any) -> float:
    """2 |A and B| / (|A| + |B|) of what is cell, from 0 to 1; it is 2 IoU / (1 + IoU).

    Takes what `iou` takes; 1 where neither has a cell.

    Args:
        predicted, truth: as for `iou`.

    References:
        Dice, "Measures of the amount of ecologic association between species", 1945.

    Example:

    >>> dice([[0, 1, 1, 0]], [[0, 0, 1, 1]])
    0.5
    """
    one, other = (mask > 0 for mask in as_masks(predicted, truth))
    both = np.count_nonzero(one) + np.count_nonzero(other)
    return float(2 * np.count_nonzero(one & other) / both) if both else 1.0


def pixel_error(predicted: Any, truth: Any) -> float:
    """Share of the pixels that are cell in one mask and background in the other, from 0 to 1.

    Takes what `iou` takes.

    Args:
        predicted, truth: as for `iou`.

    References:
        The ISBI 2012 challenge; Ronneberger et al. 2015, table 1.

    Example:

    >>> pixel_error([[0, 1, 1, 0]], [[0, 0, 1, 1]])
    0.5
    """
    one, other = (mask > 0 for mask in as_masks(predicted, truth))
    return float(np.count_nonzero(one != other) / one.size)
