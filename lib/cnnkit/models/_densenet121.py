"""DenseNet-121, as Keras has it."""

import keras

from cnnkit.models.sizes import check_classes, check_input


def densenet121(classes: int = 1000, input_shape: tuple[int | None, int | None, int] = (224, 224, 3)) -> keras.Model:
    """Dense blocks of 6, 12, 24 and 16 layers that add 32 maps each: 7,978,856 trainable parameters.

    83,648 moving statistics besides.

    Args:
        classes: number of classes.
        input_shape: (height, width, channels); None is any height or width.

    Input shape:
        (batch, *input_shape).

    Output shape:
        (batch, classes), probabilities.

    Raises:
        ValueError: for an input under 32x32.

    References:
        Huang et al. 2017, table 1; lecture L4, DenseNet. It is `keras.applications.DenseNet121` without weights;
        `cnnkit.blocks` has the dense block and the transition.

    Example:

    >>> densenet121(classes=4, input_shape=(64, 96, 3)).get_layer("relu").output.shape
    (None, 2, 3, 1024)
    """
    check_classes("densenet121", classes)
    check_input("densenet121", input_shape, least=32, unknown=True)
    return keras.applications.DenseNet121(weights=None, classes=classes, input_shape=input_shape)
