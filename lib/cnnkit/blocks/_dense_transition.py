"""The layer between two dense blocks."""

from keras import KerasTensor, layers

from cnnkit.blocks._conv_norm import part
from cnnkit.blocks._dense_block import norm_conv


def dense_transition(x: KerasTensor, compression: float = 0.5, name: str | None = None) -> KerasTensor:
    """Fewer maps of half the size: batch normalisation, ReLU, 1x1 convolution, average pooling 2x2.

    Args:
        x: (batch, height, width, channels).
        compression: the share of maps that is left, in (0, 1].
        name: of the block, before the names of its layers; Keras names them where None.

    Output shape:
        (batch, height // 2, width // 2, floor(compression * channels)).

    Raises:
        ValueError: for another compression.

    References:
        Huang et al. 2017, section 3, pooling layers and compression; lecture L4, DenseNet.

    Example:

    >>> import keras
    >>> dense_transition(keras.Input((8, 12, 10))).shape
    (None, 4, 6, 5)
    """
    if not 0 < compression <= 1:
        raise ValueError(f"dense_transition's compression is above 0 and at most 1, and received {compression}")
    x = norm_conv(x, max(1, int(compression * x.shape[-1])), 1, name=name)
    return layers.AveragePooling2D(2, name=part(name, "pool"))(x)
