"""GoogLeNet, with and without the classifiers that help to train it."""

from cnnkit.counting.networks.parts import conv, dense
from cnnkit.counting.specs import (
    Concatenate,
    Dropout,
    Flatten,
    GlobalPooling2D,
    Input,
    LocalResponseNormalization,
    Pooling2D,
    Spec,
)

# 1x1, reduce 3x3, 3x3, reduce 5x5, 5x5, pool: Szegedy et al., 2015, table 1.
MODULES = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


def googlenet(auxiliary: bool = False) -> list[Spec]:
    """6,998,552 parameters, 13,378,280 with the auxiliary classifiers.

    Source: Szegedy et al., 2015, table 1 and section 5; lecture L4.
    """
    layers: list[Spec] = [
        Input((224, 224, 3), name="input"),
        *conv("conv1", 64, 7, stride=2, pad=3),
        _pool("pool1"),
        LocalResponseNormalization(name="norm1"),
        *conv("conv2_reduce", 64, 1),
        *conv("conv2", 192, 3),
        LocalResponseNormalization(name="norm2"),
        _pool("pool2"),
    ]
    x, classifiers = "pool2", 0
    for module, filters in MODULES.items():
        if module in ("4a", "5a"):
            x = f"pool{int(module[0]) - 1}"
            layers.append(_pool(x))
        layers += inception(f"inception_{module}", x, *filters)
        x = f"inception_{module}_output"
        if auxiliary and module in ("4a", "4d"):
            classifiers += 1
            layers += auxiliary_classifier(f"auxiliary{classifiers}", x)
    average = GlobalPooling2D(name="average", inputs=x)
    return [*layers, average, Dropout(name="dropout"), *dense("output", 1000, "softmax")]


def inception(
    name: str, x: str, conv1: int, reduce3: int, conv3: int, reduce5: int, conv5: int, pool: int
) -> list[Spec]:
    """Four branches of the layer `x` side by side; ends as {name}_output."""
    ends = ("1x1", "3x3", "5x5", "pool_1x1")
    return [
        *conv(f"{name}_1x1", conv1, 1, inputs=x),
        *conv(f"{name}_reduce_3x3", reduce3, 1, inputs=x),
        *conv(f"{name}_3x3", conv3, 3),
        *conv(f"{name}_reduce_5x5", reduce5, 1, inputs=x),
        *conv(f"{name}_5x5", conv5, 5),
        Pooling2D(3, 1, "same", name=f"{name}_pool", inputs=x),
        *conv(f"{name}_pool_1x1", pool, 1),
        Concatenate(name=f"{name}_output", inputs=tuple(f"{name}_{end}_relu" for end in ends)),
    ]


def auxiliary_classifier(name: str, x: str) -> list[Spec]:
    """A classifier of the layer `x`; ends as {name}_softmax."""
    return [
        Pooling2D(5, 3, name=f"{name}_pool", inputs=x),
        *conv(f"{name}_conv", 128, 1),
        Flatten(name=f"{name}_flatten"),
        *dense(f"{name}_dense", 1024),
        Dropout(name=f"{name}_dropout"),
        *dense(name, 1000, "softmax"),
    ]


def _pool(name: str) -> Spec:
    return Pooling2D(3, 2, "same", name=name)
