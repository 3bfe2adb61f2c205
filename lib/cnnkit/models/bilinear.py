"""Weights with which a transposed convolution upsamples bilinearly."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="cnnkit")
class Bilinear(keras.initializers.Initializer):
    """Kernels of a Conv2DTranspose that upsamples each channel bilinearly, and mixes none.

    The kernel of edge 2 * strides with padding "same" is exact, but next to the border, beyond which it sees zeros.

    Raises:
        ValueError: for kernels that are not square, or not as many out as in.

    References:
        Long et al. 2015, section 3.3.

    Example:

    >>> keras.ops.convert_to_numpy(Bilinear()((4, 4, 1, 1)))[1, :, 0, 0].tolist()
    [0.1875, 0.5625, 0.5625, 0.1875]
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        height, width, outputs, inputs = shape
        if height != width or outputs != inputs:
            raise ValueError(f"Bilinear makes square kernels with as many outputs as inputs, not {tuple(shape)}")
        reach = (height + 1) // 2
        centre = (height - 1) / 2
        line = 1 - np.abs(np.arange(height) - centre) / reach
        kernel = np.outer(line, line)[:, :, None, None] * np.eye(outputs)
        return ops.cast(kernel, dtype or keras.config.floatx())
