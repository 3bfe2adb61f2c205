"""Grad-CAM."""

from typing import Any

import keras
import numpy as np
from keras import ops

from cnnkit.gradients import value_and_gradient
from cnnkit.model_view import BATCH, ModelView, view_of


def grad_cam(
    model: keras.Model,
    images: Any,
    classes: Any = None,
    *,
    layer: str | None = None,
    upsample: bool = True,
    batch_size: int = BATCH,
) -> np.ndarray:
    """Where a layer's maps speak for a class: their sum, each with its mean gradient as weight, where positive.

    Args:
        model, classes, batch_size: as for `gradient`.
        images: (n, height, width, channels).
        layer: name of a layer that gives maps; the last such one where None.
        upsample: to the images' size, bilinearly; else the maps' own size.

    Returns:
        float32 (n, height, width), 0 or more.

    Raises:
        ValueError: for arguments that do not fit, and where there is no such layer.

    References:
        Selvaraju et al., "Grad-CAM", 2017, equations 1 and 2.

    Example:

    >>> layers = [keras.layers.Conv2D(1, 1, name="maps"), keras.layers.GlobalMaxPooling2D(), keras.layers.Dense(2)]
    >>> model = keras.Sequential([keras.Input((4, 6, 1)), *layers])
    >>> grad_cam(model, np.ones((1, 4, 6, 1)), classes=0, layer="maps").shape
    (1, 4, 6)
    """
    view = view_of(model)
    images = view.images(images, spatial=True)
    layer = view.layer(layer, spatial=True)
    return view.run_in_batches(
        _class_activation, images, view.classes(classes, images), batch_size=batch_size, layer=layer, upsample=upsample
    )


def _class_activation(view: ModelView, x: Any, classes: Any, layer: str, upsample: bool) -> Any:
    maps = view.outputs_of(x, layer)
    _, gradient = value_and_gradient(lambda maps: view.scores_with(x, classes, layer, maps), maps)
    weights = ops.mean(gradient, axis=(1, 2), keepdims=True)
    cam = ops.relu(ops.sum(weights * maps, axis=3, keepdims=True))
    if upsample:
        cam = ops.image.resize(cam, x.shape[1:3], interpolation="bilinear", data_format="channels_last")
    return cam[..., 0]
