"""Two 3x3 convolutions: a level of U-Net."""

from keras import KerasTensor, layers

from cnnkit.blocks._conv_norm import part


def double_convolution(x: KerasTensor, filters: int, padding: str = "valid", name: str | None = None) -> KerasTensor:
    """Two 3x3 convolutions, each with a bias and a ReLU.

    Args:
        x: (batch, height, width, channels).
        filters: channels of the output.
        padding: "valid" as in the paper, which takes two pixels from each side, or "same".
        name: of the block, before the names of its layers; Keras names them where None.

    Output shape:
        (batch, height - 4, width - 4, filters), or (batch, height, width, filters) if "same".

    References:
        Ronneberger et al. 2015, section 2: weights begin with variance 2 / N; lecture L0, UNet.

    Example:

    >>> import keras
    >>> double_convolution(keras.Input((572, 572, 1)), 64).shape
    (None, 568, 568, 64)
    """
    for which in ("first", "second"):
        x = layers.Conv2D(
            filters,
            3,
            padding=padding,
            activation="relu",
            kernel_initializer="he_normal",
            name=part(name, which),
        )(x)
    return x
