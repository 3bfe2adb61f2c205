"""Convolution with the padding of the lectures."""

from typing import Any

import keras
from keras import ops

from cnnkit.layers.input_checks import check_images, check_not_negative
from cnnkit.layers.precision import as_floats


@keras.saving.register_keras_serializable(package="cnnkit")
class PaddedConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` on images with `pad` zeros added at each of the four sides.

    An edge of n becomes floor((n + 2 * pad - f) / strides) + 1, where f is dilation_rate * (kernel_size - 1) + 1.
    Keras's "same" with a stride pads by another rule, more at the right and the bottom, and cannot give AlexNet's 227
    -> 56 nor a padding above f / 2.

    Args:
        filters, kernel_size: as for `keras.layers.Conv2D`.
        pad: zeros at each side, from 0 on.
        **kwargs: strides, and all others except `padding`, as for `keras.layers.Conv2D`.

    Input shape:
        (batch, height, width, channels).

    Output shape:
        (batch, new height, new width, filters).

    Raises:
        ValueError: for arguments and inputs that it cannot take.

    References:
        Lecture L2, convolution with padding and stride; L0 and L4 on AlexNet.

    Example:

    >>> PaddedConv2D(64, 11, strides=4, pad=2).compute_output_shape((None, 227, 227, 3))
    (None, 56, 56, 64)
    """

    def __init__(self, filters: int, kernel_size: int | tuple[int, int], pad: int = 0, **kwargs: Any):
        for name, only in (("padding", "valid"), ("data_format", "channels_last")):
            if kwargs.setdefault(name, only) != only:
                raise ValueError(f"PaddedConv2D pads by `pad`, channels last, and received {name}={kwargs[name]!r}")
        check_not_negative("PaddedConv2D", pad=pad)
        super().__init__(filters, kernel_size, **kwargs)
        self.pad = pad

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        check_images("PaddedConv2D", input_shape)
        super().build(input_shape)
        self.input_spec = keras.InputSpec(ndim=4, axes={-1: input_shape[3]})

    def call(self, inputs: Any) -> Any:
        self.compute_output_shape(inputs.shape)
        inputs = as_floats(inputs, self.compute_dtype)
        sides = (self.pad, self.pad)
        return super().call(ops.pad(inputs, ((0, 0), sides, sides, (0, 0))) if self.pad else inputs)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        check_images("PaddedConv2D", input_shape)
        batch, height, width, channels = input_shape
        padded = [None if size is None else size + 2 * self.pad for size in (height, width)]
        spans = [rate * (edge - 1) + 1 for edge, rate in zip(self.kernel_size, self.dilation_rate, strict=True)]
        if any(size is not None and size < span for size, span in zip(padded, spans, strict=True)):
            raise ValueError(
                f"PaddedConv2D's filter covers {spans[0]}x{spans[1]}, and received shape {tuple(input_shape)}, "
                f"too small for it with pad={self.pad}"
            )
        return super().compute_output_shape((batch, *padded, channels))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "pad": self.pad}
