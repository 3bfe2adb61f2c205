"""Tables of the lectures as they are printed, mistakes among them; `diff` finds these."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cnnkit.counting.conventions import LECTURE, MAC, Convention
from cnnkit.counting.networks import NETWORKS
from cnnkit.counting.networks.vgg import encoder
from cnnkit.counting.specs import Activation, Conv2D, Dense, DepthwiseConv2D, Flatten, Input, Pooling2D, Spec

Cells = Mapping[str, Mapping[str, str]]
"""For each layer the printed text of each column, of `cnnkit.counting.columns`."""


@dataclass(frozen=True)
class Published:
    """A table as printed, beside the network that it is about.

    Args:
        title: of the table.
        source: lecture and heading.
        network: as for `count`; its layers have the names of the rows.
        convention: by which its figures were made.
        cells: layer, column, printed text.
        totals: column, printed text.
    """

    title: str
    source: str
    network: Any
    convention: Convention = MAC
    cells: Cells = field(default_factory=dict)
    totals: Mapping[str, str] = field(default_factory=dict)


WITH_SUMS = replace(MAC, name="mac and sums", extras=("elementwise",))
"""Of SENet's table: its 4.24 and 3.87 come out where the sums of residuals and the scaling of channels count too."""

PRINTED = (
    "in_channels",
    "in_size",
    "filters",
    "kernel",
    "stride",
    "pad",
    "out_channels",
    "out_size",
    "memory_kb",
    "params_k",
    "flop_m",
)


def _cells(text: str) -> dict[str, dict[str, str]]:
    """A line a layer: its name and the eleven columns, "-" where nothing is printed."""
    table = {}
    for line in text.strip().splitlines():
        name, *printed = line.split()
        table[name] = {column: cell for column, cell in zip(PRINTED, printed, strict=True) if cell != "-"}
    return table


ALEXNET = """
conv1     3   227  64  11  4  2   64  56  784     23   73
pool1    64    56   -   3  2  0   64  27  182      0    0
conv2    64    27 192   5  1  2  192  27  547    307  224
pool2   192    27   -   3  2  0  192  13  127      0    0
conv3   192    13 384   3  1  1  384  13  254    664  112
conv4   384    13 256   3  1  1  256  13  169    885  145
conv5   256    13 256   3  1  1  256  13  169    590  100
pool5   256    13   -   3  2  0  256   6   36      0    0
flatten 256     6   -   -  -  - 9216   -   36      0    0
fc6    9216     - 4096  -  -  - 4096   -   16 37,749   38
fc7    4096     - 4096  -  -  - 4096   -   16 16,777   17
fc8    4096     - 1000  -  -  - 1000   -    4  4,096    4
"""

GOOGLENET_STEM = """
conv1         3  224   64  7  2  3   64  112  3136    9  118
pool1        64  112    -  3  2  1   64   56   784    0    2
conv2_reduce 64   56   64  1  1  0   64   56   784    4   13
conv2        64   56  192  3  1  1  192   56  2352  111  347
pool2       192   56    -  3  2  1  192   28   588    0    1
"""

GOOGLENET_TAIL = """
average 1024 7    - 7 1 0 1024 1 4    0 0
fc      1024 - 1000 - - - 1000 - 0 1025 1
"""

VGG16_TAIL = """
flatten   512 7    - - - - 25088 - 98      - -
fc6     25088 - 4096 - - -  4096 - 16 102760 103
fc7      4096 - 4096 - - -  4096 - 16  16777  17
fc8      4096 - 1000 - - -  1000 - 4    4096   4
"""


def _stem() -> list[Spec]:
    return [
        Input((224, 224, 3), name="input"),
        Conv2D(64, 7, 2, pad=3, name="conv1"),
        Pooling2D(3, 2, pad=1, name="pool1"),
        Conv2D(64, 1, name="conv2_reduce"),
        Conv2D(192, 3, pad=1, name="conv2"),
        Pooling2D(3, 2, pad=1, name="pool2"),
    ]


def _alone(*layers: Spec, image: tuple[int, int, int]) -> list[Spec]:
    return [Input(image, name="input"), *layers]


PUBLISHED: dict[str, Published] = {
    "alexnet_table": Published(
        "AlexNet, layer by layer",
        "lecture L4, computation of hyperparameters in AlexNet",
        NETWORKS["alexnet_table"](),
        LECTURE,
        _cells(ALEXNET),
    ),
    "googlenet_stem": Published(
        "GoogLeNet's stem",
        "lecture L4, GoogLeNet, aggressive downsampling from 224 to 28",
        _stem(),
        LECTURE,
        _cells(GOOGLENET_STEM),
        {"memory_mb": "7.5", "params_k": "124", "flop_m": "418"},
    ),
    "vgg16_stem": Published(
        "VGG-16 from 224 to 28",
        "lecture L4, GoogLeNet, compared with VGG-16",
        [layer for layer in encoder((2, 2, 3)) if not isinstance(layer, Activation)],
        MAC,
        totals={"memory_mb": "42.9", "params_m": "1.1", "flop_m": "7485"},
    ),
    "googlenet_tail": Published(
        "GoogLeNet's end",
        "lecture L4, GoogLeNet, global average pooling",
        _alone(Pooling2D(7, 1, name="average"), Flatten(name="flatten"), Dense(1000, name="fc"), image=(7, 7, 1024)),
        replace(LECTURE, name="lecture with bias", dense_bias=True),
        _cells(GOOGLENET_TAIL),
    ),
    "vgg16_tail": Published(
        "VGG-16's end",
        "lecture L4, GoogLeNet, compared with VGG-16",
        _alone(
            Flatten(name="flatten"),
            *(Dense(units, name=name) for name, units in (("fc6", 4096), ("fc7", 4096), ("fc8", 1000))),
            image=(7, 7, 512),
        ),
        LECTURE,
        _cells(VGG16_TAIL),
    ),
    "vgg16": Published(
        "VGG-16 (GFLOPs)",
        "lecture L4, SENet's table",
        NETWORKS["vgg16"](),
        WITH_SUMS,
        totals={"flop_g": "15.47"},
    ),
    "resnet50": Published(
        "ResNet-50 (GFLOPs)",
        "lecture L4, SENet's table",
        NETWORKS["resnet50"](),
        WITH_SUMS,
        totals={"flop_g": "3.86"},
    ),
    "resnext50": Published(
        "ResNeXt-50 (GFLOPs)",
        "lecture L4, SENet's table",
        NETWORKS["resnext50"](),
        WITH_SUMS,
        totals={"flop_g": "4.24"},
    ),
    "se_resnet50": Published(
        "SE-ResNet-50 (GFLOPs)",
        "lecture L4, SENet's table",
        NETWORKS["se_resnet50"](),
        WITH_SUMS,
        totals={"flop_g": "3.87"},
    ),
    "convolution_5x5": Published(
        "A 5x5 convolution",
        "lecture L3, cost of a convolution layer",
        _alone(Conv2D(64, 5, pad=2, name="conv"), image=(128, 128, 256)),
        MAC,
        totals={"operations": "6710886400"},
    ),
    "convolution_1x1_5x5": Published(
        "A 1x1 convolution before it",
        "lecture L3, 1x1 convolution",
        _alone(Conv2D(32, 1, name="reduce"), Conv2D(64, 5, pad=2, name="conv"), image=(128, 128, 256)),
        MAC,
        {"reduce": {"operations": "134217728"}, "conv": {"operations": "838860800"}},
        {"operations": "973078528"},
    ),
    "convolution_small": Published(
        "A 5x5 convolution of 28x28x192",
        "lecture L4, 1x1 convolution, example 1",
        _alone(Conv2D(32, 5, pad=2, name="conv"), image=(28, 28, 192)),
        MAC,
        totals={"flop_m": "120"},
    ),
    "convolution_small_1x1": Published(
        "A 1x1 convolution before it",
        "lecture L4, 1x1 convolution, example 2",
        _alone(Conv2D(16, 1, name="reduce"), Conv2D(32, 5, pad=2, name="conv"), image=(28, 28, 192)),
        MAC,
        {"reduce": {"flop_m": "2.4"}, "conv": {"flop_m": "10"}},
        {"flop_m": "12.4"},
    ),
    "convolution_full": Published(
        "A 3x3 convolution of six channels into three",
        "lecture L3, depthwise separable convolution",
        _alone(Conv2D(3, 3, name="conv", bias=False), image=(8, 8, 6)),
        MAC,
        totals={"params": "162"},
    ),
    "convolution_separable": Published(
        "Depthwise separable instead",
        "lecture L3, depthwise separable convolution",
        _alone(
            DepthwiseConv2D(3, name="depthwise", bias=False),
            Conv2D(3, 1, name="pointwise", bias=False),
            image=(8, 8, 6),
        ),
        MAC,
        totals={"params": "72"},
    ),
    "stride_two": Published(
        "A 3x3 convolution of 7x7 with stride 2",
        "lecture L2, size with padding and stride",
        _alone(Conv2D(1, 3, 2, name="conv"), image=(7, 7, 1)),
        MAC,
        {"conv": {"in_size": "7", "kernel": "3", "stride": "2", "out_size": "3"}},
    ),
    "no_padding": Published(
        "A 3x3 convolution of 6x6",
        "lecture L2, size without padding",
        _alone(Conv2D(1, 3, name="conv"), image=(6, 6, 1)),
        MAC,
        {"conv": {"in_size": "6", "kernel": "3", "out_size": "4"}},
    ),
    "six_filters": Published(
        "Six 5x5x3 filters",
        "lecture L2, several filters",
        _alone(Conv2D(6, 5, name="conv"), image=(32, 32, 3)),
        MAC,
        {"conv": {"filters": "6", "kernel": "5", "in_channels": "3", "out_size": "28", "out_channels": "6"}},
    ),
}
