"""Images larger than a network can take at once."""

from itertools import product
from typing import Any

import numpy as np


def predict_tiled(
    model: Any,
    image: Any,
    tile: int | tuple[int, int] | None = None,
    margin: int | None = None,
    *,
    stride: int = 16,
    batch_size: int = 4,
) -> np.ndarray:
    """The network's outputs for an image of any size, put together of those for overlapping tiles.

    Beyond its border the image is mirrored.

    Without padding, or with a margin as far as the network sees, the result is what the network makes of the whole
    image, mirrored beyond its border. `unet` with padding "same" sees 6 * 2**depth pixels far, and hardly looks so far:
    a smaller margin is faster and leaves small seams.

    Args:
        model: a Keras model from (batch, height, width, channels) to (batch, height', width', classes). Where its
            outputs are smaller than its inputs, as those of `unet` with padding "valid", they are of the middle.
        image: (height, width, channels), an array, or what gives arrays when it is sliced, such as np.memmap; it is
            read tile by tile.
        tile: height and width of the model's input, or one number for both; by default the model's own.
        margin: pixels on each side of a tile's outputs that are not used, since they saw zeros in place of the image: a
            multiple of stride. By default 0 where outputs are smaller than inputs; where they are not, it has to be
            given.
        stride: tiles are a multiple of it apart. A network with pooling treats a pixel by its place in the windows of
            all its poolings: stride is their common edge, 2**depth for `unet`.
        batch_size: number of tiles at once.

    Returns:
        float32 (height, width, classes). Memory apart from image and result is that of one batch of tiles, whatever the
        size of the image.

    Raises:
        ValueError: for sizes that do not fit.

    References:
        Ronneberger et al. 2015, section 2 and figure 2, "overlap-tile strategy"; lecture L0, Input.

    Example:

    >>> from cnnkit.models import unet
    >>> network = unet(input_shape=(60, 60, 1), width=1 / 32, depth=2)  # 60x60 to 20x20
    >>> predict_tiled(network, np.zeros((70, 50, 1)), stride=4).shape
    (70, 50, 2)
    """
    from keras import ops

    if len(image.shape) != 3 or 0 in image.shape:
        raise ValueError(f"predict_tiled takes an image (height, width, channels), and received {tuple(image.shape)}")
    window = _window(model, tile, image.shape[2])
    inner, classes = _outputs(model, (*window, image.shape[2]))
    lost = [(size - output) // 2 for size, output in zip(window, inner, strict=True)]
    if not any(lost):
        _check_padded(window, margin, stride)
    margin = margin or 0
    if margin < 0 or margin % stride:
        raise ValueError(f"predict_tiled's margin is 0 or a multiple of stride={stride}, and received {margin}")
    steps = [(output - 2 * margin) // stride * stride for output in inner]
    if min(steps) < 1:
        raise ValueError(
            f"predict_tiled's tiles {tuple(window)} give outputs {tuple(inner)}, which less the margin of {margin} on "
            f"each side are smaller than stride={stride}: give larger tiles, or a smaller margin or stride"
        )
    result = np.empty((*image.shape[:2], classes), "float32")
    corners = list(product(*(range(0, size, step) for size, step in zip(image.shape, steps, strict=False))))
    for first in range(0, len(corners), batch_size):
        batch = corners[first : first + batch_size]
        starts = [[at - margin - less for at, less in zip(corner, lost, strict=True)] for corner in batch]
        outputs = ops.convert_to_numpy(model.predict_on_batch(np.stack([_read(image, at, window) for at in starts])))
        for (row, column), output in zip(batch, outputs, strict=True):
            part = result[row : row + steps[0], column : column + steps[1]]
            part[:] = output[margin : margin + part.shape[0], margin : margin + part.shape[1]]
    return result


def _window(model: Any, tile: int | tuple[int, int] | None, channels: int) -> tuple[int, int]:
    """Height and width of a tile."""
    taken = getattr(model, "input_shape", None)  # a model that is not built has none
    if not isinstance(taken, tuple) or len(taken) != 4:
        raise ValueError(
            f"predict_tiled's model takes images (height, width, channels), and received one that takes {taken}"
        )
    window = taken[1:3] if tile is None else tuple(np.broadcast_to(tile, 2).tolist())
    if None in window:
        raise ValueError("predict_tiled's model takes images of any size: give the tile's, such as tile=256")
    if any(size not in (None, wanted) for size, wanted in zip(taken[1:], (*window, channels), strict=True)):
        raise ValueError(
            f"predict_tiled's model takes (height, width, channels) {taken[1:]}, and received tiles "
            f"{(*window, channels)}"
        )
    return window


def _outputs(model: Any, shape: tuple[int, int, int]) -> tuple[list[int], int]:
    """Height and width, and number of classes, of the model's outputs for tiles of this shape."""
    output = model.compute_output_shape((1, *shape))
    if not isinstance(output, tuple) or len(output) != 4:
        raise ValueError(f"predict_tiled's model gives (height, width, classes), and from {shape} it makes {output}")
    _, *inner, classes = output
    if any(size < left or (size - left) % 2 for size, left in zip(shape, inner, strict=False)):
        raise ValueError(
            "predict_tiled's model gives as many pixels as it takes, or on each side the same number less, and from "
            f"{shape} it makes {output[1:]}"
        )
    return inner, classes


def _check_padded(window: tuple[int, int], margin: int | None, stride: int) -> None:
    """Raises ValueError where a network that pads lacks a margin, or tiles that all its poolings divide."""
    if margin is None:
        raise ValueError(
            "predict_tiled's model pads: the outputs close to the border of a tile saw zeros. Give a margin that is "
            f"not used, a multiple of stride={stride}, such as margin={2 * stride}"
        )
    if any(size % stride for size in window):
        raise ValueError(
            "predict_tiled's model pads, and takes tiles of heights and widths that are multiples of "
            f"stride={stride}; received {window}"
        )


def _read(image: Any, start: list[int], window: tuple[int, int]) -> np.ndarray:
    """float32 (*window, channels) of the image from `start` on, mirrored beyond its border."""
    rows, columns = (
        _mirrored(np.arange(first, first + size), edge)
        for first, size, edge in zip(start, window, image.shape, strict=False)
    )
    seen = image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return np.asarray(seen, "float32")[rows - rows.min()][:, columns - columns.min()]


def _mirrored(places: np.ndarray, size: int) -> np.ndarray:
    """Each place on the line of `size` pixels that the mirrors at both ends show: -2 is 2, size is size - 2."""
    period = max(2 * (size - 1), 1)
    places = places % period
    return np.minimum(places, period - places) if size > 1 else np.zeros_like(places)
