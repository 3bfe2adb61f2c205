"""A step down of U-Net's contracting path."""

from keras import KerasTensor, layers

from cnnkit.blocks._conv_norm import part
from cnnkit.blocks._double_convolution import double_convolution


def unet_down(
    x: KerasTensor, filters: int, padding: str = "valid", name: str | None = None
) -> tuple[KerasTensor, KerasTensor]:
    """Two 3x3 convolutions, then max pooling 2x2.

    Args:
        x: (batch, height, width, channels).
        filters: channels of the features.
        padding: as for `double_convolution`.
        name: of the block, before the names of its layers; Keras names them where None.

    Returns:
        The features, which `unet_up` will ask for, (batch, height - 4, width - 4, filters) or, if padding is "same",
        (batch, height, width, filters); and these pooled, half as high and wide.

    Raises:
        ValueError: where height or width of the features is odd: pooling would drop a row, and what is upsampled would
            no longer lie over the features.

    References:
        Ronneberger et al. 2015, figure 1; lecture L0, UNet.

    Example:

    >>> import keras
    >>> [y.shape for y in unet_down(keras.Input((572, 572, 1)), 64)]
    [(None, 568, 568, 64), (None, 284, 284, 64)]
    """
    features = double_convolution(x, filters, padding, name)
    if any(size is not None and size % 2 for size in features.shape[1:3]):
        raise ValueError(
            f"unet_down halves its features, whose height and width are even; from an input of shape {x.shape} they "
            f"have shape {features.shape}"
        )
    return features, layers.MaxPooling2D(2, name=part(name, "pool"))(features)
