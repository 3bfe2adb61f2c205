"""An attack in a figure: before, after, and ten times the difference."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from cnnkit.visualize.figures import draw_images


def draw_attack(
    images: Any,
    attacked: Any,
    text: str,
    *,
    titles: Sequence[Any] | None = None,
    times: float = 10.0,
    edge: float = 1.5,
) -> Figure:
    """Rows of images before and after an attack, and their difference, many times enlarged around gray.

    Args:
        images, attacked: (n, height, width, 1 or 3) from 0 to 1.
        text: says what is in the figure.
        titles: one above each image before.
        times: how much the difference is enlarged.
        edge: of an image, in inches.

    Returns:
        A figure that belongs to no window, with the text as its label.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Lecture L4, 10x difference.

    Example:

    >>> draw_attack(np.zeros((2, 5, 7, 3)), np.zeros((2, 5, 7, 3)), "Two black images, unchanged.").get_label()
    'Two black images, unchanged.'
    """
    images, attacked = np.asarray(images, "float32"), np.asarray(attacked, "float32")
    if images.shape != attacked.shape or images.ndim != 4:
        raise ValueError(
            "images and attacked are alike, (n, height, width, 1 or 3), "
            f"and received {images.shape} and {attacked.shape}"
        )
    difference = np.clip(0.5 + times * (attacked - images), 0, 1)
    names = [str(title) for title in titles] if titles is not None else [""] * len(images)
    names += ["attacked"] * len(images) + [f"{times:g}x difference"] * len(images)
    return draw_images(
        np.concatenate([images, attacked, difference]), text, titles=names, columns=len(images), edge=edge
    )
