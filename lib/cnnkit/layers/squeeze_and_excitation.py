"""Channels weighted by what the whole image shows."""

from typing import Any

import keras
from keras import layers, ops

from cnnkit.layers.image_layer import ImageLayer
from cnnkit.layers.input_checks import check_images, check_positive
from cnnkit.layers.precision import as_floats


@keras.saving.register_keras_serializable(package="cnnkit")
class SqueezeAndExcitation(ImageLayer):
    """inputs * sigmoid(W2 relu(W1 z + b1) + b2), where z is the mean of each channel over the image.

    Parameters: 2 * channels * (channels // ratio), and channels + channels // ratio more with biases.

    Args:
        ratio: W1 reduces the channels by this factor, rounded down; not above the number of channels.
        use_bias: True for b1 and b2, as in the published weights; False for none, as the paper counts.

    Input shape:
        (batch, height, width, channels).

    Output shape:
        The same.

    Raises:
        ValueError: for other inputs and arguments.

    References:
        Hu, Shen, Sun, "Squeeze-and-excitation networks", 2018, equations 2 to 4; lecture L4, SENet.

    Example:

    >>> layer = SqueezeAndExcitation(ratio=16)
    >>> layer.build((None, None, None, 64))
    >>> layer.count_params()  # 64 * 4 + 4, and 4 * 64 + 64
    580
    """

    def __init__(self, ratio: int = 16, use_bias: bool = True, **kwargs: Any):
        super().__init__(**kwargs)
        check_positive("SqueezeAndExcitation", ratio=ratio)
        self.ratio = ratio
        self.use_bias = use_bias

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        channels = check_images("SqueezeAndExcitation", input_shape)
        if channels < self.ratio:
            raise ValueError(
                f"SqueezeAndExcitation needs {self.ratio} channels, its ratio, and received shape {tuple(input_shape)}"
            )
        common = {"use_bias": self.use_bias, "dtype": self.dtype_policy}
        self.reduce = layers.Dense(channels // self.ratio, activation="relu", **common)
        self.expand = layers.Dense(channels, activation="sigmoid", **common)
        self.reduce.build((input_shape[0], channels))
        self.expand.build((input_shape[0], channels // self.ratio))
        self.input_spec = keras.InputSpec(ndim=4, axes={-1: channels})

    def call(self, inputs: Any) -> Any:
        inputs = as_floats(inputs, self.compute_dtype)
        weights = self.expand(self.reduce(ops.mean(inputs, axis=(1, 2))))
        return inputs * weights[:, None, None, :]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "ratio": self.ratio, "use_bias": self.use_bias}
