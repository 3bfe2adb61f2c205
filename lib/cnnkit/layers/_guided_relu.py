"""ReLU with the backward pass of guided backpropagation."""

from typing import Any

import keras
from keras import ops


@ops.custom_gradient
def _guided(x: Any) -> Any:
    positive = ops.cast(x > 0, x.dtype)

    def gradient(*arguments: Any, upstream: Any = None) -> Any:
        # TensorFlow and JAX pass the gradient alone; torch passes x, and the gradient by its name.
        incoming = arguments[0] if upstream is None else upstream
        return ops.relu(incoming) * positive

    return ops.relu(x), gradient


@keras.saving.register_keras_serializable(package="cnnkit")
def guided_relu(x: Any) -> Any:
    """max(x, 0), whose gradient passes back where both x and the gradient from above are positive.

    It is not the derivative: use it to look into a trained network, in place of its "relu".

    Args:
        x: of any shape.

    Returns:
        The same shape.

    References:
        Springenberg, Dosovitskiy, Brox, Riedmiller, "Striving for simplicity", 2015, section 3.4 and figure 1; lecture
        L4, guided saliency.

    Example:

    >>> keras.ops.convert_to_numpy(guided_relu(keras.ops.array([-1.0, 2.0]))).tolist()
    [0.0, 2.0]
    """
    return _guided(ops.convert_to_tensor(x))


@keras.saving.register_keras_serializable(package="cnnkit")
class GuidedReLU(keras.layers.Layer):
    """`guided_relu` as a layer, for inputs of any shape. No parameters.

    References:
        Springenberg et al. 2015, figure 1; lecture L4, guided saliency.

    Example:

    >>> keras.ops.convert_to_numpy(GuidedReLU()(keras.ops.array([-1.0, 2.0]))).tolist()
    [0.0, 2.0]
    """

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        return guided_relu(inputs)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return tuple(input_shape)
