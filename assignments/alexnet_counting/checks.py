"""Checks of this assignment that run in your notebook: check("name") runs one of them."""

from cnnkit.check import Checks
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


LARGEST = "this is the largest that costs no more. The nearest may cost a little more."


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


# Points of the tests that run when you hand in.
HIDDEN = {
    'output-size': 0.5,
    'parameters': 1,
    'memory': 0.5,
    'multiply-adds': 1,
    'alexnet-table': 2.5,
    'remarks': 1,
    'bottleneck': 0.5,
    'separable': 0.5,
    'blocks': 1.5,
    'receptive-field': 1,
    'errata': 3,
    'own-table': 4,
}

check = Checks(__name__, HIDDEN, "alexnet_counting", "6b4a68a8", about={'title': 'Counting a network, and finding what is misprinted', 'limits': {'cell_seconds': 60.0, 'total_seconds': 120.0, 'memory_mb': 3072}, 'datasets': []})
