"""DeepLabv3+, at a size that trains on a CPU."""

import keras
from keras import layers

from cnnkit.blocks import conv_norm, depthwise_separable, residual_basic
from cnnkit.layers import AtrousSpatialPyramidPooling2D
from cnnkit.models.sizes import check_classes, check_input, scaled

# Filters, strides of the first block, dilation rate.
_STAGES = ((64, 1, 1), (128, 2, 1), (256, 2, 1), (512, 1, 2))


def deeplabv3plus(
    classes: int = 21,
    input_shape: tuple[int | None, int | None, int] = (128, 128, 3),
    width: float = 0.25,
    rates: tuple[int, ...] = (6, 12, 18),
) -> keras.Model:
    """Features at a sixteenth seen at several scales, and joined with those at a quarter.

    The encoder is ResNet-18's, in place of the paper's Xception; its last stage is dilated by 2 instead of halved. Then
    atrous spatial pyramid pooling, upsampling by 4, 48 (times width) channels of the first stage beside it, two
    depthwise-separable convolutions, upsampling by 4.

    Args:
        classes: the background among them.
        input_shape: height and width are multiples of 16, or None.
        width: multiplies the filters.
        rates: dilation rates of the spatial pyramid.

    Input shape:
        (batch, *input_shape).

    Output shape:
        (batch, height, width, classes), logits.

    Raises:
        ValueError: for other sizes.

    References:
        Chen et al. 2018, figure 2 and section 3.1; lecture L4, DeepLabv3+.

    Example:

    >>> deeplabv3plus(classes=3, input_shape=(32, 48, 3), width=1 / 16, rates=(1, 2)).output_shape
    (None, 32, 48, 3)
    """
    check_classes("deeplabv3plus", classes)
    check_input("deeplabv3plus", input_shape, multiple=16, least=16, unknown=True)
    inputs = keras.Input(input_shape)
    x = conv_norm(inputs, scaled(64, width), 7, strides=2, name="stem")
    x = layers.MaxPooling2D(3, 2, padding="same", name="stem_pool")(x)
    stages = []
    for stage, (filters, strides, rate) in enumerate(_STAGES, 1):
        filters = scaled(filters, width)
        x = residual_basic(x, filters, strides, dilation_rate=rate, name=f"stage{stage}_block1")
        x = residual_basic(x, filters, dilation_rate=rate, name=f"stage{stage}_block2")
        stages.append(x)
    x = AtrousSpatialPyramidPooling2D(scaled(256, width), rates, name="pyramid")(x)
    x = layers.UpSampling2D(4, interpolation="bilinear", name="pyramid_upsample")(x)
    fine = conv_norm(stages[0], scaled(48, width), 1, name="fine")
    x = layers.Concatenate(name="concatenate")([x, fine])
    for which in ("first", "second"):
        x = depthwise_separable(x, scaled(256, width), name=f"decoder_{which}")
    x = layers.Conv2D(classes, 1, name="scores")(x)
    outputs = layers.UpSampling2D(4, interpolation="bilinear", name="output")(x)
    return keras.Model(inputs, outputs, name="deeplabv3plus")
