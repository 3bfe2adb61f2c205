"""The residual block of ResNeXt."""

from keras import KerasTensor

from cnnkit.blocks._conv_norm import conv_norm, part
from cnnkit.blocks.shortcut import add_shortcut


def resnext_bottleneck(
    x: KerasTensor,
    filters: int,
    strides: int = 1,
    cardinality: int = 32,
    squeeze_ratio: int | None = None,
    name: str | None = None,
) -> KerasTensor:
    """ReLU(x + F(x)), F a bottleneck whose 3x3 convolution is `cardinality` convolutions side by side.

    Args:
        x: (batch, height, width, channels).
        filters: of the 3x3 convolution, all groups together; a multiple of cardinality (128 = 32 x 4d in the first
            stage).
        strides: of the 3x3 convolution.
        cardinality: number of groups of the 3x3 convolution.
        squeeze_ratio: for F squeezed and excited.
        name: of the block, before the names of its layers; Keras names them where None.

    Output shape:
        (batch, ceil(height / strides), ceil(width / strides), 2 * filters).

    Raises:
        ValueError: where the groups do not divide the filters.

    References:
        Xie et al. 2017, figure 3 (c) and table 1; lecture L4, ResNeXt.

    Example:

    >>> import keras
    >>> resnext_bottleneck(keras.Input((8, 12, 4)), 6, cardinality=3).shape
    (None, 8, 12, 12)
    """
    if cardinality < 1 or filters % cardinality:
        raise ValueError(
            f"resnext_bottleneck's cardinality is 1 or more and divides its filters, and received {cardinality} for "
            f"{filters} filters"
        )
    y = conv_norm(x, filters, 1, name=part(name, "reduce"))
    y = conv_norm(y, filters, 3, strides, groups=cardinality, name=part(name, "middle"))
    y = conv_norm(y, 2 * filters, 1, activation=None, name=part(name, "expand"))
    return add_shortcut(x, y, strides, squeeze_ratio, name)
