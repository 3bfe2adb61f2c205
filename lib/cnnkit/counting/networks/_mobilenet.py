"""MobileNet v1."""

from cnnkit.counting.networks.parts import conv_norm, dense
from cnnkit.counting.specs import Activation, BatchNormalization, DepthwiseConv2D, GlobalPooling2D, Input, Spec

# Filters and stride of each depthwise-separable convolution: Howard et al., 2017, table 1.
BLOCKS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *[(512, 1)] * 5,
    (1024, 2),
    (1024, 1),
)


def mobilenet() -> list[Spec]:
    """4,231,976 parameters. Source: Howard et al., 2017, table 1; lectures L3 and L4."""
    layers: list[Spec] = [Input((224, 224, 3), name="input"), *conv_norm("stem", 32, 3, 2)]
    for which, (filters, stride) in enumerate(BLOCKS, 1):
        layers += separable(f"block{which}", filters, stride)
    return [*layers, GlobalPooling2D(name="average"), *dense("output", 1000, "softmax")]


def separable(name: str, filters: int, stride: int) -> list[Spec]:
    """A filter for each channel, then a 1x1 convolution over channels."""
    return [
        DepthwiseConv2D(3, stride, pad=1, bias=False, name=f"{name}_depthwise_conv"),
        BatchNormalization(name=f"{name}_depthwise_norm"),
        Activation(name=f"{name}_depthwise_activation"),
        *conv_norm(f"{name}_pointwise", filters, 1),
    ]
