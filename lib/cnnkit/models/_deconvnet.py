"""DeconvNet."""

import keras
from keras import layers

from cnnkit.models.sizes import check_classes, check_input, scaled
from cnnkit.models.vgg_encoder import decode, encode


def deconvnet(
    classes: int = 21, input_shape: tuple[int | None, int | None, int] = (224, 224, 3), width: float = 1.0
) -> keras.Model:
    """VGG-16 down to one column of 4,096 features, and its mirror image up, by transposed convolution.

    251,801,429 trainable parameters (the paper's 252M), and 33,408 moving statistics.

    Args:
        classes: the background among them.
        input_shape: height and width are multiples of 32, 224 or more, or None.
        width: multiplies the filters.

    Input shape:
        (batch, *input_shape).

    Output shape:
        (batch, height, width, classes), logits.

    Raises:
        ValueError: for other sizes.

    References:
        Noh et al. 2015, section 3 and figure 2; lecture L3, DeconvNet.

    Example:

    >>> model = deconvnet(classes=3, input_shape=(224, 256, 3), width=1 / 64)
    >>> model.get_layer("fc7_activation").output.shape, model.output_shape
    ((None, 1, 2, 64), (None, 224, 256, 3))
    """
    check_classes("deconvnet", classes)
    check_input("deconvnet", input_shape, multiple=32, least=224, unknown=True)
    inputs = keras.Input(input_shape)
    x, found = encode(inputs, width)
    x = _norm(layers.Conv2D(scaled(4096, width), 7, kernel_initializer="he_normal", name="fc6")(x), "fc6")
    x = _norm(layers.Conv2D(scaled(4096, width), 1, kernel_initializer="he_normal", name="fc7")(x), "fc7")
    x = _deconvolution(x, scaled(512, width), 7, "valid", name="fc6_back")
    x = decode(x, found, width, _deconvolution)
    x = _deconvolution(x, scaled(64, width), name="decoder1_2")
    return keras.Model(inputs, layers.Conv2D(classes, 1, name="output")(x), name="deconvnet")


def _deconvolution(
    x: keras.KerasTensor, filters: int, size: int = 3, padding: str = "same", name: str = ""
) -> keras.KerasTensor:
    return _norm(
        layers.Conv2DTranspose(filters, size, padding=padding, kernel_initializer="he_normal", name=name)(x), name
    )


def _norm(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return layers.ReLU(name=f"{name}_activation")(layers.BatchNormalization(name=f"{name}_norm")(x))
