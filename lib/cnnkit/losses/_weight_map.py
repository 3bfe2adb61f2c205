"""The U-Net's weight map: classes balanced, and the gaps between cells made important."""

import math
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from cnnkit.losses.nearest_two import nearest_two

NEGLIGIBLE = 1e-7  # a border term below this is 0


def border_term(d1: Any, d2: Any, w0: float = 10.0, sigma: float = 5.0) -> np.ndarray:
    """w0 exp(-(d1 + d2)^2 / (2 sigma^2)): how narrow the gap between two cells is, from w0 down to 0.

    Args:
        d1, d2: distances to the nearest and the second nearest cell, in pixels, of one shape.
        w0: the weight where both are 0.
        sigma: in pixels.

    Returns:
        float64 of that shape.

    References:
        The lecture L0; U-Net paper (see `weight_map`), equation 2.

    Example:

    >>> border_term(np.array([0, 2, 5]), np.array([0, 3, 5])).round(4).tolist()
    [10.0, 6.0653, 1.3534]
    """
    return w0 * np.exp(-((np.asarray(d1, "float64") + d2) ** 2) / (2 * sigma**2))


def weight_map(
    labels: Any,
    w0: float = 10.0,
    sigma: float = 5.0,
    class_weights: Mapping[int, float] | None = None,
    border: Literal["background", "everywhere"] = "background",
) -> np.ndarray:
    """w = w_c + w0 exp(-(d1 + d2)^2 / (2 sigma^2)) for each pixel of an instance mask, the border term between cells.

    d1 and d2 are the exact Euclidean distances, between centres of pixels, to the nearest pixel of the nearest and of
    the second nearest distinct cell: 0 within a cell, so two cells that touch have d1 + d2 = 1 on both sides of their
    border, which counts with "everywhere" alone. A cell cut by the image's border counts with the part that is seen.
    With fewer than two cells, and where it is below 1e-7, the border term is 0.

    Args:
        labels: integers (height, width): 0 is background, each other number a cell. The numbers need not follow one
            another, and a cell may have several parts.
        w0: weight of the border term where d1 + d2 is 0; 0 for none.
        sigma: in pixels.
        class_weights: {0: weight of the background, 1: weight of the cells}. By default each class has the weight
            pixels / (2 * its pixels), so that w_c has the mean 1 and both classes the same sum; where there is one
            class alone, 1.
        border: where the border term counts: "background", between the cells, as the paper's figure 3d has it; or
            "everywhere", as its equation 2 reads by itself: then the rims of cells, where d1 is 0, weigh more than the
            gap, and cells that touch, with no background between them, weigh most.

    Returns:
        float32 (height, width).

    Raises:
        ValueError: for labels of another rank or type or negative ones, for w0 < 0 or sigma <= 0, for class weights
            that are not {0: number, 1: number} of 0 or more, and for another border.

    References:
        The lecture L0, where w_c is called a class probability map and is a class-balancing one; Ronneberger, Fischer,
        Brox, "U-Net: convolutional networks for biomedical image segmentation", 2015, equation 2 and figure 3.

    Example:

    >>> border = weight_map(np.array([[1, 0, 0, 0, 0, 2]]), class_weights={0: 0, 1: 1})
    >>> print(border.round(3))  # d1 + d2 = 5 in every pixel
    [[1.    6.065 6.065 6.065 6.065 1.   ]]
    """
    labels = _instance_mask(labels)
    if not 0 <= w0 < math.inf or not 0 < sigma < math.inf:
        raise ValueError(f"w0 is 0 or more and sigma more than 0, both finite, and received w0={w0!r}, sigma={sigma!r}")
    if border not in ("background", "everywhere"):
        raise ValueError(f'border is "background" or "everywhere", and received {border!r}')
    weights = _class_balance(labels, class_weights)
    if w0 > NEGLIGIBLE:
        reach = sigma * math.sqrt(2 * math.log(w0 / NEGLIGIBLE))
        term = border_term(*nearest_two(labels, reach), w0, sigma)
        weights = weights + (term if border == "everywhere" else np.where(labels == 0, term, 0.0))
    return weights.astype("float32")


def _instance_mask(labels: Any) -> np.ndarray:
    array = np.asarray(labels)
    if array.ndim != 2 or not array.size:
        raise ValueError(f"labels are (height, width), and received shape {array.shape}")
    if not np.issubdtype(array.dtype, np.integer):
        raise ValueError(
            f"labels are integers, 0 for background and a number for each cell, and received {array.dtype}; "
            "skimage.measure.label numbers the cells of a black-and-white mask"
        )
    if array.min() < 0:
        raise ValueError(f"labels are 0 or more, and received {array.min()}")
    return array


def _class_balance(labels: np.ndarray, class_weights: Mapping[int, float] | None) -> np.ndarray:
    """w_c of each pixel."""
    cell = labels > 0
    if class_weights is None:
        cells = np.count_nonzero(cell)
        if cells in (0, cell.size):
            return np.ones(cell.shape)
        class_weights = {0: cell.size / (2 * (cell.size - cells)), 1: cell.size / (2 * cells)}
    elif set(class_weights) != {0, 1} or not all(weight >= 0 for weight in class_weights.values()):
        raise ValueError(f"class_weights are {{0: background, 1: cells}}, 0 or more, and received {class_weights!r}")
    return np.where(cell, class_weights[1], class_weights[0]).astype("float64")
