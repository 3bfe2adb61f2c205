"""Saliency by the gradient of a class's score."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from cnnkit.gradients import value_and_gradient
from cnnkit.model_view import BATCH, ModelView, view_of


def class_gradient(view: ModelView, x: Any, classes: Any) -> Any:
    """Of tensors, to be run by a view: the gradient of each image's score for the image."""
    return value_and_gradient(lambda x: view.scores(x, classes), x)[1]


def mean_gradient(
    view: ModelView,
    images: np.ndarray,
    classes: np.ndarray,
    variants: Callable[[np.ndarray], np.ndarray],
    batch_size: int,
) -> np.ndarray:
    """The mean of the gradients at an image's variants, for each image; variants(image) is a batch."""
    means = []
    for image, of_class in zip(images, classes, strict=True):
        batch = variants(image)
        gradients = view.run_in_batches(
            class_gradient, batch, np.full(len(batch), of_class, "int32"), batch_size=batch_size
        )
        means.append(gradients.mean(axis=0, dtype="float64"))
    return np.array(means, "float32")


def gradient(model: keras.Model, images: Any, classes: Any = None, *, batch_size: int = BATCH) -> np.ndarray:
    """How much the score of a class rises with each value of the image.

    Args:
        model: a Keras model with one input and one output, with or without a softmax or sigmoid at its end.
        images: a batch, (n, height, width, channels) or whatever the model takes.
        classes: one for all images or one for each, (n,); those predicted where None. The score is the logit, before a
            softmax.
        batch_size: how many images are computed at once.

    Returns:
        float32 in the images' shape.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Simonyan, Vedaldi, Zisserman, "Deep inside convolutional networks", 2014, section 3; lecture L4.

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "softmax")])
    >>> model.set_weights([np.array([[1, 2], [3, 4]]), np.zeros(2)])
    >>> gradient(model, np.zeros((1, 2)), classes=1).tolist()
    [[2.0, 4.0]]
    """
    view = view_of(model)
    images = view.images(images)
    return view.run_in_batches(class_gradient, images, view.classes(classes, images), batch_size=batch_size)


def input_times_gradient(
    model: keras.Model, images: Any, classes: Any = None, *, batch_size: int = BATCH
) -> np.ndarray:
    """`gradient` times the image: of a linear network, what each value adds to the score.

    Args:
        model, images, classes, batch_size: as for `gradient`.

    Returns:
        As `gradient`.

    References:
        Shrikumar, Greenside, Shcherbina, Kundaje, "Not just a black box", 2016.

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "softmax")])
    >>> model.set_weights([np.array([[1, 2], [3, 4]]), np.zeros(2)])
    >>> input_times_gradient(model, np.array([[10.0, 1.0]]), classes=1).tolist()
    [[20.0, 4.0]]
    """
    return gradient(model, images, classes, batch_size=batch_size) * np.asarray(images, "float32")
