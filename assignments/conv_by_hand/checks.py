"""Checks of this assignment that run in your notebook: check("name") runs one of them."""

from cnnkit.check import Checks
import numpy as np
from cnnkit.check import PartialCredit, as_array, as_list, brief, expect, fail, graded


SHADES = "the greatest value is one less than the number of shades."


ORDER = "is the order of the channels red, green, blue?"


PLAIN_MEAN = "this is the plain mean. The eye sees green brighter than red, and blue hardly."


@graded(
    "pixels",
    points=0.5,
    hints=[
        "Which value is white, if there are 256 shades and black is 0? It has to become 1.",
        "A grey value is a sum of three products along the last axis. A weight joins one pixel's channel to one "
        "neuron.",
        "One division; one product with an array of three numbers, which `@` takes along the last axis; one product of "
        "four whole numbers.",
    ],
)
def test_pixels_of_eight_bits(submission):
    """Black and white of 8 bits, pure colours, and L2's 3 million"""
    mistakes = [([0, 51 / 256, 255 / 256], SHADES)]
    expect(
        submission.to_unit(np.array([0, 51, 255]), 256), [0, 0.2, 1], of="to_unit([0, 51, 255], 256)", mistakes=mistakes
    )
    colours = np.eye(3)[None]
    mistakes = [([[0.114, 0.587, 0.299]], ORDER), ([[1 / 3] * 3], PLAIN_MEAN)]
    expect(submission.to_grey(colours), [[0.299, 0.587, 0.114]], of="to_grey of red, green and blue", mistakes=mistakes)
    mistakes = [(3_000_001, "biases are left out here."), (1_000_000, "did you forget the channels?")]
    found = submission.dense_weights((1000, 1000, 3), 1)
    expect(found, 3_000_000, of="dense_weights((1000, 1000, 3), 1)", mistakes=mistakes)


NO_LENGTH = "did you forget to divide by the lengths? A longer input is not a more similar one."


SQUARED = "a length is the square *root* of the sum of squares."


NO_BIAS = "did you forget the bias?"


@graded(
    "detector",
    points=0.5,
    hints=[
        "All three follow from the two formulas: which of them is the response, and how do you get the cosine from it?",
        "What is the length of an array that is all 0? Ask before you divide. The neurons of a map share their bias, "
        "too.",
        "A sum of products; that sum, divided by the product of two roots of sums of squares, or 0; weights of a patch "
        "and one more, and the same times the places.",
    ],
)
def test_the_detector_of_the_lecture(submission):
    """Patches of two pixels, and L3's 26 weights for 100 neurons"""
    w, x = np.array([[3.0, 4.0]]), np.array([[10.0, 0.0]])
    expect(submission.response(w, x), 30, of="response([[3, 4]], [[10, 0]])")
    mistakes = [(30, NO_LENGTH), (30 / 2500, SQUARED), (3, "did you forget the length of the patch?"), (6, NO_LENGTH)]
    expect(submission.cosine(w, x), 0.6, of="cosine([[3, 4]], [[10, 0]])", mistakes=mistakes)
    mistakes = [(float("nan"), "0 / 0. Where one of them is all 0 the cosine is 0 here.")]
    expect(submission.cosine(w, 0 * x), 0, of="cosine of a patch that is all 0", mistakes=mistakes)
    mistakes = [((25, 2500), NO_BIAS), ((26, 26), "the second number is for neurons that share nothing.")]
    mistakes += [((26, 2501), "the neurons share the bias, too; each with its own has a bias of its own.")]
    expect(submission.map_weights(100, 5), (26, 2600), of="map_weights(100, 5)", mistakes=mistakes)


def expect_letter(name, value):
    """Fails where it is none of the letters that there are to choose from."""
    if not isinstance(value, str) or value not in ("a", "b", "c"):
        fail(f'`{name}` is {brief(value)}, and should be "a", "b" or "c".')


@graded(
    "q-brighter",
    points=0.1,
    hints=[
        "Compare the cosines of the two patches in the figure, too: did they stay as they were?",
        "Add up the weights of the detector. What does it make of a patch that is the same everywhere?",
    ],
)
def test_a_letter_for_brighter(submission):
    """A letter is chosen"""
    expect_letter("brighter", submission.value("brighter"))


NO_PAD = "did you forget the padding?"


ONE_SIDE = "the zeros lie on all four sides. Here they are at two of them."


@graded(
    "im2col",
    points=0.5,
    hints=[
        "Take the picture above: which pixels are the upper left numbers of the four patches? They are a slice of the "
        "image.",
        "Pad first. The number at (row, column) of every patch is a slice that begins at (row, column) times the "
        "dilation, has steps of the stride, and one entry for each place.",
        "An array of zeros (n, high, wide, rows, columns, channels), two short loops over the kernel's places that "
        "fill [:, :, :, row, column], and a reshape at the end.",
    ],
)
def test_the_patches_of_the_picture(submission):
    """Patches of an image of 4x4, with each option"""
    image = np.arange(16.0).reshape(1, 4, 4, 1)
    right = [[[[0, 1, 4, 5], [2, 3, 6, 7]], [[8, 9, 12, 13], [10, 11, 14, 15]]]]
    mistakes = [(np.array(right)[..., [0, 2, 1, 3]], "a patch is read row by row.")]
    expect(submission.im2col(image, (2, 2), stride=2), right, of="patches of 2x2 with stride 2", mistakes=mistakes)
    right = [[[[0, 2, 8, 10], [1, 3, 9, 11]], [[4, 6, 12, 14], [5, 7, 13, 15]]]]
    expect(submission.im2col(image, (2, 2), dilation=2), right, of="patches of 2x2 with dilation 2")
    right = [[[[0, 0, 0, 1], [0, 0, 2, 0]], [[0, 3, 0, 0], [4, 0, 0, 0]]]]
    small = np.array([[1.0, 2], [3, 4]]).reshape(1, 2, 2, 1)
    mistakes = [([[[[1, 2, 3, 4]]]], NO_PAD), ([[[[0, 0, 0, 1]]]], ONE_SIDE)]
    found = submission.im2col(small, (2, 2), stride=2, pad=1)
    expect(found, right, of="patches of 2x2 with stride 2 and pad 1", mistakes=mistakes)


TURNED = "the kernel is turned by 180 degrees: that is the mathematicians' convolution. Lay it on as it is."


NO_GROUPS = "did you forget the groups? A filter reaches through the channels of its own part alone."


@graded(
    "convolution",
    points=1,
    hints=[
        "Where are the patches, and in which order are their numbers? The kernels must be ordered alike before the "
        "product.",
        "Without groups it is one line: patches @ matrix + bias. With groups: cut images along their last axis and "
        "kernels along theirs, and do the same for each pair of parts.",
        "A loop over `zip(np.split(images, groups, axis=...), np.split(kernels, groups, axis=...))` that collects "
        "maps; join them along the last axis, and add the bias once.",
    ],
)
def test_the_numbers_of_the_lectures(submission):
    """L2's edge, two channels with a bias, 1x1 and depthwise"""
    half = np.repeat([[8.0, 8, 8, 0, 0, 0]], 6, axis=0).reshape(1, 6, 6, 1)
    edge = np.repeat([[1.0, 0, -1]], 3, axis=0).reshape(3, 3, 1, 1)
    right = np.repeat([[0.0, 24, 24, 0]], 4, axis=0).reshape(1, 4, 4, 1)
    expect(submission.conv(half, edge, np.zeros(1)), right, of="L2's edge", mistakes=[(-right, TURNED)])
    found = submission.conv(half, edge, np.ones(1))
    expect(found, right + 1, of="L2's edge with a bias of 1", mistakes=[(right, NO_BIAS)])
    pixel = np.array([3.0, 5]).reshape(1, 1, 1, 2)
    kernels = np.array([[1.0, 10], [100, 1000]]).reshape(1, 1, 2, 2)
    mistakes = [
        ([[[[13, 5030]]]], NO_BIAS),
        ([[[[54, 5301]]]], "a filter is a column of the kernels: their last axis."),
    ]
    expect(
        submission.conv(pixel, kernels, np.array([1.0, 1])), [[[[504, 5031]]]], of="1x1 on one pixel", mistakes=mistakes
    )
    kernels = np.array([[2.0, 7]]).reshape(1, 1, 1, 2)
    mistakes = [([[[[16, 56]]]], NO_GROUPS)]
    found = submission.conv(pixel, kernels, np.zeros(2), groups=2)
    expect(found, [[[[6, 35]]]], of="a depthwise 1x1 on one pixel, groups=2", mistakes=mistakes)


@graded(
    "q-reach",
    points=0.1,
    hints=[
        "What does one number of each map look at? Draw its nine pixels into the digit.",
        "Stride says where the *next* window begins. Padding adds zeros around. What does each change within one "
        "window?",
    ],
)
def test_a_letter_for_reach(submission):
    """A letter is chosen"""
    expect_letter("reach", submission.value("reach"))


ONE_SIDED = "this is the one-sided difference. Move to both sides, and divide by twice the step."


HALF = "this is twice as much: from x - h to x + h it is 2h."


CHANGED = "x is not what it was before: put each number back, or move a copy."


def expect_gradient(found, right, x, of, mistakes):
    """The gradient and x afterwards, as `measured` returns them."""
    pair = as_list(found, of=of)
    if len(pair) != 2:
        fail("`measured` is not what was given. Run its cell again, and give what you make another name.")
    gradient, after = pair
    if as_array(after, of="x afterwards").shape == np.shape(x):
        expect(after, x, of="x after numeric_gradient", mistakes=[(after, CHANGED)], tolerance=1e-9)
    expect(gradient, right, of=of, mistakes=mistakes, tolerance=1e-6)


@graded(
    "numeric-gradient",
    points=0.5,
    hints=[
        "One number at a time: how do you move just one entry of an array of any shape? And who else holds that array?",
        "`np.ndindex(*x.shape)` goes through all places. Copy x before you change it. For the error: what if both are "
        "0?",
        "A loop over places with two copies of x, one moved ahead and one behind; the difference of the function's two "
        "values, divided by the way between them.",
    ],
)
def test_a_quadratic_by_hand(submission):
    """A quadratic function of two numbers, and small relative errors"""
    x, w = np.array([1.0, 2.0]), np.array([3.0, 1.0])
    found = submission.measured("quadratic", x, w, 1e-3)
    mistakes = [([12.004, 10.002], ONE_SIDED), ([11.996, 9.998], ONE_SIDED), ([24, 20], HALF), ([6, 5], HALF)]
    expect_gradient(found, [12, 10], x, "the gradient of 3 x0^2 + x1^2 + (x0 + x1)^2 at (1, 2)", mistakes)
    a, b = np.array([2.0, 0.0]), np.array([1.0, 0.0])
    mistakes = [
        (1, "this is the absolute error: divide by |a| + |b|."),
        (0.5, "divide by |a| + |b|, not by one of them."),
    ]
    mistakes += [(2 / 3, "divide by |a| + |b|, not by their mean."), (0.2, "|a| + |b|, not their squares.")]
    expect(submission.relative_error(a, b), 1 / 3, of="relative_error([2, 0], [1, 0])", mistakes=mistakes)
    mistakes = [(float("nan"), "0 / 0. Where both are all 0 the error is 0.")]
    expect(submission.relative_error(0 * a, 0 * b), 0, of="relative_error([0, 0], [0, 0])", mistakes=mistakes)


@graded(
    "q-step",
    points=0.1,
    hints=[
        "Print exp(x + h), exp(x - h) and their difference for h = 1e-13, with all digits.",
        "A number of 64 bits has about 16 right digits. How many of them are left in the difference?",
    ],
)
def test_a_letter_for_the_step(submission):
    """A letter is chosen"""
    expect_letter("step_size", submission.value("step_size"))


OVERWRITTEN = "where patches overlap their numbers are added up, not written over: `+=`."


NOT_CROPPED = "the padding is still there. What came from it is thrown away at the end."


WRONG_CROP = "after the padding is cut off the image has the given shape. Did you cut at one side only?"


@graded(
    "col2im",
    points=0.5,
    hints=[
        "It is im2col read backwards: the same slices, but now they are what is written to. What if two patches meet "
        "there?",
        "Begin with zeros of the *padded* shape, so that every patch has room, and cut the padding off when all is "
        "added.",
        "The same two loops and the same slice as in im2col, with `+=` on its left side; then a slice that leaves "
        "`pad` away on all four sides.",
    ],
)
def test_ones_are_counted(submission):
    """Patches full of ones count in how many patches a pixel is"""
    ones = np.ones((1, 2, 2, 4))
    right = np.array([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]).reshape(1, 3, 3, 1)
    found = submission.col2im(ones, (1, 3, 3, 1), (2, 2))
    expect(found, right, of="patches of 2x2 in an image of 3x3", mistakes=[(np.ones((1, 3, 3, 1)), OVERWRITTEN)])
    patches = np.arange(1.0, 17).reshape(1, 2, 2, 4)
    right = np.array([[4.0, 7], [10, 13]]).reshape(1, 2, 2, 1)
    whole = np.array([[1.0, 2, 5, 6], [3, 4, 7, 8], [9, 10, 13, 14], [11, 12, 15, 16]]).reshape(1, 4, 4, 1)
    mistakes = [(whole, NOT_CROPPED), (whole[:, :2, :2], WRONG_CROP), (whole[:, 2:, 2:], WRONG_CROP)]
    found = submission.col2im(patches, (1, 2, 2, 1), (2, 2), stride=2, pad=1)
    expect(found, right, of="patches of 2x2 with stride 2 and pad 1", mistakes=mistakes)


def three(found, of):
    """The three gradients that a backward returns."""
    gradients = as_list(found, of=of)
    if len(gradients) != 3:
        fail(
            f"{of}: there are {len(gradients)} answers, and should be three: for the input, for the weights, for the "
            "bias."
        )
    return gradients


MEAN = "this is a mean. The sum of all is asked for: what divides by the batch is the loss."


UNTURNED = (
    "where a pixel meets the last weight, its number goes into the *first* output: did you forget to turn the kernel?"
)


@graded(
    "conv-backward",
    points=0.5,
    hints=[
        "Write down the shapes of P, K, G and of the three answers, as matrices with one row a place. Which products "
        "fit?",
        "For the kernels all places of all images become one axis: reshape(-1, ...) before the product. For the "
        "images no reshape is needed before col2im.",
        "For each group: im2col once more; transposed patches @ G; G @ transposed kernels, then col2im. Join the "
        "groups along the last axis. The bias: a sum over three axes.",
    ],
)
def test_one_patch_back(submission):
    """A single place of the result: each weight gets its pixel, each pixel its weight"""
    pixels, weights = np.arange(1.0, 5).reshape(1, 2, 2, 1), np.arange(5.0, 9).reshape(2, 2, 1, 1)
    of = "conv_backward at one place"
    d_images, d_kernels, d_bias = three(submission.conv_backward(np.full((1, 1, 1, 1), 10.0), pixels, weights), of)
    right = 10 * weights.reshape(1, 2, 2, 1)
    expect(d_images, right, of=f"{of}, for the images", mistakes=[(right[:, ::-1, ::-1], "here the kernel is turned.")])
    expect(d_kernels, 10 * pixels.reshape(2, 2, 1, 1), of=f"{of}, for the kernels")
    expect(d_bias, [10], of=f"{of}, for the bias")
    both = np.array([1.0, 10]).reshape(1, 1, 2, 1)
    row, kernel = np.array([2.0, 3, 4]).reshape(1, 1, 3, 1), np.array([5.0, 7]).reshape(1, 2, 1, 1)
    d_images, d_kernels, _ = three(submission.conv_backward(both, row, kernel), of)
    right = np.array([5.0, 57, 70]).reshape(1, 1, 3, 1)
    wrong = np.array([7.0, 75, 50]).reshape(1, 1, 3, 1)
    mistakes = [(wrong, UNTURNED), (np.array([5.0, 50, 70]).reshape(1, 1, 3, 1), OVERWRITTEN)]
    expect(d_images, right, of="gradients 1 and 10 on 5, 7, for the images", mistakes=mistakes)
    right = np.array([32.0, 43]).reshape(1, 2, 1, 1)
    expect(d_kernels, right, of="gradients 1 and 10 on 2, 3, 4, for the kernels", mistakes=[(right / 2, MEAN)])


@graded(
    "relu-dense",
    points=0.5,
    hints=[
        "ReLU's local derivative is 1 or 0. Dense is a matrix product: compare with 5.2, an image for a place.",
        "By shapes: which product of (n, outputs) and (inputs, outputs) gives (n, inputs)? At exactly 0 ReLU's "
        "gradient is 0.",
        "What arrives, times a mask of x; and d_out @ something transposed, something transposed @ d_out, a sum over "
        "the batch.",
    ],
)
def test_small_layers(submission):
    """Three numbers through ReLU, two rows through a dense layer"""
    x = np.array([-1.0, 0, 2])
    expect(submission.relu(x), [0, 0, 2], of="relu([-1, 0, 2])")
    mistakes = [
        ([0, 5, 5], "at 0 everybody takes 0."),
        ([0, 0, 10], "the slope is 1, not x."),
        ([5, 5, 5], "below 0 it stops."),
    ]
    mistakes += [([0, 0, 1], "did you forget to multiply by what arrives from behind?")]
    found = submission.relu_backward(np.full(3, 5.0), x)
    expect(found, [0, 0, 5], of="relu_backward([5, 5, 5], [-1, 0, 2])", mistakes=mistakes)
    x, weights = np.array([[1.0, 2], [3, 4]]), np.array([[1.0], [10]])
    right = np.array([[26.0], [48]])
    expect(submission.dense(x, weights, np.array([5.0])), right, of="dense", mistakes=[(right - 5, NO_BIAS)])
    of = "dense_backward"
    d_x, d_weights, d_bias = three(submission.dense_backward(np.array([[1.0], [2]]), x, weights), of)
    expect(d_x, [[1, 10], [2, 20]], of=f"{of}, for x")
    expect(d_weights, [[7], [10]], of=f"{of}, for the weights", mistakes=[([[3.5], [5]], MEAN)])
    expect(d_bias, [3], of=f"{of}, for the bias", mistakes=[([1.5], MEAN)])


@graded(
    "q-kink",
    points=0.1,
    hints=[
        "Draw max(x, 0) around 0, and the line through its values at -h and h. How steep is it? And for half of h?",
        "What is the slope to the left of 0, and what to the right? Is there one slope *at* 0?",
    ],
)
def test_a_letter_for_the_kink(submission):
    """A letter is chosen"""
    expect_letter("kink", submission.value("kink"))


SUM_OF_ROWS = "this is the sum. The loss of a batch is the mean of its rows."


NOT_DIVIDED = "the loss is a mean over the rows, so its gradient is divided by their number. Did you forget that?"


MINUS = "it is p - y: the right class is pushed up, so its derivative is below 0. Mind the sign."


def loss_and_gradient(found, of):
    pair = as_list(found, of=of)
    if len(pair) != 2:
        fail(f"{of}: there should be two answers, the loss and its gradient, and there are {len(pair)}.")
    return pair


@graded(
    "softmax-loss",
    points=0.5,
    hints=[
        "Shift the logits, take the powers, add up each row: loss and probabilities both come from these sums.",
        "`logits[np.arange(n), labels]` are those of the right classes. The gradient is p, less 1 at these places, "
        "and the mean divides it.",
        "log(sums) less the shifted logits of the right classes, and the mean of that; powers / sums, 1 subtracted at "
        "the right places, divided by n.",
    ],
)
def test_two_rows(submission):
    """Two rows of two classes"""
    logits, labels = np.array([[0.0, 0], [0, np.log(3)]]), np.array([0, 0])
    loss, gradient = loss_and_gradient(submission.softmax_loss(logits, labels), "softmax_loss")
    right = (np.log(2) + np.log(4)) / 2
    mistakes = [(2 * right, SUM_OF_ROWS), (-right, "minus the logarithm: a loss is above 0.")]
    expect(loss, right, of="the loss of two rows", mistakes=mistakes)
    right = np.array([[-0.25, 0.25], [-0.375, 0.375]])
    mistakes = [(2 * right, NOT_DIVIDED), (-right, MINUS)]
    mistakes += [([[0.25, 0.25], [0.125, 0.375]], "these are p / n. Did you forget to subtract y?")]
    expect(gradient, right, of="the gradient of two rows", mistakes=mistakes)


TO_ALL = "of several pixels that are equally great, the first alone gets the gradient."


@graded(
    "pooling",
    points=0.5,
    hints=[
        "A patch of im2col holds all channels, pixel by pixel: give it an axis for its pixels and one for channels, "
        "then pool along the pixels.",
        "Backward: an array of that same shape says which share of the gradient each pixel gets, and col2im puts it "
        "back. `argmax` gives the first of the greatest.",
        "windows (n, high, wide, size * size, channels): max, mean or entry 0 along axis 3. Shares: a mask, a "
        "constant, or 1 at entry 0; times d_out with an axis more; reshape; col2im.",
    ],
)
def test_the_pool_of_the_lecture(submission):
    """L1's map of 4x4, and a window of equal pixels"""
    map_ = np.array([[3.0, -1, -3, -1], [-3, 1, 0, -3], [-3, -3, 0, 1], [3, -2, -2, -1]]).reshape(1, 4, 4, 1)
    for kind, right in (("max", [3, 0, 3, 1]), ("mean", [0, -1.75, -1.25, -0.5]), ("top-left", [3, -3, -3, 0])):
        found = submission.pool(map_, kind=kind)
        expect(found, np.reshape(right, (1, 2, 2, 1)), of=f"L1's map, kind={kind!r}")
    ones, back = np.ones((1, 2, 2, 1)), np.full((1, 1, 1, 1), 8.0)
    for kind, right, mistakes in (
        ("max", [8, 0, 0, 0], [([8] * 4, TO_ALL), ([2] * 4, TO_ALL), ([0, 0, 0, 8], "the first, and not the last.")]),
        ("mean", [2, 2, 2, 2], [([8] * 4, "a share each: of four pixels a quarter.")]),
        ("top-left", [8, 0, 0, 0], [([0, 0, 0, 8], "the upper left one.")]),
    ):
        found = submission.pool_backward(back, ones, kind=kind)
        mistakes = [(np.reshape(wrong, (1, 2, 2, 1)), why) for wrong, why in mistakes]
        expect(
            found, np.reshape(right, (1, 2, 2, 1)), of=f"back to four equal pixels, kind={kind!r}", mistakes=mistakes
        )


@graded(
    "q-shift",
    points=0.1,
    hints=[
        "Read the three printed numbers first: they tell which. The reason is about which pixels are looked at.",
        "A stroke that moves by one pixel often stays in its window. Which of the three poolings may still lose it?",
    ],
)
def test_a_letter_for_the_shift(submission):
    """A letter is chosen"""
    expect_letter("most_changed", submission.value("most_changed"))


GREATER = "where the sum equals u the next pixel has its turn: the first sum that is *greater*."


ALWAYS_MAX = "this is the greatest. It is only the likeliest."


IN_USE = "in use it is the mean *weighted by probability*: the sum of p * a."


NOT_DRAWN = "with `draws` a pixel is drawn, and its own number is the result."


NOT_SHIFTED = "did you forget t?"


@graded(
    "random-pooling",
    points=0.5,
    hints=[
        "Take the window (1, 0, 2, 5) and u = 0.3 of the text by hand. Where do a window's numbers lie in your array?",
        "`np.cumsum` gives the sums, and `argmax` of a truth value gives the first place where it holds. What if a "
        "window's sum is 0? For the fractional one: compute the list of all b first.",
        "Shares; cumsum > u; argmax; `np.take_along_axis`. Without draws a sum of shares * windows. Fractional: two "
        "lists of b, and the greatest of each slice between neighbours.",
    ],
)
def test_the_windows_of_the_text(submission):
    """The windows and edges of the text"""
    window = np.array([1.0, 0, 2, 5]).reshape(1, 2, 2, 1)
    for u, right in ((0.05, 1), (0.125, 2), (0.3, 2), (0.5, 5)):
        mistakes = [([[[[1]]]], GREATER), ([[[[5]]]], ALWAYS_MAX), ([[[[3.75]]]], NOT_DRAWN)]
        found = submission.stochastic_pool(window, np.full((1, 1, 1, 1), u))
        expect(found, [[[[right]]]], of=f"the window (1, 0, 2, 5), u = {u}", mistakes=mistakes)
    mistakes = [([[[[2]]]], IN_USE), ([[[[5]]]], ALWAYS_MAX)]
    expect(submission.stochastic_pool(window), [[[[3.75]]]], of="the window (1, 0, 2, 5), in use", mistakes=mistakes)
    zeros = np.zeros((1, 2, 2, 1))
    mistakes = [([[[[float("nan")]]]], "0 / 0. A window of zeros gives 0.")]
    expect(submission.stochastic_pool(zeros), [[[[0]]]], of="a window of zeros, in use", mistakes=mistakes)
    row = np.array([4.0, 3, 2, 1, 5]).reshape(1, 1, 5, 1)
    mistakes = [(np.reshape([4, 3, 5], (1, 1, 3, 1)), NOT_SHIFTED)]
    found = submission.fractional_max_pool(row, (1, 3), (0, 1))
    expect(found, np.reshape([4, 2, 5], (1, 1, 3, 1)), of="(4, 3, 2, 1, 5) to 3 windows, t = 1", mistakes=mistakes)


AROUND = "zeros lie *between* pixels only, none behind the last one."


UPRIGHT = "for this way the kernel has to be turned by 180 degrees before it is convolved."


NOT_PADDED = "did you forget to pad by f - 1? A copy reaches beyond its pixel."


@graded(
    "transposed",
    points=0.5,
    hints=[
        "An array of zeros of the right size, and a slice with steps takes the pixels. How large is it, if no zero "
        "follows the last pixel?",
        "`kernels[::-1, ::-1]` turns. Your conv wants (rows, columns, channels of its input, filters): which axis of "
        "the kernels is which?",
        "zeros_between, then conv with turned kernels whose last two axes are swapped, a bias of zeros, and a padding "
        "of f - 1.",
    ],
)
def test_two_pixels_apart(submission):
    """Zeros between, and two copies that overlap"""
    small = np.array([[1.0, 2], [3, 4]]).reshape(1, 2, 2, 1)
    right = np.array([[1.0, 0, 2], [0, 0, 0], [3, 0, 4]]).reshape(1, 3, 3, 1)
    mistakes = [(np.pad(right, ((0, 0), (0, 1), (0, 1), (0, 0))), AROUND)]
    expect(submission.zeros_between(small, 2), right, of="zeros_between of 2x2, stride 2", mistakes=mistakes)
    pixels, kernel = np.array([[1.0, 0], [0, 10]]).reshape(1, 2, 2, 1), np.arange(1.0, 5).reshape(2, 2, 1, 1)
    right = np.array([[1.0, 2, 0], [3, 14, 20], [0, 30, 40]]).reshape(1, 3, 3, 1)
    turned = np.array([[4.0, 3, 0], [2, 41, 30], [0, 20, 10]]).reshape(1, 3, 3, 1)
    mistakes = [(turned, UPRIGHT), (np.full((1, 1, 1, 1), 14.0), NOT_PADDED), (np.full((1, 1, 1, 1), 41.0), NOT_PADDED)]
    expect(
        submission.transposed_conv(pixels, kernel),
        right,
        of="1 and 10 on a diagonal, kernel 1 2 3 4",
        mistakes=mistakes,
    )


FLOOR = (
    "here are 3x3 numbers: the last row and column of the map are lost. A window that hangs over the edge counts, too."
)


NOT_NINTHS = "did you forget to divide by the 9 pixels?"


@graded(
    "x-or-o",
    points=0.5,
    hints=[
        "Your conv wants images with a channel axis. What must be done to 7x7 maps, so that windows of 2 cover all of "
        "them?",
        "After the ReLU pad *behind* the last row and column alone, with zeros, and pool as before. For the vote: "
        "`example >= least` is a mask of 4x4x3.",
        "conv, divided by 9, ReLU, np.pad with (0, 1) for rows and columns, pool; and for each example the mean of "
        "features[:, mask] along the axis that is left.",
    ],
)
def test_the_maps_of_the_lecture(submission):
    """L2's X: its three pooled maps; and a vote on two places"""
    letter = np.where(np.eye(9) + np.eye(9)[::-1] > 0, 1.0, -1.0)
    letter[[0, 0, 8, 8], [0, 8, 0, 8]] = -1
    falling = [[9, 3, 5, 3], [3, 9, 3, 5], [5, 3, 9, 1], [3, 5, 1, 7]]
    crossing = [[5, 3, 5, 3], [3, 9, 5, 1], [5, 5, 5, 1], [3, 1, 1, 3]]
    rising = [[3, 5, 9, 7], [5, 5, 9, 3], [9, 9, 1, 5], [7, 3, 5, 3]]
    right = np.stack([falling, crossing, rising], axis=-1)[None] / 9
    mistakes = [(right[:, :3, :3], FLOOR), (9 * right, NOT_NINTHS), (right[..., ::-1], "falling, crossing, rising.")]
    expect(submission.letter_features(letter[None]), right, of="the features of L2's X", mistakes=mistakes)
    examples, features = np.zeros((2, 4, 4, 3)), np.zeros((1, 4, 4, 3))
    examples[0, 0, 0, :2], examples[1, 3, 3, 2], examples[1, 2, 2, 2] = 1, 1, 0.5
    features[0, 0, 0, :2], features[0, 3, 3, 2], features[0, 2, 2, 2] = (0.5, 1), 0.25, 1
    mistakes = [([[1.5, 0.25]], "the mean of those places, and not their sum.")]
    mistakes += [([[0.75, 0.625]], "only places with `least` or more vote.")]
    expect(submission.vote(features, examples), [[0.75, 0.25]], of="a vote on two places and one", mistakes=mistakes)


PARAMETERS = {
    "kernels1": (3, 3, 1, 8),
    "bias1": (8,),
    "kernels2": (3, 3, 8, 16),
    "bias2": (16,),
    "weights": (256, 10),
    "bias": (10,),
}


def as_parameters(found, of):
    """The dictionary of arrays, each of its shape."""
    if not isinstance(found, dict):
        fail(f"{of}: should be a dictionary of arrays, and is {brief(found)}.")
    missing = [name for name in PARAMETERS if name not in found]
    if missing:
        fail(f"{of}: there is no {missing[0]!r}; it has {', '.join(map(str, found)) or 'nothing'}.")
    return {name: as_array(found[name], of=f"{of}, {name}", shape=shape) for name, shape in PARAMETERS.items()}


@graded(
    "assembled",
    points=0.5,
    hints=[
        "Write the forward pass first, with a name for what each layer gives. The backward of a layer wants the "
        "gradient and what that layer was *given*.",
        "Go back in the opposite order. After the dense layer the gradient needs the shape that the maps had before "
        "they became rows. Print shapes.",
        "Eight lines there, eight back: each layer's backward with what its forward was given, from the loss to the "
        "first convolution. Six arrays in a dictionary.",
    ],
)
def test_a_network_of_zeros(submission):
    """All parameters 0: the loss is log 10, and the last bias has a gradient that you can do by hand"""
    zeros = {name: np.zeros(shape) for name, shape in PARAMETERS.items()}
    images = np.ones((4, 8, 8, 1))
    found = submission.loss_and_gradients(zeros, images, np.array([3, 3, 3, 7]))
    loss, gradients = loss_and_gradient(found, "loss_and_gradients")
    expect(loss, np.log(10), of="the loss of a network of zeros", mistakes=[(4 * np.log(10), SUM_OF_ROWS)])
    gradients = as_parameters(gradients, "the gradients")
    right = np.array([0.1, 0.1, 0.1, -0.65, 0.1, 0.1, 0.1, -0.15, 0.1, 0.1])
    mistakes = [(4 * right, NOT_DIVIDED), (-right, MINUS), (right / 4, "this is divided by the batch twice.")]
    expect(gradients["bias"], right, of="the gradient of the last bias, labels 3, 3, 3, 7", mistakes=mistakes)
    for name in ("kernels1", "bias1", "kernels2", "bias2", "weights"):
        expect(gradients[name], np.zeros(PARAMETERS[name]), of=f"the gradient of {name}, where all that follows is 0")


NOT_LEARNED = (
    "It should be below 0.05: more steps, or another rate. If it does not fall at all, look at the sign of the step."
)


@graded(
    "by-heart",
    points=0.25,
    trains=True,
    hints=[
        "One step: gradients for all images at once, then every parameter moves against its own. How do you repeat it?",
        "Print the loss every 20 steps. If it rises, the rate is too high or the sign wrong; if it hardly falls, the "
        "rate is too low.",
        "start(seed), then a loop of a few hundred steps: each parameter less a rate (0.1 to 0.3) times its gradient.",
    ],
)
def test_three_strokes_by_heart(submission):
    """Three strokes, by your own loss"""
    images, labels = np.zeros((3, 8, 8, 1)), np.array([1, 4, 7])
    images[0, :, 3], images[1, 3, :], images[2, range(8), range(8)] = 1, 1, 1
    parameters = as_parameters(submission.learn(images, labels, 0), "learn")
    loss, _ = loss_and_gradient(submission.loss_and_gradients(parameters, images, labels), "loss_and_gradients")
    loss = float(as_array(loss, of="the loss", shape=()))
    if not loss < 0.05:
        fail(f"after `learn` the loss of three strokes is {loss:.3f}. {NOT_LEARNED}")


@graded(
    "q-start",
    points=0.1,
    hints=[
        "Which of the three has anything to do with a loss *before* the first step? See what `scale` did.",
        "Who knows nothing pays log 10 = 2.3. To pay more one must be sure, and wrong.",
    ],
)
def test_a_letter_for_the_first_loss(submission):
    """A letter is chosen"""
    expect_letter("first_loss", submission.value("first_loss"))


# Points of the tests that run when you hand in.
HIDDEN = {
    'pixels': 0.5,
    'detector': 1,
    'q-brighter': 0.4,
    'im2col': 1.5,
    'convolution': 2,
    'q-reach': 0.4,
    'numeric-gradient': 1,
    'q-step': 0.4,
    'col2im': 1,
    'conv-backward': 2,
    'relu-dense': 0.5,
    'q-kink': 0.4,
    'softmax-loss': 0.5,
    'pooling': 1.5,
    'q-shift': 0.4,
    'random-pooling': 1.5,
    'transposed': 1,
    'x-or-o': 1,
    'assembled': 0.75,
    'by-heart': 0.5,
    'q-start': 0.4,
}

check = Checks(__name__, HIDDEN, "conv_by_hand", "73aba590", about={'title': 'Convolution by hand, there and back', 'limits': {'cell_seconds': 60.0, 'total_seconds': 60.0, 'memory_mb': 3072}, 'datasets': []})
