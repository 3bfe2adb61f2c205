"""VGG-16 and VGG-19, as Keras has them."""

import keras

from cnnkit.models.sizes import check_classes, check_input


def vgg16(classes: int = 1000, input_shape: tuple[int, int, int] = (224, 224, 3)) -> keras.Model:
    """VGG with 13 convolutions of 3x3 and three dense layers: 138,357,544 parameters.

    Args:
        classes: number of classes.
        input_shape: (height, width, channels).

    Input shape:
        (batch, *input_shape), 32x32 at least.

    Output shape:
        (batch, classes), probabilities.

    Raises:
        ValueError: for smaller inputs.

    References:
        Simonyan and Zisserman 2014, table 1, D; lecture L4. It is `keras.applications.VGG16` without weights.

    Example:

    >>> vgg16(classes=3, input_shape=(32, 64, 3)).get_layer("block5_pool").output.shape
    (None, 1, 2, 512)
    """
    check_classes("vgg16", classes)
    check_input("vgg16", input_shape, least=32)
    return keras.applications.VGG16(weights=None, classes=classes, input_shape=input_shape)


def vgg19(classes: int = 1000, input_shape: tuple[int, int, int] = (224, 224, 3)) -> keras.Model:
    """VGG with 16 convolutions of 3x3 and three dense layers: 143,667,240 parameters.

    Args:
        classes: number of classes.
        input_shape: (height, width, channels).

    Input shape:
        (batch, *input_shape), 32x32 at least.

    Output shape:
        (batch, classes), probabilities.

    Raises:
        ValueError: for smaller inputs.

    References:
        Simonyan and Zisserman 2014, table 1, E; lecture L4. It is `keras.applications.VGG19` without weights.

    Example:

    >>> vgg19(classes=3, input_shape=(32, 64, 3)).get_layer("block5_pool").output.shape
    (None, 1, 2, 512)
    """
    check_classes("vgg19", classes)
    check_input("vgg19", input_shape, least=32)
    return keras.applications.VGG19(weights=None, classes=classes, input_shape=input_shape)
