"""Images that a unit, a channel or a class answers to most."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from cnnkit.gradients import direction, value_and_gradient
from cnnkit.model_view import BATCH, ModelView, view_of

Unit = int | Sequence[int]


def activation_maximization(
    model: keras.Model,
    units: Unit | Sequence[Unit],
    layer: str | None = None,
    *,
    rho: float = 10.0,
    center: float = 0.0,
    steps: int = 200,
    rate: float = 0.1,
    jitter: int = 0,
    blur: float = 0.0,
    seed: int = 0,
    batch_size: int = BATCH,
) -> np.ndarray:
    """An image for each unit, made by gradient ascent, with |image - center| = rho.

    Args:
        model: a Keras model with one input and one output, with or without a softmax or sigmoid at its end.
        units: a class, or a channel of the layer, whose mean over the map is climbed; or (row, column, channel) for one
            unit of a map; or a list of these, all of one kind, climbed side by side.
        layer: name; None for classes, whose logit is climbed.
        rho: the Euclidean norm.
        center: the value around which the image moves: 0.5 for pixels from 0 to 1.
        steps: each goes rate * rho along the gradient, scaled to norm 1, and back to the sphere.
        rate: length of a step, as a share of rho.
        jitter: the image is shifted by up to so many pixels, around its edges, before each step, and back after.
        blur: sigma in pixels of a Gaussian blur after each step; 0 for none. Both make pictures smoother.
        seed: fixes the noise from which the ascent starts, the same for all units, and the shifts.
        batch_size: how many images are computed at once.

    Returns:
        float32 (number of units, height, width, channels), without the first axis for one unit.

    Raises:
        ValueError: for arguments that do not fit, and for a model whose input size is not known.

    References:
        Erhan, Bengio, Courville, Vincent, "Visualizing higher-layer features of a deep network", 2009, equation 1;
        lecture L4, activation maximization.

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    >>> model.set_weights([np.array([[3], [4]]), np.zeros(1)])
    >>> activation_maximization(model, 1, rho=10).round(4).tolist()
    [6.0, 8.0]
    """
    view = view_of(model)
    shape = view.input_shape()
    layer = None if layer is None else view.layer(layer)
    targets, single = _targets(view, units, layer)
    noise = np.random.default_rng(seed).standard_normal((1, *shape), "float32")
    if layer is None:
        view.check_logits(noise)
    start = np.repeat(noise, len(targets), axis=0)
    norms = np.full(len(targets), rho, "float32")
    climbed = _climb(view, start, targets, norms, layer, center, steps, rate, jitter, blur, seed, batch_size)
    return climbed[0] if single else climbed


def feature_map_maximization(
    model: keras.Model,
    images: Any,
    layer: str,
    channel: int | None = None,
    *,
    center: float = 0.0,
    steps: int = 50,
    rate: float = 0.02,
    jitter: int = 0,
    blur: float = 0.0,
    seed: int = 0,
    batch_size: int = BATCH,
) -> np.ndarray:
    """Images changed so that they show more of what a layer sees in them.

    Args:
        model, center, steps, rate, jitter, blur, seed, batch_size: as for `activation_maximization`.
        images: a batch, from which the ascent starts; each keeps its own |image - center|.
        layer: name.
        channel: the one whose mean is climbed; None for the mean square of all channels.

    Returns:
        float32 in the images' shape.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Mordvintsev, Olah, Tyka, "Inceptionism", 2015; lecture L4, intermediate feature maps.

    Example:

    >>> model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(2, 3, name="c"), keras.layers.Flatten()])
    >>> feature_map_maximization(model, np.ones((3, 4, 4, 1)), "c", 1).shape
    (3, 4, 4, 1)
    """
    view = view_of(model)
    images = view.images(images)
    layer = view.layer(layer)
    targets = np.zeros((len(images), 0), "int32")
    if channel is not None:
        targets = np.repeat(_targets(view, channel, layer)[0], len(images), axis=0)
    norms = np.linalg.norm((images - center).reshape(len(images), -1), axis=1).astype("float32")
    return _climb(view, images - center, targets, norms, layer, center, steps, rate, jitter, blur, seed, batch_size)


def _targets(view: ModelView, units: Any, layer: str | None) -> tuple[np.ndarray, bool]:
    """A row for each unit, (channel,) or (row, column, channel), and whether one was meant."""
    shape = view.output_shape(layer)[1:]
    kind = "(row, column, channel)" if len(shape) == 3 else "one number"
    array = np.asarray(units)
    single = array.ndim == 0 or (isinstance(units, tuple) and len(shape) == 3 and array.shape == (3,))
    rows = array.reshape(1, -1) if single else array.reshape(len(array), -1) if array.size else array
    whole = rows.ndim == 2 and rows.dtype.kind in "iu" and rows.shape[1] in ({1, 3} if len(shape) == 3 else {1})
    limits = np.array(shape[-rows.shape[1] :]) if whole else None
    if not whole or (rows < 0).any() or (rows >= limits).any():
        raise ValueError(
            f"units of {layer or 'the classes'}, of shape {shape}, are channels or {kind}, and received {units!r}"
        )
    return rows.astype("int32"), single


def _climb(
    view: ModelView,
    start: np.ndarray,
    targets: np.ndarray,
    norms: np.ndarray,
    layer: str | None,
    center: float,
    steps: int,
    rate: float,
    jitter: int,
    blur: float,
    seed: int,
    batch_size: int,
) -> np.ndarray:
    if steps < 0 or jitter < 0 or blur < 0 or not (norms > 0).all():
        raise ValueError(
            "steps, jitter and blur are 0 or more, rho and the images' norms more than 0, and received "
            f"steps={steps!r}, jitter={jitter!r}, blur={blur!r}, the least norm {norms.min()}"
        )
    if (jitter or blur) and start.ndim != 4:
        raise ValueError(f"jitter and blur need images (n, height, width, channels), and received {start.shape}")
    shifts = np.random.default_rng(seed).integers(-jitter, jitter + 1, (max(steps, 1), 2), "int32")
    kernel = _gaussian(blur, min(start.shape[1:3])) if blur else np.zeros(1, "float32")
    fixed = {"layer": layer, "jitter": jitter > 0, "blur": blur > 0}

    parts = []
    for first in range(0, len(start), batch_size):
        rows = slice(first, first + batch_size)
        arrays = (
            start[rows],
            targets[rows],
            norms[rows],
            np.float32(center),
            np.int32(steps),
            shifts,
            np.float32(rate),
            kernel,
        )
        parts.append(view.run(_ascent, *arrays, **fixed))
    return np.concatenate(parts)


def _ascent(
    view: ModelView,
    x: Any,
    targets: Any,
    norms: Any,
    center: Any,
    steps: Any,
    shifts: Any,
    rate: Any,
    kernel: Any,
    layer: str | None,
    jitter: bool,
    blur: bool,
) -> Any:
    """The whole climb, as one graph. x is the image less the center."""
    norms = ops.reshape(norms, (-1, *[1] * (len(x.shape) - 1)))

    def step(number: Any, x: Any) -> Any:
        if jitter:
            shift = ops.take(shifts, number, axis=0)
            x = _rolled(x, shift)
        gradient = value_and_gradient(lambda x: _activation(view, x + center, targets, layer), x)[1]
        x = x + rate * norms * direction(gradient)
        if jitter:
            x = _rolled(x, -shift)
        if blur:
            x = _blurred(x, kernel)
        return norms * direction(x)

    return ops.fori_loop(0, steps, step, norms * direction(x)) + center


def _activation(view: ModelView, x: Any, targets: Any, layer: str | None) -> Any:
    outputs = view.logits(x) if layer is None else view.outputs_of(x, layer)
    if targets.shape[1] == 0:
        return ops.mean(ops.square(outputs), axis=tuple(range(1, len(outputs.shape))))
    places = tuple(range(1, len(outputs.shape) - 1))
    if targets.shape[1] == 1:
        chosen = ops.mean(outputs, axis=places) if places else outputs
        index = targets
    else:
        _, height, width, channels = outputs.shape
        chosen = ops.reshape(outputs, (-1, height * width * channels))
        index = (targets[:, :1] * width + targets[:, 1:2]) * channels + targets[:, 2:]
    return ops.take_along_axis(chosen, index, axis=1)[:, 0]


def _rolled(x: Any, shift: Any) -> Any:
    """Shifted around the edges; unlike ops.roll by as much as a tensor says."""
    for axis in (1, 2):
        size = x.shape[axis]
        x = ops.take(x, ops.mod(ops.arange(size, dtype="int32") - shift[axis - 1], size), axis=axis)
    return x


def _gaussian(sigma: float, size: int) -> np.ndarray:
    reach = min(max(1, round(3 * sigma)), (size - 1) // 2)
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    return (weights / weights.sum()).astype("float32")


def _blurred(x: Any, kernel: Any) -> Any:
    """Along both axes, the border repeated."""
    reach, channels = kernel.shape[0] // 2, x.shape[3]
    for axis in (1, 2):
        first, last = (ops.take(x, ops.full((reach,), place, "int32"), axis=axis) for place in (0, x.shape[axis] - 1))
        x = ops.concatenate([first, x, last], axis=axis)
        line = ops.reshape(kernel, (-1, 1, 1, 1) if axis == 1 else (1, -1, 1, 1))
        x = ops.depthwise_conv(x, ops.tile(line, (1, 1, channels, 1)), padding="valid", data_format="channels_last")
    return x
