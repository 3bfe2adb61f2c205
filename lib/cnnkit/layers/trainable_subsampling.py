"""Pooling with weights: layers S2 and S4 of LeNet-5."""

from typing import Any

import keras
from keras import ops

from cnnkit.layers.precision import as_floats, back_to, for_sums
from cnnkit.layers.windows import WindowPooling2D


@keras.saving.register_keras_serializable(package="cnnkit")
class TrainableSubsampling(WindowPooling2D):
    """activation(coefficient * sum over a window + bias), a coefficient and a bias for each map.

    Parameters: 2 * maps, 12 in S2. It begins as average pooling.

    Args:
        pool_size: edge of the square windows, which do not overlap; what is left over at the right and the bottom is
            dropped.
        activation: a function or its Keras name; None for none.

    Input shape:
        (batch, height, width, maps).

    Output shape:
        (batch, height // pool_size, width // pool_size, maps).

    Raises:
        ValueError: for other inputs and arguments.

    References:
        LeCun et al. 1998, section II.B; the lecture L2's S layers.

    Example:

    >>> s2 = TrainableSubsampling()
    >>> s2.build((None, 28, 28, 6))
    >>> s2.count_params()
    12
    """

    def __init__(self, pool_size: int = 2, activation: Any = None, **kwargs: Any):
        super().__init__(pool_size, **kwargs)
        self.activation = keras.activations.get(activation)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        super().build(input_shape)
        maps = input_shape[3]
        average = keras.initializers.Constant(1 / self.pool_size**2)
        self.coefficient = self.add_weight(shape=(maps,), initializer=average, name="coefficient")
        self.bias = self.add_weight(shape=(maps,), initializer="zeros", name="bias")
        self.input_spec = keras.InputSpec(ndim=4, axes={-1: maps})

    def call(self, inputs: Any) -> Any:
        self.check_size(inputs)
        values = for_sums(as_floats(inputs, self.compute_dtype))
        average = ops.average_pool(values, self.pool_size, self.pool_size, "valid", data_format="channels_last")
        weights = self.pool_size**2 * for_sums(self.coefficient)
        return self.activation(back_to(self.compute_dtype, average * weights + for_sums(self.bias)))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "activation": keras.activations.serialize(self.activation)}
