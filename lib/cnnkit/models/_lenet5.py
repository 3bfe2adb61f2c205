"""LeNet-5."""

import keras
from keras import layers

from cnnkit.layers import PartiallyConnectedConv2D, RadialBasisOutput, TrainableSubsampling, scaled_tanh
from cnnkit.models.digit_codes import digit_codes
from cnnkit.models.sizes import check_classes, check_input

# Table I: a row for each map of S2, a column for each map of C3.
_TABLE_I = """
X...XXX..XXXX.XX
XX...XXX..XXXX.X
XXX...XXX..X.XXX
.XXX..XXXX..X.XX
..XXX..XXXX.XX.X
...XXX..XXXX.XXX
"""
LENET5_C3 = tuple(tuple(int(mark == "X") for mark in row) for row in _TABLE_I.split())


def lenet5(
    classes: int = 10, original: bool = True, input_shape: tuple[int, int, int] = (28, 28, 1)
) -> keras.Sequential:
    """LeNet-5 for images of digits.

    The paper has inputs of about -0.1 for the background and 1.175 for the ink.

    Args:
        classes: number of outputs; at most 10 where original, which has codes for the ten digits.
        original: True for the paper's network, 60,000 trainable parameters: C1 156, S2 12, C3 1,516, S4 32, C5 48,120,
            F6 10,164 and an output of fixed codes. Its outputs are logits, see `RadialBasisOutput`. False for the
            network that is mostly built today, 61,706 parameters: a full C3 of 2,416, average pooling without
            parameters, a dense softmax of 850, outputs probabilities.
        input_shape: (28, 28, 1), padded to 32 by the first convolution, or (32, 32, 1).

    Output shape:
        (batch, classes).

    Raises:
        ValueError: for other shapes and numbers of classes.

    References:
        LeCun et al. 1998, section II.B; lecture L2.

    Example:

    >>> [layer.output.shape[1:] for layer in lenet5().layers[:4]]
    [(28, 28, 6), (14, 14, 6), (10, 10, 16), (5, 5, 16)]
    """
    check_classes("lenet5", classes)
    check_input("lenet5", input_shape)
    if tuple(input_shape) not in ((28, 28, 1), (32, 32, 1)):
        raise ValueError(f"lenet5's input_shape is (28, 28, 1) or (32, 32, 1), and received {input_shape}")
    if original and classes > 10:
        raise ValueError(
            f"lenet5's classes is 1 to 10, the digits that have codes, where original, and received {classes}"
        )
    padding = "same" if input_shape[0] == 28 else "valid"
    c1 = layers.Conv2D(6, 5, padding=padding, activation=scaled_tanh, name="C1")
    c5 = layers.Conv2D(120, 5, activation=scaled_tanh, name="C5")
    f6 = layers.Dense(84, activation=scaled_tanh, name="F6")
    if original:
        s2 = TrainableSubsampling(activation=scaled_tanh, name="S2")
        c3 = PartiallyConnectedConv2D(LENET5_C3, 5, activation=scaled_tanh, name="C3")
        s4 = TrainableSubsampling(activation=scaled_tanh, name="S4")
        output = RadialBasisOutput(digit_codes()[:classes], name="output")
    else:
        s2 = layers.AveragePooling2D(2, name="S2")
        c3 = layers.Conv2D(16, 5, activation=scaled_tanh, name="C3")
        s4 = layers.AveragePooling2D(2, name="S4")
        output = layers.Dense(classes, activation="softmax", name="output")
    return keras.Sequential([keras.Input(input_shape), c1, s2, c3, s4, c5, layers.Flatten(), f6, output], name="lenet5")
