"""A step up of U-Net's expansive path."""

from keras import KerasTensor, layers

from cnnkit.blocks._conv_norm import part
from cnnkit.blocks._double_convolution import double_convolution


def unet_up(
    x: KerasTensor, features: KerasTensor, filters: int, padding: str = "valid", name: str | None = None
) -> KerasTensor:
    """Upsampling 2x2, beside it the features from the way down, two 3x3 convolutions.

    Args:
        x: (batch, height, width, channels).
        features: (batch, height', width', channels'), at least twice as high and wide; what they have more is cropped,
            as much from each side as from the other.
        filters: channels of the output.
        padding: as for `double_convolution`.
        name: of the block, before the names of its layers; Keras names them where None.

    Output shape:
        (batch, 2 * height - 4, 2 * width - 4, filters), or (batch, 2 * height, 2 * width, filters) if padding is
        "same".

    Raises:
        ValueError: where the features cannot be cropped evenly.

    References:
        Ronneberger et al. 2015, figure 1 ("up-conv 2x2", "copy and crop"); lecture L0, UNet.

    Example:

    >>> import keras
    >>> unet_up(keras.Input((28, 28, 1024)), keras.Input((64, 64, 512)), 512).shape
    (None, 52, 52, 512)
    """
    x = layers.Conv2DTranspose(filters, 2, strides=2, name=part(name, "upsample"))(x)
    both = layers.Concatenate(name=part(name, "concatenate"))([_crop(features, x, name), x])
    return double_convolution(both, filters, padding, name)


def _crop(features: KerasTensor, x: KerasTensor, name: str | None) -> KerasTensor:
    sizes, wanted = features.shape[1:3], x.shape[1:3]
    if tuple(sizes) == tuple(wanted):
        return features
    if None in (*sizes, *wanted) or any(a < b or (a - b) % 2 for a, b in zip(sizes, wanted, strict=True)):
        raise ValueError(
            f"unet_up crops its features alike on both sides to {tuple(wanted)}, the size of x upsampled; it needs "
            f"sizes that are known, not smaller, and larger by an even number, and received {tuple(sizes)}"
        )
    margins = [(a - b) // 2 for a, b in zip(sizes, wanted, strict=True)]
    return layers.Cropping2D(margins, name=part(name, "crop"))(features)
