"""Subsampling in its plainest form."""

from typing import Any

import keras

from cnnkit.layers.windows import WindowPooling2D


@keras.saving.register_keras_serializable(package="cnnkit")
class TopLeftPooling2D(WindowPooling2D):
    """The top left value of each window.

    No parameters.

    Args:
        pool_size: edge of the square windows, which do not overlap; what is left over at the right and the bottom is
            dropped.

    Input shape:
        (batch, height, width, channels).

    Output shape:
        (batch, height // pool_size, width // pool_size, channels).

    Raises:
        ValueError: for other inputs and arguments.

    References:
        Lecture L3, subsampling: "pick top-left (standard downsampling by factor 2)".

    Example:

    >>> image = keras.ops.reshape([1.0, 2.0, 4.0, 3.0], (1, 2, 2, 1))
    >>> float(TopLeftPooling2D()(image)[0, 0, 0, 0])
    1.0
    """

    def call(self, inputs: Any) -> Any:
        return self.windows(inputs)[0]
