"""Climb a class's score until the network is fooled."""

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from cnnkit.attack.bounds import Range, check_range
from cnnkit.gradients import direction, value_and_gradient
from cnnkit.model_view import BATCH, ModelView, view_of


class Climb(NamedTuple):
    """What `targeted_climb` found.

    Args:
        images: float32, in the shape of those at the start.
        steps: (n,), taken for each.
        fooled: (n,), True where the target is predicted.
    """

    images: np.ndarray
    steps: np.ndarray
    fooled: np.ndarray


def targeted_climb(
    model: keras.Model,
    images: Any,
    targets: Any,
    *,
    step_size: float = 0.05,
    steps: int = 500,
    value_range: Range = (0.0, 1.0),
    batch_size: int = BATCH,
) -> Climb:
    """Any images, changed by gradient ascent on the score of a class of your choice until it is predicted.

    The score is the target's logit. Each image stops by itself, at the first step where its largest logit is the
    target's. Look at 10 * (climb.images - images).

    Args:
        model: a Keras model with one input and one output, with or without a softmax or sigmoid at its end.
        images: a batch, with values in value_range.
        targets: the class to be predicted, one for all or (n,).
        step_size: Euclidean length of a step, in the units of the pixels.
        steps: at most so many.
        value_range: (lowest, highest) pixel.
        batch_size: how many images are computed at once.

    Returns:
        A `Climb`.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Lecture L4, adversarial examples; Szegedy et al., "Intriguing properties of neural networks", 2014.

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    >>> model.set_weights([np.array([[0, 3], [0, -4]]), np.zeros(2)])
    >>> climb = targeted_climb(model, np.array([[0.5, 0.7]]), 1, step_size=0.1)
    >>> climb.steps.item(), climb.fooled.item(), climb.images.round(2).tolist()
    (3, True, [[0.6800000071525574, 0.46000000834465027]])
    """
    if not step_size > 0 or steps < 0:
        raise ValueError(f"step_size is more than 0 and steps 0 or more, and received {step_size!r} and {steps!r}")
    view = view_of(model)
    images = view.images(images)
    check_range(images, value_range)
    arrays = images, view.classes(targets, images), np.float32(step_size), np.int32(steps)
    climbed = view.run_in_batches(_climb, *arrays, *np.array(value_range, "float32"), batch_size=batch_size)
    return Climb(*climbed)


def _climb(view: ModelView, x: Any, targets: Any, step_size: Any, steps: Any, low: Any, high: Any) -> Any:
    def unfooled(x: Any) -> Any:
        return ops.cast(ops.argmax(view.logits(x), axis=1), "int32") != targets

    def goes_on(number: Any, x: Any, taken: Any, climbing: Any) -> Any:
        return (number < steps) & ops.any(climbing)

    def step(number: Any, x: Any, taken: Any, climbing: Any) -> Any:
        gradient = value_and_gradient(lambda x: view.scores(x, targets), x)[1]
        moved = ops.clip(x + step_size * direction(gradient), low, high)
        x = ops.where(ops.reshape(climbing, (-1, *[1] * (len(x.shape) - 1))), moved, x)
        return number + 1, x, taken + ops.cast(climbing, "int32"), climbing & unfooled(x)

    climbing = unfooled(x)
    start = ops.zeros_like(steps), x, ops.zeros_like(targets), climbing
    _, x, taken, climbing = ops.while_loop(goes_on, step, start)
    return x, taken, ops.logical_not(climbing)
