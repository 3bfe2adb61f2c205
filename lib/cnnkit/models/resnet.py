"""ResNet and what grew from it: ResNeXt and SE-ResNet."""

from collections.abc import Callable
from functools import partial

import keras
from keras import layers

from cnnkit.blocks import conv_norm, residual_basic, residual_bottleneck, resnext_bottleneck
from cnnkit.models.sizes import check_classes, check_input, scaled

Shape = tuple[int | None, int | None, int]
IMAGENET = (224, 224, 3)


def resnet18(classes: int = 1000, input_shape: Shape = IMAGENET, width: float = 1.0) -> keras.Model:
    """ResNet of basic blocks, two in each of four stages: 11,689,512 trainable parameters.

    9,600 moving statistics besides.

    Args:
        classes: number of classes.
        input_shape: (height, width, channels); None is any height or width.
        width: multiplies the filters.

    Input shape:
        (batch, *input_shape).

    Output shape:
        (batch, classes), probabilities.

    Raises:
        ValueError: for an input under 32x32.

    References:
        He et al. 2015, table 1; lectures L3 and L4.

    Example:

    >>> resnet18(classes=4, input_shape=(64, 96, 3), width=1 / 16).get_layer("stage4_block2_output").output.shape
    (None, 2, 3, 32)
    """
    return _resnet("resnet18", residual_basic, (2, 2, 2, 2), scaled(64, width), classes, input_shape, scaled(64, width))


def resnet50(classes: int = 1000, input_shape: Shape = IMAGENET) -> keras.Model:
    """ResNet of bottlenecks, as Keras has it: 25,583,592 trainable parameters.

    The paper's convolutions have no biases, 26,560 fewer parameters: 25,557,032. 53,120 moving statistics besides.

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
        He et al. 2015, table 1; lecture L4. It is `keras.applications.ResNet50` without weights.

    Example:

    >>> resnet50(classes=4, input_shape=(64, 96, 3)).get_layer("conv5_block3_out").output.shape
    (None, 2, 3, 2048)
    """
    check_classes("resnet50", classes)
    check_input("resnet50", input_shape, least=32, unknown=True)
    return keras.applications.ResNet50(weights=None, classes=classes, input_shape=input_shape)


def resnext50(
    classes: int = 1000, input_shape: Shape = IMAGENET, cardinality: int = 32, group_width: int = 4
) -> keras.Model:
    """ResNeXt-50, 32 groups of 4 filters in the first stage: 25,028,904 trainable parameters.

    68,224 moving statistics besides.

    Args:
        classes: number of classes.
        input_shape: (height, width, channels); None is any height or width.
        cardinality: number of groups.
        group_width: filters of a group in the first stage, doubled in each after it.

    Input shape:
        (batch, *input_shape).

    Output shape:
        (batch, classes), probabilities.

    Raises:
        ValueError: for an input under 32x32.

    References:
        Xie et al. 2017, table 1; lecture L4, ResNeXt.

    Example:

    >>> resnext50(4, (64, 96, 3), cardinality=2, group_width=2).get_layer("stage4_block3_output").output.shape
    (None, 2, 3, 64)
    """
    block = partial(resnext_bottleneck, cardinality=cardinality)
    stem = max(1, cardinality * group_width // 2)
    return _resnet("resnext50", block, (3, 4, 6, 3), cardinality * group_width, classes, input_shape, stem)


def se_resnet50(
    classes: int = 1000, input_shape: Shape = IMAGENET, width: float = 1.0, squeeze_ratio: int = 16
) -> keras.Model:
    """ResNet-50 whose residuals are squeezed and excited: 28,088,024 trainable parameters.

    That is the paper's ResNet-50, without biases in convolutions, and 2,530,992 more. 53,120 moving statistics besides.

    Args:
        classes: number of classes.
        input_shape: (height, width, channels); None is any height or width.
        width: multiplies the filters.
        squeeze_ratio: as for `cnnkit.layers.SqueezeAndExcitation`.

    Input shape:
        (batch, *input_shape).

    Output shape:
        (batch, classes), probabilities.

    Raises:
        ValueError: for an input under 32x32.

    References:
        Hu et al. 2018, table 1; lecture L4, SENet.

    Example:

    >>> se_resnet50(classes=4, input_shape=(64, 96, 3), width=1 / 16).get_layer("stage4_block3_output").output.shape
    (None, 2, 3, 128)
    """
    block = partial(residual_bottleneck, squeeze_ratio=squeeze_ratio)
    filters = scaled(64, width)
    return _resnet("se_resnet50", block, (3, 4, 6, 3), filters, classes, input_shape, filters)


def _resnet(
    network: str,
    block: Callable[..., keras.KerasTensor],
    repeats: tuple[int, ...],
    filters: int,
    classes: int,
    input_shape: Shape,
    stem: int,
) -> keras.Model:
    """Stages of `repeats` blocks, each stage of twice the filters and half the size of the one before."""
    check_classes(network, classes)
    check_input(network, input_shape, least=32, unknown=True)
    inputs = keras.Input(input_shape)
    x = conv_norm(inputs, stem, 7, strides=2, name="stem")
    x = layers.MaxPooling2D(3, 2, padding="same", name="stem_pool")(x)
    for stage, repeat in enumerate(repeats, 1):
        for which in range(1, repeat + 1):
            strides = 2 if which == 1 and stage > 1 else 1
            x = block(x, filters * 2 ** (stage - 1), strides=strides, name=f"stage{stage}_block{which}")
    x = layers.GlobalAveragePooling2D(name="average")(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax", name="output")(x), name=network)
