"""Networks for digits: LeNet-5, as published and as built today, and lecture L1's."""

from cnnkit.counting.networks.parts import activation, conv, dense
from cnnkit.counting.specs import (
    Flatten,
    Input,
    PartiallyConnectedConv2D,
    Pooling2D,
    RadialBasisOutput,
    Spec,
    TrainableSubsampling,
)

# For each map of C3 the maps of S2 that it sees: LeCun et al., 1998, table I.
C3 = (
    *((i, (i + 1) % 6, (i + 2) % 6) for i in range(6)),
    *((i, (i + 1) % 6, (i + 2) % 6, (i + 3) % 6) for i in range(6)),
    *((i, i + 1, (i + 3) % 6, (i + 4) % 6) for i in range(3)),
    tuple(range(6)),
)


def lenet5() -> list[Spec]:
    """60,000 parameters. Source: LeCun et al., 1998, section II.B; lecture L2."""
    return [
        Input((32, 32, 1), name="input"),
        *conv("C1", 6, 5, "scaled_tanh", pad=0),
        TrainableSubsampling(2, name="S2"),
        activation("S2", "scaled_tanh"),
        PartiallyConnectedConv2D(C3, 5, name="C3"),
        activation("C3", "scaled_tanh"),
        TrainableSubsampling(2, name="S4"),
        activation("S4", "scaled_tanh"),
        *conv("C5", 120, 5, "scaled_tanh", pad=0),
        Flatten(name="flatten"),
        *dense("F6", 84, "scaled_tanh"),
        RadialBasisOutput(10, name="output"),
    ]


def lenet5_modern() -> list[Spec]:
    """61,706 parameters: a full C3, average pooling, a softmax."""
    return [
        Input((32, 32, 1), name="input"),
        *conv("C1", 6, 5, "scaled_tanh", pad=0),
        Pooling2D(2, name="S2"),
        *conv("C3", 16, 5, "scaled_tanh", pad=0),
        Pooling2D(2, name="S4"),
        *conv("C5", 120, 5, "scaled_tanh", pad=0),
        Flatten(name="flatten"),
        *dense("F6", 84, "scaled_tanh"),
        *dense("output", 10, "softmax"),
    ]


def mnist_l1() -> list[Spec]:
    """137,660 parameters. Source: lecture L1's network for MNIST, whose convolutions have no activation."""
    return [
        Input((28, 28, 1), name="input"),
        conv("conv1", 25, 3, pad=0)[0],
        Pooling2D(2, name="pool1"),
        conv("conv2", 50, 3, pad=0)[0],
        Pooling2D(2, name="pool2"),
        Flatten(name="flatten"),
        *dense("dense", 100),
        *dense("output", 10, "softmax"),
    ]
