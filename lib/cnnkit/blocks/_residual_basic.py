"""The residual block of ResNet-18 and ResNet-34."""

from keras import KerasTensor

from cnnkit.blocks._conv_norm import conv_norm, part
from cnnkit.blocks.shortcut import add_shortcut


def residual_basic(
    x: KerasTensor,
    filters: int,
    strides: int = 1,
    dilation_rate: int = 1,
    squeeze_ratio: int | None = None,
    name: str | None = None,
) -> KerasTensor:
    """ReLU(x + F(x)), F two 3x3 convolutions with batch normalisation: x >= 0 passes where F is zero.

    The shortcut is a 1x1 convolution where the shape changes.

    Args:
        x: (batch, height, width, channels).
        filters: channels of the output.
        strides: of the first convolution.
        dilation_rate: of both convolutions.
        squeeze_ratio: for F squeezed and excited (SE-ResNet), 16 in the paper.
        name: of the block, before the names of its layers; Keras names them where None.

    Output shape:
        (batch, ceil(height / strides), ceil(width / strides), filters).

    References:
        He et al. 2015, figure 5 left; lecture L3, residual block.

    Example:

    >>> import keras
    >>> residual_basic(keras.Input((8, 12, 4)), 6, strides=2).shape
    (None, 4, 6, 6)
    """
    y = conv_norm(x, filters, 3, strides, dilation_rate=dilation_rate, name=part(name, "first"))
    y = conv_norm(y, filters, 3, dilation_rate=dilation_rate, activation=None, name=part(name, "second"))
    return add_shortcut(x, y, strides, squeeze_ratio, name)
