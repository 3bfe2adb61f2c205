"""Tests of conv_by_hand. The public ones go to students as they are; the hidden ones run when they hand in."""

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


@graded("pixels", points=0.5, hidden=True)
def test_other_pixels(submission):
    """Other depths, images and sizes"""
    rng = submission.rng
    for shades in (2 ** int(rng.integers(9, 17)), int(rng.integers(5, 60))):
        image = rng.integers(0, shades, size=(4, 5, 3))
        right = image / (shades - 1)
        mistakes = [(image / shades, SHADES), (image / 255, "here are not 256 shades.")]
        mistakes += [(image / image.max(), "divide by the greatest value that is possible, not by the image's own.")]
        expect(
            submission.to_unit(image, shades),
            right,
            of=f"an image of {shades} shades",
            mistakes=mistakes,
            tolerance=1e-9,
        )
    colours = rng.random((3, 5, 4, 3))
    weights = np.array([0.299, 0.587, 0.114])
    mistakes = [(colours @ weights[::-1], ORDER), (colours.mean(axis=-1), PLAIN_MEAN)]
    expect(submission.to_grey(colours), colours @ weights, of="to_grey of three images", mistakes=mistakes)
    height, width, channels, neurons = (int(n) for n in rng.integers(5, 90, size=4))
    right = height * width * channels * neurons
    mistakes = [(right + neurons, "biases are left out here."), (right // channels, "did you forget the channels?")]
    mistakes += [(right // neurons, "this is one neuron. There are several.")]
    of = f"dense_weights(({height}, {width}, {channels}), {neurons})"
    expect(submission.dense_weights((height, width, channels), neurons), right, of=of, mistakes=mistakes)


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


@graded("detector", points=1, hidden=True)
def test_other_patches(submission):
    """Other weights, patches that are scaled and brightened, other maps"""
    rng = submission.rng
    for shape in ((5, 5), (3, 4, 2)):
        w, x = rng.normal(size=shape), rng.normal(size=shape)
        patches = {"a patch": x, "the patch, scaled": 40 * x, "the patch, darkened": x / 100}
        for name, patch in (patches | {"the patch, brightened": x + 3}).items():
            right = np.sum(w * patch)
            lengths = np.linalg.norm(w) * np.linalg.norm(patch)
            expect(submission.response(w, patch), right, of=f"response of {name}")
            mistakes = [(right, NO_LENGTH), (right / lengths**2, SQUARED), (abs(right) / lengths, "mind the sign.")]
            mistakes += [(right / np.linalg.norm(patch), "did you forget the length of the weights?")]
            mistakes += [(right / np.linalg.norm(w), "did you forget the length of the patch?")]
            expect(submission.cosine(w, patch), right / lengths, of=f"cosine of {name}", mistakes=mistakes)
    expect(submission.cosine(0 * w, x), 0, of="cosine for weights that are all 0")
    places, edge, channels = (int(n) for n in rng.integers([50, 3, 2], [900, 9, 20]))
    shared = edge**2 * channels + 1
    mistakes = [((edge**2 + 1, places * (edge**2 + 1)), "did you forget the channels?")]
    mistakes += [((shared - 1, places * (shared - 1)), NO_BIAS)]
    of = f"map_weights({places}, {edge}, channels={channels})"
    expect(submission.map_weights(places, edge, channels=channels), (shared, places * shared), of=of, mistakes=mistakes)


def expect_letter(name, value):
    """Fails where it is none of the letters that there are to choose from."""
    if not isinstance(value, str) or value not in ("a", "b", "c"):
        fail(f'`{name}` is {brief(value)}, and should be "a", "b" or "c".')


def _expect_choice(name, value, right, reasons):
    """Fails with the reason against the letter that was chosen."""
    expect_letter(name, value)
    if value != right:
        fail(f'`{name}`: "{value}" is not it. {reasons[value]}')


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


@graded("q-brighter", points=0.4, hidden=True)
def test_brighter(submission):
    """The right letter"""
    reasons = {
        "a": "The cosine changes: it is smaller on grey. And the response depends on the lengths as well.",
        "c": "The direction does change, and the cosine with it. Equal numbers have a direction of their own.",
    }
    _expect_choice("brighter", submission.value("brighter"), "b", reasons)


NO_STRIDE = "did you forget the stride?"
NO_PAD = "did you forget the padding?"
ONE_SIDE = "the zeros lie on all four sides. Here they are at two of them."
NO_DILATION = "did you forget the dilation?"
AS_STRIDE = "the dilation is the distance between *weights*, not between patches: that is the stride."
CHANNELS_FIRST = "the order in a patch is row by row, pixel by pixel, and at a pixel channel by channel: channels last."


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


def _patches(images, size, stride=1, pad=0, dilation=1, both=True):  # given: im2col's arguments
    """(n, high, wide, rows, columns, channels), place by place. both: whether zeros lie on both sides."""
    edge = (pad, pad if both else 0)
    padded = np.pad(images, ((0, 0), edge, edge, (0, 0)))
    reach = [(kernel - 1) * dilation + 1 for kernel in size]
    down, across = (range(0, padded.shape[axis + 1] - reach[axis] + 1, stride) for axis in (0, 1))
    rows = [[padded[:, i : i + reach[0] : dilation, j : j + reach[1] : dilation] for j in across] for i in down]
    return np.moveaxis(np.array(rows), 2, 0) if len(down) and len(across) else np.zeros((len(images), 0, 0, *size, 1))


def _in_rows(patches):
    return patches.reshape(*patches.shape[:3], -1)


def _options(rng, groups=False):
    """Images, and how they are looked at: small kernels that are no squares, all options above 1."""
    size = tuple(int(n) for n in rng.permutation([2, 3]))
    stride, pad = int(rng.integers(2, 4)), int(rng.integers(1, 3))
    dilation = stride + 1  # so much that whoever forgets it gets another shape
    height, width = (int(n) for n in rng.permutation([11, 13]))
    parts = int(rng.integers(2, 4)) if groups else 1
    images = rng.normal(size=(int(rng.integers(2, 4)), height, width, 2 * parts))
    return images, size, {"stride": stride, "pad": pad, "dilation": dilation}, parts


def _told(options):
    return ", ".join(f"{name}={value}" for name, value in options.items())


@graded("im2col", points=1.5, hidden=True)
def test_other_patches_of_images(submission):
    """Several images with channels, kernels that are no squares, all options"""
    for _ in range(2):
        images, size, how, _ = _options(submission.rng)
        right = _patches(images, size, **how)
        plain = {"stride": 1, "pad": 0, "dilation": 1}
        mistakes = [
            (_in_rows(np.moveaxis(right, 5, 3)), CHANNELS_FIRST),
            (_in_rows(right.swapaxes(3, 4)), "a patch is read row by row."),
            (_in_rows(_patches(images, size, **how, both=False)), ONE_SIDE),
            (_in_rows(_patches(images, size, **how | {"stride": 1})), NO_STRIDE),
            (_in_rows(_patches(images, size, **how | {"pad": 0})), NO_PAD),
            (_in_rows(_patches(images, size, **how | {"dilation": 1})), NO_DILATION),
            (_in_rows(_patches(images, size, **plain | {"stride": how["dilation"], "pad": how["pad"]})), AS_STRIDE),
            (_in_rows(_patches(images, size[::-1], **how)), "`size` is (rows, columns), and not the other way round."),
        ]
        of = f"im2col of images {images.shape}, {size}, {_told(how)}"
        expect(submission.im2col(images, size, **how), _in_rows(right), of=of, mistakes=mistakes)


TURNED = "the kernel is turned by 180 degrees: that is the mathematicians' convolution. Lay it on as it is."
NO_GROUPS = "did you forget the groups? A filter reaches through the channels of its own part alone."
SHARED = "each channel has weights of its own. Here all channels meet the same ones."
GROUP_ORDER = "the filters of a part lie side by side: first all of part 1, then all of part 2."


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


def _conv(images, kernels, bias, stride=1, pad=0, dilation=1, groups=1):  # given: conv's arguments
    maps = []
    for part, weights in zip(np.split(images, groups, axis=3), np.split(kernels, groups, axis=3), strict=True):
        patches = _patches(part, weights.shape[:2], stride, pad, dilation)
        maps.append(np.einsum("nhwrsc,rscf->nhwf", patches, weights))
    return np.concatenate(maps, axis=3) + bias


@graded("convolution", points=2, hidden=True)
def test_other_convolutions(submission):
    """Batches, with padding, stride, dilation and groups, 1x1 and depthwise"""
    rng = submission.rng
    for kind in ("plain", "groups", "1x1", "depthwise"):
        images, size, how, groups = _options(rng, groups=kind in ("groups", "depthwise"))
        if kind == "1x1":
            size, how = (1, 1), {"stride": 1, "pad": 0, "dilation": 1}
        if kind == "depthwise":
            groups = images.shape[3]
        filters = groups if kind == "depthwise" else 3 * groups
        kernels, bias = rng.normal(size=(*size, images.shape[3] // groups, filters)), rng.normal(size=filters)
        right = _conv(images, kernels, bias, **how, groups=groups)
        mistakes = [
            (right - bias, NO_BIAS),
            (right + (groups - 1) * bias, "the bias is added once, not once a group."),
            (_conv(images, kernels[::-1, ::-1], bias, **how, groups=groups), TURNED),
            (_conv(images, kernels, bias, **how | {"stride": 1}, groups=groups), NO_STRIDE),
            (_conv(images, kernels, bias, **how | {"pad": 0}, groups=groups), NO_PAD),
            (_conv(images, kernels, bias, **how | {"dilation": 1}, groups=groups), NO_DILATION),
        ]
        if groups > 1:
            mixed = (right - bias).reshape(*right.shape[:3], groups, -1).swapaxes(3, 4).reshape(right.shape)
            mistakes.append((mixed + bias, GROUP_ORDER))
            mistakes.append((_conv(images, np.tile(kernels, (1, 1, groups, 1)), bias, **how), NO_GROUPS))
            first = np.tile(images[..., : images.shape[3] // groups], (1, 1, 1, groups))
            mistakes.append((_conv(first, kernels, bias, **how, groups=groups), "each part has channels of its own."))
        of = f"conv ({kind}) of images {images.shape}, kernels {kernels.shape}, {_told(how)}, groups={groups}"
        expect(submission.conv(images, kernels, bias, **how, groups=groups), right, of=of, mistakes=mistakes)


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


@graded("q-reach", points=0.4, hidden=True)
def test_reach(submission):
    """The right letter"""
    reasons = {
        "a": "Windows that lie farther apart are not larger: each is still 3x3.",
        "b": "Padding lets windows hang over the edge, where they see zeros. A window is still 3x3.",
    }
    _expect_choice("reach", submission.value("reach"), "c", reasons)


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


@graded("numeric-gradient", points=1, hidden=True)
def test_other_functions(submission):
    """Quadratic and cubic functions and one with a kink, of arrays; other errors"""
    rng = submission.rng
    x, w = rng.normal(size=(2, 3)), rng.uniform(1, 2, size=(2, 3))
    step = float(rng.uniform(0.01, 0.02))
    right = 2 * w * x + 2 * x.sum()
    mistakes = [
        (right + (w + 1) * step, ONE_SIDED),
        (right - (w + 1) * step, ONE_SIDED),
        (2 * right, HALF),
        (right / 2, HALF),
    ]
    expect_gradient(submission.measured("quadratic", x, w, step), right, x, "a quadratic function", mistakes)
    step = float(rng.uniform(0.1, 0.2))
    right = 3 * w * x**2 + w * step**2  # exactly what a central difference gives
    mistakes = [(right + 3 * w * x * step, ONE_SIDED), (3 * w * x**2, "did you use `step`?")]
    mistakes += [(right - 3 * w * x * step, ONE_SIDED)]
    expect_gradient(submission.measured("cubic", x, w, step), right, x, f"a cubic function, step={step:.3f}", mistakes)
    x = np.where(rng.permutation(6).reshape(2, 3) < 2, 0.0, np.where(x > 0, x + 1, x - 1))
    right = w * np.sign(x)
    mistakes = [(np.where(x == 0, w, right), ONE_SIDED), (np.where(x == 0, -w, right), ONE_SIDED)]
    expect_gradient(
        submission.measured("absolute", x, w, 1e-3), right, x, "absolute values, some of them at 0", mistakes
    )
    arrays = rng.normal(size=(2, 3, 4)) * float(rng.uniform(20, 40))
    for (a, b), name in ((arrays, "others"), (arrays / 1e4, "small numbers")):
        difference, lengths = np.linalg.norm(a - b), (np.linalg.norm(a), np.linalg.norm(b))
        mistakes = [(difference, "this is the absolute error: divide by |a| + |b|.")]
        mistakes += [
            (difference / length, "divide by |a| + |b|, not by one of them.") for length in (*lengths, max(lengths))
        ]
        mistakes += [(2 * difference / sum(lengths), "divide by |a| + |b|, not by their mean.")]
        right = difference / sum(lengths)
        expect(submission.relative_error(a, b), right, of=f"relative_error of {name}", mistakes=mistakes)


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


@graded("q-step", points=0.4, hidden=True)
def test_the_step(submission):
    """The right letter"""
    reasons = {
        "b": "The bend counts *less* the smaller the step. That is the right arm of the V.",
        "c": "A number of 64 bits can be as small as 1e-308, and 1 + 1e-10 is told from 1, too.",
    }
    _expect_choice("step_size", submission.value("step_size"), "a", reasons)


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


def _back(patches, shape, size, stride=1, pad=0, dilation=1, write=np.add, crop=True):  # given: col2im's arguments
    """Patches (n, high, wide, rows, columns, channels) put back. write: of what was there and what comes."""
    n, height, width, channels = shape
    padded = np.zeros((n, height + 2 * pad, width + 2 * pad, channels))
    for i in range(patches.shape[1]):
        for j in range(patches.shape[2]):
            down, across = (
                slice(place * stride, place * stride + (kernel - 1) * dilation + 1, dilation)
                for place, kernel in zip((i, j), size, strict=True)
            )
            padded[:, down, across] = write(padded[:, down, across], patches[:, i, j])
    return padded[:, pad : pad + height, pad : pad + width] if crop else padded


@graded("col2im", points=1, hidden=True)
def test_the_adjoint_of_patches(submission):
    """With all options, and <im2col(x), y> = <x, col2im(y)>"""
    for overlap in (True, False):
        images, size, how, _ = _options(submission.rng)
        how |= {"stride": 1, "dilation": 2} if overlap else {}
        patches = submission.rng.normal(size=_patches(images, size, **how).shape)
        right = _back(patches, images.shape, size, **how)
        whole = _back(patches, images.shape, size, **how, crop=False)
        turned = patches[:, ::-1, ::-1, ::-1, ::-1]
        pad, (height, width) = how["pad"], images.shape[1:3]
        mistakes = [
            (_back(patches, images.shape, size, **how, write=lambda old, new: new), OVERWRITTEN),
            (_back(turned, images.shape, size, **how, write=lambda old, new: new)[:, ::-1, ::-1], OVERWRITTEN),
            (_overwritten(patches, images.shape, size, **how), OVERWRITTEN),
            (whole, NOT_CROPPED),
            (whole[:, :height, :width], WRONG_CROP),
            (whole[:, 2 * pad :, 2 * pad :], WRONG_CROP),
        ]
        of = f"col2im to images {images.shape}, {size}, {_told(how)}"
        found = submission.col2im(_in_rows(patches), images.shape, size, **how)
        expect(found, right, of=of, mistakes=mistakes)
        product = np.sum(_patches(images, size, **how) * patches)
        expect(np.sum(images * as_array(found, of=of)), product, of="<x, col2im(y)>, which should be <im2col(x), y>")


def _overwritten(patches, shape, size, stride, pad, dilation):
    """As a loop over the kernel's places writes, without adding."""
    n, height, width, channels = shape
    high, wide = patches.shape[1:3]
    padded = np.zeros((n, height + 2 * pad, width + 2 * pad, channels))
    for i in range(size[0]):
        for j in range(size[1]):
            down = slice(i * dilation, i * dilation + high * stride, stride)
            padded[:, down, j * dilation : j * dilation + wide * stride : stride] = patches[:, :, :, i, j]
    return padded[:, pad : pad + height, pad : pad + width]


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


def _conv_backward(d_out, images, kernels, stride=1, pad=0, dilation=1, groups=1):  # given: conv_backward's arguments
    how, d_images, d_kernels = {"stride": stride, "pad": pad, "dilation": dilation}, [], []
    for g, x, k in zip(*(np.split(array, groups, axis=3) for array in (d_out, images, kernels)), strict=True):
        d_kernels.append(np.einsum("nhwrsc,nhwf->rscf", _patches(x, k.shape[:2], **how), g))
        d_images.append(_back(np.einsum("nhwf,rscf->nhwrsc", g, k), x.shape, k.shape[:2], **how))
    return np.concatenate(d_images, axis=3), np.concatenate(d_kernels, axis=3), d_out.sum(axis=(0, 1, 2))


def _cases(rng):
    """(images, kernels, gradient from behind, options) with and without groups."""
    for grouped in (False, True):
        images, size, how, groups = _options(rng, groups=grouped)
        how["groups"] = groups
        if not grouped:
            how |= {"stride": 1, "dilation": 1}
        kernels = rng.normal(size=(*size, images.shape[3] // groups, 3 * groups))
        out = _conv(images, kernels, 0, **how)
        yield images, kernels, rng.normal(size=out.shape), how


@graded("conv-backward", points=1, hidden=True)
def test_the_gradient_for_images(submission):
    """For images, with and without all options; <conv(x), g> = <x, conv_backward(g)>"""
    for images, kernels, d_out, how in _cases(submission.rng):
        right = _conv_backward(d_out, images, kernels, **how)[0]
        mistakes = [
            (_conv_backward(d_out, images, kernels[::-1, ::-1], **how)[0], UNTURNED),
            (right / len(images), MEAN),
        ]
        of = f"conv_backward of images {images.shape}, {_told(how)}, for the images"
        found = three(submission.conv_backward(d_out, images, kernels, **how), of)[0]
        expect(found, right, of=of, mistakes=mistakes)
        product = np.sum(_conv(images, kernels, 0, **how) * d_out)
        expect(np.sum(images * as_array(found, of=of)), product, of="<x, d_images>, which should be <conv(x), d_out>")


@graded("conv-backward", points=1, hidden=True)
def test_the_gradients_for_kernels_and_bias(submission):
    """For kernels and bias, with and without all options"""
    for images, kernels, d_out, how in _cases(submission.rng):
        _, right, bias = _conv_backward(d_out, images, kernels, **how)
        of = f"conv_backward of images {images.shape}, {_told(how)}"
        _, d_kernels, d_bias = three(submission.conv_backward(d_out, images, kernels, **how), of)
        mistakes = [(right / len(images), MEAN), (right[::-1, ::-1], "the kernels' gradient is turned by 180 degrees.")]
        places = d_out[..., 0].size
        mistakes += [(right / places, MEAN)]
        expect(d_kernels, right, of=f"{of}, for the kernels", mistakes=mistakes)
        sums = [(d_out.sum(axis=0), "one bias serves all places: sum over rows and columns, too.")]
        sums += [(bias / len(images), MEAN), (bias / places, MEAN)]
        expect(d_bias, bias, of=f"{of}, for the bias", mistakes=sums)


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


@graded("relu-dense", points=0.5, hidden=True)
def test_other_layers(submission):
    """Other numbers and shapes"""
    rng = submission.rng
    x = rng.integers(-2, 3, size=(2, 3, 4, 5)) * rng.uniform(1, 2)
    d_out = rng.normal(size=x.shape)
    expect(submission.relu(x), np.where(x > 0, x, 0), of="relu of an array")
    mistakes = [
        (d_out * (x >= 0), "at 0 everybody takes 0."),
        (1.0 * (x > 0), "did you forget to multiply by what arrives?"),
    ]
    mistakes += [(d_out * np.maximum(x, 0), "the slope is 1, not x."), (np.maximum(d_out, 0), "it is x that decides.")]
    expect(submission.relu_backward(d_out, x), d_out * (x > 0), of="relu_backward of an array", mistakes=mistakes)
    n, inputs, outputs = (int(size) for size in rng.permutation([4, 5, 6]))
    x, weights, bias = rng.normal(size=(n, inputs)), rng.normal(size=(inputs, outputs)), rng.normal(size=outputs)
    right = x @ weights + bias
    expect(submission.dense(x, weights, bias), right, of="dense of others", mistakes=[(x @ weights, NO_BIAS)])
    d_out = rng.normal(size=(n, outputs))
    of = "dense_backward of others"
    found = three(submission.dense_backward(d_out, x, weights), of)
    rights = (d_out @ weights.T, x.T @ d_out, d_out.sum(axis=0))
    for name, gradient, right in zip(("x", "the weights", "the bias"), found, rights, strict=True):
        expect(gradient, right, of=f"{of}, for {name}", mistakes=[(right / n, MEAN)])


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


@graded("q-kink", points=0.4, hidden=True)
def test_the_kink(submission):
    """The right letter"""
    reasons = {
        "a": "No value is more right than another there, since there is no derivative. By convention it is 0.",
        "b": "It is 0.5 at every step: half of the way from -h to h is flat, and half has the slope 1.",
    }
    _expect_choice("kink", submission.value("kink"), "c", reasons)


SUM_OF_ROWS = "this is the sum. The loss of a batch is the mean of its rows."
NOT_DIVIDED = "the loss is a mean over the rows, so its gradient is divided by their number. Did you forget that?"
MINUS = "it is p - y: the right class is pushed up, so its derivative is below 0. Mind the sign."
OVERFLOW = "a power overflows. Subtract the greatest logit of each row first."


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


@graded("softmax-loss", points=0.5, hidden=True)
def test_other_rows(submission):
    """Other logits, small and huge"""
    rng = submission.rng
    for scale, name in ((2, "logits"), (1000, "huge logits")):
        n, classes = (int(size) for size in rng.integers(3, 8, size=2))
        logits, labels = rng.normal(size=(n, classes)) * scale, rng.integers(0, classes, size=n)
        if scale == 1000:
            logits[0] = np.where(np.arange(classes) == 1, 1000, 990 + rng.random(classes))
        of = f"softmax_loss of {name} {logits.shape}"
        loss, gradient = loss_and_gradient(submission.softmax_loss(logits, labels), of)
        shifted = logits - logits.max(axis=1, keepdims=True)
        p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
        y = np.eye(classes)[labels]
        rows = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(n), labels]
        if not np.isfinite(as_array(loss, of=of)).all() or not np.isfinite(as_array(gradient, of=of)).all():
            fail(f"{of}: {OVERFLOW}")
        expect(loss, rows.mean(), of=f"{of}, the loss", mistakes=[(rows.sum(), SUM_OF_ROWS)])
        mistakes = [(p - y, NOT_DIVIDED), ((y - p) / n, MINUS), (p / n, "did you forget to subtract y?")]
        expect(gradient, (p - y) / n, of=f"{of}, the gradient", mistakes=mistakes)


TO_ALL = "of several pixels that are equally great, the first alone gets the gradient."
CEIL = "a window that would hang over the edge is left out."
ONE_MAX = "each channel is pooled by itself."


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


def _pooled(images, size, stride, kind):
    windows = _patches(images, (size, size), stride).reshape(len(images), -1, size * size, images.shape[3])
    numbers = {"max": windows.max(axis=2), "mean": windows.mean(axis=2), "top-left": windows[:, :, 0]}
    return windows, numbers[kind]


def _pool_backward(d_out, images, size, stride, kind, equal="first"):
    """equal: which of several equally great pixels get the gradient, "first", "last" or "all"."""
    windows, _ = _pooled(images, size, stride, kind)
    places = np.arange(size * size)[:, None]
    if kind == "mean":
        shares = np.full(windows.shape, 1 / size**2)
    elif kind == "top-left":
        shares = np.broadcast_to(places == 0, windows.shape)
    elif equal == "all":
        shares = windows == windows.max(axis=2, keepdims=True)
    else:
        first = windows.argmax(axis=2) if equal == "first" else size**2 - 1 - windows[:, :, ::-1].argmax(axis=2)
        shares = places == first[:, :, None]
    spread = (shares * d_out.reshape(len(images), -1, 1, images.shape[3])).reshape(
        *d_out.shape[:3], size, size, images.shape[3]
    )
    return spread, _back(spread, images.shape, (size, size), stride)


@graded("pooling", points=1.5, hidden=True)
def test_other_pools(submission):
    """Windows that overlap, pixels left over, equal pixels, all three kinds, forward and backward"""
    rng, good, wrong = submission.rng, 0, None
    for kind in ("max", "mean", "top-left"):  # given: the kinds that there are
        try:
            for size, stride in ((3, 2), (2, 3), (2, 2)):
                _one_pool(submission, rng, size, stride, kind)
            good += 1
        except AssertionError as error:
            wrong = wrong or error
    if wrong is not None:
        if not good:
            raise wrong
        raise PartialCredit(good / 3, f"{wrong} {good} of the three kinds are right.")


def _one_pool(submission, rng, size, stride, kind):
    images = rng.integers(-2, 3, size=(2, 8, 9, 3)) * 1.0  # few values, so that some are equal
    if (size, stride) == (2, 3):
        images = rng.normal(size=(2, 9, 7, 2))
    n, height, width, channels = images.shape
    shape = (n, (height - size) // stride + 1, (width - size) // stride + 1, channels)
    right = _pooled(images, size, stride, kind)[1].reshape(shape)
    others = {"max", "mean", "top-left"} - {kind}
    mistakes = [
        (_pooled(images, size, stride, other)[1].reshape(shape), f"this is {other} pooling.") for other in others
    ]
    apart = _pooled(images, size, size, kind)[1].reshape(
        n, (height - size) // size + 1, (width - size) // size + 1, channels
    )
    mistakes += [(apart, "windows begin every `stride` pixels, and not every `size`.")]
    mistakes += [(np.repeat(right.max(axis=3, keepdims=True), channels, axis=3), ONE_MAX)]
    of = f"pool of images {images.shape}, size={size}, stride={stride}, kind={kind!r}"
    expect(submission.pool(images, size, stride, kind), right, of=of, mistakes=mistakes)
    d_out = rng.normal(size=shape)
    spread, right = _pool_backward(d_out, images, size, stride, kind)
    mistakes = [
        (_pool_backward(d_out, images, size, stride, kind, "all")[1], TO_ALL),
        (_pool_backward(d_out, images, size, stride, kind, "last")[1], "the first of the greatest, and not the last."),
        (_overwritten(spread, images.shape, (size, size), stride, 0, 1), OVERWRITTEN),
        (right * size**2, "a share each: of `size * size` pixels."),
    ]
    of = of.replace("pool of", "pool_backward to")
    expect(submission.pool_backward(d_out, images, size, stride, kind), right, of=of, mistakes=mistakes)


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


@graded("q-shift", points=0.4, hidden=True)
def test_the_shift(submission):
    """The right letter"""
    reasons = {
        "a": "The printed numbers tell another: where the greatest pixel stays in its window, max does not change at "
        "all.",
        "b": "The printed numbers tell another: the mean of a window loses one column and gains one, and is smooth.",
    }
    _expect_choice("most_changed", submission.value("most_changed"), "c", reasons)


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


@graded("random-pooling", points=1, hidden=True)
def test_other_draws(submission):
    """Stochastic pooling of other windows, drawn and in use"""
    rng = submission.rng
    for size in (2, 3):
        images = np.maximum(rng.normal(size=(3, 7, 9, 2)), 0)
        images[0, :3, :3] = 0
        n, high, wide, channels = 3, 7 // size, 9 // size, 2
        windows = _patches(images, (size, size), size).reshape(n, high, wide, size**2, channels)
        total = windows.sum(axis=3, keepdims=True)
        shares = windows / np.where(total > 0, total, 1)
        draws = rng.random((n, high, wide, channels))
        sums = np.cumsum(shares, axis=3)
        taken = np.argmax(sums > draws[:, :, :, None], axis=3)[:, :, :, None]
        right = np.take_along_axis(windows, taken, axis=3)[:, :, :, 0]
        weighted = np.sum(shares * windows, axis=3)
        backward = np.take_along_axis(
            windows[:, :, :, ::-1],
            np.argmax(np.cumsum(shares[:, :, :, ::-1], axis=3) > draws[:, :, :, None], axis=3)[:, :, :, None],
            axis=3,
        )[:, :, :, 0]
        uniform = np.take_along_axis(windows, (draws * size**2).astype(int)[:, :, :, None], axis=3)[:, :, :, 0]
        mistakes = [
            (windows.max(axis=3), ALWAYS_MAX),
            (weighted, NOT_DRAWN),
            (backward, "go through the window row by row."),
        ]
        mistakes += [(uniform, "a pixel is taken with a probability as large as its share, not all with the same.")]
        of = f"stochastic_pool of images {images.shape}, size={size}"
        expect(submission.stochastic_pool(images, draws, size), right, of=f"{of}, with draws", mistakes=mistakes)
        found = submission.stochastic_pool(images, None, size)
        mistakes = [(windows.mean(axis=3), IN_USE), (windows.max(axis=3), ALWAYS_MAX)]
        if np.isnan(as_array(found, of=of)).any():
            fail(f"{of}, in use: 0 / 0. A window of zeros gives 0.")
        expect(found, weighted, of=f"{of}, in use", mistakes=mistakes)


@graded("random-pooling", points=0.5, hidden=True)
def test_other_fractions(submission):
    """Fractional pooling of other edges"""
    rng = submission.rng
    for _ in range(3):
        size = tuple(int(m) for m in rng.integers(5, 9, size=2))
        shape = [m + int(rng.integers(2, m - 1)) for m in size]
        shifts = tuple(int(rng.integers(m // 2, 5)) for m in size)  # large enough to move some window
        images = rng.normal(size=(2, *shape, 2))
        right = _fractional(images, size, shifts)
        mistakes = [
            (_fractional(images, size, (0, 0)), NOT_SHIFTED),
            (_fractional(images, size, shifts, overlap=1), "a window ends *before* the next one begins."),
            (_fractional(images, size, shifts[::-1]), "`shifts` are of the height and of the width, in this order."),
        ]
        of = f"fractional_max_pool of images {images.shape}, {size}, {shifts}"
        expect(submission.fractional_max_pool(images, size, shifts), right, of=of, mistakes=mistakes)


def _fractional(images, size, shifts, overlap=0):
    edges = [[(n * i + t) // m for i in range(m + 1)] for n, m, t in zip(images.shape[1:3], size, shifts, strict=True)]
    rows = [images[:, a : b + overlap].max(axis=1) for a, b in zip(edges[0][:-1], edges[0][1:], strict=True)]
    down = np.stack(rows, axis=1)
    columns = [down[:, :, a : b + overlap].max(axis=2) for a, b in zip(edges[1][:-1], edges[1][1:], strict=True)]
    return np.stack(columns, axis=2)


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


def _copies(images, kernels, stride):
    n, height, width, _ = images.shape
    f = len(kernels)
    edges = [(size - 1) * stride + f for size in (height, width)]
    result = np.zeros((n, *edges, kernels.shape[2]))
    for i in range(height):
        for j in range(width):
            copy = np.einsum("rsof,nf->nrso", kernels, images[:, i, j])
            result[:, i * stride : i * stride + f, j * stride : j * stride + f] += copy
    return result


@graded("transposed", points=1, hidden=True)
def test_copies_and_the_adjoint(submission):
    """Equal to scaled copies, and <conv(x), y> = <x, transposed_conv(y)>"""
    rng = submission.rng
    for stride, f in zip((1, 2, 3), map(int, rng.permutation([2, 3, 4])), strict=True):
        images, kernels = rng.normal(size=(2, 3, 4, 3)), rng.normal(size=(f, f, 2, 3))
        n, height, width, channels = images.shape
        apart = np.zeros((n, height * stride, width * stride, channels))
        apart[:, ::stride, ::stride] = images
        right = apart[:, : (height - 1) * stride + 1, : (width - 1) * stride + 1]
        of = f"zeros_between of images {images.shape}, stride={stride}"
        expect(submission.zeros_between(images, stride), right, of=of, mistakes=[(apart, AROUND)])
        right = _copies(images, kernels, stride)
        mistakes = [
            (_copies(images, kernels[::-1, ::-1], stride), UPRIGHT),
            (_copies(images, kernels, 1), NO_STRIDE),
            (right[:, f - 1 : 1 - f, f - 1 : 1 - f], NOT_PADDED),
        ]
        of = f"transposed_conv of images {images.shape}, kernels {kernels.shape}, stride={stride}"
        found = submission.transposed_conv(images, kernels, stride)
        expect(found, right, of=of, mistakes=mistakes)
        x = rng.normal(size=right.shape)
        product = np.sum(_conv(x, kernels, 0, stride=stride) * images)
        expect(np.sum(x * as_array(found, of=of)), product, of="<x, transposed_conv(y)>, which should be <conv(x), y>")


FLOOR = (
    "here are 3x3 numbers: the last row and column of the map are lost. A window that hangs over the edge counts, too."
)
NOT_NINTHS = "did you forget to divide by the 9 pixels?"
NO_RELU = "did you forget the ReLU? Nothing is below 0 after it."


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


def _letters(rng, n):
    """Letters X and O of which some pixels are turned over, the last one with a block of ink."""
    x = np.eye(9) + np.eye(9)[::-1] > 0
    x[[0, 0, 8, 8], [0, 8, 0, 8]] = False
    distance = np.hypot(*np.mgrid[-4:5, -4:5])
    letters = np.where(np.stack([x, np.abs(distance - 3) < 0.4] * n), 1.0, -1.0)
    letters = np.where(rng.random(letters.shape) < 0.1, -letters, letters)
    letters[-1, 2:6, 2:6] = 1  # a whole window is below 0 before the ReLU
    return letters


def _features(letters, relu=True, ceil=True, scale=9):
    diagonal = 2 * np.eye(3) - 1
    parts = np.stack([diagonal, np.maximum(diagonal, diagonal[::-1]), diagonal[:, ::-1]], axis=-1)
    parts = parts.reshape(3, 3, 1, 3)
    maps = _conv(letters[..., None], parts, 0) / scale
    maps = np.maximum(maps, 0) if relu else maps
    edge = ((0, 0), (0, 1), (0, 1), (0, 0))
    if ceil:
        maps = np.pad(maps, edge, constant_values=-np.inf)
    n, size = len(maps), maps.shape[1] // 2
    return _pooled(maps, 2, 2, "max")[1].reshape(n, size, size, 3)


@graded("x-or-o", points=1, hidden=True)
def test_crooked_letters(submission):
    """Letters with some pixels turned over, and their votes"""
    rng = submission.rng
    letters = _letters(rng, 8)
    right = _features(letters)
    no_relu = _features(letters, relu=False)
    inside = np.pad(np.ones((1, 3, 3, 1), bool), ((0, 0), (0, 1), (0, 1), (0, 0)))  # where nothing is padded
    mistakes = [
        (no_relu, NO_RELU),
        (np.where(inside, no_relu, right), NO_RELU),
        (_features(letters, ceil=False), FLOOR),
    ]
    mistakes += [(_features(letters, scale=1), NOT_NINTHS)]
    expect(
        submission.letter_features(letters), right, of=f"letter_features of {len(letters)} letters", mistakes=mistakes
    )
    examples = rng.random((3, 4, 4, 3))
    for least in (0.75, float(np.sort(examples, axis=None)[60])):  # which one place has exactly
        votes = [[features[example >= least] for example in examples] for features in right]
        mistakes = [
            ([[float(vote.sum()) for vote in row] for row in votes], "the mean of those places, and not their sum."),
            ([[float(np.mean(f)) for _ in examples] for f in right], "only places with `least` or more vote."),
        ]
        asked = submission.vote(right, examples) if least == 0.75 else submission.vote(right, examples, least=least)
        scores = np.array([[vote.mean() for vote in row] for row in votes])
        default = [[f[e >= 0.75].mean() for e in examples] for f in right]
        mistakes += [(default, "did you use `least`?")]
        expect(asked, scores, of=f"vote with least={least:.2f}", mistakes=mistakes)


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


def _network(p, images, labels):
    """The loss and the gradients of the network."""
    first = _conv(images, p["kernels1"], p["bias1"], pad=1)
    active = np.maximum(first, 0)
    pooled = _pooled(active, 2, 2, "max")[1].reshape(len(images), 4, 4, 8)
    second = _conv(pooled, p["kernels2"], p["bias2"], pad=1)
    flat = np.maximum(second, 0).reshape(len(images), -1)
    logits = flat @ p["weights"] + p["bias"]
    shifted = logits - logits.max(axis=1, keepdims=True)
    sums = np.exp(shifted).sum(axis=1, keepdims=True)
    rows = np.log(sums[:, 0]) - shifted[np.arange(len(labels)), labels]
    d_logits = (np.exp(shifted) / sums - np.eye(10)[labels]) / len(labels)
    d_second = (d_logits @ p["weights"].T).reshape(second.shape) * (second > 0)
    d_pooled, d_kernels2, d_bias2 = _conv_backward(d_second, pooled, p["kernels2"], pad=1)
    d_first = _pool_backward(d_pooled, active, 2, 2, "max")[1] * (first > 0)
    _, d_kernels1, d_bias1 = _conv_backward(d_first, images, p["kernels1"], pad=1)
    gradients = {"kernels1": d_kernels1, "bias1": d_bias1, "kernels2": d_kernels2, "bias2": d_bias2}
    return rows.mean(), gradients | {"weights": flat.T @ d_logits, "bias": d_logits.sum(axis=0)}, logits.argmax(axis=1)


NOT_LEARNED = (
    "It should be below 0.05: more steps, or another rate. If it does not fall at all, look at the sign of the step."
)
BEHIND = {
    "bias": "softmax and the loss",
    "weights": "the dense layer",
    "bias2": "the way from the dense layer to the second convolution: its shape, and the ReLU",
    "kernels2": "the second convolution, and what it was given",
    "bias1": "the way through the second convolution, the pooling and the first ReLU",
    "kernels1": "the first convolution, and what it was given",
}


@graded("assembled", points=0.75, hidden=True)
def test_the_gradients_of_the_network(submission):
    """The loss and all six gradients for other images and parameters"""
    rng = submission.rng
    scales = {"weights": 0.2, "bias": 1, "bias1": 0.3, "bias2": 0.3, "kernels1": 0.5, "kernels2": 0.2}
    parameters = {name: rng.normal(scale=scales[name], size=shape) for name, shape in PARAMETERS.items()}
    images, labels = rng.random((5, 8, 8, 1)), rng.integers(0, 10, size=5)
    right_loss, right, _ = _network(parameters, images, labels)
    loss, gradients = loss_and_gradient(submission.loss_and_gradients(parameters, images, labels), "loss_and_gradients")
    expect(loss, right_loss, of="the loss of five images", mistakes=[(5 * right_loss, SUM_OF_ROWS)])
    gradients = as_parameters(gradients, "the gradients")
    scale = {name: np.abs(value).max() for name, value in right.items()}
    good = [name for name in BEHIND if np.allclose(gradients[name], right[name], rtol=0, atol=1e-5 * scale[name])]
    if len(good) < len(BEHIND):
        first = next(name for name in BEHIND if name not in good)
        said = (
            f"{len(good)} of 6 gradients are right. From the loss on, the first wrong one is that of {first}: look at "
        )
        raise PartialCredit(len(good) / 6, f"{said}{BEHIND[first]}.")


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


@graded("by-heart", points=0.5, hidden=True, trains=True)
def test_twenty_digits_by_heart(submission):
    """Twenty other digits, another seed: all are known, and the loss is below 0.05"""
    from sklearn.datasets import load_digits

    digits = load_digits()
    chosen_ones = 120 + submission.rng.permutation(len(digits.target) - 120)[:20]
    images, labels = digits.images[chosen_ones][..., None] / 16, digits.target[chosen_ones]
    seed = int(submission.rng.integers(1000))
    parameters = as_parameters(submission.learn(images, labels, seed), "learn")
    with np.errstate(all="ignore"):
        loss, _, guesses = _network(parameters, images, labels)
    right = int(np.sum(guesses == labels))
    if not loss < 0.05:
        fail(f"after `learn` {right} of 20 digits are known, and the loss is {loss:.3f}. {NOT_LEARNED}")


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


@graded("q-start", points=0.4, hidden=True)
def test_the_first_loss(submission):
    """The right letter"""
    reasons = {
        "a": "Before the first step no rate has been used.",
        "b": "A network that knows nothing pays log 10 whatever the labels are.",
    }
    _expect_choice("first_loss", submission.value("first_loss"), "c", reasons)
