"""Integrated gradients."""

from typing import Any

import keras
import numpy as np

from cnnkit.model_view import BATCH, view_of
from cnnkit.visualize._gradient import mean_gradient


def integrated_gradients(
    model: keras.Model,
    images: Any,
    classes: Any = None,
    *,
    baseline: Any = 0.0,
    steps: int = 64,
    batch_size: int = BATCH,
) -> np.ndarray:
    """(image - baseline) times the mean gradient on the straight way from the baseline to the image.

    Args:
        model, images, classes, batch_size: as for `gradient`.
        baseline: a number, or an array that broadcasts to one image: what counts as no image.
        steps: points on the way, in the middles of as many equal parts.

    Returns:
        float32 in the images' shape. An image's values sum to the difference between its score and the baseline's, but
        for the sum's own error, which shrinks with more steps.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Sundararajan, Taly, Yan, "Axiomatic attribution for deep networks", 2017, equation 1 and proposition 1.

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    >>> model.set_weights([np.array([[1, 2], [3, 4]]), np.zeros(2)])
    >>> integrated_gradients(model, np.array([[10.0, 1.0]]), classes=1).tolist()
    [[20.0, 4.0]]
    """
    if steps < 1:
        raise ValueError(f"steps is 1 or more, and received {steps!r}")
    view = view_of(model)
    images = view.images(images)
    baseline = np.asarray(baseline, "float32")
    try:
        baseline = np.broadcast_to(baseline, images.shape[1:])
    except ValueError:
        raise ValueError(
            f"baseline is a number or like one image, {images.shape[1:]}, and received shape {baseline.shape}"
        ) from None
    shares = ((np.arange(steps) + 0.5) / steps).astype("float32").reshape(-1, *[1] * (images.ndim - 1))

    def on_the_way(image: np.ndarray) -> np.ndarray:
        return baseline + shares * (image - baseline)

    return (images - baseline) * mean_gradient(view, images, view.classes(classes, images), on_the_way, batch_size)
