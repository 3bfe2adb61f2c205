"""LeNet-5's activation."""

from typing import Any

import keras
from keras import ops

from cnnkit.layers.precision import as_floats

AMPLITUDE = 1.7159
SLOPE = 2 / 3


@keras.saving.register_keras_serializable(package="cnnkit")
def scaled_tanh(x: Any) -> Any:
    """1.7159 tanh(2x/3), for `activation=scaled_tanh`: about -1 at -1, 1 at 1, of slope 1.14 at 0.

    Args:
        x: of any shape.

    Returns:
        The same shape.

    References:
        LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998, equation 6 and
        appendix A.

    Example:

    >>> round(float(scaled_tanh(keras.ops.array(1.0))), 3)
    1.0
    """
    x = as_floats(ops.convert_to_tensor(x), keras.config.floatx())
    return AMPLITUDE * ops.tanh(SLOPE * x)


@keras.saving.register_keras_serializable(package="cnnkit")
class ScaledTanh(keras.layers.Layer):
    """`scaled_tanh` as a layer, for inputs of any shape. No parameters.

    References:
        LeCun et al. 1998, equation 6 and appendix A.

    Example:

    >>> keras.ops.convert_to_numpy(ScaledTanh()(keras.ops.array([0.0, 1.0]))).round(2).tolist()
    [0.0, 1.0]
    """

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        return scaled_tanh(inputs)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return tuple(input_shape)
