"""Networks that label pixels on VGG-16's convolutions: FCN-32s, SegNet, DeconvNet."""

from collections.abc import Sequence

from cnnkit.counting.networks.parts import conv, conv_norm
from cnnkit.counting.networks.vgg import FILTERS, encoder
from cnnkit.counting.specs import (
    Activation,
    BatchNormalization,
    Conv2D,
    Conv2DTranspose,
    Dropout,
    Input,
    Pooling2D,
    Spec,
    Unpooling2D,
)

BACK = ((512, 512, 512), (512, 512, 256), (256, 256, 128), (128, 64), (64,))


def fcn32s() -> list[Spec]:
    """134,346,581 parameters and an upsampling of 1,806,336, fixed there. Source: Long et al., 2015; L3 and L4."""
    return [
        *encoder((2, 2, 3, 3, 3)),
        *conv("fc6", 4096, 7),
        Dropout(name="drop6"),
        *conv("fc7", 4096, 1),
        Dropout(name="drop7"),
        Conv2D(21, 1, name="score"),
        Conv2DTranspose(21, 64, 32, pad="same", bias=False, name="upsample"),
    ]


def segnet() -> list[Spec]:
    """29,441,419 parameters, 352x480. Source: Badrinarayanan et al., 2017, figure 2; lecture L4."""
    layers = _encoder((352, 480, 3))
    for stage, filters in zip(range(5, 0, -1), BACK, strict=True):
        layers.append(_unpool(stage, layers[-1].name))
        for which, count in enumerate(filters, 1):
            layers += conv_norm(f"decoder{stage}_{which}", count)
    return [*layers, Conv2D(11, 3, pad="same", name="output")]


def deconvnet() -> list[Spec]:
    """251,801,429 parameters. Source: Noh et al., 2015, figure 2; lecture L3."""
    layers = [
        *_encoder((224, 224, 3)),
        Conv2D(4096, 7, name="fc6"),
        *_norm("fc6"),
        Conv2D(4096, 1, name="fc7"),
        *_norm("fc7"),
        Conv2DTranspose(512, 7, name="fc6_back"),
        *_norm("fc6_back"),
    ]
    for stage, filters in zip(range(5, 0, -1), BACK, strict=True):
        layers.append(_unpool(stage, layers[-1].name))
        layers += _deconvolutions(f"decoder{stage}", filters if stage > 1 else (64, 64))
    return [*layers, Conv2D(21, 1, name="output")]


def _encoder(image: tuple[int, int, int]) -> list[Spec]:
    layers: list[Spec] = [Input(image, name="input")]
    for stage, (filters, repeat) in enumerate(zip(FILTERS, (2, 2, 3, 3, 3), strict=True), 1):
        for which in range(1, repeat + 1):
            layers += conv_norm(f"encoder{stage}_{which}", filters)
        layers.append(Pooling2D(2, name=f"pool{stage}"))
    return layers


def _unpool(stage: int, x: str) -> Spec:
    return Unpooling2D(2, name=f"unpool{stage}", inputs=(x, f"pool{stage}"))


def _deconvolutions(name: str, filters: Sequence[int]) -> list[Spec]:
    layers: list[Spec] = []
    for which, count in enumerate(filters, 1):
        layers += [Conv2DTranspose(count, 3, pad="same", name=f"{name}_{which}"), *_norm(f"{name}_{which}")]
    return layers


def _norm(name: str) -> list[Spec]:
    return [BatchNormalization(name=f"{name}_norm"), Activation(name=f"{name}_activation")]
