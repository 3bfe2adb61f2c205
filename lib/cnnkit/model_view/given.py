"""What users give to a network that is looked into: images, classes and the names of layers."""

import difflib
from collections.abc import Mapping
from typing import Any

import numpy as np


def check_images(images: Any, name: str, takes: tuple[int | None, ...] | None, spatial: bool = False) -> np.ndarray:
    """The images as float32. Raises ValueError where the network of this name does not take such a batch.

    takes: the shape of a batch; None where it is not known. spatial: it has to be (n, height, width, channels).
    """
    array = np.asarray(images)
    wanted = takes or (None,) * max(array.ndim, 2)
    if spatial and len(wanted) != 4:
        raise ValueError(f"{name} takes inputs {wanted}, where images (n, height, width, channels) are needed")
    shown = f"{name} takes a batch of shape {wanted}"
    if array.dtype.kind not in "fiub":
        raise ValueError(f"{shown}, and received {array.dtype} {array.shape}")
    if array.ndim == len(wanted) - 1:
        raise ValueError(f"{shown}, and received one of shape {array.shape}: give images[None]")
    fits = array.ndim == len(wanted) and all(n in (None, m) for n, m in zip(wanted, array.shape, strict=True))
    if not fits or not array.size:
        raise ValueError(f"{shown}, and received {array.shape}")
    array = array.astype("float32")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} received images that hold NaN or infinity")
    return array


def check_classes(classes: Any, images: int, name: str, count: int) -> np.ndarray:
    """int32 (images,): one class for all, or one each. Raises ValueError for what is none of the `count` classes."""
    array = np.asarray(classes)
    if array.dtype.kind not in "iu" or array.shape not in ((), (images,)):
        raise ValueError(
            f"classes are one whole number, or one for each of the {images} images, and received {classes!r}"
        )
    if array.min() < 0 or array.max() >= count:
        raise ValueError(f"{name} has the classes 0 to {count - 1}, and received {classes!r}")
    return np.broadcast_to(array, (images,)).astype("int32")


def check_layer(
    layer: str | None, name: str, shapes: Mapping[str, tuple[int | None, ...]], spatial: bool = False
) -> str:
    """The name of a layer; that of the last one that gives images of more than a pixel where None.

    shapes: of what each layer gives. spatial: it has to give (n, height, width, channels). Raises ValueError.
    """
    if layer is None:
        maps = [key for key, shape in shapes.items() if len(shape) == 4 and shape[1:3] != (1, 1)]
        if not maps:
            raise ValueError(f"{name} has no layer that gives (n, height, width, channels)")
        return maps[-1]
    if layer not in shapes:
        near = difflib.get_close_matches(str(layer), shapes, n=3, cutoff=0.4) or list(shapes)
        raise ValueError(f"{name} has no layer {layer!r}; near it are {', '.join(near)}")
    if spatial and len(shapes[layer]) != 4:
        raise ValueError(f"layer {layer} gives {shapes[layer]}, where (n, height, width, channels) is needed")
    return layer
