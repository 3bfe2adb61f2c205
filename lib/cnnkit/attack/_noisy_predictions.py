"""Predictions under noise, as a defence."""

from typing import Any

import keras
import numpy as np

from cnnkit.model_view import BATCH, logits


def noisy_predictions(
    model: keras.Model, images: Any, sigma: float, *, samples: int = 32, seed: int = 0, batch_size: int = BATCH
) -> np.ndarray:
    """Which class a network predicts for how many noisy copies of each image; take the argmax.

    Args:
        model: a Keras model with one input and one output, with or without a softmax or sigmoid at its end.
        images: a batch.
        sigma: of the normal noise, in the units of the pixels.
        samples: copies of each.
        seed: fixes the noise, which is the same for all images. A network that was trained with such noise
            (keras.layers.GaussianNoise) bears it better.
        batch_size: how many images are computed at once.

    Returns:
        float32 (n, classes), shares that sum to 1.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Cohen, Rosenfeld, Kolter, "Certified adversarial robustness via randomized smoothing", 2019, section 3.

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, kernel_initializer="identity")])
    >>> noisy_predictions(model, np.array([[1.0, 0.0]]), sigma=0.1).tolist()
    [[1.0, 0.0]]
    """
    if sigma < 0 or samples < 1:
        raise ValueError(f"sigma is 0 or more and samples 1 or more, and received {sigma!r} and {samples!r}")
    images = np.asarray(images, "float32")
    rng, votes = np.random.default_rng(seed), np.zeros((), "float32")
    for _ in range(samples):
        noise = np.float32(sigma) * rng.standard_normal(images.shape[1:], "float32")
        scores = logits(model, images + noise, batch_size=batch_size)
        votes = votes + np.eye(scores.shape[1], dtype="float32")[scores.argmax(axis=1)]
    return votes / np.float32(samples)
