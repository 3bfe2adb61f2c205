"""Tests of alexnet_counting. The public ones go to students as they are; the hidden ones run when they hand in."""

import numpy as np

from cnnkit.check import PartialCredit, as_list, brief, expect, fail, graded

ROUND_DOWN = "where the filter would hang over the edge there is no output. Which way do you round?"
ONE_SIDE = "the zeros lie on both sides, so they add 2 * pad. Did you count one side?"
NO_GAPS = "this is the edge for a filter without gaps. Did you forget the dilation?"
GAPS_TOO_MANY = "the gaps lie between the weights, so there is one gap fewer than weights."
NO_BIAS = "did you forget the biases? There is one for each filter."
NO_GROUPS = "did you forget the groups? A filter reaches through the channels of its own group alone."
FILTERS_SHARED = "the groups share the channels, and the filters too, but all filters together are still `filters`."
OUT_FOR_IN = "did you take the filters for the channels? A filter reaches through the input's channels."
ONE_EDGE = "a filter has rows and columns: kernel * kernel weights in each channel. Did you take one edge?"
KILO = "did you divide by 1000? A kilobyte is 1024 bytes here."
BITS = "32 bits are 4 bytes. Did you forget to multiply by 4?"
TWICE = "a multiply-add is one operation here. Did you count it as two?"
ONE_ROW = "the result has size * size places. Did you take one edge?"
BIAS_COUNTED = "adding the bias is left out here. Did you count it?"


@graded(
    "output-size",
    points=0.5,
    hints=[
        (
            "How many numbers of the padded edge does the filter cover at once, gaps included, and how often can it "
            "move on from its first place?"
        ),
        (
            "Try an edge of 5, a filter of 3 and a stride of 2 with a pencil. Then leave one number of the edge "
            "over: what happens to it?"
        ),
        (
            "First the reach of a filter with gaps; then what is left of the padded edge, divided by the stride "
            "and rounded down; and the first place counts, too."
        ),
    ],
)
def test_sizes_of_the_lecture(submission):
    """Sizes in AlexNet, and a filter with gaps"""
    expect(submission.conv_size(227, 11, stride=4, pad=2), 56, of="conv_size(227, 11, stride=4, pad=2)")
    expect(submission.conv_size(27, 5, pad=2), 27, of="conv_size(27, 5, pad=2)", mistakes=[(25, ONE_SIDE)])
    expect(submission.conv_size(56, 3, stride=2), 27, of="conv_size(56, 3, stride=2)", mistakes=[(28, ROUND_DOWN)])
    mistakes = [(8, NO_GAPS), (5, GAPS_TOO_MANY)]
    expect(submission.conv_size(10, 3, dilation=2), 6, of="conv_size(10, 3, dilation=2)", mistakes=mistakes)


BOUNDS = ((40, 200), (2, 8), (2, 6), (1, 5), (2, 5))  # of edge, filter, stride, padding and dilation


@graded("output-size", points=0.5, hidden=True)
def test_fresh_sizes(submission):
    """Other edges, filters, strides, paddings and gaps"""
    for _ in range(40):
        n, kernel, stride, pad, dilation = (int(submission.rng.integers(*b)) for b in BOUNDS)
        reach = (kernel - 1) * dilation + 1
        room = n + 2 * pad - reach
        expect(
            submission.conv_size(n, kernel, stride=stride, pad=pad, dilation=dilation),
            room // stride + 1,
            of=f"conv_size({n}, {kernel}, stride={stride}, pad={pad}, dilation={dilation})",
            mistakes=[
                (-(-room // stride) + 1, ROUND_DOWN),
                (round(room / stride) + 1, ROUND_DOWN),
                (room / stride + 1, "a size is a whole number: " + ROUND_DOWN),
                ((room - pad) // stride + 1, ONE_SIDE),
                ((n + 2 * pad - kernel) // stride + 1, NO_GAPS),
                ((n + 2 * pad - kernel * dilation) // stride + 1, GAPS_TOO_MANY),
            ],
        )


@graded(
    "parameters",
    points=0.5,
    hints=[
        ("Count for one filter first: through how many channels does it reach, and how many numbers has it in each?"),
        "With groups a filter sees its own group's channels alone. And what has a filter besides its weights?",
        (
            "A product of four things: filters, channels of a group, rows and columns of the filter; and then one"
            " more number a filter."
        ),
    ],
)
def test_parameters_of_alexnet(submission):
    """AlexNet's conv1, and conv2 of 2012 in two groups"""
    mistakes = [(23_232, NO_BIAS), (22_592, OUT_FOR_IN), (2_176, ONE_EDGE)]
    expect(submission.conv_params(3, 64, 11), 23_296, of="conv_params(3, 64, 11)", mistakes=mistakes)
    mistakes = [(614_656, NO_GROUPS), (153_856, FILTERS_SHARED)]
    found = submission.conv_params(96, 256, 5, groups=2)
    expect(found, 307_456, of="conv_params(96, 256, 5, groups=2)", mistakes=mistakes)


@graded("parameters", points=1, hidden=True)
def test_fresh_parameters(submission):
    """Other channels, filters and groups"""
    for _ in range(20):
        groups = int(submission.rng.integers(2, 6))
        channels, filters = (groups * int(n) for n in submission.rng.integers([2, 20], [15, 40]))
        kernel = int(submission.rng.integers(2, 8))
        area, right = kernel**2, filters * channels // groups * kernel**2 + filters
        expect(
            submission.conv_params(channels, filters, kernel, groups=groups),
            right,
            of=f"conv_params({channels}, {filters}, {kernel}, groups={groups})",
            mistakes=[
                (right - filters, NO_BIAS),
                (filters * channels * area + filters, NO_GROUPS),
                (right - filters + filters // groups, "all filters have a bias, whatever their group."),
                ((filters // groups) * (channels // groups) * area + filters, FILTERS_SHARED),
                (filters * filters // groups * area + filters, OUT_FOR_IN),
                (filters * channels // groups * kernel + filters, ONE_EDGE),
            ],
        )


@graded(
    "memory",
    points=0.5,
    hints=[
        "How many numbers has a result of this shape, and how many bytes has one of them?",
        "Try a shape of a single number: which part of a kilobyte is that?",
        (
            "The product of all that the shape names, times the bytes of a number, divided by the bytes of a "
            "kilobyte. A shape may have one entry."
        ),
    ],
)
def test_memory_of_conv1(submission):
    """AlexNet's conv1"""
    mistakes = [(802.816, KILO), (196, BITS), (802_816, "these are bytes. How many KB are that?")]
    expect(submission.memory_kb((56, 56, 64)), 784, of="memory_kb((56, 56, 64))", mistakes=mistakes)


@graded("memory", points=0.5, hidden=True)
def test_fresh_memory(submission):
    """Other shapes, also of a row"""
    for rank in (1, 3, 3, 2):
        shape = tuple(int(n) for n in submission.rng.integers(5, 300, size=rank))
        right = float(np.prod(shape)) * 4 / 1024
        mistakes = [(right * 1.024, KILO), (right / 4, BITS), (right * 1024, "these are bytes.")]
        expect(submission.memory_kb(shape), right, of=f"memory_kb({shape})", mistakes=mistakes)


@graded(
    "multiply-adds",
    points=0.5,
    hints=[
        "What does one number of the result cost? And how many numbers has the result?",
        "A filter is applied at each place of a square. With groups it reaches through fewer channels.",
        "The weights without biases, as in 1.2, times the places at which each of them is used.",
    ],
)
def test_operations_of_alexnet(submission):
    """AlexNet's conv1, and conv2 of 2012 in two groups"""
    mistakes = [(145_711_104, TWICE), (1_300_992, ONE_ROW), (73_056_256, BIAS_COUNTED), (6_623_232, ONE_EDGE)]
    expect(
        submission.conv_operations(3, 64, 11, 56), 72_855_552, of="conv_operations(3, 64, 11, 56)", mistakes=mistakes
    )
    found = submission.conv_operations(96, 256, 5, 27, groups=2)
    mistakes = [(447_897_600, NO_GROUPS), (111_974_400, FILTERS_SHARED)]
    expect(found, 223_948_800, of="conv_operations(96, 256, 5, 27, groups=2)", mistakes=mistakes)


@graded("multiply-adds", points=1, hidden=True)
def test_fresh_operations(submission):
    """Other channels, filters, sizes and groups"""
    for _ in range(20):
        groups = int(submission.rng.integers(2, 6))
        channels, filters = (groups * int(n) for n in submission.rng.integers([2, 20], [15, 40]))
        kernel, size = (int(n) for n in submission.rng.integers([2, 9], [8, 60]))
        right = filters * size**2 * channels // groups * kernel**2
        expect(
            submission.conv_operations(channels, filters, kernel, size, groups=groups),
            right,
            of=f"conv_operations({channels}, {filters}, {kernel}, {size}, groups={groups})",
            mistakes=[
                (2 * right, TWICE),
                (right * groups, NO_GROUPS),
                (right // groups, FILTERS_SHARED),
                (right // size, ONE_ROW),
                (right // kernel, ONE_EDGE),
                (right + filters * size**2, BIAS_COUNTED),
                (right // channels * filters, OUT_FOR_IN),
            ],
        )


ROW = ("name", "shape", "memory_kb", "params", "operations")


def conv(name, filters, kernel, stride=1, pad=0, dilation=1, groups=1):
    window = {"kernel": kernel, "stride": stride, "pad": pad, "dilation": dilation}
    return {"name": name, "kind": "conv", "filters": filters, **window, "groups": groups}


def pool(name, kernel, stride, pad=0):
    return {"name": name, "kind": "pool", "kernel": kernel, "stride": stride, "pad": pad}


def fc(name, units):
    return {"name": name, "kind": "fc", "units": units}


def compare_rows(found, right, of):
    """Partial credit: the share of cells that are right, and what the first wrong one is."""
    found = as_list(found, of=of)
    if len(found) != len(right) or not all(isinstance(row, dict) for row in found):
        fail(f"{of}: should be a list of {len(right)} dictionaries, one for each layer.")
    good, wrong = 0, ""
    for row, (name, shape, memory, *numbers) in zip(found, right, strict=True):
        missing = [key for key in ROW if key not in row]
        if missing:
            fail(f"{of}: the row of {name} has no {missing[0]!r}; a row has {', '.join(ROW)}.")
        for key, should in zip(ROW, (name, shape, memory, *numbers), strict=True):
            cell = row[key]
            try:
                expect(cell, should, of=f"{of}, {key} of {name}", mistakes=_mistakes(key, row, should, shape))
                good += key != "name"
            except AssertionError as error:
                wrong = wrong or str(error)
    if wrong:
        cells = len(right) * (len(ROW) - 1)
        raise PartialCredit(10 * good // cells / 10, f"{wrong} {cells - good} of {cells} cells are wrong.")


def _mistakes(key, row, should, shape):
    if key == "params" and len(shape) == 1 and should:
        return [(should - shape[0], "did you forget the biases of the fully connected layer?")]
    if key == "operations" and should:
        return [
            (0, "0 operations. A pooling looks at kernel * kernel numbers for each of its results."),
            (should + shape[-1], "adding the biases is left out."),
        ]
    return []


@graded(
    "alexnet-table",
    points=1,
    hints=[
        (
            "Walk through the layers with a variable for the shape: what one layer returns, the next one gets. "
            "The table in part 2 has a line for each kind."
        ),
        (
            "Run your function on two layers and compare the shapes with the text. After `flatten` and `gap` a "
            "shape has one entry."
        ),
        (
            "A loop with a branch for each kind: new shape, parameters, operations, by your functions of part 1; "
            "then a dictionary a layer. Pooling needs the shape of its result, `gap` that of its input."
        ),
    ],
)
def test_the_first_rows_of_alexnet(submission):
    """AlexNet's first three layers, and a small head"""
    layers = [conv("conv1", 64, 11, stride=4, pad=2), pool("pool1", 3, stride=2), conv("conv2", 192, 5, pad=2)]
    right = [
        ("conv1", (56, 56, 64), 784, 23_296, 72_855_552),
        ("pool1", (27, 27, 64), 182.25, 0, 419_904),
        ("conv2", (27, 27, 192), 546.75, 307_392, 223_948_800),
    ]
    compare_rows(submission.count_network(layers, (227, 227, 3)), right, "AlexNet's beginning")
    layers = [{"name": "average", "kind": "gap"}, fc("fc", 10)]
    right = [("average", (8,), 0.03125, 0, 128), ("fc", (10,), 0.0390625, 90, 80)]
    compare_rows(submission.count_network(layers, (4, 4, 8)), right, "a mean of 4x4x8 and 10 units")


@graded("alexnet-table", points=2.5, hidden=True)
def test_fresh_networks(submission):
    """AlexNet whole, and another network with groups and gaps"""
    rng = submission.rng
    layers, shape = _alexnet(rng)
    compare_rows(submission.count_network(layers, shape), _counted(layers, shape), "a network like AlexNet")


def _alexnet(rng):
    """Layers of AlexNet's plan with other numbers, groups and a dilation, and an image's shape.

    No two widths are equal, the first convolution leaves a rest that its padding is larger than, and both poolings
    get an even edge: each mistake shows in the same cells, whatever is drawn.
    """
    a, b, c = (4 * int(n) for n in rng.permutation(np.arange(5, 12))[:3])
    kernel, stride = int(rng.integers(7, 12)), int(rng.integers(2, 5))
    rest = int(rng.integers(1, min(stride, 3)))
    pad = int(rng.integers(rest + 1, 4))
    layers = [
        conv("conv1", a, kernel, stride=stride, pad=pad),
        pool("pool1", 3, stride=2, pad=1),  # given: GoogLeNet's stem has this one
        conv("conv2", b, 5, pad=2, groups=2),
        conv("conv3", c, 3, pad=1, dilation=2, groups=4),
        pool("pool2", 2, stride=2),
        {"name": "flatten", "kind": "flatten"},
        fc("fc1", int(rng.integers(100, 300))),
        fc("fc2", int(rng.integers(10, 50))),
    ]
    size = 4 * int(rng.integers(7, 13))
    edge = (size - 1) * stride + rest + kernel - 2 * pad
    return layers, (edge, edge, 3)


def _counted(layers, shape):
    """The true rows."""
    rows = []
    for layer in layers:
        before, params, operations = shape, 0, 0
        if layer["kind"] in ("conv", "pool"):
            reach = (layer["kernel"] - 1) * layer.get("dilation", 1) + 1
            size = (shape[0] + 2 * layer["pad"] - reach) // layer["stride"] + 1
            shape = (size, size, layer.get("filters", shape[-1]))
            operations = size**2 * shape[-1] * layer["kernel"] ** 2
        if layer["kind"] == "conv":  # given: the notebook's plot asks so too
            operations = operations * before[2] // layer["groups"]
            params = layer["filters"] * (before[2] // layer["groups"] * layer["kernel"] ** 2 + 1)
        if layer["kind"] == "flatten":
            shape = (int(np.prod(shape)),)
        if layer["kind"] == "fc":
            shape = (layer["units"],)
            operations = before[0] * shape[0]
            params = operations + shape[0]
        rows.append((layer["name"], shape, float(np.prod(shape)) * 4 / 1024, params, operations))
    return rows


SIGN = "the sign is the other way round: what is saved is above zero."
SUCCESSOR = "these are the layers' own parameters. The layer behind them now reads another input: count it anew."
WHOLE = "the part in the whole: divide by the sum over all rows."


@graded(
    "remarks",
    points=1,
    hints=[
        (
            "For `share`: which rows count for the part, and which for the whole? For `saved_params`: what does "
            "the layer behind a gap read now?"
        ),
        "Take a layer out of a small list by hand and count both networks with `count_network`.",
        (
            "`share` is one sum over another. `saved_params` is the difference of two sums, of the list as it is "
            "and of the list without these layers."
        ),
    ],
)
def test_shares_and_layer_7(submission):
    """Shares of a small table, and AlexNet without layer 7"""
    rows = [
        {"name": "a", "shape": (2,), "memory_kb": 2.0, "params": 30, "operations": 5},
        {"name": "b", "shape": (2,), "memory_kb": 5.0, "params": 150, "operations": 5},
        {"name": "c", "shape": (2,), "memory_kb": 1.0, "params": 20, "operations": 0},
    ]
    mistakes = [(50, WHOLE), (50 / 30, WHOLE), (50 / 150, WHOLE), (25, "a part is a number from 0 to 1, no per cent.")]
    found = submission.share(rows, "params", ["a", "c"])
    expect(found, 0.25, of="30 and 20 parameters of 200", mistakes=mistakes)
    layers = [{"name": "flatten", "kind": "flatten"}, fc("fc6", 4096), fc("fc7", 4096), fc("fc8", 1000)]
    found = submission.saved_params(layers, (6, 6, 256), ["fc7"])
    mistakes = [(-16_781_312, SIGN)]
    expect(found, 16_781_312, of="AlexNet without fc7", mistakes=mistakes)
    found = submission.saved_params(layers, (6, 6, 256), ["fc6", "fc7"])
    expect(found, 49_414_144, of="AlexNet without fc6 and fc7", mistakes=[(54_534_144, SUCCESSOR), (-49_414_144, SIGN)])


@graded("remarks", points=1, hidden=True)
def test_other_shares_and_savings(submission):
    """Other networks, and layers whose successors change"""
    layers, shape = _alexnet(submission.rng)
    rows = [dict(zip(ROW, row, strict=True)) for row in _counted(layers, shape)]
    for column in ("memory_kb", "params", "operations"):  # given: the notebook's `show` has them
        whole = sum(row[column] for row in rows)  # given: so does `show`
        right = sum(row[column] for row in rows if row["name"] in ("conv1", "pool2")) / whole
        expect(submission.share(rows, column, ["conv1", "pool2"]), right, of=f"share of {column} in conv1 and pool2")
    for names in (["fc1"], ["conv2"], ["pool1", "conv3"]):
        kept = [layer for layer in layers if layer["name"] not in names]
        before, after = (sum(row[3] for row in _counted(some, shape)) for some in (layers, kept))
        own = sum(row["params"] for row in rows if row["name"] in names)
        of = f"saved_params without {' and '.join(names)}"
        expect(submission.saved_params(layers, shape, names), before - after, of=of, mistakes=[(own, SUCCESSOR)])


@graded(
    "bottleneck",
    points=0.5,
    hints=[
        "Two convolutions, one behind the other. Which channels does each read, and which does it make?",
        "Both keep the size of the map. The filter of the first has an edge of 1.",
        "A sum of two calls of a function from part 1.",
    ],
)
def test_the_bottleneck_of_l4(submission):
    """L4's 12.4 million"""
    mistakes = [
        (10_035_200, "this is the second step alone. Did you forget the 1x1 convolution?"),
        (2_408_448, "this is the 1x1 convolution alone."),
        (122_830_848, "the second convolution reads the squeezed channels, not the 192."),
    ]
    found = submission.bottleneck_operations(192, 16, 32, 5, 28)
    expect(found, 12_443_648, of="192 channels, 16 between, 32 filters of 5x5, 28x28", mistakes=mistakes)


@graded("bottleneck", points=0.5, hidden=True)
def test_fresh_bottlenecks(submission):
    """Other channels"""
    for _ in range(5):
        channels, between, filters, kernel, size = (
            int(n) for n in submission.rng.integers([64, 4, 33, 3, 10], [200, 32, 64, 8, 40])
        )
        right = size**2 * (channels * between + between * filters * kernel**2)
        of = f"bottleneck_operations({channels}, {between}, {filters}, {kernel}, {size})"
        found = submission.bottleneck_operations(channels, between, filters, kernel, size)
        expect(found, right, of=of, mistakes=[(size**2 * between * filters * kernel**2, "did you forget the 1x1?")])


@graded(
    "separable",
    points=0.5,
    hints=[
        (
            "Depthwise: one filter for each channel, which reaches through that channel alone. Pointwise: a 1x1 "
            "convolution. Count each."
        ),
        "Check with L3's numbers in the text. No biases here.",
        (
            "The weights are a sum of two products; the share is that sum, divided by the weights of one whole "
            "convolution."
        ),
    ],
)
def test_l3s_72_weights(submission):
    """L3's 72 weights against 162"""
    mistakes = [
        (162, "this is one full convolution."),
        (54, "this is the depthwise step alone. Did you forget the pointwise one?"),
        (972, "the steps follow each other, so their weights are added."),
        (81, "biases are left out here."),
    ]
    expect(submission.separable_weights(6, 3, 3), 72, of="separable_weights(6, 3, 3)", mistakes=mistakes)
    mistakes = [(2.25, "this is how many times cheaper it is. The share is the other way round.")]
    expect(submission.separable_share(6, 3, 3), 72 / 162, of="separable_share(6, 3, 3)", mistakes=mistakes)


@graded("separable", points=0.5, hidden=True)
def test_the_share_of_l4(submission):
    """1/N + 1/Dk^2, for other numbers"""
    for _ in range(8):
        channels, filters, kernel = (int(n) for n in submission.rng.integers([8, 60, 2], [60, 200, 8]))
        of = f"separable_weights({channels}, {filters}, {kernel})"
        mistakes = [(filters * kernel**2 + channels * filters, OUT_FOR_IN)]
        right = channels * kernel**2 + channels * filters
        expect(submission.separable_weights(channels, filters, kernel), right, of=of, mistakes=mistakes)
        found = submission.separable_share(channels, filters, kernel)
        mistakes = [(1 / channels + 1 / kernel**2, "N is the number of filters, not of channels.")]
        expect(found, 1 / filters + 1 / kernel**2, of=of.replace("weights", "share"), mistakes=mistakes)


LARGEST = "this is the largest that costs no more. The nearest may cost a little more."
ROUNDED = "what has to be nearest are the weights, not the width: compare those of both whole widths."
MODULE_BIASES = "did you forget the biases? Each of the six convolutions has some."
POOLED = "after the pooling comes a 1x1 convolution too."
REDUCED = "the 3x3 and the 5x5 read the channels that the 1x1 before them leaves."


@graded(
    "blocks",
    points=0.5,
    hints=[
        (
            "Draw each block as boxes and write beside each box what it reads and what it makes. Which of them "
            "have biases, by the text?"
        ),
        (
            "In ResNeXt the 3x3 of a path reads only that path's channels. In Inception the 3x3 and the 5x5 read "
            "what a 1x1 has made."
        ),
        (
            "Sums over paths or branches. For `equal_width` try every whole width and keep the one whose count is"
            " nearest to that of the one path."
        ),
    ],
)
def test_blocks_of_the_lecture(submission):
    """ResNeXt's 32 x 4d and 2 x 40d, Inception's module 3a, and an excitation"""
    apart = "the 3x3 of a path reads that path's `width` channels, not those of all paths."
    mistakes = [(2_192, "this is one path. There are `cardinality` of them."), (212_992, apart)]
    expect(submission.resnext_weights(32, 4), 70_144, of="resnext_weights(32, 4)", mistakes=mistakes)
    expect(submission.equal_width(2), 40, of="equal_width(2)", mistakes=[(39, LARGEST)])
    mistakes = [(163_328, MODULE_BIASES), (157_520, POOLED), (415_088, REDUCED)]
    found = submission.inception_params(192, 64, 96, 128, 16, 32, 32)
    expect(found, 163_696, of="inception_params(192, 64, 96, 128, 16, 32, 32)", mistakes=mistakes)
    mistakes = [(4_096, "there are two layers: from C to C / r, and back to C."), (8_464, "biases are left out here.")]
    expect(submission.excitation_weights(256), 8_192, of="excitation_weights(256)", mistakes=mistakes)


@graded("blocks", points=0.5, hidden=True)
def test_equal_widths(submission):
    """The widths of equal cost that L4 lists, and others"""
    widths = {1: 64, 2: 40, 4: 24, 8: 14, 32: 4, 3: 30, 16: 8, 12: 10, 28: 4, 100: 1}
    for cardinality, width in widths.items():
        largest = max(w for w in range(1, 65) if cardinality * (512 * w + 9 * w * w) <= 69_632)
        found = submission.equal_width(cardinality)
        equal = (np.sqrt(256**2 + 9 * 69_632 / cardinality) - 256) / 9
        mistakes = [(largest, LARGEST), (round(equal), ROUNDED), (equal, "a width is a whole number.")]
        expect(found, width, of=f"equal_width({cardinality})", mistakes=mistakes)


@graded("blocks", points=1, hidden=True)
def test_other_blocks(submission):
    """Other modules, excitations and paths"""
    for _ in range(4):
        channels, one, r3, three, r5, five, pooled = (int(n) for n in submission.rng.integers(8, 90, size=7))
        weights = channels * (one + r3 + r5 + pooled) + 9 * r3 * three + 25 * r5 * five
        right = weights + one + r3 + three + r5 + five + pooled
        wide = right + 9 * (channels - r3) * three + 25 * (channels - r5) * five
        mistakes = [(weights, MODULE_BIASES), (right - (channels + 1) * pooled, POOLED), (wide, REDUCED)]
        of = f"inception_params({channels}, {one}, {r3}, {three}, {r5}, {five}, {pooled})"
        found = submission.inception_params(channels, one, r3, three, r5, five, pooled)
        expect(found, right, of=of, mistakes=mistakes)
        ratio, channels = int(submission.rng.integers(2, 9)), 840 * int(submission.rng.integers(1, 9))
        of = f"excitation_weights({channels}, ratio={ratio})"
        found = submission.excitation_weights(channels, ratio=ratio)
        expect(found, 2 * channels * (channels // ratio), of=of, mistakes=[(channels**2 // ratio, "one layer of two.")])
        cardinality, width = (int(n) for n in submission.rng.integers(2, 30, size=2))
        of = f"resnext_weights({cardinality}, {width}, channels=128)"
        found = submission.resnext_weights(cardinality, width, channels=128)
        expect(found, cardinality * (256 * width + 9 * width**2), of=of)


NO_REACH = "did you forget the dilation? Its gaps make a filter reach further."


@graded(
    "receptive-field",
    points=0.5,
    hints=[
        (
            "Two numbers walk along: what one value sees, and how far apart in the image its neighbours are. The "
            "rule is written in part 6."
        ),
        (
            "In which order are they changed? The stride of a layer matters only to the layers after it. A filter"
            " with gaps reaches farther than it has weights."
        ),
        (
            "A loop over the layers: the field grows by the reach less one, times the distance; then the distance"
            " grows by the stride."
        ),
    ],
)
def test_the_fields_of_alexnet(submission):
    """AlexNet's first layers: 11, 19, 51"""
    layers = [conv("conv1", 64, 11, stride=4, pad=2), pool("pool1", 3, stride=2), conv("conv2", 192, 5, pad=2)]
    for depth, right, wide in ((1, 11, 41), (2, 19, 27), (3, 51, 51)):
        mistakes = [
            (wide, "a layer's own stride parts its results, so it counts from the next layer on."),
            (sum(layer["kernel"] - 1 for layer in layers[:depth]) + 1, "did you forget the strides?"),
            (right + 1, "the field begins with 1 and grows by (e - 1) * j."),
        ]
        expect(
            submission.receptive_field(layers[:depth]), right, of=f"AlexNet's first {depth} layers", mistakes=mistakes
        )
    found = submission.receptive_field([conv("conv", 8, 3, dilation=2)])
    expect(found, 5, of="three weights with a dilation of 2", mistakes=[(3, NO_REACH)])


@graded("receptive-field", points=1, hidden=True)
def test_other_fields(submission):
    """Other filters, strides and gaps"""
    rng = submission.rng
    for _ in range(8):
        layers, field, no_gaps, distance = [], 1, 1, 1
        for depth in range(5):
            kernel, stride, dilation = (int(n) for n in rng.integers([2, 1, 2], [6, 4, 5]))
            if depth % 2:
                layers.append(pool(f"pool{depth}", kernel, stride))
                dilation = 1
            else:
                layers.append(conv(f"conv{depth}", 8, kernel, stride=stride, dilation=dilation))
            field += (kernel - 1) * dilation * distance
            no_gaps += (kernel - 1) * distance
            distance *= stride
        mistakes = [(no_gaps, NO_REACH)]
        expect(submission.receptive_field(layers), field, of="five layers, some with gaps", mistakes=mistakes)


def as_entries(value, name, number):
    """The student's 4-tuples: a number at this place, texts at the others. Fails, saying what is wrong."""
    entries = [as_list(entry, of=f"an entry of `{name}`") for entry in as_list(value, of=f"`{name}`")]
    if not entries:
        fail(f"`{name}` is empty. It holds a tuple for each misprint.")
    for entry in entries:
        if len(entry) != 4:
            fail(f"`{name}`: each entry is a tuple of four, and one is {brief(entry)}.")
        words = [part for place, part in enumerate(entry) if place != number]
        if not all(isinstance(word, str) for word in words):
            fail(f"`{name}`: the names in an entry are texts, and one entry is {brief(entry)}.")
        if (
            isinstance(entry[number], bool)
            or not isinstance(entry[number], int | float)
            or not abs(entry[number]) < 1e15
        ):
            fail(f"`{name}`: what should stand there, in {brief(entry)}, is not a number.")
    return [tuple(entry) for entry in entries]


def printed_number(submission, table, row, column):
    """What is printed in a cell of the lectures' tables; None where there is no such cell."""
    try:
        columns = submission.value("TOTALS" if table == "totals" else "COLUMNS")
        return float(submission.value("PRINTED")[table][row][list(columns).index(column)])
    except (LookupError, TypeError, ValueError, OverflowError):
        return None


@graded(
    "errata",
    points=0.5,
    hints=[
        "Count each table with your own functions and compare it with what is printed, row by row.",
        (
            "Mind the units of the columns. A printed number is right where the exact one rounds to it, and "
            "totals are of all rows, poolings among them."
        ),
        "An entry names the table, its row, its column and the number that should stand there.",
    ],
)
def test_the_form_of_the_errata(submission):
    """Each entry names a cell, and another number than the printed one"""
    for table, row, column, right in as_entries(submission.value("errata"), "errata", 3):
        stands = printed_number(submission, table, row, column)
        if stands is None:
            fail(f"`errata`: there is no cell ({table!r}, {row!r}, {column!r}) in `PRINTED`.")
        if abs(right - stands) < 0.05:
            fail(f"`errata`: {right:,} is what is printed in ({table!r}, {row!r}, {column!r}).")
        if stands and right and not 1 / 500 < right / stands < 500:
            fail(f"`errata`: {right:,} for {stands:,} in ({table!r}, {row!r}, {column!r}): is that the column's unit?")


# (table, row, column): the least and the greatest number that is right. VGG's operations are with and without its
# poolings; its 1100 is printed to the hundred, so 1700 is right as well.
ERRATA = {
    ("alexnet", "conv4", "operations_m"): (149.5, 150),
    ("totals", "stem", "operations_m"): (480, 481),
    ("totals", "vgg", "memory_mb"): (51.25, 51.35),
    ("totals", "vgg", "params_k"): (1700, 1740),
    ("totals", "vgg", "operations_m"): (9334, 9341),
}


@graded("errata", points=3, hidden=True)
def test_the_errata(submission):
    """The five misprints"""
    entries = as_entries(submission.value("errata"), "errata", 3)
    claimed = {entry[:3]: entry[3] for entry in entries}
    found = [place for place in ERRATA if place in claimed]
    right = [place for place in found if ERRATA[place][0] - 0.01 <= claimed[place] <= ERRATA[place][1] + 0.01]
    alarms = [place for place in claimed if place not in ERRATA]
    if len(right) < len(ERRATA) or alarms:
        said = f"{len(right)} of the {len(ERRATA)} misprints are found and put right."
        if len(right) < len(found):
            place = next(place for place in found if place not in right)
            said += f" {place} is one, but {claimed[place]:,} is not what should stand there."
        if alarms:
            said += f" {alarms[0]} is no misprint: the number is right as it is printed."
        raise PartialCredit((len(right) - len(alarms)) / len(ERRATA), said)


@graded(
    "own-table",
    points=0.5,
    hints=[
        "Count your table's network with `count_network`, as it is described, and compare every cell.",
        ("For each cell that differs ask which slip gives exactly the printed number: go through `CAUSES` one by one."),
        (
            "Each finding names a cell, the right number and the cause whose slip makes the printed one. Six "
            "cells differ."
        ),
    ],
)
def test_the_form_of_the_findings(submission):
    """Each finding names a cell of your table, another number and a known cause"""
    causes = submission.value("CAUSES")
    if not isinstance(causes, dict):
        fail("`CAUSES` is not what was given. Run its cell again, and give what you make another name.")
    for layer, column, right, cause in as_entries(submission.value("findings"), "findings", 2):
        stands = own_number(submission, layer, column)
        if stands is None or column not in ("out_size", "memory_kb", "params", "macs"):
            fail(f"`findings`: there is no cell ({layer!r}, {column!r}) in `TABLE`.")
        if cause not in causes:
            fail(f"`findings`: {cause!r} is no cause of the list; there are {', '.join(map(str, causes))}.")
        if abs(right - stands) < 0.01:
            fail(f"`findings`: {right:,} is what is printed in ({layer!r}, {column!r}).")


def own_number(submission, layer, column):
    """What is printed in a cell of the student's table; None where there is no such cell."""
    try:
        (row,) = [row for row in submission.value("TABLE") if row["layer"] == layer]
        return float(row[column])
    except (LookupError, TypeError, ValueError, OverflowError):
        return None


@graded("own-table", points=4, hidden=True)
def test_the_findings(submission):
    """The six misprints of your own table, and their causes"""
    entries = as_entries(submission.value("findings"), "findings", 2)
    claimed = {(layer, column): (right, cause) for layer, column, right, cause in entries}
    errors = {(layer, column): (right, cause) for layer, column, _, right, cause in submission.variant["errors"]}
    right = [place for place in errors if place in claimed and abs(claimed[place][0] - errors[place][0]) <= 0.011]
    named = [place for place in right if claimed[place][1] == errors[place][1]]
    alarms = [place for place in claimed if place not in errors]
    if len(named) < len(errors) or alarms:
        said = f"{len(right)} of the {len(errors)} misprints of your table are found and put right"
        said += f", {len(named)} of them with their cause."
        if alarms:
            said += f" {alarms[0]} is right as it is printed; each such finding takes one back."
        wrong = [place for place in errors if place in claimed and place not in right]
        if wrong:
            said += f" {wrong[0]} is a misprint, but {claimed[wrong[0]][0]:,} is not what should stand there."
        if len(named) < len(right):
            place = next(place for place in right if place not in named)
            said += f" {place} did not come about by {claimed[place][1]!r}: what would that have printed?"
        earned = 2 * len(right) + len(named) - 3 * len(alarms)
        raise PartialCredit(20 * earned // (3 * len(errors)) / 20, said)
