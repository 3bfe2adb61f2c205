"""VGG-16 and VGG-19."""

from collections.abc import Sequence

from cnnkit.counting.networks.parts import conv, dense
from cnnkit.counting.specs import Flatten, Input, Pooling2D, Spec

FILTERS = (64, 128, 256, 512, 512)


def vgg16() -> list[Spec]:
    """138,357,544 parameters, 15.47 GMAC. Source: Simonyan and Zisserman, 2014, table 1, D; lecture L4."""
    return [*encoder((2, 2, 3, 3, 3)), *_classifier()]


def vgg19() -> list[Spec]:
    """143,667,240 parameters. Source: Simonyan and Zisserman, 2014, table 1, E; lecture L4."""
    return [*encoder((2, 2, 4, 4, 4)), *_classifier()]


def encoder(repeats: Sequence[int]) -> list[Spec]:
    """The image and stages of convolutions, each with a pooling at its end."""
    layers: list[Spec] = [Input((224, 224, 3), name="input")]
    for stage, (filters, repeat) in enumerate(zip(FILTERS, repeats, strict=False), 1):
        for which in range(1, repeat + 1):
            layers += conv(f"block{stage}_conv{which}", filters, 3)
        layers.append(Pooling2D(2, name=f"block{stage}_pool"))
    return layers


def _classifier() -> list[Spec]:
    return [
        Flatten(name="flatten"),
        *dense("fc1", 4096),
        *dense("fc2", 4096),
        *dense("predictions", 1000, "softmax"),
    ]
