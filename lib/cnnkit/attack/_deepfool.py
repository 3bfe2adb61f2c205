"""DeepFool: about the nearest image of another class."""

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from cnnkit.attack.bounds import Range, check_range
from cnnkit.gradients import direction, length, value_and_gradient
from cnnkit.model_view import ModelView, view_of


class Nearest(NamedTuple):
    """What `deepfool` found.

    Args:
        images: float32, in the shape of those at the start.
        distances: (n,), Euclidean, to the boundary where it was crossed.
        fooled: (n,), True where the class changed.
    """

    images: np.ndarray
    distances: np.ndarray
    fooled: np.ndarray


def deepfool(
    model: keras.Model,
    images: Any,
    *,
    steps: int = 50,
    overshoot: float = 0.02,
    candidates: int = 10,
    value_range: Range | None = (0.0, 1.0),
    batch_size: int = 16,
) -> Nearest:
    """Each image moved to the nearest boundary of its predicted class, by linear approximation, step by step.

    An image for which no class's score has a slope, of a dead ReLU or a head of zeros, stays as it is, not fooled.

    Args:
        model: a Keras model with one input and one output, with or without a softmax or sigmoid at its end.
        images: a batch.
        steps: at most so many.
        overshoot: share of the way by which the boundary is crossed in the end.
        candidates: how many of the classes with the largest logits are looked at.
        value_range: of the pixels, held exactly; None for no range.
        batch_size: how many images are computed at once.

    Returns:
        The images and the distances, which hold no overshoot: for an affine classifier of two classes it is |f| /
        ||w||, but for rounding, where value_range does not cut it.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Moosavi-Dezfooli, Fawzi, Frossard, "DeepFool", 2016, algorithm 2 and equation 3.

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    >>> model.set_weights([np.array([[3], [4]]), np.zeros(1)])
    >>> deepfool(model, np.array([[3.0, 4.0]]), value_range=None).distances.round(4).item()
    5.0
    """
    if steps < 1 or overshoot < 0 or candidates < 2:
        raise ValueError(
            "steps is 1 or more, overshoot 0 or more, candidates 2 or more, "
            f"and received {steps!r}, {overshoot!r}, {candidates!r}"
        )
    view = view_of(model)
    images = view.images(images)
    view.check_logits(images)
    limits = (-np.inf, np.inf)
    if value_range is not None:
        check_range(images, value_range)
        limits = value_range
    arrays = images, np.int32(steps), np.float32(overshoot), *np.array(limits, "float32")
    moved, way, fooled = view.run_in_batches(_to_boundary, *arrays, batch_size=batch_size, candidates=candidates)
    distances = np.linalg.norm(way.reshape(len(way), -1).astype("float64"), axis=1)
    return Nearest(moved, distances.astype("float32"), fooled)


def _to_boundary(view: ModelView, images: Any, steps: Any, overshoot: Any, low: Any, high: Any, candidates: int) -> Any:
    """Moved images, the way to the boundary, and whether the class changed."""
    logits = view.logits(images)
    # The predicted class and those next to it, (n, candidates), looked at all at once.
    looked_at = ops.cast(ops.argsort(-logits, axis=1)[:, :candidates], "int32")
    predicted = looked_at[:, 0]
    ones = [1] * (len(images.shape) - 1)
    nudge = 1e-6 * (1 + length(images))  # over the boundary, in the units of the pixels

    def crossed(x: Any) -> Any:
        return ops.cast(ops.argmax(view.logits(x), axis=1), "int32") != predicted

    def at(way: Any) -> Any:
        return ops.clip(images + (1 + overshoot) * way, low, high)

    def goes_on(number: Any, way: Any, going: Any) -> Any:
        return (number < steps) & ops.any(going)

    def step(number: Any, way: Any, going: Any) -> Any:
        x = ops.clip(images + way, low, high)
        scores, gradients = _scores_and_gradients(view, x, looked_at)
        gaps = ops.abs(scores[:, 1:] - scores[:, :1])  # by which each class is behind
        slopes = gradients[:, 1:] - gradients[:, :1]
        rows = ops.reshape(slopes, (-1, *images.shape[1:]))
        lengths = ops.reshape(length(rows), ops.shape(gaps))
        # A flat score leads nowhere, however near it is.
        distances = ops.where(lengths > 0, gaps / ops.where(lengths > 0, lengths, 1.0), np.inf)
        nearest = ops.argmin(distances, axis=1)[:, None]
        distance = ops.reshape(ops.take_along_axis(distances, nearest, axis=1), (-1, *ones))
        directions = ops.reshape(direction(rows), ops.shape(slopes))
        towards = ops.take_along_axis(directions, ops.reshape(nearest, (-1, 1, *ones)), axis=1)[:, 0]
        going = going & (ops.reshape(distance, (-1,)) < np.inf)
        moves = ops.reshape(going, (-1, *ones))
        further = way + ops.where(moves, distance + nudge, 0.0) * towards
        way = ops.where(moves, ops.clip(images + further, low, high) - images, way)
        return number + 1, way, going & ops.logical_not(crossed(at(way)))

    start = ops.zeros_like(steps), ops.zeros_like(images), ops.ones_like(predicted, dtype="bool")
    way = ops.while_loop(goes_on, step, start)[1]
    return at(way), way, crossed(at(way))


def _scores_and_gradients(view: ModelView, x: Any, classes: Any) -> tuple[Any, Any]:
    """(n, k) logits of these classes, and their gradients (n, k, ...), from n * k images at once."""
    many = classes.shape[1]
    shape = x.shape[1:]
    scores, gradients = value_and_gradient(
        lambda x: view.scores(x, ops.reshape(classes, (-1,))), ops.repeat(x, many, axis=0)
    )
    return ops.reshape(scores, (-1, many)), ops.reshape(gradients, (-1, many, *shape))
