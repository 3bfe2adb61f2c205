"""Do adversarial images made for one network fool another?"""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from cnnkit.model_view import BATCH, logits


def fooled(model: keras.Model, images: Any, classes: Any, *, batch_size: int = BATCH) -> np.ndarray:
    """Where the model predicts another class than this one.

    Args:
        model: a Keras model with one input and one output, with or without a softmax or sigmoid at its end.
        images: a batch.
        classes: the true ones, one for all or (n,).
        batch_size: how many images are computed at once.

    Returns:
        bool (n,).

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, kernel_initializer="identity")])
    >>> fooled(model, np.array([[1.0, 0.0], [0.0, 1.0]]), classes=0).tolist()
    [False, True]
    """
    predicted = logits(model, images, batch_size=batch_size).argmax(axis=1)
    classes = np.asarray(classes)
    if classes.shape not in ((), predicted.shape):
        raise ValueError(f"classes are one, or one for each of {len(predicted)} images, and received {classes.shape}")
    return predicted != classes


def transfer(
    models: Mapping[str, keras.Model],
    images: Any,
    classes: Any,
    attack: Callable[[keras.Model, Any, Any], np.ndarray],
    *,
    batch_size: int = BATCH,
) -> dict[str, dict[str, float]]:
    """How often images made to fool one network fool each of the others.

    Args:
        models: networks of the same classes by their names.
        images, classes: a batch and its true classes, (n,).
        attack: makes images from (model, images, classes): `lambda m, x, y: fgsm(m, x, y, 0.03)`.
        batch_size: how many images are computed at once.

    Returns:
        {made for: {tried on: share}}; the share is among the images that both predict rightly before the attack, NaN
        where there are none.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Szegedy et al., "Intriguing properties of neural networks", 2014, section 4.2.

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, kernel_initializer="identity")])
    >>> transfer({"one": model, "same": model}, np.array([[0.6, 0.4]]), np.array([0]), lambda m, x, y: x[:, ::-1])
    {'one': {'one': 1.0, 'same': 1.0}, 'same': {'one': 1.0, 'same': 1.0}}
    """
    classes = np.asarray(classes)
    right = {name: ~fooled(model, images, classes, batch_size=batch_size) for name, model in models.items()}
    shares: dict[str, dict[str, float]] = {}
    for source, model in models.items():
        made = attack(model, images, classes)
        shares[source] = {}
        for name, other in models.items():
            both = right[source] & right[name]
            hits = fooled(other, made, classes, batch_size=batch_size)[both]
            shares[source][name] = float(hits.mean()) if len(hits) else float("nan")
    return shares
