"""The depthwise-separable convolution of MobileNet v1."""

from keras import KerasTensor, layers

from cnnkit.blocks._conv_norm import conv_norm, part


def depthwise_separable(
    x: KerasTensor, filters: int, kernel_size: int = 3, strides: int = 1, name: str | None = None
) -> KerasTensor:
    """A filter for each channel, then a 1x1 convolution over channels, each with norm and ReLU.

    Weights of the filters: kernel_size**2 * channels + channels * filters, the share 1 / filters + 1 / kernel_size**2
    of a full convolution's.

    Args:
        x: (batch, height, width, channels).
        filters: channels of the output.
        kernel_size: edge of the filters for each channel.
        strides: of the filters for each channel.
        name: of the block, before the names of its layers; Keras names them where None.

    Output shape:
        (batch, ceil(height / strides), ceil(width / strides), filters).

    References:
        Howard et al. 2017 (MobileNets), figure 3; lectures L3 (72 against 162 weights) and L4.

    Example:

    >>> import keras
    >>> depthwise_separable(keras.Input((8, 12, 6)), 3, strides=2).shape
    (None, 4, 6, 3)
    """
    x = layers.DepthwiseConv2D(
        kernel_size,
        strides,
        padding="same",
        use_bias=False,
        depthwise_initializer="he_normal",
        name=part(name, "depthwise_conv"),
    )(x)
    x = layers.BatchNormalization(name=part(name, "depthwise_norm"))(x)
    x = layers.ReLU(name=part(name, "depthwise_activation"))(x)
    return conv_norm(x, filters, 1, name=part(name, "pointwise"))
