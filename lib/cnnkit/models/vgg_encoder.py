"""VGG-16's convolutions, and the way back up that SegNet and DeconvNet have in common."""

from collections.abc import Callable

import keras

from cnnkit.blocks import conv_norm
from cnnkit.layers import MaxPoolingWithIndices2D, MaxUnpooling2D
from cnnkit.models.sizes import scaled

# Filters and number of convolutions of each stage (Simonyan and Zisserman 2014, table 1, D).
VGG16_STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
_STAGES_BACK = ((512, 512, 512), (512, 512, 256), (256, 256, 128), (128, 64), (64,))


def encode(x: keras.KerasTensor, width: float) -> tuple[keras.KerasTensor, list[keras.KerasTensor]]:
    """Five stages with batch normalisation; also where each pooling found its maxima, first stage first."""
    found = []
    for stage, (filters, repeats) in enumerate(VGG16_STAGES, 1):
        for which in range(1, repeats + 1):
            x = conv_norm(x, scaled(filters, width), name=f"encoder{stage}_{which}")
        x, indices = MaxPoolingWithIndices2D(name=f"pool{stage}")(x)
        found.append(indices)
    return x, found


def decode(
    x: keras.KerasTensor, found: list[keras.KerasTensor], width: float, convolution: Callable[..., keras.KerasTensor]
) -> keras.KerasTensor:
    """Five stages back, each unpooled to where its maxima were found."""
    for stage, filters in zip(range(5, 0, -1), _STAGES_BACK, strict=True):
        x = MaxUnpooling2D(name=f"unpool{stage}")([x, found[stage - 1]])
        for which, count in enumerate(filters, 1):
            x = convolution(x, scaled(count, width), name=f"decoder{stage}_{which}")
    return x
