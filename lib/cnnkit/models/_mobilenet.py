"""MobileNet v1, as Keras has it."""

import keras

from cnnkit.models.sizes import check_classes, check_input, check_width


def mobilenet(
    classes: int = 1000,
    input_shape: tuple[int | None, int | None, int] = (224, 224, 3),
    width: float = 1.0,
) -> keras.Model:
    """Thirteen depthwise-separable convolutions: 4,231,976 trainable parameters.

    21,888 moving statistics besides.

    Args:
        classes: number of classes.
        input_shape: (height, width, channels); None is any height or width.
        width: the width multiplier, alpha in the paper.

    Input shape:
        (batch, *input_shape).

    Output shape:
        (batch, classes), probabilities.

    Raises:
        ValueError: for an input under 32x32.

    References:
        Howard et al. 2017, table 1; lectures L3 and L4. It is `keras.applications.MobileNet` without weights, whose
        ReLU ends at 6; `cnnkit.blocks` has the depthwise-separable block.

    Example:

    >>> mobilenet(classes=4, input_shape=(64, 96, 3), width=0.25).get_layer("conv_pw_13_relu").output.shape
    (None, 2, 3, 256)
    """
    check_classes("mobilenet", classes)
    check_input("mobilenet", input_shape, least=32, unknown=True)
    check_width(width)
    return keras.applications.MobileNet(weights=None, alpha=width, classes=classes, input_shape=input_shape)
