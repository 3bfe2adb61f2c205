"""One change that fools a network on most images."""

from typing import Any

import keras
import numpy as np
from keras import ops

from cnnkit.attack._margin import margin
from cnnkit.attack.bounds import Range, box, check_epsilon, check_range
from cnnkit.gradients import value_and_gradient
from cnnkit.model_view import BATCH, ModelView, view_of


def universal_perturbation(
    model: keras.Model,
    images: Any,
    classes: Any,
    epsilon: float,
    *,
    epochs: int = 10,
    step_size: float | None = None,
    value_range: Range = (0.0, 1.0),
    seed: int = 0,
    batch_size: int = BATCH,
) -> np.ndarray:
    """A change, at most epsilon for each value, that takes as many of the images as possible from their class.

    Climbs, by signs, the mean over a minibatch of log sigmoid(margin): an image that is fooled already counts little.

    Args:
        model: a Keras model with one input and one output, with or without a softmax or sigmoid at its end.
        images: a batch, with values in value_range.
        classes: the true ones, (n,) or one for all.
        epsilon: the largest change of a value, in the units of the pixels.
        epochs: passes over the images, in an order that `seed` fixes.
        step_size: of one value in one step; epsilon / 5 where None.
        value_range: (lowest, highest) pixel.
        seed: fixes the order of the images.
        batch_size: how many images are computed at once.

    Returns:
        float32 in one image's shape, within epsilon exactly; `perturbed` adds it to images.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Moosavi-Dezfooli, Fawzi, Fawzi, Frossard, "Universal adversarial perturbations", 2017, for the idea; Shafahi et
        al., "Universal adversarial training", 2020, algorithm 2.

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    >>> model.set_weights([np.array([[3], [-4]]), np.zeros(1)])
    >>> universal_perturbation(model, np.full((5, 2), 0.5), 0, epsilon=0.25).tolist()
    [0.25, -0.25]
    """
    view = view_of(model)
    images = view.images(images)
    classes = view.classes(classes, images)
    check_range(images, value_range)
    low, high = box(np.zeros(images.shape[1:], "float32"), epsilon, (-np.inf, np.inf))
    step_size = epsilon / 5 if step_size is None else step_size
    rng, change = np.random.default_rng(seed), np.zeros_like(low)
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for first in range(0, len(order), batch_size):
            some = order[first : first + batch_size]
            arrays = change, images[some], classes[some], *np.array(value_range, "float32")
            change = np.clip(change + np.float32(step_size) * view.run(_ascent_signs, *arrays), low, high)
    return change


def perturbed(images: Any, change: Any, epsilon: float, value_range: Range = (0.0, 1.0)) -> np.ndarray:
    """images + change, within epsilon of the images and within value_range, both exactly.

    Args:
        images: a batch with values in value_range.
        change: of one image's shape, or of the batch's.
        epsilon: the largest change of a value, in the units of the pixels.
        value_range: (lowest, highest) pixel.

    Returns:
        float32 in the images' shape.

    Example:

    >>> perturbed(np.array([[0.0, 0.9]]), np.array([-0.25, 0.25]), 0.25).tolist()
    [[0.0, 1.0]]
    """
    check_epsilon(epsilon)
    images = np.asarray(images, "float32")
    return np.clip(images + np.asarray(change, "float32"), *box(images, epsilon, value_range))


def _ascent_signs(view: ModelView, change: Any, x: Any, classes: Any, low: Any, high: Any) -> Any:
    def gain(changes: Any) -> Any:
        return ops.log_sigmoid(margin(view.logits(ops.clip(x + changes, low, high)), classes))

    changes = ops.zeros_like(x) + change
    return ops.sign(ops.sum(value_and_gradient(gain, changes)[1], axis=0))
