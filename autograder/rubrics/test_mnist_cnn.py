"""Tests of mnist_cnn. The public ones go to students as they are; the hidden ones run when they hand in."""

from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage, signal

from cnnkit.check import PartialCredit, as_array, expect, fail, graded
from cnnkit.datasets import digit_arrays

ROUND_DOWN = "where the filter would hang over the edge there is no output. Which way do you round?"
ONE_SIDE = "the frame of zeros lies on both sides, so it adds 2 * pad. Did you count one side?"
TURNED = "your kernel is turned by 180 degrees. A network lays it on the image as it is."
ALL_SIDES = "the zeros belong on all four sides of the image. Did you pad some of them only?"
NO_BIAS = "the values are right but for the bias. Did you forget to add it?"
NO_BIASES = "each output map has a bias as well. Did you forget them?"
CHANNELS_LAST = "your channels come first. In Keras 3 they come last: (height, width, filters)."
STRIDE_FORGOTTEN = "this is the answer for stride 1. Did you forget the stride?"
BIAS_TOO_OFTEN = "the bias is added once a channel. Add it once a filter."
MEANS = "these are the means of the windows, not their maxima."
CEIL_MODE = "a window that hangs over the edge counts too (ceil mode). Did you leave it out?"
LOGITS = "Are these logits? The slide's last layer has a softmax."
ZEROS = "zeros beyond the edge won. Only pixels of the map compete."
WRONG_AXIS = "each row should add up to 1. Did you divide by the sum over the wrong axis?"
SUM_FOR_MEAN = "this is the sum over the rows. The loss is their mean."
ALL_ENTRIES = "you took the mean over all entries of the table. It is the mean of one loss a row."
SOFTMAX_TWICE = "a softmax seems to be applied to what are probabilities already."
CHAIN_RULE = "this is the local gradient at q = x + y. What reaches x came through f = q * z: use the chain rule."
CONVOLUTIONS_RELU = "the slide's convolutions have no ReLU."
DENSE_RELU = "on the slide a ReLU follows Dense(100)."
STRIDE = "in `Conv2D(25, 3, 3)` the third number is now the stride: maps shrink by 3. Write the size as one pair."
INPUT_SHAPE = "your channels come first. In Keras 3 they come last: keras.Input((28, 28, 1))."
LAST_BATCH = "the last, smaller batch is missing, so some images are never seen."
TOO_FAR = "the last batch reaches beyond the images."
NEVER = "the loss is more than twice the least before it, and the rate stayed as it was. Halve it."
ALWAYS = "the loss went down, so the rate should stay as it is."
WRONG = "a row that is sure and wrong, with the probability 1e-12 for its target"
NOISE = (
    "the loss is greater than the least before it, but not more than twice as great. That may be noise: the rate stays."
)
LEAST = "compare with the least of all losses before it, not with another one of them. Halve it."
LATEST = "the latest loss is a number again, and not more than twice the least finite one before it: the rate stays."
EARLIER = "a loss of nan is never the least. Did you leave it out before you looked for the least?"
NO_NUMBER = "a loss of nan or inf is a divergence too, though nan > 1 is False."

# Lecture L1's image and its first filter, lecture L2's edge and its filter.
L1_IMAGE = [
    [1, 0, 0, 0, 0, 1],
    [0, 1, 0, 0, 1, 0],
    [0, 0, 1, 1, 0, 0],
    [1, 0, 0, 0, 1, 0],
    [0, 1, 0, 0, 1, 0],
    [0, 0, 1, 0, 1, 0],
]
L1_FILTER = [[1, -1, -1], [-1, 1, -1], [-1, -1, 1]]
L2_EDGE = [[8, 8, 8, 0, 0, 0]] * 6
L2_FILTER = [[1, 0, -1]] * 3
OVERLAPPING = [[1.00, 1.00, 0.55], [1.00, 1.00, 1.00], [0.55, 1.00, 1.00]]


@graded(
    "output-size",
    points=0.5,
    hints=[
        (
            "How many numbers does the filter cover, and how many places are left to move on to? Draw an edge of "
            "6 and a filter of 3."
        ),
        "With a stride of 2 a last number may be left over: what then? And padding adds zeros on both sides.",
        (
            "What is left of the padded edge beside the filter, divided by the stride and rounded down, and the "
            "first place counts, too."
        ),
    ],
)
def test_sizes_of_the_lectures(submission):
    """Sizes that the lectures print, and one more"""
    expect(submission.output_size(32, 5), 28, of="output_size(32, 5)")
    expect(submission.output_size(7, 3, stride=2), 3, of="output_size(7, 3, stride=2)")
    expect(submission.output_size(227, 11, stride=4), 55, of="output_size(227, 11, stride=4)")
    expect(submission.output_size(28, 3, pad=1), 28, of="output_size(28, 3, pad=1)", mistakes=[(27, ONE_SIDE)])
    expect(submission.output_size(11, 2, stride=2), 5, of="output_size(11, 2, stride=2)", mistakes=[(6, ROUND_DOWN)])
    expect(submission.output_size(10, 3, stride=4), 2, of="output_size(10, 3, stride=4)", mistakes=[(3, ROUND_DOWN)])


@graded("output-size", points=1, hidden=True)
def test_fresh_sizes(submission):
    """Other sizes, strides and paddings"""
    for strides, pads in [((1, 1), (1, 4)), ((2, 5), (0, 0)), ((2, 5), (1, 4))]:
        for _ in range(15):
            n, f = int(submission.rng.integers(20, 200)), int(submission.rng.integers(5, 12))
            stride = int(submission.rng.integers(*strides, endpoint=True))
            pad = int(submission.rng.integers(*pads, endpoint=True))
            exact = (n + 2 * pad - f) / stride + 1
            expect(
                submission.output_size(n, f, stride=stride, pad=pad),
                np.floor(exact),
                of=f"output_size({n}, {f}, stride={stride}, pad={pad})",
                mistakes=[
                    (np.ceil(exact), ROUND_DOWN),
                    ((n + pad - f) // stride + 1, ONE_SIDE),
                    (exact, "a size is a whole number: " + ROUND_DOWN),
                ],
            )


@graded(
    "cross-correlation",
    points=1,
    hints=[
        (
            "For one place of the result: which part of the image lies under the filter, and what is done with "
            "the pairs of numbers?"
        ),
        (
            "Print one patch and its place by hand: with a stride the patch begins at a multiple of it. The "
            "filter is not turned round."
        ),
        (
            "Two loops over the places of the result; at each a patch is cut out of the padded image, multiplied "
            "with the filter number by number, and summed."
        ),
    ],
)
def test_filters_of_the_lectures(submission):
    """L1's picture, L2's edge, and a frame of zeros"""
    image, filter_1 = np.array(L1_IMAGE, float), np.array(L1_FILTER, float)
    found = [[3, -1, -3, -1], [-3, 1, 0, -3], [-3, -3, 0, 1], [3, -2, -2, -1]]
    expect(submission.cross_correlate(image, filter_1), found, of="L1's image and filter 1")
    expect(
        submission.cross_correlate(image, filter_1, stride=2),
        [[3, -3], [-3, 0]],
        of="filter 1 with stride 2",
        mistakes=[(found, STRIDE_FORGOTTEN)],
    )
    edge, filter_2 = np.array(L2_EDGE, float), np.array(L2_FILTER, float)
    turned = [[0, -24, -24, 0]] * 4
    expect(
        submission.cross_correlate(edge, filter_2), [[0, 24, 24, 0]] * 4, of="L2's edge", mistakes=[(turned, TURNED)]
    )
    small, nothing_changes = np.array([[1.0, 2], [3, 4]]), np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])
    expect(
        submission.cross_correlate(small, nothing_changes, pad=1),
        small,
        of="a 2x2 image with pad=1",
        mistakes=[([[1]], ALL_SIDES), ([[4]], ALL_SIDES)],
    )
    found = submission.cross_correlate(image[:3], filter_1)
    expect(found, [[3, -1, -3, -1]], of="the upper three rows of L1's image, an image that is not square")


def _correlated(image, kernel, stride=1, pad=((0, 0), (0, 0))):
    return signal.correlate2d(np.pad(image, pad), kernel, "valid")[::stride, ::stride]


@graded("cross-correlation", points=1.5, hidden=True)
def test_fresh_filters(submission):
    """Other images, filters, strides and paddings"""
    rng = submission.rng
    for stride, pad in [(1, 0), (2, 0), (1, 2), (3, 1)]:
        height = rng.integers(7, 12)
        image = rng.normal(size=(height, height + rng.integers(1, 6)))
        kernel = rng.normal(size=(3, rng.integers(2, 6)))
        around, before, after = [(pad, pad)] * 2, [(pad, 0)] * 2, [(0, pad)] * 2
        expect(
            submission.cross_correlate(image, kernel, stride=stride, pad=pad),
            _correlated(image, kernel, stride, around),
            of=f"an image of {image.shape}, a kernel of {kernel.shape}, stride={stride}, pad={pad}",
            mistakes=[
                (_correlated(image, kernel[::-1, ::-1], stride, around), TURNED),
                (_correlated(image, kernel, stride, before), ALL_SIDES),
                (_correlated(image, kernel, stride, after), ALL_SIDES),
                (_correlated(image, kernel, 1, around), STRIDE_FORGOTTEN),
                (_correlated(image, kernel, stride), "this is the answer without padding. Did you forget it?"),
            ],
        )


@graded(
    "conv-layer",
    points=0.5,
    hints=[
        (
            "What does one filter make of an image with several channels? One map. Then how many maps do all "
            "filters make?"
        ),
        "Check the order of the axes of `filters` in the text. Then look at the bias: one for each filter.",
        (
            "For each filter: the sum over the channels of what you have written above, and its bias; the maps "
            "are put side by side along the last axis."
        ),
    ],
)
def test_small_layers(submission):
    """Three 1x1 filters on an image of two channels, and L2's filter with a bias"""
    image = np.array([[[1.0, 10], [2, 20]], [[3, 30], [4, 40]]])
    kernels = np.array([[[[1.0, 0, 1], [0, 1, -1]]]])
    right = np.array([[[1, 10.5, 91], [2, 20.5, 82]], [[3, 30.5, 73], [4, 40.5, 64]]])
    bias = np.array([0, 0.5, 100])
    expect(
        submission.conv_layer(image, kernels, bias),
        right,
        of="three 1x1 filters",
        mistakes=[(right - bias, NO_BIAS), (np.moveaxis(right, 2, 0), CHANNELS_LAST), (right + bias, BIAS_TOO_OFTEN)],
    )
    edge, kernel = np.array(L2_EDGE, float)[..., None], np.array(L2_FILTER, float)[..., None, None]
    row, turned = [[1], [25], [25], [1]], [[1], [-23], [-23], [1]]
    for stride, right in ((1, [row] * 4), (2, [[[1], [25]]] * 2)):
        expect(
            submission.conv_layer(edge, kernel, np.array([1.0]), stride=stride),
            right,
            of=f"L2's edge and its filter, with the bias 1 and stride={stride}",
            mistakes=[([turned] * 4, TURNED), ([[[1], [-23]]] * 2, TURNED), ([row] * 4, STRIDE_FORGOTTEN)],
        )


def _layer(image, kernels, bias, stride=1):
    windows = sliding_window_view(image, kernels.shape[:2], axis=(0, 1))[::stride, ::stride]
    return np.einsum("xychw,hwcf->xyf", windows, kernels) + bias


@graded("conv-layer", points=1.5, hidden=True)
def test_fresh_layers(submission):
    """Other numbers of channels and filters, images that are not square"""
    rng = submission.rng
    for stride in (1, 2):
        image = rng.normal(size=(rng.integers(6, 9), rng.integers(10, 14), rng.integers(2, 5)))
        kernels = rng.normal(size=(3, 2, image.shape[2], rng.integers(5, 8)))
        bias = rng.normal(size=kernels.shape[3])
        right = _layer(image, kernels, bias, stride)
        expect(
            submission.conv_layer(image, kernels, bias, stride=stride),
            right,
            of=f"an image of {image.shape}, kernels of {kernels.shape}, stride={stride}",
            mistakes=[
                (right - bias, NO_BIAS),
                (np.moveaxis(right, 2, 0), CHANNELS_LAST),
                (_layer(image, kernels[::-1, ::-1], bias, stride), TURNED),
                (right + (image.shape[2] - 1) * bias, BIAS_TOO_OFTEN),
                (_layer(image, kernels, bias), STRIDE_FORGOTTEN),
            ],
        )


@graded(
    "pooling",
    points=1,
    hints=[
        "Which numbers does one window hold, and what is kept of them?",
        (
            "L2's map of 7 rows becomes one of 4: its last window hangs over the edge. What may not win there, "
            "even where all numbers are negative?"
        ),
        (
            "Loops over the windows; a slice that ends at the edge of the image is shorter by itself; then the "
            "largest along rows and columns."
        ),
    ],
)
def test_the_pool_of_l2(submission):
    """L2's first map, 7x7, becomes 4x4"""
    image = np.array(
        [
            [0.77, -0.11, 0.11, 0.33, 0.55, -0.11, 0.33],
            [-0.11, 1.00, -0.11, 0.33, -0.11, 0.11, -0.11],
            [0.11, -0.11, 1.00, -0.33, 0.11, -0.11, 0.55],
            [0.33, 0.33, -0.33, 0.55, -0.33, 0.33, 0.33],
            [0.55, -0.11, 0.11, -0.33, 1.00, -0.11, 0.11],
            [-0.11, 0.11, -0.11, 0.33, -0.11, 1.00, -0.11],
            [0.33, -0.11, 0.55, 0.33, 0.11, -0.11, 0.77],
        ]
    )
    right = [[1.00, 0.33, 0.55, 0.33], [0.33, 1.00, 0.33, 0.55], [0.55, 0.33, 1.00, 0.11], [0.33, 0.55, 0.11, 0.77]]
    floor = [row[:3] for row in right[:3]]
    means = [[0.3875, 0.165, 0.11, 0.11], [0.165, 0.2225, 0, 0.44], [0.11, 0, 0.445, 0], [0.11, 0.44, 0, 0.77]]
    expect(submission.max_pool(image), right, of="L2's first map", mistakes=[(floor, CEIL_MODE), (means, MEANS)])
    expect(
        submission.max_pool(image[:6], size=3, stride=2),
        OVERLAPPING,
        of="the upper six rows of L2's first map, size=3, stride=2",
        mistakes=[(OVERLAPPING[:2], CEIL_MODE)],
    )
    below, zeros = [[-0.9, -0.8, -0.7]] * 3, [[-0.8, 0], [0, 0]]
    right = [[-0.8, -0.7], [-0.8, -0.7]]
    expect(submission.max_pool(np.array(below)), right, of="a map below zero", mistakes=[(zeros, ZEROS)])


def _pooled(image, size, stride, function=np.max, edge=np.nan):
    """Ceil mode; windows over the edge are filled with `edge`, and NaN counts for nothing."""
    more = [(0, -(n - size) % stride) for n in image.shape]
    windows = sliding_window_view(np.pad(image, more, constant_values=edge), (size, size))[::stride, ::stride]
    kept = [[window[~np.isnan(window)] for window in row] for row in windows]
    return np.array([[function(window) for window in row] for row in kept])


@graded("pooling", points=1, hidden=True)
def test_fresh_maps(submission):
    """Other maps, windows and strides"""
    rng = submission.rng
    for size, stride in [(2, 2), (3, 3), (3, 2)]:
        image = -rng.uniform(1, 2, size=(7 + stride * rng.integers(1, 3), 12 + stride * rng.integers(1, 3)))
        right = _pooled(image, size, stride)
        rows, columns = [(n - size) // stride + 1 for n in image.shape]
        expect(
            submission.max_pool(image, size=size, stride=stride),
            right,
            of=f"a map of {image.shape}, all below zero, size={size}, stride={stride}",
            mistakes=[
                (right[:rows, :columns], CEIL_MODE),
                (_pooled(image, size, stride, edge=0), ZEROS),
                (_pooled(image, size, stride, np.mean), MEANS),
            ],
        )


@graded(
    "softmax",
    points=0.5,
    hints=[
        "Each row is turned into probabilities for itself. Which sum must be 1?",
        (
            "The exponential of 1000 is too large for a number. What may be subtracted from a whole row without "
            "changing its probabilities?"
        ),
        ("Take the largest of each row away, keeping the axis; the exponential; divide by the sum of the same row."),
    ],
)
def test_two_rows(submission):
    """Two rows of logits become probabilities"""
    down = [[0.26894142, 0.11920292, 0.04742587], [0.73105858, 0.88079708, 0.95257413]]
    whole = [[0.03012695, 0.03012695, 0.03012695], [0.08189353, 0.22260971, 0.60511592]]
    expect(
        submission.softmax(np.array([[0.0, 0, 0], [1, 2, 3]])),
        [[1 / 3, 1 / 3, 1 / 3], [0.09003057, 0.24472847, 0.66524096]],
        of="softmax of [0, 0, 0] and [1, 2, 3]",
        mistakes=[(down, WRONG_AXIS), (whole, WRONG_AXIS)],
    )
    _finite(submission.softmax(np.array([[1000.0, 1000]])), [[0.5, 0.5]], of="softmax of [1000, 1000]")
    _finite(submission.softmax(np.array([[1000.0, -1000]])), [[1, 0]], of="softmax of [1000, -1000]")


def _finite(found, right, of):
    """The answer for big logits. Fails, saying why, where powers have overflowed."""
    if not np.isfinite(as_array(found, of=of, shape=np.shape(right))).all():
        fail(f"{of}: exp overflows. Which number may you subtract from a row, changing nothing, so that none is big?")
    expect(found, right, of=of)


def _softmax(logits, axis=1):
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


@graded("softmax", points=1, hidden=True)
def test_small_and_big_logits(submission):
    """Other logits, and very big ones"""
    logits = submission.rng.normal(size=(submission.rng.integers(4, 9), 10))
    mistakes = [(_softmax(logits, axis=0), WRONG_AXIS), (_softmax(logits, axis=None), WRONG_AXIS)]
    expect(submission.softmax(logits), _softmax(logits), of=f"logits of {logits.shape}", mistakes=mistakes)
    moved = logits + submission.rng.choice([-1000.0, 1000.0], size=(len(logits), 1))
    apart = logits + 1000.0 * np.eye(10)[submission.rng.integers(0, 10, len(logits))]
    _finite(submission.softmax(moved), _softmax(moved), of="rows of logits near 1000 or near -1000")
    _finite(submission.softmax(apart), _softmax(apart), of="rows with one logit near 1000 among small ones")


@graded(
    "cross-entropy",
    points=0.5,
    hints=[
        "Which one of a row's probabilities does the loss look at, and which function is applied to it?",
        (
            "Try L1's first row by hand. A probability of 0 may stand beside the target: what is its logarithm, "
            "and does the loss look at it?"
        ),
        "The logarithm of the probability of the right class, its sign turned, and the mean over the rows.",
    ],
)
def test_the_three_rows_of_l1(submission):
    """L1's three rows"""
    computed = np.array([[0.3, 0.3, 0.4], [0.3, 0.4, 0.3], [0.1, 0.2, 0.7]])
    targets = np.array([[0.0, 0, 1], [0, 1, 0], [1, 0, 0]])
    mistakes = [
        (4.13516656, SUM_FOR_MEAN),
        (0.45946295, ALL_ENTRIES),
        (1.14469570, SOFTMAX_TWICE),
        (-1.37838885, "the sign is missing: the logarithm of a probability is below zero, a loss is not."),
        ([0.91629073, 0.91629073, 2.30258509], "these are the losses of the rows. Return their mean."),
    ]
    expect(submission.cross_entropy(computed, targets), 1.37838885, of="L1's three rows", mistakes=mistakes)
    _sure_rows(submission)


def _sure_rows(submission):
    """Rows that are sure, and right or wrong."""
    sure = submission.cross_entropy(np.array([[1.0, 0], [0.5, 0.5]]), np.array([[1.0, 0], [1, 0]]))
    nan = "0 * log(0) is nan in NumPy. Only the target's probability matters: take no logarithm of the others."
    expect(sure, 0.34657359, of="a row that is sure and right", mistakes=[(np.nan, nan)])
    wrong = float(
        as_array(submission.cross_entropy(np.array([[1e-12, 1 - 1e-12]]), np.array([[1.0, 0]])), of=WRONG, shape=())
    )
    if 0 < wrong < 27.6:
        fail(
            f"{WRONG}: the loss is {wrong:.4g}, and should be -log(1e-12) = 27.63. Did you add a small number, or cut?"
        )
    expect(wrong, 27.6310211, of=WRONG)


@graded("cross-entropy", points=1, hidden=True)
def test_fresh_rows(submission):
    """Other rows, and a probability of 0"""
    computed = _softmax(submission.rng.normal(size=(submission.rng.integers(5, 9), 10)))
    chosen = submission.rng.integers(0, 10, len(computed))
    targets = np.eye(10)[chosen]
    rows = -np.log(computed[range(len(chosen)), chosen])
    again = -np.log(_softmax(computed)[range(len(chosen)), chosen])
    mistakes = [
        (rows.sum(), SUM_FOR_MEAN),
        (rows.mean() / 10, ALL_ENTRIES),
        (again.mean(), SOFTMAX_TWICE),
    ]
    expect(submission.cross_entropy(computed, targets), rows.mean(), of=f"{len(rows)} rows", mistakes=mistakes)
    _sure_rows(submission)


@graded(
    "backprop",
    points=0.5,
    hints=[
        (
            "Write the two steps below each other: the sum, then the product. What does the product's slope by "
            "each of its factors look like?"
        ),
        "Change one input by 0.001 and compute the result again: how much does it change for each unit?",
        (
            "From behind: the slope by each factor is the other factor; a sum passes on what it gets to both of "
            "its terms."
        ),
    ],
)
def test_the_numbers_of_l4(submission):
    """x = -2, y = 5, z = -4"""
    mistakes = [((-12, 1, 1, 3), CHAIN_RULE), ((-12, 1, -4, 3), CHAIN_RULE), ((-12, -4, 1, 3), CHAIN_RULE)]
    expect(submission.backprop(-2.0, 5.0, -4.0), (-12, -4, -4, 3), of="backprop(-2, 5, -4)", mistakes=mistakes)


@graded("backprop", points=0.5, hidden=True)
def test_fresh_gradients(submission):
    """Other numbers"""
    for _ in range(3):
        x, y, z = (round(float(value), 2) for value in submission.rng.uniform(2, 9, 3))
        f = (x + y) * z
        expect(
            submission.backprop(x, y, z),
            (f, z, z, x + y),
            of=f"backprop({x}, {y}, {z})",
            mistakes=[((f, 1, 1, x + y), CHAIN_RULE), ((f, 1, z, x + y), CHAIN_RULE), ((f, z, 1, x + y), CHAIN_RULE)],
        )


def _l1(submission):
    """The model of `build_l1`. Fails where Keras cannot build it, saying why that may be."""
    try:
        return submission.model("build_l1")
    except AssertionError as error:
        if "(None, 1, 28, 28)" in str(error):
            fail(f"{error} Perhaps {INPUT_SHAPE}")
        if "zero or negative" in str(error):
            fail(f"{error} The maps get too small: {STRIDE}")
        raise


@graded(
    "keras-3",
    points=0.5,
    hints=[
        "Compare your `summary()` with the slide, row by row: the first row that differs is the one to look at.",
        (
            "Which layers have an activation, and which have none? Does padding keep the size or not? How many "
            "numbers go into the first dense layer?"
        ),
        "A list of layers in the slide's order, beginning with the input's shape.",
    ],
)
def test_the_sizes_of_l1(submission):
    """The slide's sizes and its 137,660 parameters"""
    model = _l1(submission)
    shapes = [layer.get("output_shape") or [] for layer in model.layers if layer.get("class") != "InputLayer"]
    edges = [shape[1] for shape in shapes if len(shape) == 4]
    edges = [edge for before, edge in pairwise([28, *edges]) if edge != before]  # an activation keeps the size
    if 9 in edges[:1] or 4 in edges[2:3]:
        fail(f"your maps have the edges {edges}: {STRIDE}")
    expect(edges, [26, 13, 11, 5], of="the edges of the maps")
    _expect_shapes(model)
    weights = [np.zeros(shape, "float32") for shape in L1_SHAPES]
    weights[0][:] = -1  # a white image becomes -9 everywhere,
    weights[2][..., 0], weights[2][..., 1] = -1 / 225, 1 / 225  # then 9 in one map and -9 in another,
    weights[4][[0, 1, 0], [0, 1, 2]] = 1, -1, -1  # then 9, 9 and -9 in three units, of which ReLU makes 9, 9 and 0,
    weights[6][[0, 1, 2], [0, 1, 2]] = 0.1  # and the logits are 0.9, 0.9 and eight zeros
    model.set_weights(weights)
    of = "the probabilities for a white image, with weights of ours"
    some_relu = [0.214632, *[0.087263] * 9]
    mistakes = [
        ([[0.1] * 10], CONVOLUTIONS_RELU),
        ([some_relu], CONVOLUTIONS_RELU),
        ([[0.199550, 0.199550, 0.032985, *[0.081131] * 7]], DENSE_RELU),
    ]
    found = model.predict(np.ones((1, 28, 28, 1), "float32"))
    if not np.allclose(found.sum(), 1, atol=1e-3):
        fail(f"the ten numbers for an image add up to {found.sum():.3g}, and probabilities to 1. {LOGITS}")
    expect(found, [[0.190383, 0.190383, *[0.077404] * 8]], of=of, mistakes=mistakes, tolerance=1e-3)


L1_SHAPES = [(3, 3, 1, 25), (25,), (3, 3, 25, 50), (50,), (1250, 100), (100,), (100, 10), (10,)]


def _expect_shapes(model):
    if model.weights != L1_SHAPES:
        words = (
            f"the network has {model.parameters:,} parameters, and the slide's 137,660: its weights have the shapes "
        )
        found = f"{words}{model.weights}, and on the slide {L1_SHAPES}."
        fail(found, layers=(model.weights, L1_SHAPES))


def _maxima(images):
    """2x2 max pooling of (n, height, width, channels), as Keras does it: nothing hangs over."""
    n, height, width, channels = images.shape
    even = images[:, : height // 2 * 2, : width // 2 * 2]
    return even.reshape(n, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))


def _relu(x):
    return np.maximum(x, 0)


def _l1_logits(images, weights, activation=lambda x: x, dense=_relu):
    kernel_1, bias_1, kernel_2, bias_2, dense_1, shift_1, dense_2, shift_2 = weights
    maps = _maxima(activation(np.stack([_layer(image, kernel_1, bias_1) for image in images])))
    maps = _maxima(activation(np.stack([_layer(image, kernel_2, bias_2) for image in maps])))
    hidden = dense(maps.reshape(len(images), -1) @ dense_1 + shift_1)
    return hidden @ dense_2 + shift_2


@graded("keras-3", points=1.5, hidden=True)
def test_what_the_network_computes(submission):
    """With weights of ours the network computes what the slide's would"""
    model = _l1(submission)
    _expect_shapes(model)
    expect(list(model.input_shape[1:]), [28, 28, 1], of="the shape of an image that the network takes")
    rng = submission.rng
    weights = [
        rng.normal(scale=2 / np.sqrt(np.prod(shape[:-1]) + 1), size=shape).astype("float32") for shape in L1_SHAPES
    ]
    images = rng.uniform(size=(4, 28, 28, 1)).astype("float32")
    spread = np.float32(_l1_logits(images, weights).std())
    weights[-2:] = [last / spread for last in weights[-2:]]  # a softmax of large logits would hide a mistake
    model.set_weights(weights)
    logits = _l1_logits(images, weights)
    mistakes = [
        (logits, LOGITS),
        (_softmax(_softmax(logits)), "the softmax is applied twice."),
        (_softmax(_l1_logits(images, weights, _relu)), CONVOLUTIONS_RELU),
        (_softmax(_l1_logits(images, weights, dense=lambda x: x)), DENSE_RELU),
    ]
    expect(model.predict(images), _softmax(logits), of="the predictions", mistakes=mistakes, tolerance=1e-3)


@graded(
    "batches",
    points=0.5,
    hints=[
        "Ten images, four at a time: write the first and the last index of every batch on paper.",
        "The last batch may be a shorter one, and a batch ends before the next one begins.",
        "Begin at each multiple of the batch's size; end after as many, and never behind the last image.",
    ],
)
def test_ten_images(submission):
    """Ten images in batches of four"""
    mistakes = [([(0, 4), (4, 8)], LAST_BATCH), ([(0, 4), (4, 8), (8, 12)], TOO_FAR)]
    expect(submission.batch_slices(10, 4), [(0, 4), (4, 8), (8, 10)], of="batch_slices(10, 4)", mistakes=mistakes)
    mistakes = [([(0, 3), (3, 6), (6, 6)], "the last batch is empty.")]
    expect(submission.batch_slices(6, 3), [(0, 3), (3, 6)], of="batch_slices(6, 3)", mistakes=mistakes)
    mistakes = [([], LAST_BATCH), ([(0, 4)], TOO_FAR)]
    expect(submission.batch_slices(3, 4), [(0, 3)], of="batch_slices(3, 4)", mistakes=mistakes)


@graded("batches", points=0.5, hidden=True)
def test_fresh_batches(submission):
    """Other numbers of images"""
    for over in (1, 0, 5):
        size = int(submission.rng.integers(6, 40))
        count = size * int(submission.rng.integers(2, 9)) + over
        starts = range(0, count, size)
        right = [(start, min(start + size, count)) for start in starts]
        mistakes = [(right[:-1], LAST_BATCH), ([(start, start + size) for start in starts], TOO_FAR)]
        expect(submission.batch_slices(count, size), right, of=f"batch_slices({count}, {size})", mistakes=mistakes)


@graded(
    "learning-rate",
    points=0.5,
    hints=[
        ("Which two losses are compared, and what counts as having gone up? Read the rule in the text word by word."),
        "What happens at the first loss, where there is none before it? And when a loss is no number at all?",
        "A condition with two parts, of which either halves the rate; otherwise the rate stays.",
    ],
)
def test_up_and_down(submission):
    """Losses that go far up, a little up, or down, or are no number"""
    _rates(submission, 0.1, 1.0)


def _rates(submission, rate, low):
    """The rate after losses of all kinds. low: the least of them."""
    nan, inf, some, high = float("nan"), float("inf"), 1.5 * low, 2.5 * low
    for losses, halved, why in [
        ([low, high], True, NEVER),
        ([high, low], False, ALWAYS),
        ([low, some], False, NOISE),
        ([low, 2 * low], False, NOISE),
        ([low, high, some], False, NOISE),
        ([high, low, high], True, NEVER),
        ([low, some, high], True, LEAST),
        ([high, low, some, high], True, LEAST),
        ([low], False, ALWAYS),
        ([high, nan], True, NO_NUMBER),
        ([high, inf], True, NO_NUMBER),
        ([nan], True, "the first loss may be no number as well. " + NO_NUMBER),
        ([high, nan, low], False, LATEST),
        ([nan, high], False, LATEST),
        ([inf, low], False, LATEST),
        ([nan, low, high], True, EARLIER),
        ([low, nan, high], True, EARLIER),
    ]:
        right, wrong = (rate / 2, rate) if halved else (rate, rate / 2)
        of = f"next_rate({rate:.3g}, {[round(loss, 3) for loss in losses]})"
        expect(submission.next_rate(rate, losses), right, of=of, mistakes=[(wrong, why)])


@graded("learning-rate", points=0.5, hidden=True)
def test_fresh_losses(submission):
    """Other losses and rates"""
    for scale in (1, 100):
        rate, low = float(submission.rng.uniform(0.5, 9)), float(submission.rng.uniform(1, 5)) * scale
        _rates(submission, rate, low)
        losses = [low * float(more) for more in submission.rng.uniform(1, 2, 20)]
        expect(
            submission.next_rate(rate, [*losses, low]),
            rate,
            of="the least of many losses",
            mistakes=[(rate / 2, NOISE)],
        )


@graded(
    "lenet-5",
    points=0.5,
    hints=[
        (
            "A cross in the table means that a filter reaches to that map. How many weights has such a filter, "
            "and what has each new map besides?"
        ),
        (
            "Count a small table by hand: two maps, three new maps. For the activation try 0 and a large number: "
            "where does it level off?"
        ),
        (
            "The crosses times the weights of one filter, and a bias for each new map. The activation is a scaled"
            " tanh with the paper's two constants."
        ),
    ],
)
def test_a_small_table(submission):
    """A table of two rows and three columns, and the ends of the activation"""
    mistakes = [(100, NO_BIASES), (153, "a filter is counted where nothing is connected.")]
    table = [[1, 1, 0], [0, 1, 1]]
    expect(submission.c3_parameters(table, 5), 103, of=f"c3_parameters({table}, 5)", mistakes=mistakes)
    unscaled = [np.tanh(-1), 0, np.tanh(1)]
    expect(
        submission.scaled_tanh(np.array([-1.0, 0, 1])),
        [-1.0, 0, 1],
        of="scaled_tanh at -1, 0 and 1",
        mistakes=[(unscaled, "this is tanh as it is. Did you forget its two constants?")],
        tolerance=1e-3,
    )
    expect(submission.scaled_tanh(np.array([[3.0]])), [[1.65417492]], of="scaled_tanh at 3")


@graded("lenet-5", points=0.5, hidden=True)
def test_fresh_tables(submission):
    """Other tables, and other inputs to the activation"""
    table = submission.rng.integers(0, 2, size=(submission.rng.integers(3, 8), submission.rng.integers(9, 20)))
    table[0] = 1
    right = 9 * int(table.sum()) + table.shape[1]
    mistakes = [(right - table.shape[1], NO_BIASES), (9 * table.size + table.shape[1], "count the table's ones only.")]
    expect(submission.c3_parameters(table.tolist(), 3), right, of=f"a table of {table.shape}", mistakes=mistakes)
    x = submission.rng.normal(scale=2, size=(3, 4))
    expect(submission.scaled_tanh(x), 1.7159 * np.tanh(2 / 3 * x), of="scaled_tanh of other numbers")


def _accuracy(submission, images, labels):
    """The share of images whose digit is seen. They come in a random order: no label can be looked up by its place."""
    order = submission.rng.permutation(len(labels))
    of = f"`predict_digits` of {len(labels)} images"
    return np.mean(as_array(submission.predict_digits(images[order]), of=of, shape=labels.shape) == labels[order])


@graded(
    "accuracy",
    points=0.5,
    trains=True,
    seconds=60,
    hints=[
        (
            "Compare your learning curves with those described in the text: does the loss fall from its start "
            "near log 10?"
        ),
        (
            "Were the images scaled as the text says, and do the labels belong to them? Look at ten images with "
            "their labels."
        ),
        (
            "More epochs, a rate that is not too large, and the network as the slide has it; judge by the "
            "validation curve."
        ),
    ],
)
def test_digits_as_they_are(submission):
    """At least 95 % of the test digits, as they are"""
    images, labels = digit_arrays("test")
    accuracy = _accuracy(submission, images.astype(np.float32) / 255, labels)
    if accuracy < 0.95:
        fail(f"{accuracy:.1%} of digits28's test digits are right. Does the loss fall while it trains?")


def _distorted(images, rng):
    """uint8 images turned, moved, stretched and bent at random, as float32 in [0, 1]."""
    centre = (images.shape[1] - 1) / 2
    grid = np.indices(images.shape[1:3]) - centre
    distorted = np.empty(images.shape, np.float32)
    for image, target in zip(images[..., 0] / 255.0, distorted[..., 0], strict=True):
        angle, stretch = np.deg2rad(rng.uniform(-ANGLE, ANGLE)), rng.uniform(1 - STRETCH, 1 + STRETCH, (2, 1))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / stretch
        bend = ndimage.gaussian_filter(rng.uniform(-1, 1, grid.shape), (0, 4, 4))
        bend *= BEND / np.abs(bend).max()
        places = np.tensordot(turn, grid, 1) + centre + bend + rng.uniform(-SHIFT, SHIFT, (2, 1, 1))
        target[:] = ndimage.map_coordinates(image, places, order=1)
    return distorted


# Degrees and pixels. The nearest of all 1,797 originals is the right digit for 7 of 10 of these images.
ANGLE, SHIFT, STRETCH, BEND = 12, 2.5, 0.12, 1.5


@graded("accuracy", points=2.5, hidden=True, trains=True, seconds=60)
def test_distorted_digits(submission):
    """The test digits, distorted afresh: all points from 98 %, none below 90 %"""
    images, labels = digit_arrays("test")
    images, labels = np.concatenate([images, images]), np.concatenate([labels, labels])
    accuracy = _accuracy(submission, _distorted(images, submission.rng), labels)
    if accuracy < 0.98:
        advice = "longer training or batch normalization" if accuracy > 0.94 else "augmentation: turn, move and stretch"
        raise PartialCredit((accuracy - 0.9) / 0.08, f"{accuracy:.2%} are right; all points from 98 %. Try {advice}.")
