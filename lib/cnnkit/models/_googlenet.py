"""GoogLeNet, the first Inception."""

import keras
from keras import layers

from cnnkit.blocks import auxiliary_classifier, inception
from cnnkit.counting.networks._googlenet import MODULES
from cnnkit.layers import LocalResponseNormalization, PaddedConv2D
from cnnkit.models.sizes import check_classes, check_input, scaled


def googlenet(
    classes: int = 1000,
    input_shape: tuple[int | None, int | None, int] = (224, 224, 3),
    width: float = 1.0,
    auxiliary: bool = True,
) -> keras.Model:
    """A stem, nine inception modules, average pooling; and two classifiers half way, for training.

    Parameters: stem 124,416, in all 6,998,552, with the auxiliary classifiers 13,378,280.

    Args:
        classes: number of classes.
        input_shape: (height, width, channels).
        width: multiplies the filters and the units of the auxiliary classifiers.
        auxiliary: whether to have these; without them height and width may be None.

    Input shape:
        (batch, *input_shape).

    Output shape:
        All (batch, classes), probabilities: "output", and where auxiliary a dictionary of it with "auxiliary1" and
        "auxiliary2", from modules 4a and 4d; their losses count 0.3 each, as `compile(loss_weights=...)`.

    Raises:
        ValueError: for an input under 32x32, or under 65x65 where auxiliary.

    References:
        Szegedy et al. 2015, table 1 and section 5; lecture L4, GoogLeNet.

    Example:

    >>> model = googlenet(classes=4, input_shape=(96, 65, 3), width=1 / 16)
    >>> sorted(model(keras.ops.zeros((1, 96, 65, 3))))
    ['auxiliary1', 'auxiliary2', 'output']
    """
    check_classes("googlenet", classes)
    check_input("googlenet", input_shape, least=65 if auxiliary else 32, unknown=not auxiliary)
    inputs = keras.Input(input_shape)
    x = _stem(inputs, width)
    outputs: dict[str, keras.KerasTensor] = {}
    for module, filters in MODULES.items():
        if module in ("4a", "5a"):
            x = _pool(x, f"pool{int(module[0]) - 1}")
        x = inception(x, *(scaled(count, width) for count in filters), name=f"inception_{module}")
        if auxiliary and module in ("4a", "4d"):
            name = f"auxiliary{len(outputs) + 1}"
            sizes = {"filters": scaled(128, width), "units": scaled(1024, width)}
            outputs[name] = auxiliary_classifier(x, classes, **sizes, name=name)
    x = layers.GlobalAveragePooling2D(name="average")(x)
    x = layers.Dropout(0.4, name="dropout")(x)
    output = layers.Dense(classes, activation="softmax", name="output")(x)
    return keras.Model(inputs, {"output": output, **outputs} if auxiliary else output, name="googlenet")


def _stem(x: keras.KerasTensor, width: float) -> keras.KerasTensor:
    """From 224 to 28 at little cost, figure 3 of the paper."""

    def convolution(x: keras.KerasTensor, filters: int, size: int, name: str, strides: int = 1) -> keras.KerasTensor:
        return PaddedConv2D(
            scaled(filters, width),
            size,
            pad=size // 2,
            strides=strides,
            activation="relu",
            kernel_initializer="he_normal",
            name=name,
        )(x)

    x = _pool(convolution(x, 64, 7, "conv1", strides=2), "pool1")
    x = LocalResponseNormalization(name="norm1")(x)
    x = convolution(convolution(x, 64, 1, "conv2_reduce"), 192, 3, "conv2")
    return _pool(LocalResponseNormalization(name="norm2")(x), "pool2")


def _pool(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return layers.MaxPooling2D(3, 2, padding="same", name=name)(x)
