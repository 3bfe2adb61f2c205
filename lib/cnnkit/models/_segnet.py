"""SegNet."""

import keras
from keras import layers

from cnnkit.blocks import conv_norm
from cnnkit.models.sizes import check_classes, check_input
from cnnkit.models.vgg_encoder import decode, encode


def segnet(
    classes: int = 11, input_shape: tuple[int | None, int | None, int] = (352, 480, 3), width: float = 1.0
) -> keras.Model:
    """VGG-16's convolutions down, and their mirror image up, unpooled with the indices of the maxima.

    29,441,419 trainable parameters, and 15,872 moving statistics: convolutions before a normalisation have no bias.

    Args:
        classes: 11 in the paper's road scenes.
        input_shape: height and width are multiples of 32, or None; the paper's 360x480 become 352x480.
        width: multiplies the filters.

    Input shape:
        (batch, *input_shape).

    Output shape:
        (batch, height, width, classes), logits.

    Raises:
        ValueError: for other sizes.

    References:
        Badrinarayanan et al. 2017, section 3 and figure 2; lecture L4, SegNet.

    Example:

    >>> segnet(classes=3, input_shape=(64, 96, 3), width=1 / 32).output_shape
    (None, 64, 96, 3)
    """
    check_classes("segnet", classes)
    check_input("segnet", input_shape, multiple=32, least=32, unknown=True)
    inputs = keras.Input(input_shape)
    x, found = encode(inputs, width)
    x = decode(x, found, width, conv_norm)
    return keras.Model(inputs, layers.Conv2D(classes, 3, padding="same", name="output")(x), name="segnet")
