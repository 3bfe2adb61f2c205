"""Max-pooling that remembers where each maximum was."""

from typing import Any

import keras
from keras import ops

from cnnkit.layers.windows import WindowPooling2D


@keras.saving.register_keras_serializable(package="cnnkit")
class MaxPoolingWithIndices2D(WindowPooling2D):
    """The maximum of each window, and its position there, for `MaxUnpooling2D`.

    Args:
        pool_size: edge of the square windows, which do not overlap; what is left over at the right and the bottom is
            dropped.

    Input shape:
        (batch, height, width, channels).

    Output shape:
        Two, each (batch, height // pool_size, width // pool_size, channels): the maxima, and int32 positions in the
        window, row by row, from 0 to pool_size**2 - 1. The first of equal values counts.

    Raises:
        ValueError: for other inputs and arguments.

    References:
        Badrinarayanan, Kendall, Cipolla, "SegNet", 2017, section 3, which keeps 2 bits a window; lectures L0 and L4,
        max-unpooling.

    Example:

    >>> image = keras.ops.reshape([1.0, 2.0, 4.0, 3.0], (1, 2, 2, 1))
    >>> maxima, positions = MaxPoolingWithIndices2D()(image)
    >>> float(maxima[0, 0, 0, 0]), int(positions[0, 0, 0, 0])
    (4.0, 2)
    """

    def call(self, inputs: Any) -> tuple[Any, Any]:
        maxima, *others = self.windows(inputs)
        indices = ops.zeros_like(maxima, dtype="int32")
        # No value is looked for again: a compiler may compute it twice, and get another last digit the second time.
        for position, values in enumerate(others, 1):
            is_greater = values > maxima
            indices = ops.where(is_greater, position, indices)
            maxima = ops.where(is_greater, values, maxima)
        return maxima, indices

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        pooled = super().compute_output_shape(input_shape)
        return pooled, pooled

    def compute_output_spec(self, inputs: Any) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        maxima, indices = self.compute_output_shape(inputs.shape)
        return keras.KerasTensor(maxima, self.compute_dtype), keras.KerasTensor(indices, "int32")
