"""The inception module of GoogLeNet v1."""

from keras import KerasTensor, layers

from cnnkit.blocks._conv_norm import part


def inception(
    x: KerasTensor,
    conv1: int,
    reduce3: int,
    conv3: int,
    reduce5: int,
    conv5: int,
    pool: int,
    *,
    name: str | None = None,
) -> KerasTensor:
    """Four branches side by side, concatenated: 1x1; 1x1 then 3x3; 1x1 then 5x5; max pooling then 1x1.

    Each convolution has a bias and a ReLU.

    Args:
        x: (batch, height, width, channels).
        conv1, conv3, conv5, pool: filters of the four branches.
        reduce3, reduce5: filters of the 1x1 convolutions before the 3x3 and the 5x5, in the order of the paper's table.
        name: of the block, before the names of its layers; Keras names them where None.

    Output shape:
        (batch, height, width, conv1 + conv3 + conv5 + pool), in this order.

    References:
        Szegedy et al. 2015, figure 2 (b) and table 1; lecture L4, GoogLeNet.

    Example:

    >>> import keras
    >>> inception(keras.Input((28, 28, 192)), 64, 96, 128, 16, 32, 32).shape
    (None, 28, 28, 256)
    """

    def convolution(y: KerasTensor, filters: int, size: int, suffix: str) -> KerasTensor:
        return layers.Conv2D(
            filters,
            size,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
            name=part(name, suffix),
        )(y)

    pooled = layers.MaxPooling2D(3, 1, padding="same", name=part(name, "pool"))(x)
    branches = [
        convolution(x, conv1, 1, "1x1"),
        convolution(convolution(x, reduce3, 1, "reduce_3x3"), conv3, 3, "3x3"),
        convolution(convolution(x, reduce5, 1, "reduce_5x5"), conv5, 5, "5x5"),
        convolution(pooled, pool, 1, "pool_1x1"),
    ]
    return layers.Concatenate(name=part(name, "output"))(branches)
