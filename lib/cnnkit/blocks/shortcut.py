"""What the residual blocks share: the sum with the shortcut."""

from keras import KerasTensor, layers

from cnnkit.blocks._conv_norm import conv_norm, part
from cnnkit.layers import SqueezeAndExcitation


def add_shortcut(
    x: KerasTensor, residual: KerasTensor, strides: int, squeeze_ratio: int | None, name: str | None
) -> KerasTensor:
    """ReLU of x + residual, the residual squeezed and excited first where a ratio is given.

    Where strides or channels differ, x goes through a 1x1 convolution (He et al. 2015, option B).
    """
    filters = residual.shape[-1]
    if squeeze_ratio is not None:
        residual = SqueezeAndExcitation(squeeze_ratio, name=part(name, "squeeze"))(residual)
    if strides != 1 or x.shape[-1] != filters:
        x = conv_norm(x, filters, 1, strides, activation=None, name=part(name, "projection"))
    return layers.ReLU(name=part(name, "output"))(layers.Add(name=part(name, "sum"))([x, residual]))
