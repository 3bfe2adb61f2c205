"""Unpooling without memory."""

from typing import Any

import keras
from keras import ops

from cnnkit.layers.image_layer import ImageLayer
from cnnkit.layers.input_checks import check_positive
from cnnkit.layers.windows import join_windows


@keras.saving.register_keras_serializable(package="cnnkit")
class BedOfNails2D(ImageLayer):
    """Each value in the top left of a square of zeros: the way back from `TopLeftPooling2D`.

    No parameters.

    Args:
        size: edge of the squares.

    Input shape:
        (batch, height, width, channels).

    Output shape:
        (batch, size * height, size * width, channels).

    Raises:
        ValueError: for other inputs and arguments.

    References:
        Lectures L0 and L4, unpooling, "bed of nails".

    Example:

    >>> image = keras.ops.reshape([1.0, 2.0], (1, 1, 2, 1))
    >>> keras.ops.convert_to_numpy(BedOfNails2D()(image))[0, :, :, 0].tolist()
    [[1.0, 0.0, 2.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
    """

    def __init__(self, size: int = 2, **kwargs: Any):
        super().__init__(**kwargs)
        check_positive("BedOfNails2D", size=size)
        self.size = size

    def call(self, inputs: Any) -> Any:
        zeros = [ops.zeros_like(inputs)] * (self.size**2 - 1)
        return join_windows([inputs, *zeros], self.size)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        batch, height, width, channels = super().compute_output_shape(input_shape)
        return (batch, height and height * self.size, width and width * self.size, channels)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size}
