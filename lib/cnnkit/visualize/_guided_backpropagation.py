"""Guided backpropagation."""

from typing import Any

import keras
import numpy as np

from cnnkit.model_view import BATCH, view_of
from cnnkit.visualize._gradient import class_gradient


def guided_backpropagation(
    model: keras.Model, images: Any, classes: Any = None, *, batch_size: int = BATCH
) -> np.ndarray:
    """`gradient`, where each ReLU passes back only what is positive.

    ReLU is replaced by `cnnkit.layers.guided_relu` on the way, in each of its forms: a `ReLU` or `Activation` layer, an
    `activation=` of any layer, `keras.ops.relu` in the graph, with a maximum (ReLU6) or without, in nested models and
    inside layers. Not seen is a ReLU that a layer of one's own calls as a function.

    Args:
        model, images, classes, batch_size: as for `gradient`.

    Returns:
        As `gradient`.

    Raises:
        ValueError: for arguments that do not fit, and for a model without a graph.

    References:
        Springenberg, Dosovitskiy, Brox, Riedmiller, "Striving for simplicity", 2015, section 3.4; lecture L4. Read with
        Adebayo et al., "Sanity checks for saliency maps", 2018: it shows the image more than the class.

    Example:

    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2, "relu"), keras.layers.Dense(2)])
    >>> model.set_weights([np.ones((1, 2)), np.zeros(2), np.array([[5, 0], [-2, 0]]), np.zeros(2)])
    >>> guided_backpropagation(model, np.ones((1, 1)), classes=0).item()
    5.0
    """
    view = view_of(model, guided=True)
    images = view.images(images)
    return view.run_in_batches(class_gradient, images, view.classes(classes, images), batch_size=batch_size)
