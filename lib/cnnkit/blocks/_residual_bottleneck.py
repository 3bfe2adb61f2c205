"""The residual block of ResNet-50 and deeper."""

from keras import KerasTensor

from cnnkit.blocks._conv_norm import conv_norm, part
from cnnkit.blocks.shortcut import add_shortcut


def residual_bottleneck(
    x: KerasTensor, filters: int, strides: int = 1, squeeze_ratio: int | None = None, name: str | None = None
) -> KerasTensor:
    """ReLU(x + F(x)), F convolutions of 1x1 and 3x3 with few filters, and of 1x1 with four times as many.

    Args:
        x: (batch, height, width, channels).
        filters: of the 3x3 convolution.
        strides: of the first 1x1 convolution, as in the paper (3.86 GMAC for ResNet-50; later codes move it to the 3x3,
            4.1).
        squeeze_ratio: for F squeezed and excited (SE-ResNet-50), 16 in the paper.
        name: of the block, before the names of its layers; Keras names them where None.

    Output shape:
        (batch, ceil(height / strides), ceil(width / strides), 4 * filters).

    References:
        He et al. 2015, figure 5 right; Hu et al. 2018, figure 3; lecture L4, ResNet.

    Example:

    >>> import keras
    >>> residual_bottleneck(keras.Input((8, 12, 4)), 6, strides=2).shape
    (None, 4, 6, 24)
    """
    y = conv_norm(x, filters, 1, strides, name=part(name, "reduce"))
    y = conv_norm(y, filters, 3, name=part(name, "middle"))
    y = conv_norm(y, 4 * filters, 1, activation=None, name=part(name, "expand"))
    return add_shortcut(x, y, strides, squeeze_ratio, name)
