"""The fast gradient sign method."""

from typing import Any

import keras
import numpy as np
from keras import ops

from cnnkit.attack._margin import margin_gradient
from cnnkit.attack.bounds import Range, box
from cnnkit.model_view import BATCH, ModelView, view_of


def fgsm(
    model: keras.Model,
    images: Any,
    classes: Any,
    epsilon: float,
    *,
    targeted: bool = False,
    value_range: Range = (0.0, 1.0),
    batch_size: int = BATCH,
) -> np.ndarray:
    """Each value of the images moved by epsilon in the direction that raises the loss: one step.

    The gradient is that of `margin`, taken on logits: the direction of the cross-entropy's, also where that vanishes.

    Args:
        model: a Keras model with one input and one output, with or without a softmax or sigmoid at its end.
        images: a batch, with values in value_range.
        classes: the true ones, (n,) or one for all; the classes to be predicted instead where targeted.
        epsilon: in the units of the pixels.
        targeted: whether `classes` are to be predicted, and not the true ones.
        value_range: (lowest, highest) pixel.
        batch_size: how many images are computed at once.

    Returns:
        float32 in the images' shape, within epsilon of the images and within value_range, both exactly.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Goodfellow, Shlens, Szegedy, "Explaining and harnessing adversarial examples", 2015, section 4; lecture L4.

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid")])
    >>> model.set_weights([np.array([[2], [-5]]), np.zeros(1)])
    >>> fgsm(model, np.array([[0.5, 0.5]]), classes=0, epsilon=0.25).tolist()
    [[0.75, 0.25]]
    """
    view = view_of(model)
    images = view.images(images)
    low, high = box(images, epsilon, value_range)
    signs = view.run_in_batches(_ascent_signs, images, view.classes(classes, images), batch_size=batch_size)
    signs = -signs if targeted else signs
    return np.where(signs > 0, high, np.where(signs < 0, low, images))


def _ascent_signs(view: ModelView, x: Any, classes: Any) -> Any:
    return ops.sign(margin_gradient(view, x, classes)[1])
