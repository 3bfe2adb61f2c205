"""The pieces of images to which a channel answers most."""

from typing import Any, NamedTuple

import keras
import numpy as np

from cnnkit.model_view import BATCH, view_of
from cnnkit.visualize._activation_maps import activation_maps
from cnnkit.visualize._receptive_field import receptive_field


class Patches(NamedTuple):
    """The strongest answers of each channel, strongest first.

    Args:
        patches: (channels, count, height, width, colours).
        activations: (channels, count).
        places: (channels, count, 3), image, row and column of the layer's unit.
    """

    patches: np.ndarray
    activations: np.ndarray
    places: np.ndarray


def maximal_patches(
    model: keras.Model, images: Any, layer: str, channels: Any = None, *, count: int = 9, batch_size: int = BATCH
) -> Patches:
    """For each channel the `count` images that make it answer most, cut to what the unit saw.

    A patch is the receptive field of the unit; what of it lies outside the image is 0.

    Args:
        model: a Keras model with one input and one output, with or without a softmax or sigmoid at its end.
        images: (n, height, width, colours), n at least count.
        layer: name of a layer that gives maps.
        channels: their numbers; all where None.
        count: how many; at most one patch is from an image, so that they do not all show one place.
        batch_size: how many images are computed at once.

    Returns:
        `Patches`.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Zeiler, Fergus, "Visualizing and understanding convolutional networks", 2014, figure 2; lecture L4, patches with
        maximum activation.

    Example:

    >>> model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 3, name="c"), keras.layers.Flatten()])
    >>> maximal_patches(model, np.zeros((6, 8, 8, 1)), "c", count=4).patches.shape
    (2, 4, 3, 3, 1)
    """
    view = view_of(model)
    images = view.images(images, spatial=True)
    layer = view.layer(layer, spatial=True)
    if not 1 <= count <= len(images):
        raise ValueError(f"count is from 1 to the number of images, {len(images)}, and received {count!r}")
    maps = activation_maps(model, images, layer, batch_size=batch_size)
    numbers = np.arange(maps.shape[3]) if channels is None else np.atleast_1d(channels)
    if numbers.dtype.kind not in "iu" or not np.isin(numbers, np.arange(maps.shape[3])).all():
        raise ValueError(f"layer {layer} has the channels 0 to {maps.shape[3] - 1}, and received {channels!r}")

    flat = maps[..., numbers].reshape(len(images), -1, len(numbers))
    best = flat.argmax(axis=1)  # (images, channels): the strongest place in each image
    peaks = flat.max(axis=1)
    order = np.argsort(-peaks, axis=0, kind="stable")[:count]  # (count, channels)
    activations = np.take_along_axis(peaks, order, axis=0).T
    rows, columns = np.unravel_index(np.take_along_axis(best, order, axis=0).T, maps.shape[1:3])
    places = np.stack([order.T, rows, columns], axis=-1)

    fields: dict[tuple[int, int], Any] = {}
    patches = []
    for image, row, column in places.reshape(-1, 3).tolist():
        if (row, column) not in fields:
            fields[row, column] = receptive_field(model, layer, row, column)
        patches.append(_cut(images[image], fields[row, column]))
    shape = np.max([patch.shape for patch in patches], axis=0)  # where what is seen differs in size, by place
    padded = [
        np.pad(patch, [(0, most - edge) for most, edge in zip(shape, patch.shape, strict=True)]) for patch in patches
    ]
    return Patches(np.array(padded).reshape(*places.shape[:2], *shape), activations, places)


def _cut(image: np.ndarray, field: Any) -> np.ndarray:
    """What of the image is in the field, and 0 where the field lies outside, be it as a whole."""
    places = [np.arange(first, end) for first, end in ((field.top, field.bottom), (field.left, field.right))]
    inside = [(place >= 0) & (place < size) for place, size in zip(places, image.shape, strict=False)]
    rows, columns = (place.clip(0, size - 1) for place, size in zip(places, image.shape, strict=False))
    return np.where(inside[0][:, None, None] & inside[1][:, None], image[np.ix_(rows, columns)], 0)
