"""Pooling with weights: layers S2 and S4 of LeNet-5."""

from typing import Any

import keras
from keras import ops

from cnnkit.layers.input_checks import check_images, check_positive, check_window


@keras.saving.register_keras_serializable(package="cnnkit")
class TrainableSubsampling(keras.layers.Layer):
    """activation(coefficient * sum over a window + bias), a coefficient and a bias for each map.

    pool_size: edge of the square windows, which do not overlap; what is left over at the right
    and the bottom is dropped.
    activation: a function or its Keras name; None for none.

    Input (batch, height, width, maps), output (batch, height // pool_size, width // pool_size, maps).
    Parameters: 2 * maps, 12 in S2. It begins as average pooling.

    Source: LeCun et al. 1998, section II.B; the lecture L2's S layers.
    """

    def __init__(self, pool_size: int = 2, activation: Any = None, **kwargs: Any):
        super().__init__(**kwargs)
        check_positive("TrainableSubsampling", pool_size=pool_size)
        self.pool_size = pool_size
        self.activation = keras.activations.get(activation)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        check_images("TrainableSubsampling", input_shape)
        maps = input_shape[3]
        average = keras.initializers.Constant(1 / self.pool_size**2)
        self.coefficient = self.add_weight(shape=(maps,), initializer=average, name="coefficient")
        self.bias = self.add_weight(shape=(maps,), initializer="zeros", name="bias")
        self.input_spec = keras.InputSpec(ndim=4, axes={-1: maps})

    def call(self, inputs: Any) -> Any:
        check_window("TrainableSubsampling", inputs.shape, self.pool_size)
        average = ops.average_pool(inputs, self.pool_size, self.pool_size, "valid", data_format="channels_last")
        return self.activation(average * (self.pool_size**2 * self.coefficient) + self.bias)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        check_images("TrainableSubsampling", input_shape)
        check_window("TrainableSubsampling", input_shape, self.pool_size)
        batch, height, width, maps = input_shape
        edge = self.pool_size
        return (batch, height and height // edge, width and width // edge, maps)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "activation": keras.activations.serialize(self.activation),
        }
