"""ResNet and what grew from it: ResNeXt and SE-ResNet."""

from collections.abc import Callable
from functools import partial

from cnnkit.counting.networks.parts import activation, conv_norm, dense
from cnnkit.counting.specs import Activation, Add, Dense, GlobalPooling2D, Input, Multiply, Pooling2D, Spec

Residual = Callable[[str, int, int], list[Spec]]
"""The residual's layers for a name, a number of filters and the stride; the first of them takes the layer before it."""


def resnet18() -> list[Spec]:
    """11,689,512 parameters. Source: He et al., 2015, table 1; lectures L3 and L4."""
    return _resnet(basic, (2, 2, 2, 2), 64, 1)


def resnet50() -> list[Spec]:
    """25,557,032 parameters, 3.86 GMAC. Source: He et al., 2015, table 1; lecture L4.

    The paper's network: no biases in convolutions, which Keras's has, and a stage halves at its first 1x1.
    """
    return _resnet(bottleneck, (3, 4, 6, 3), 64, 4)


def resnext50() -> list[Spec]:
    """32 x 4d: 25,028,904 parameters, 4.23 GMAC, 4.24 with sums. Source: Xie et al., 2017, table 1; lecture L4."""
    return _resnet(grouped_bottleneck, (3, 4, 6, 3), 128, 2)


def se_resnet50() -> list[Spec]:
    """28,088,024 parameters, 3.86 GMAC, 3.87 with sums and scaling. Source: Hu et al., 2018, table 1; lecture L4."""
    return _resnet(partial(bottleneck, squeeze_ratio=16), (3, 4, 6, 3), 64, 4)


def basic(name: str, filters: int, stride: int) -> list[Spec]:
    return [
        *conv_norm(f"{name}_first", filters, 3, stride),
        *conv_norm(f"{name}_second", filters, 3, active=False),
    ]


def bottleneck(name: str, filters: int, stride: int, squeeze_ratio: int | None = None) -> list[Spec]:
    layers = [
        *conv_norm(f"{name}_reduce", filters, 1, stride),
        *conv_norm(f"{name}_middle", filters, 3),
        *conv_norm(f"{name}_expand", 4 * filters, 1, active=False),
    ]
    return layers + squeeze(f"{name}_squeeze", layers[-1].name, 4 * filters, squeeze_ratio) if squeeze_ratio else layers


def grouped_bottleneck(name: str, filters: int, stride: int) -> list[Spec]:
    return [
        *conv_norm(f"{name}_reduce", filters, 1),
        *conv_norm(f"{name}_middle", filters, 3, stride, groups=32),
        *conv_norm(f"{name}_expand", 2 * filters, 1, active=False),
    ]


def squeeze(name: str, x: str, channels: int, ratio: int, bias: bool = True) -> list[Spec]:
    """Squeeze and excitation of the layer `x`; ends as `name`."""
    return [
        GlobalPooling2D(name=f"{name}_mean", inputs=x),
        Dense(channels // ratio, bias, name=f"{name}_reduce"),
        activation(f"{name}_reduce", "relu"),
        Dense(channels, bias, name=f"{name}_expand"),
        activation(f"{name}_expand", "sigmoid"),
        Multiply(name=name, inputs=(x, f"{name}_expand_sigmoid")),
    ]


def _resnet(residual: Residual, repeats: tuple[int, ...], filters: int, expansion: int) -> list[Spec]:
    """A block gives `expansion` times its filters, which double at each stage."""
    layers: list[Spec] = [
        Input((224, 224, 3), name="input"),
        *conv_norm("stem", 64, 7, 2),
        Pooling2D(3, 2, pad=1, name="stem_pool"),
    ]
    x, channels = "stem_pool", 64
    for stage, repeat in enumerate(repeats, 1):
        width = filters * 2 ** (stage - 1)
        for which in range(1, repeat + 1):
            name = f"stage{stage}_block{which}"
            stride = 2 if which == 1 and stage > 1 else 1
            layers += residual(name, width, stride)
            ends = (x, layers[-1].name)
            if stride > 1 or channels != expansion * width:
                channels = expansion * width
                layers += conv_norm(f"{name}_projection", channels, 1, stride, active=False, inputs=x)
                ends = (layers[-1].name, ends[1])
            layers += [Add(name=f"{name}_sum", inputs=ends), Activation(name=f"{name}_output")]
            x = f"{name}_output"
    return [*layers, GlobalPooling2D(name="average"), *dense("output", 1000, "softmax")]
