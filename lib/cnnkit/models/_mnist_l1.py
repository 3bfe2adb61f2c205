"""The network for MNIST on the slides of lecture L1."""

import keras
from keras import layers


def mnist_l1() -> keras.Sequential:
    """L1's network in Keras 3, as printed: its convolutions have no activation.

    Edges 26, 13, 11, 5, then 1,250 numbers; 137,660 parameters: 250 + 11,300 + 125,100 + 1,010.

    The slides are Keras 1, with channels first. Their `Convolution2D(25, 3, 3)` is `Conv2D(25, (3, 3))`: in Keras 3 a
    third number would be the stride, and nothing would say so.

    Input shape:
        (batch, 28, 28, 1) in [0, 1].

    Output shape:
        (batch, 10), probabilities.

    References:
        Lecture L1, the network for MNIST in Keras.

    Example:

    >>> mnist_l1().count_params()
    137660
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(25, (3, 3)),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(50, (3, 3)),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(100, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        name="mnist_l1",
    )
