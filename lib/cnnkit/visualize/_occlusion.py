"""Which parts of an image matter, by covering them."""

from collections.abc import Sequence
from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from cnnkit.model_view import BATCH, ModelView, view_of

Size = int | Sequence[int]


def occlusion(
    model: keras.Model,
    images: Any,
    classes: Any = None,
    *,
    window: Size = 8,
    stride: Size | None = None,
    fill: Any = None,
    of: Literal["probability", "logit"] = "probability",
    batch_size: int = 2 * BATCH,
) -> np.ndarray:
    """How much the score of a class falls when a window of the image is covered, for each place of the window.

    Args:
        model, classes, batch_size: as for `gradient`.
        images: (n, height, width, channels), in any range.
        window: edge of the window in pixels, or (height, width).
        stride: its step, likewise; as large as the window where None.
        fill: what covers: a number, an array that broadcasts to one image, or None for each image's own mean colour.
        of: what falls.

    Returns:
        float32 (n, rows, columns): the fall with the window's top left corner at (row * stride, column * stride).
        Windows cover the whole image; at the right and at the bottom one may stick out, and covers what is there.
        `occlusion_map` brings this to the image's size.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Zeiler, Fergus, "Visualizing and understanding convolutional networks", 2014, section 4.2; lecture L4.

    Example:

    >>> model = keras.Sequential([keras.Input((2, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(2)])
    >>> model.set_weights([np.ones((8, 2)), np.zeros(2)])
    >>> occlusion(model, np.arange(8).reshape(1, 2, 4, 1), 0, window=2, fill=0, of="logit").tolist()
    [[[10.0, 18.0]]]
    """
    if of not in ("probability", "logit"):
        raise ValueError(f'of is "probability" or "logit", and received {of!r}')
    view = view_of(model)
    images = view.images(images, spatial=True)
    height, width = _pair("window", window)
    down, right = (height, width) if stride is None else _pair("stride", stride)
    tops, lefts = _starts(images.shape[1], height, down), _starts(images.shape[2], width, right)
    classes = view.classes(classes, images)
    fills = images.mean(axis=(1, 2), keepdims=True) if fill is None else _like(fill, images)

    top, left = (grid.ravel() for grid in np.meshgrid(tops, lefts, indexing="ij"))
    corners = np.stack([top, left, top + height, left + width], axis=1)
    batches = -(-(len(corners) + 1) // batch_size)
    size = -(-(len(corners) + 1) // batches)
    # Empty windows, which cover nothing: the first gives the whole image's score, the last make all batches equal.
    corners = np.pad(corners, ((1, batches * size - 1 - len(corners)), (0, 0)))
    falls = []
    for image, colour, of_class in zip(images, fills, classes, strict=True):
        scores = np.concatenate(
            [view.run(_covered_scores, image, colour, of_class, part, of=of) for part in np.split(corners, batches)]
        )
        falls.append(scores[0] - scores[1 : len(top) + 1])
    return np.array(falls).reshape(len(images), len(tops), len(lefts))


def occlusion_map(falls: Any, size: tuple[int, int], *, window: Size = 8, stride: Size | None = None) -> np.ndarray:
    """For each pixel, the mean fall over the windows that covered it.

    Args:
        falls: of `occlusion`, (n, rows, columns).
        size: (height, width) of the images.
        window, stride: as given to `occlusion`.

    Returns:
        float32 (n, height, width).

    Raises:
        ValueError: where these do not fit to one another.

    Example:

    >>> occlusion_map(np.array([[[10.0, 18.0]]]), (2, 4), window=2).tolist()
    [[[10.0, 10.0, 18.0, 18.0], [10.0, 10.0, 18.0, 18.0]]]
    """
    falls = np.asarray(falls, "float64")
    edges = _pair("window", window)
    steps = edges if stride is None else _pair("stride", stride)
    covers = []
    for length, edge, step in zip(size, edges, steps, strict=True):
        starts = np.array(_starts(length, edge, step))[:, None]
        places = np.arange(length)
        covers.append(((places >= starts) & (places < starts + edge)).astype("float64"))
    rows, columns = covers
    if falls.ndim != 3 or falls.shape[1:] != (len(rows), len(columns)):
        raise ValueError(
            f"images of {size} have (n, {len(rows)}, {len(columns)}) windows of {edges} by {steps}, "
            f"and received {falls.shape}"
        )
    count = np.outer(rows.sum(axis=0), columns.sum(axis=0))
    sums = np.einsum("nrc,ry,cx->nyx", falls, rows, columns)
    return np.divide(sums, count, out=np.zeros_like(sums), where=count > 0).astype("float32")


def _covered_scores(view: ModelView, image: Any, colour: Any, of_class: Any, corners: Any, of: str) -> Any:
    """The class's score for the image, covered between the corners (top, left, bottom, right) of each row."""
    top, left, bottom, right = (ops.reshape(corners[:, side], (-1, 1, 1, 1)) for side in range(4))
    y = ops.reshape(ops.arange(image.shape[0], dtype="int32"), (1, -1, 1, 1))
    x = ops.reshape(ops.arange(image.shape[1], dtype="int32"), (1, 1, -1, 1))
    covered = (y >= top) & (y < bottom) & (x >= left) & (x < right)
    images = ops.where(covered, colour, image)
    return ops.take(view.logits(images) if of == "logit" else view.probabilities(images), of_class, axis=1)


def _pair(name: str, size: Size) -> tuple[int, int]:
    pair = (size, size) if isinstance(size, (int, np.integer)) else tuple(size)
    if len(pair) != 2 or not all(isinstance(edge, (int, np.integer)) and edge > 0 for edge in pair):
        raise ValueError(f"{name} is a whole number from 1 on, or (height, width), and received {size!r}")
    return int(pair[0]), int(pair[1])


def _starts(length: int, window: int, stride: int) -> range:
    """Where windows begin, so that the last one reaches the end."""
    return range(0, max(length - window, 0) + stride, stride)


def _like(fill: Any, images: np.ndarray) -> np.ndarray:
    array = np.asarray(fill, "float32")
    try:
        return np.broadcast_to(array, images.shape)
    except ValueError:
        raise ValueError(
            f"fill is a number or broadcasts to one image, {images.shape[1:]}, and received shape {array.shape}"
        ) from None
