"""Fully convolutional networks: FCN-32s, FCN-16s and FCN-8s."""

import keras
from keras import layers

from cnnkit.models.bilinear import Bilinear
from cnnkit.models.sizes import check_classes, check_input, scaled
from cnnkit.models.vgg_encoder import VGG16_STAGES

Shape = tuple[int | None, int | None, int]


def fcn32s(classes: int = 21, input_shape: Shape = (224, 224, 3), width: float = 1.0) -> keras.Model:
    """VGG-16 made convolutional, whose class scores are upsampled 32 times.

    134,346,581 parameters are learned (the paper's 134M), 1,806,336 are fixed, a bilinear upsampling. The original pads
    its input by 100 and crops its output; here convolutions keep height and width.

    Args:
        classes: the background among them.
        input_shape: height and width are multiples of 32, or None.
        width: multiplies the filters.

    Input shape:
        (batch, *input_shape).

    Output shape:
        (batch, height, width, classes), logits.

    Raises:
        ValueError: for other sizes.

    References:
        Long et al. 2015, section 4.1 and table 1; lectures L3 and L4 (VGG16-FCN32s).

    Example:

    >>> fcn32s(classes=3, input_shape=(64, 96, 3), width=1 / 32).output_shape
    (None, 64, 96, 3)
    """
    return _fcn("fcn32s", 32, classes, input_shape, width)


def fcn16s(classes: int = 21, input_shape: Shape = (224, 224, 3), width: float = 1.0) -> keras.Model:
    """FCN whose scores are upsampled twice, summed with those of pool4, and upsampled 16 times.

    Shapes and errors are those of `fcn32s`. 134,364,410 learned parameters, 451,584 fixed.

    Args:
        classes, input_shape, width: as for `fcn32s`.

    References:
        Long et al. 2015, section 4.2 and figure 3; lecture L4.

    Example:

    >>> fcn16s(classes=3, input_shape=(None, None, 3), width=1 / 32).output_shape
    (None, None, None, 3)
    """
    return _fcn("fcn16s", 16, classes, input_shape, width)


def fcn8s(classes: int = 21, input_shape: Shape = (224, 224, 3), width: float = 1.0) -> keras.Model:
    """FCN whose scores are upsampled twice, summed with pool4's, the same with pool3's, and upsampled 8 times.

    Shapes and errors are those of `fcn32s`. 134,376,863 learned parameters, 112,896 fixed.

    Args:
        classes, input_shape, width: as for `fcn32s`.

    References:
        Long et al. 2015, section 4.2 and figure 3; lecture L4.

    Example:

    >>> fcn8s(classes=3, input_shape=(64, 96, 3), width=1 / 32).get_layer("sum_pool3").output.shape
    (None, 8, 12, 3)
    """
    return _fcn("fcn8s", 8, classes, input_shape, width)


def _fcn(network: str, stride: int, classes: int, input_shape: Shape, width: float) -> keras.Model:
    check_classes(network, classes)
    check_input(network, input_shape, multiple=32, least=32, unknown=True)

    def convolution(x: keras.KerasTensor, filters: int, size: int, name: str) -> keras.KerasTensor:
        return layers.Conv2D(
            scaled(filters, width),
            size,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
            name=name,
        )(x)

    def scores(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
        # Zeros, as in the paper: a new skip begins without changing the scores it is added to.
        return layers.Conv2D(classes, 1, kernel_initializer="zeros", name=name)(x)

    x = inputs = keras.Input(input_shape)
    pools = {}
    for stage, (filters, repeats) in enumerate(VGG16_STAGES, 1):
        for which in range(1, repeats + 1):
            x = convolution(x, filters, 3, f"conv{stage}_{which}")
        pools[stage] = x = layers.MaxPooling2D(2, name=f"pool{stage}")(x)
    x = layers.Dropout(0.5, name="drop6")(convolution(x, 4096, 7, "fc6"))
    x = layers.Dropout(0.5, name="drop7")(convolution(x, 4096, 1, "fc7"))
    x = scores(x, "score")
    for stage in {32: (), 16: (4,), 8: (4, 3)}[stride]:
        x = _upsample(x, 2, f"upsample_to_pool{stage}")
        x = layers.Add(name=f"sum_pool{stage}")([x, scores(pools[stage], f"score_pool{stage}")])
    return keras.Model(inputs, _upsample(x, stride, "upsample", trainable=False), name=network)


def _upsample(x: keras.KerasTensor, strides: int, name: str, trainable: bool = True) -> keras.KerasTensor:
    """Bilinear, or begins so: the last upsampling is fixed, the others learn (section 4.3)."""
    layer = layers.Conv2DTranspose(
        x.shape[-1],
        2 * strides,
        strides=strides,
        padding="same",
        use_bias=False,
        kernel_initializer=Bilinear(),
        name=name,
    )
    layer.trainable = trainable
    return layer(x)
