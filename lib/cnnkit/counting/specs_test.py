"""Properties of the layer specs, on networks drawn at random."""

import random
from dataclasses import replace

import numpy as np
import pytest

from cnnkit.counting import FLOP, MAC, Convention, CountingError, count, product
from cnnkit.counting.specs import (
    Activation,
    Add,
    BatchNormalization,
    BilinearUpsampling2D,
    Concatenate,
    Conv2D,
    Conv2DTranspose,
    Cropping2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    FractionalPooling2D,
    GlobalPooling2D,
    Input,
    LocalResponseNormalization,
    Multiply,
    PartiallyConnectedConv2D,
    Pooling2D,
    RadialBasisOutput,
    Reshape,
    Reuse,
    SampleNormalization,
    SpatialPyramidPooling2D,
    TrainableSubsampling,
    Unpooling2D,
    ZeroPadding2D,
)

SEEDS = pytest.mark.parametrize("seed", range(25))


def drawn(rng):
    """A convolution's arguments, and the shape of what it takes."""
    groups = rng.choice([1, 2, 3])
    options = {
        "filters": groups * rng.randint(1, 4),
        "kernel": (rng.randint(1, 4), rng.randint(1, 4)),
        "stride": (rng.randint(1, 3), rng.randint(1, 3)),
        "pad": rng.choice([0, 2, (1, 3), "same", "valid", ((0, 1), (2, 0))]),
        "dilation": rng.randint(1, 3),
        "groups": groups,
        "bias": rng.random() < 0.5,
    }
    return options, (rng.randint(12, 30), rng.randint(12, 30), groups * rng.randint(1, 4))


def one(spec, shape, convention=FLOP):
    return count([Input(shape), spec], convention)[-1]


def figures(row):
    return row.output, row.weights.value, row.biases.value, row.macs.value, row.flops.value, row.receptive_field


@SEEDS
def test_a_convolution_is_its_definition(seed):
    """Weights by a filter's shape; multiply-adds by sliding a window over a padded image."""
    options, (height, width, channels) = drawn(random.Random(seed))
    row = one(Conv2D(**options), (height, width, channels))
    extents = [(k - 1) * options["dilation"] + 1 for k in options["kernel"]]
    rows, columns = (
        len(range(0, n + sum(side) - f + 1, s))
        for n, side, f, s in zip(
            (height, width), sides(options, (height, width), extents), extents, options["stride"], strict=True
        )
    )
    a_filter = np.ones((*options["kernel"], channels // options["groups"]))
    assert row.output == (rows, columns, options["filters"])
    assert row.weights.value == options["filters"] * a_filter.size
    assert row.macs.value == rows * columns * options["filters"] * a_filter.size
    bias = options["filters"] if options["bias"] else 0
    assert row.biases.value == bias and row.flops.value == 2 * row.macs.value + bias * rows * columns


def sides(options, size, extents):
    """Zeros before and after each edge, as numbers."""
    pad = options["pad"]
    if pad == "same":  # what it takes for ceil(n / s) windows
        wanted = [-(-n // s) for n, s in zip(size, options["stride"], strict=True)]
        total = [
            max((m - 1) * s + f - n, 0) for m, s, f, n in zip(wanted, options["stride"], extents, size, strict=True)
        ]
        return [(zeros // 2, zeros - zeros // 2) for zeros in total]
    known = {0: [(0, 0)] * 2, "valid": [(0, 0)] * 2, 2: [(2, 2)] * 2, (1, 3): [(1, 1), (3, 3)]}
    return known.get(pad, pad)


@SEEDS
def test_groups(seed):
    """g groups: a g-th of the weights and multiply-adds of one, the same output."""
    options, shape = drawn(random.Random(seed))
    grouped, plain = one(Conv2D(**options), shape), one(Conv2D(**{**options, "groups": 1}), shape)
    assert grouped.output == plain.output and grouped.biases == plain.biases
    assert options["groups"] * grouped.weights.value == plain.weights.value
    assert options["groups"] * grouped.macs.value == plain.macs.value


@SEEDS
def test_depthwise_is_grouped_by_channel(seed):
    options, shape = drawn(random.Random(seed))
    groups, multiplier = shape[2], options.pop("filters")
    grouped = Conv2D(**{**options, "filters": groups * multiplier, "groups": groups})
    options.pop("groups")
    assert figures(one(DepthwiseConv2D(**options, multiplier=multiplier), shape)) == figures(one(grouped, shape))


@SEEDS
def test_dilated_is_as_large_as_the_kernel_it_spans(seed):
    options, shape = drawn(random.Random(seed))
    rate = options.pop("dilation")
    spanned = tuple(rate * (k - 1) + 1 for k in options["kernel"])
    dilated = one(Conv2D(**options, dilation=rate), shape)
    dense = one(Conv2D(**{**options, "kernel": spanned}), shape)
    assert (dilated.output, dilated.receptive_field) == (dense.output, dense.receptive_field)
    assert dilated.weights.value == one(Conv2D(**options), shape).weights.value


@SEEDS
def test_transposed_is_the_adjoint(seed):
    """The transposed convolution takes the output's shape back to the input's, with as many multiply-adds."""
    rng = random.Random(seed)
    kernel, stride, pad = rng.randint(2, 5), rng.randint(1, 2), rng.randint(0, 1)
    rows, columns, channels, filters = (rng.randint(3, 6) for _ in range(4))
    image = *((n - 1) * stride + kernel - 2 * pad for n in (rows, columns)), channels
    forth = one(Conv2D(filters, kernel, stride, pad, bias=False), image)
    back = one(Conv2DTranspose(channels, kernel, stride, pad, bias=False), forth.output)
    assert forth.output == (rows, columns, filters) and back.output == image
    assert (back.macs.value, back.weights.value) == (forth.macs.value, forth.weights.value)


@SEEDS
def test_ceil_has_a_window_more_where_one_hangs_over(seed):
    rng = random.Random(seed)
    size, window, stride = rng.randint(5, 30), rng.randint(2, 4), rng.randint(1, 4)
    floor, ceil = (one(Pooling2D(window, stride, rounding=rounding), (size, size, 3)) for rounding in ("floor", "ceil"))
    assert ceil.output[0] - floor.output[0] == ((size - window) % stride > 0)
    assert floor.flops.value == 3 * floor.output[0] ** 2 * window**2


def test_lecture_l2s_pooling():
    """L2 pools 7 to 4, which is ceil mode, and not 3."""
    assert [one(Pooling2D(2, rounding=rounding), (7, 7, 3)).output[0] for rounding in ("floor", "ceil")] == [3, 4]


@SEEDS
def test_formulas_are_their_values(seed):
    rng = random.Random(seed)
    options, shape = drawn(rng)
    layers = [Input(shape), Conv2D(**options), BatchNormalization(), Activation(), TrainableSubsampling(1)]
    layers += [DepthwiseConv2D(1), Conv2DTranspose(3, 2, 2), LocalResponseNormalization(3), SampleNormalization()]
    layers += [BilinearUpsampling2D(2), SpatialPyramidPooling2D((1, 2)), Dense(rng.randint(1, 5)), RadialBasisOutput(4)]
    for row in count(layers, "flop"):
        for formula in (row.weights, row.biases, row.parameters, row.fixed, row.macs, row.flops, row.operations):
            assert eval(formula.text.replace("·", "*")) == formula.value
            assert str(formula).endswith(f"{formula.value:,}")


def test_the_text_of_a_formula():
    assert str(product((64, 3, 11, 11)) + product((64,))) == "64·3·11·11 + 64 = 23,296"
    assert str(2 * product((8, 1, 4), (1, 1))) == "2 · 8·4 = 64"
    assert [str(product((5,))), str(product((1, 1))), str(product((1234,)))] == ["5", "1", "1,234"]


def test_merging():
    layers = [
        Input((6, 5, 4), name="a"),
        Conv2D(3, 1, name="b", inputs="a"),
        Concatenate(name="both", inputs=("a", "b")),
        Add(name="sum", inputs=("a", "a", "a")),
        GlobalPooling2D(name="gate", inputs="a"),
        Multiply(name="scaled", inputs=("a", "gate")),
    ]
    table = count(layers, "flop")
    assert table["both"].output == (6, 5, 7) and table["both"].flops.value == 0
    assert table["sum"].output == (6, 5, 4) and table["sum"].flops.value == 2 * 6 * 5 * 4
    assert table["scaled"].output == (6, 5, 4) and table["scaled"].flops.value == 6 * 5 * 4


def test_layers_without_weights():
    shape = (8, 6, 4)
    assert one(Unpooling2D((2, 3)), shape).output == (16, 18, 4) and one(Unpooling2D(2), shape).flops.value == 0
    assert one(BilinearUpsampling2D(2), shape).flops.value == 4 * 16 * 12 * 4
    assert one(FractionalPooling2D(1.5), shape).output == (5, 4, 4)
    assert one(ZeroPadding2D(((1, 0), (2, 3))), shape).output == (9, 11, 4)
    assert one(Cropping2D((1, 2)), shape).output == (6, 2, 4)
    assert one(Reshape((8, 24)), shape).output == (8, 24)
    assert one(Flatten(), shape).output == (192,)
    assert one(GlobalPooling2D(keep=True), shape).output == (1, 1, 4)


def test_activations():
    flops = [one(Activation(name), (8, 6, 4)).flops.value for name in ("relu", "softmax", "linear")]
    assert flops == [192, 3 * 192, 0]
    assert one(Activation("prelu", learned=4), (8, 6, 4)).weights.value == 4


def test_normalizations():
    """Operations a value: two of batch norm, seven of a norm of the sample, 2 n + 3 across n channels."""
    shape, values = (8, 6, 4), 8 * 6 * 4
    layers = (BatchNormalization(), SampleNormalization(), LocalResponseNormalization(5))
    assert [one(layer, shape).flops.value / values for layer in layers] == [2, 7, 13]
    assert [one(layer, shape).parameters.value for layer in layers] == [8, 8, 0]
    assert one(BatchNormalization(scale=False), shape).parameters.value == 4
    assert one(BatchNormalization(), shape).fixed.value == 8
    assert one(SampleNormalization(over=(False, False)), shape).receptive_field == (1, 1)
    assert one(SampleNormalization(), shape).receptive_field == (8, 6)


def test_another_use_has_no_weights():
    layer = Conv2D(4, 3, pad=1)
    first, again = count([Input((8, 6, 4)), layer, Reuse(layer)], "flop")[1:]
    assert (again.kind, again.output, again.flops) == (first.kind, first.output, first.flops)
    assert (again.parameters.value, first.parameters.value) == (0, 4 * 4 * 9 + 4)


def test_conventions():
    layers = [Input((8, 8, 3)), Conv2D(4, 3), Pooling2D(2), Flatten(), Dense(5)]
    mac, flop, lecture = (count(layers, name) for name in ("mac", "flop", "lecture"))
    assert mac.total.operations == mac.total.macs == 4 * 36 * 27 + 36 * 5
    pooled, biases = 36 * 4, 4 * 36 + 5
    assert flop.total.operations == 2 * mac.total.macs + pooled + biases
    assert lecture.total.operations == mac.total.macs + pooled
    assert lecture["dense"].parameters.value == 36 * 5 and mac["dense"].parameters.value == 36 * 5 + 5
    assert lecture["flatten"].memory_kb == 36 * 4 / 1024 and mac["flatten"].memory_kb == 0
    no_bias = count(layers, replace(FLOP, dense_bias=False))
    assert no_bias.total.operations == flop.total.operations - 5 and no_bias["conv2d"].biases.value == 4
    assert count(layers, replace(MAC, mac=2)).total.operations == 2 * mac.total.macs


BROKEN = [
    ([], "first layer is its Input"),
    ([Conv2D(2, 3)], "first layer is its Input"),
    (["conv"], "holds 'conv'"),
    ("resnet", "network 'resnet' is unknown; there are lenet5, "),
    ([Input((9, 9, 2)), Conv2D(2, 3, inputs="image")], "layer 'conv2d' takes 'image', which is no layer before it"),
    ([Input((9, 9, 2)), Conv2D(2, 3, name="a"), Flatten(name="a")], "two layers are called 'a'"),
    (
        [Input((9, 9, 2)), Conv2D(2, 11, name="large")],
        "layer 'large': Conv2D's window of 11 does not fit into an edge of 9",
    ),
    ([Input((9, 9, 3)), Conv2D(2, 3, groups=2)], "2 groups cannot share 3 channels"),
    ([Input((9,)), Conv2D(2, 3)], r"Conv2D takes a map .* received shape \(9,\)"),
    ([Input((9, 9, 2)), Conv2D(2, 3, pad="full")], "padding is a number from 0 on, .* received 'full'"),
    ([Input((9, 9, 2)), Conv2D(2, 3, pad=(1, 2, 3))], r"padding is a number from 0 on, .* received \(1, 2, 3\)"),
    ([Input((9, 9, 2)), Conv2D(2, 3, pad=-1)], "padding is a number from 0 on, .* received -1"),
    ([Input((9, 9, 2)), Pooling2D(2, pad=((1, 1), (1, -1)))], "padding is a number from 0 on"),
    ([Input((9, 9, 2)), ZeroPadding2D(1.5)], "padding is a number from 0 on, .* received 1.5"),
    ([Input((2, 2, 2)), Conv2DTranspose(2, 2, pad=2)], "padding 2 leaves nothing of 2x2"),
    ([Input((9, 9, 2)), Cropping2D(5)], "Cropping2D by 5 leaves nothing of 9x9"),
    ([Input((1, 1, 2)), FractionalPooling2D(1.5)], "by 1.5 leaves nothing of 1x1"),
    ([Input((9, 9, 2)), Reshape((3, 3))], r"Reshape to \(3, 3\) does not fit an input of shape \(9, 9, 2\)"),
    ([Input((9, 9, 2)), RadialBasisOutput(3)], "RadialBasisOutput takes a vector"),
    ([Input((9, 9, 2)), PartiallyConnectedConv2D(((0, 2),), 3)], "maps that 2 channels do not have"),
    ([Input((9, 9, 2), name="a"), Flatten(inputs=("a", "a"))], "Flatten takes one input, and received 2"),
    (
        [Input((9, 9, 2), name="a"), Conv2D(2, 3), Add(inputs=("a", "conv2d"))],
        "Add takes inputs of one shape, .* received",
    ),
    (
        [Input((9, 9, 2), name="a"), Conv2D(2, 3), Concatenate(inputs=("a", "conv2d"))],
        "Concatenate takes maps of one size",
    ),
    (
        [Input((9, 9, 2), name="a"), Conv2D(2, 3), Multiply(inputs=("a", "conv2d"))],
        "Multiply takes inputs of one shape or",
    ),
]


@pytest.mark.parametrize(("network", "message"), BROKEN, ids=[message[:30] for _, message in BROKEN])
def test_what_cannot_be_counted_is_named(network, message):
    with pytest.raises(CountingError, match=message):
        count(network)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Conv2D(0, 3), "Conv2D's filters is a whole number from 1 on, and received 0"),
        (lambda: Conv2D((4, 4), 3), r"Conv2D's filters .* received \(4, 4\)"),
        (lambda: DepthwiseConv2D(0), "DepthwiseConv2D's kernel .* received 0"),
        (lambda: DepthwiseConv2D(3, multiplier=0), "DepthwiseConv2D's multiplier .* received 0"),
        (lambda: PartiallyConnectedConv2D(((0,),), 0), "PartiallyConnectedConv2D's kernel .* received 0"),
        (lambda: TrainableSubsampling(0), "TrainableSubsampling's size .* received 0"),
        (lambda: RadialBasisOutput(0), "RadialBasisOutput's units .* received 0"),
        (lambda: Reshape(9), "Reshape takes a tuple of sizes, and received 9"),
        (lambda: Input(9), r"Input takes \(height, width, channels\), .* or \(n,\), .* received 9"),
        (lambda: Conv2D(4, 2.5), "Conv2D's kernel .* received 2.5"),
        (lambda: Conv2D(4, (3, 3, 3)), r"Conv2D's kernel .* received \(3, 3, 3\)"),
        (lambda: Conv2D(4, 3, stride=True), "Conv2D's stride .* received True"),
        (lambda: Conv2D(5, 3, groups=2), "5 filters cannot be shared among 2 groups"),
        (lambda: Pooling2D(2, rounding="round"), "rounding is 'floor' or 'ceil', and received 'round'"),
        (lambda: Pooling2D(2, stride=0), "Pooling2D's stride .* received 0"),
        (lambda: FractionalPooling2D(1), "ratio is above 1, and received 1"),
        (lambda: Dense(-1), "Dense's units .* received -1"),
        (lambda: Unpooling2D(0), "Unpooling2D's size .* received 0"),
        (lambda: Input((8, 8, 8, 3)), r"Input takes .* in whole numbers, and received \(8, 8, 8, 3\)"),
        (lambda: Input((8, None, 3)), "Input takes"),
        (lambda: count("lenet5", "flops"), "convention 'flops' is unknown; there are lecture, mac, flop"),
        (lambda: Convention("mine", mac=3), "counts as 1 or 2, not 3"),
        (lambda: Convention("mine", extras=("pool",)), "extras are of bias, .* not 'pool'"),
    ],
)
def test_arguments_that_mean_nothing_are_named(make, message):
    with pytest.raises(CountingError, match=message):
        make()
