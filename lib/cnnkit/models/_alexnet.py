"""AlexNet, as the lectures give it three times."""

import keras
from keras import layers

from cnnkit.layers import LocalResponseNormalization, PaddedConv2D
from cnnkit.models.sizes import check_classes, check_input, scaled

# filters; groups of each convolution; zeros around the input; layers between conv1 and conv2, conv2 and conv3
_VARIANTS = {
    "2012": ((96, 256, 384, 384, 256), (1, 2, 1, 2, 2), 0, ("norm", "pool")),
    "simplified": ((96, 256, 384, 384, 256), (1, 1, 1, 1, 1), 0, ("pool", "norm")),
    "table": ((64, 192, 384, 256, 256), (1, 1, 1, 1, 1), 2, ("pool",)),
}


def alexnet(
    variant: str = "2012",
    classes: int = 1000,
    input_shape: tuple[int, int, int] = (227, 227, 3),
    width: float = 1.0,
) -> keras.Sequential:
    """Five convolutions, three poolings, three dense layers.

    Args:
        variant: "2012" for the paper's, whose second, fourth and fifth convolution see half of the maps each, since
            there were two GPUs: 60,965,224 parameters. "simplified" for the listing of lecture L4, taken without
            groups, norms after pooling: 62,378,344. "table" for the table of lecture L4, without norms, 64 filters on
            an input padded by 2: 61,100,840.
        classes: number of classes.
        input_shape: (height, width, channels).
        width: multiplies the filters and the units of the dense layers; in "2012" they remain even.

    Input shape:
        (batch, *input_shape).

    Output shape:
        (batch, classes), probabilities.

    Raises:
        ValueError: for another variant, and for an input of less than 67x67, 63x63 in "table".

    References:
        Krizhevsky et al. 2012, section 3; lecture L0; lecture L4, AlexNet and its hyperparameters.

    Example:

    >>> model = alexnet("table", classes=5, width=1 / 16)
    >>> model.get_layer("conv1").output.shape, model.output_shape
    ((None, 56, 56, 4), (None, 5))
    """
    if variant not in _VARIANTS:
        raise ValueError(f"alexnet's variants are {', '.join(map(repr, _VARIANTS))}, and received {variant!r}")
    filters, groups, pad, between = _VARIANTS[variant]
    check_classes("alexnet", classes)
    check_input("alexnet", input_shape, least=67 - 2 * pad)

    def convolution(which: int, kernel_size: int, pad: int, strides: int = 1) -> keras.layers.Layer:
        count = max(1, scaled(filters[which - 1] // max(groups), width)) * max(groups)
        return PaddedConv2D(
            count,
            kernel_size,
            pad=pad,
            strides=strides,
            groups=groups[which - 1],
            activation="relu",
            kernel_initializer="he_normal",
            name=f"conv{which}",
        )

    def after(which: int) -> list[keras.layers.Layer]:
        made = {"norm": LocalResponseNormalization(name=f"norm{which}"), "pool": _pool(which)}
        return [made[kind] for kind in between]

    units = scaled(4096, width)
    return keras.Sequential(
        [
            keras.Input(input_shape),
            convolution(1, 11, pad, strides=4),
            *after(1),
            convolution(2, 5, 2),
            *after(2),
            convolution(3, 3, 1),
            convolution(4, 3, 1),
            convolution(5, 3, 1),
            _pool(5),
            layers.Flatten(name="flatten"),
            layers.Dense(units, activation="relu", kernel_initializer="he_normal", name="fc6"),
            layers.Dropout(0.5, name="drop6"),
            layers.Dense(units, activation="relu", kernel_initializer="he_normal", name="fc7"),
            layers.Dropout(0.5, name="drop7"),
            layers.Dense(classes, activation="softmax", name="fc8"),
        ],
        name="alexnet",
    )


def _pool(which: int) -> keras.layers.Layer:
    return layers.MaxPooling2D(3, 2, name=f"pool{which}")
