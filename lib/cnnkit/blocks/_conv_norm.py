"""Convolution, batch normalisation, activation: what most blocks are made of."""

from typing import Any

from keras import KerasTensor, layers

from cnnkit.layers import PaddedConv2D


def part(name: str | None, suffix: str) -> str | None:
    """The name of a layer within the block `name`; None, for a name of Keras's, where the block has none."""
    return f"{name}_{suffix}" if name else None


def conv_norm(
    x: KerasTensor,
    filters: int,
    kernel_size: int = 3,
    strides: int = 1,
    groups: int = 1,
    dilation_rate: int = 1,
    activation: Any = "relu",
    name: str | None = None,
) -> KerasTensor:
    """Convolution without bias, batch normalisation, activation.

    Parameters: kernel_size**2 * channels / groups * filters, and 4 * filters of which half are moving statistics.

    Args:
        x: (batch, height, width, channels).
        filters: channels of the output.
        kernel_size: odd; both sides are padded so that stride 1 keeps height and width.
        strides: of the convolution.
        groups: divides channels and filters.
        dilation_rate: of the convolution.
        activation: None for none.
        name: of the block, before the names of its layers; Keras names them where None.

    Output shape:
        (batch, ceil(height / strides), ceil(width / strides), filters).

    Raises:
        ValueError: for an even kernel_size.

    References:
        Ioffe and Szegedy 2015, section 3.2: the bias goes, since the normalisation subtracts it.

    Example:

    >>> import keras
    >>> conv_norm(keras.Input((9, 12, 3)), 8, strides=2).shape
    (None, 5, 6, 8)
    """
    if kernel_size % 2 == 0:
        raise ValueError(f"conv_norm's kernel_size is odd, to pad both sides alike, and received {kernel_size}")
    x = PaddedConv2D(
        filters,
        kernel_size,
        pad=dilation_rate * (kernel_size // 2),
        strides=strides,
        groups=groups,
        dilation_rate=dilation_rate,
        use_bias=False,
        kernel_initializer="he_normal",
        name=part(name, "conv"),
    )(x)
    x = layers.BatchNormalization(name=part(name, "norm"))(x)
    return layers.Activation(activation, name=part(name, "activation"))(x) if activation else x
