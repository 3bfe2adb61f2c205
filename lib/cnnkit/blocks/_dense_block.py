"""The dense block of DenseNet."""

from keras import KerasTensor, layers

from cnnkit.blocks._conv_norm import part


def dense_block(
    x: KerasTensor, repeats: int, growth: int = 32, bottleneck: int = 4, name: str | None = None
) -> KerasTensor:
    """Layers that each see the maps of all before them, and add `growth` maps.

    Args:
        x: (batch, height, width, channels).
        repeats: number of layers, each batch normalisation, ReLU, 1x1 convolution to bottleneck * growth maps, and once
            more with a 3x3 convolution to growth maps.
        growth: maps that each layer adds.
        bottleneck: maps of the 1x1 convolution, as a multiple of growth.
        name: of the block, before the names of its layers; Keras names them where None.

    Output shape:
        (batch, height, width, channels + repeats * growth); its first channels are x itself.

    References:
        Huang et al. 2017 (DenseNet-BC), figure 1 and section 3; lecture L4, DenseNet.

    Example:

    >>> import keras
    >>> dense_block(keras.Input((8, 12, 4)), repeats=3, growth=2).shape
    (None, 8, 12, 10)
    """
    for layer in range(1, repeats + 1):
        y = norm_conv(x, bottleneck * growth, 1, name=part(name, f"{layer}_reduce"))
        y = norm_conv(y, growth, 3, name=part(name, f"{layer}"))
        x = layers.Concatenate(name=part(name, f"{layer}_output"))([x, y])
    return x


def norm_conv(x: KerasTensor, filters: int, kernel_size: int, name: str | None = None) -> KerasTensor:
    """Batch normalisation, ReLU, convolution: DenseNet's order, for each layer weighs all maps anew."""
    x = layers.BatchNormalization(name=part(name, "norm"))(x)
    x = layers.ReLU(name=part(name, "activation"))(x)
    return layers.Conv2D(
        filters,
        kernel_size,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        name=part(name, "conv"),
    )(x)
