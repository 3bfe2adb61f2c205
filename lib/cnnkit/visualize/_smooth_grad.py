"""SmoothGrad."""

from typing import Any

import keras
import numpy as np

from cnnkit.model_view import BATCH, view_of
from cnnkit.visualize._gradient import mean_gradient


def smooth_grad(
    model: keras.Model,
    images: Any,
    classes: Any = None,
    *,
    sigma: float = 0.15,
    samples: int = 32,
    seed: int = 0,
    batch_size: int = BATCH,
) -> np.ndarray:
    """The mean of `gradient` over noisy copies of each image.

    The classes that are predicted are those of the images without noise.

    Args:
        model, images, classes, batch_size: as for `gradient`.
        sigma: of the normal noise, as a share of each image's own range from darkest to brightest value.
        samples: noisy copies of an image.
        seed: fixes the noise, which is the same for all images.

    Returns:
        float32 in the images' shape.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Smilkov, Thorat, Kim, Viégas, Wattenberg, "SmoothGrad: removing noise by adding noise", 2017.

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    >>> model.set_weights([np.array([[1, 2], [3, 4]]), np.zeros(2)])
    >>> smooth_grad(model, np.ones((1, 2)), classes=1).tolist()
    [[2.0, 4.0]]
    """
    if sigma < 0 or samples < 1:
        raise ValueError(f"sigma is 0 or more and samples 1 or more, and received {sigma!r} and {samples!r}")
    view = view_of(model)
    images = view.images(images)
    classes = view.classes(classes, images)
    noise = np.random.default_rng(seed).standard_normal((samples, *images.shape[1:]), "float32")

    def noisy(image: np.ndarray) -> np.ndarray:
        return image + np.float32(sigma * np.ptp(image)) * noise

    return mean_gradient(view, images, classes, noisy, batch_size)
