"""What a layer makes of an image."""

from typing import Any

import keras
import numpy as np

from cnnkit.model_view import BATCH, ModelView, view_of


def activation_maps(
    model: keras.Model, images: Any, layer: str | None = None, *, batch_size: int = BATCH
) -> np.ndarray:
    """What the layer gives for each image.

    Args:
        model: a Keras model with one input and one output, with or without a softmax or sigmoid at its end.
        images: a batch that the model takes.
        layer: its name, also of one in a nested model; the last layer that gives maps where None. A layer used more
            than once is read at its last use.
        batch_size: how many images are computed at once.

    Returns:
        float32 in the layer's own shape, mostly (n, height, width, channels). Of a softmax at the model's end it
        returns the logits.

    Raises:
        ValueError: for arguments that do not fit.

    References:
        Lecture L4, visualization of activations.

    Example:

    >>> layers = [keras.layers.Conv2D(2, 3, name="maps"), keras.layers.Flatten(), keras.layers.Dense(2)]
    >>> activation_maps(keras.Sequential([keras.Input((8, 6, 1)), *layers]), np.zeros((5, 8, 6, 1)), "maps").shape
    (5, 6, 4, 2)
    """
    view = view_of(model)
    images = view.images(images)
    return view.run_in_batches(_maps, images, batch_size=batch_size, layer=view.layer(layer))


def _maps(view: ModelView, x: Any, layer: str) -> Any:
    return view.outputs_of(x, layer)
