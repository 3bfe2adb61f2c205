"""What most networks are made of: a layer with its normalization and its activation."""

from typing import Any

from cnnkit.counting.specs import Activation, BatchNormalization, Conv2D, Dense, Spec


def conv(name: str, filters: int, kernel: int, function: str = "relu", **options: Any) -> list[Spec]:
    """Convolution and activation. options: as of Conv2D; pad is "same" where none is given."""
    options.setdefault("pad", "same")
    return [Conv2D(filters, kernel, name=name, **options), activation(name, function)]


def conv_norm(
    name: str, filters: int, kernel: int = 3, stride: int = 1, groups: int = 1, active: bool = True, inputs: str = ""
) -> list[Spec]:
    """Convolution without bias, batch normalization, ReLU where `active`; ends as {name}_activation or {name}_norm."""
    convolution = Conv2D(
        filters,
        kernel,
        stride,
        pad=kernel // 2,
        groups=groups,
        bias=False,
        name=f"{name}_conv",
        inputs=inputs,
    )
    layers = [convolution, BatchNormalization(name=f"{name}_norm")]
    return [*layers, Activation(name=f"{name}_activation")] if active else layers


def norm_conv(name: str, filters: int, kernel: int) -> list[Spec]:
    """Batch normalization, ReLU, convolution without bias: DenseNet's order."""
    return [
        BatchNormalization(name=f"{name}_norm"),
        Activation(name=f"{name}_activation"),
        Conv2D(filters, kernel, pad="same", bias=False, name=f"{name}_conv"),
    ]


def dense(name: str, units: int, function: str = "relu") -> list[Spec]:
    """Full connection and activation."""
    return [Dense(units, name=name), activation(name, function)]


def activation(name: str, function: str) -> Spec:
    """That of the layer `name`."""
    return Activation(function, name=f"{name}_{function}")
