"""The weights of the first layer, as pictures."""

import keras
import numpy as np

from cnnkit.model_view import check_model, operations_within


def first_layer_weights(model: keras.Model, layer: str | None = None) -> np.ndarray:
    """The kernels of the first convolution, a small picture each.

    Args:
        model: a built model.
        layer: name of another convolution; its kernels have as many channels as its input.

    Returns:
        float32 (filters, height, width, channels).

    Raises:
        ValueError: where there is no such layer.

    References:
        Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional neural networks", 2012, figure
        3; lecture L4.

    Example:

    >>> first_layer_weights(keras.Sequential([keras.Input((28, 28, 3)), keras.layers.Conv2D(16, (5, 7))])).shape
    (16, 5, 7, 3)
    """
    check_model(model)
    layers = operations_within(model)
    convolutions = {inner.name: inner for inner in layers if isinstance(inner, keras.layers.Conv2D) and inner.built}
    name = next(iter(convolutions), None) if layer is None else layer
    if name not in convolutions:
        found = ", ".join(convolutions) or "none that is built"
        raise ValueError(f"expected a Conv2D{f' {layer!r}' if layer else ''} in the model, and found {found}")
    kernel = keras.ops.convert_to_numpy(convolutions[name].kernel)
    return np.moveaxis(np.array(kernel, "float32"), 3, 0)
