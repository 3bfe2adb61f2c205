"""Projected gradient descent: many small steps."""

from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from cnnkit.attack._margin import margin_gradient
from cnnkit.attack.bounds import Range, ball, box
from cnnkit.gradients import direction, length
from cnnkit.model_view import BATCH, ModelView, view_of


def pgd(
    model: keras.Model,
    images: Any,
    classes: Any,
    epsilon: float,
    *,
    norm: Literal["linf", "l2"] = "linf",
    steps: int = 10,
    step_size: float | None = None,
    random_start: bool = False,
    targeted: bool = False,
    value_range: Range = (0.0, 1.0),
    seed: int = 0,
    batch_size: int = BATCH,
) -> np.ndarray:
    """The images changed step by step, and brought back after each to within epsilon and value_range.

    Args:
        model, batch_size: as for `fgsm`.
        images, classes, epsilon, targeted, value_range: as for `fgsm`; with one step and no random start it is `fgsm`.
        norm: what epsilon bounds: "linf", the largest change of a value, or "l2", the Euclidean norm of an image's
            change.
        steps: number of steps.
        step_size: 2.5 * epsilon / steps where None, epsilon at most.
        random_start: begin at a random place within epsilon instead of at the image.
        seed: fixes that place.

    Returns:
        float32 in the images' shape, within epsilon of the images and within value_range, both exactly.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Madry, Makelov, Schmidt, Tsipras, Vladu, "Towards deep learning models resistant to adversarial attacks", 2018,
        section 2.1; Kurakin, Goodfellow, Bengio, "Adversarial examples in the physical world", 2017.

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid")])
    >>> model.set_weights([np.array([[3], [-4]]), np.zeros(1)])
    >>> pgd(model, np.array([[0.5, 0.5]]), classes=0, epsilon=0.25, norm="l2").round(3).tolist()
    [[0.6499999761581421, 0.30000001192092896]]
    """
    if norm not in ("linf", "l2"):
        raise ValueError(f'norm is "linf" or "l2", and received {norm!r}')
    if steps < 1:
        raise ValueError(f"steps is 1 or more, and received {steps!r}")
    view = view_of(model)
    images = view.images(images)
    classes = view.classes(classes, images)
    low, high = box(images, epsilon, value_range)
    if step_size is None:
        step_size = epsilon * min(1.0, 2.5 / steps)
    start = _random_start(images, epsilon, norm, seed) if random_start else images
    changed = view.run_in_batches(
        _climb,
        np.clip(start, low, high),
        images,
        low,
        high,
        classes,
        np.float32(-step_size if targeted else step_size),
        np.float32(epsilon),
        np.int32(steps),
        batch_size=batch_size,
        norm=norm,
    )
    if norm == "l2":
        changed = ball(images, changed, epsilon)
    return np.clip(changed, low, high)


def _climb(
    view: ModelView,
    start: Any,
    images: Any,
    low: Any,
    high: Any,
    classes: Any,
    step_size: Any,
    epsilon: Any,
    steps: Any,
    norm: str,
) -> Any:
    """All steps, as one graph."""

    def step(_: Any, x: Any) -> Any:
        gradient = margin_gradient(view, x, classes)[1]
        if norm == "linf":
            return ops.clip(x + step_size * ops.sign(gradient), low, high)
        change = x + step_size * direction(gradient) - images
        change = direction(change) * ops.minimum(epsilon, length(change))
        return ops.clip(images + change, low, high)

    return ops.fori_loop(0, steps, step, start)


def _random_start(images: np.ndarray, epsilon: float, norm: str, seed: int) -> np.ndarray:
    """In the cube, or in the ball, each point of it as likely as any."""
    rng = np.random.default_rng(seed)
    if norm == "linf":
        return images + rng.uniform(-epsilon, epsilon, images.shape).astype("float32")
    flat = rng.standard_normal((len(images), images[0].size))
    radius = epsilon * rng.uniform(size=(len(images), 1)) ** (1 / flat.shape[1])
    change = radius * flat / np.linalg.norm(flat, axis=1, keepdims=True)
    return (images + change.reshape(images.shape)).astype("float32")
