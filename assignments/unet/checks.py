"""Checks of this assignment that run in your notebook: check("name") runs one of them."""

from cnnkit.check import Checks
import numpy as np
from scipy import ndimage
from cnnkit.check import PartialCredit, as_array, as_list, expect, fail, graded
from cnnkit.datasets._cell_arrays import cell_arrays


NEAREST = "this is what repeating gives."


NAILS = "this is what bed of nails gives."


TILES = "this repeats the whole image. Each number is repeated, in a block."


CORNER = "the nail stands in the upper left corner of its block."


PLACES = "a place counts through the whole image, row by row: r * width + c. Is it the place in the block?"


LAST = "where two are equally large, the first one counts, row by row."


BY_COLUMNS = "places run row by row: r * width + c, not column by column."


OTHER_BLOCK = "the place is that in its own block, also where another block holds an equal number."


SPREAD = "each number goes back to its own place alone; everything else is 0."


OVERWRITTEN = "where copies overlap they are added up. Did the later copy take the place of the earlier?"


TURNED = "your filter is turned by 180 degrees: copies of it are laid down as it is."


STRIDE = "this is the answer for stride 1. Did you forget the stride?"


ROWS_BY_ONE = "each row is one place further than the row above. The filter moves by the stride."


CROPPED = "the copies at the rim are kept whole: the result has (n - 1) * stride + f numbers."


ORDER = "the numbers are all there, in another order. A flattened map runs over rows, columns, then channels."


ONE_CONV = "each level has two convolutions, and each takes two pixels."


SIZES = (
    'Maps that meet must be of one size, and no map may shrink but by pooling. Is the padding "same" in each 3x3 '
    "convolution, and does each skip bring the map of its own level, from before the pooling?"
)


LOGITS = "the output is logits, numbers of any size: softmax comes with the loss."


OFF_BY = "the middles do not lie on each other. Is the same cut off on both sides?"


BOTH_MARKED = "background that is left unmarked does not count as agreement."


ALL_PIXELS = "did you divide by all pixels? The union is what is marked or cell."


TWICE = "did you divide by |A| + |B|? That has the pixels of both twice, and the union has them once."


DICE = "this is Dice's score."


IOU = "this is the IoU."


NO_TWO = "did you forget the 2?"


SUM_BELOW = "below stands |A| + |B|, not the union, and not all pixels."


SIGN = "the sign is missing: the logarithm of a probability is below zero, a loss is not."


UNWEIGHTED = "this is the loss without weights."


SUM = "this is the sum over the pixels. The loss is their mean."


BY_WEIGHTS = "the mean is over the pixels: divide by their number, not by the sum of the weights."


BY_CLASSES = "the mean is over the pixels: divide by their number, not by that of all logits."


HARD = "this is what the largest logit of each pixel alone gives. Did argmax come before the loss? It takes them all."


WRONG_AXIS = "softmax runs over the classes, the last axis. Did it run over another?"


FIRST_ONLY = (
    "this is what the distance to the nearest cell alone gives. d2 is that to the second nearest *cell*, and "
    "background, the number 0, is no cell."
)


SAME_CELL = "d2 is the distance to another cell, not d1 again."


SQUARES = "the sum of both distances is squared, (d1 + d2)^2, not each by itself."


IN_CELLS = "inside a cell the term is 0: it is for the background between cells. Is it left out where `mask` is not 0?"


INVERTED = (
    "the distances are 0 outside of cells. distance_transform_edt measures from what is not 0 to the nearest 0. Which "
    "of both is the cell?"
)


MASK_LEFT = "the image was changed and the mask was not."


MIXED = "the mask holds numbers that were in no mask. Mixing makes numbers that mean nothing: take the nearest."


NEAREST_PIXEL = "the image is mixed of its neighbours, order=1. Did you take the nearest pixel?"


BEYOND = 'beyond the edge the image is mirrored: mode="reflect".'


ALONG = "dy is along the rows, dx along the columns."


AGAINST = "the result at a place is taken from row + dy, column + dx."


LIT = "light changes the image alone; the mask holds numbers of cells."


NO_LIGHT = "did you forget the light?"


MIRRORED = "Is it mirrored there, with np.pad(..., mode='reflect')?"


ZEROS = f"right but for the border of the image, beyond which there are zeros. {MIRRORED}"


REPEATED = f"right but for the border of the image, whose last pixels are repeated. {MIRRORED}"


RIM_TWICE = "right but for the border of the image, whose last pixels are mirrored, too: mode='reflect' does not."


SQUARE = "Do the tiles go over both edges, also where these are not equally long?"


LAST_TILES = "Are the last tiles made, which may be smaller?"


TO_ITS_END = "with nothing to cut off, [0:-0] is empty. Cut from a start to start + length."


@graded(
    "unpooling",
    points=0.5,
    hints=[
        "Draw an image of 2x2 numbers and the 4x4 result: where does each number go?",
        "The size holds along rows and along columns: each number fills a square block.",
        "Repeat along one axis, then along the other.",
    ],
)
def test_the_lecture_s_blocks(submission):
    """The lecture's 2x2, made 4x4 in both ways"""
    image = np.array([[1.0, 2], [3, 4]])
    nearest = [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    nails = [[1, 0, 2, 0], [0, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]]
    tiles = [[1, 2, 1, 2], [3, 4, 3, 4]] * 2
    mistakes = [(nails, NAILS), (tiles, TILES)]
    expect(submission.upsample_nearest(image), nearest, of="upsample_nearest([[1, 2], [3, 4]])", mistakes=mistakes)
    mistakes = [(nearest, NEAREST), ([[0, 0, 0, 0], [0, 1, 0, 2], [0, 0, 0, 0], [0, 3, 0, 4]], CORNER)]
    expect(submission.bed_of_nails(image), nails, of="bed_of_nails([[1, 2], [3, 4]])", mistakes=mistakes)


@graded(
    "max-unpooling",
    points=0.5,
    hints=[
        (
            "Which four numbers of the image belong to one number of the pooled map? And how does the text count "
            "the places of an image?"
        ),
        (
            "Two blocks may hold the same number, and a number may stand outside its block, too: look for the "
            "place within the block alone."
        ),
        (
            "Inside a block the place of the greatest has a row and a column; with the block's own corner they "
            "give the place in the whole image."
        ),
    ],
)
def test_a_small_pool(submission):
    """A 4x4 image down and up"""
    image = np.array([[1.0, 5, 6, 0], [3, 4, 1, 7], [9, 8, 6, 6], [0, 2, 6, 6]])
    pooled, places = _pair(submission.pool_with_places(image), "pool_with_places")
    expect(pooled, [[5, 7], [9, 6]], of="the maxima")
    in_block = [[1, 3], [0, 0]]
    mistakes = [(in_block, PLACES), ([[1, 7], [8, 2]], OTHER_BLOCK), ([[1, 7], [8, 15]], LAST)]
    mistakes.append(([[4, 13], [2, 10]], BY_COLUMNS))
    expect(places, [[1, 7], [8, 10]], of="the places", mistakes=mistakes)
    back = [[0, 5, 0, 0], [0, 0, 0, 7], [9, 0, 6, 0], [0, 0, 0, 0]]
    found = submission.unpool(np.array([[5.0, 7], [9, 6]]), np.array([[1, 7], [8, 10]]), (4, 4))
    expect(found, back, of="unpool of these", mistakes=[(np.kron([[5, 7], [9, 6]], np.ones((2, 2))), SPREAD)])


def _pair(answer, name):
    if len(pair := as_list(answer, of=name)) != 2:
        fail(f"{name} should return two arrays, one after the other, and returns {len(pair)}.")
    return pair


@graded(
    "transposed",
    points=0.5,
    hints=[
        (
            "Each pixel puts down a copy of the kernel, scaled by itself. Where does the copy of the pixel in row"
            " i, column j begin?"
        ),
        "Where copies overlap their numbers are added, not written over. Try an image with a single 1 first.",
        (
            "A result of zeros of the given size, two loops over the pixels, and a slice to which a scaled kernel"
            " is added."
        ),
    ],
)
def test_two_copies(submission):
    """Two copies that overlap"""
    kernel = np.array([[1.0, 2, 3]])
    expect(
        submission.transposed_conv(np.array([[1.0, 10]]), kernel, stride=2),
        [[1, 2, 13, 20, 30]],
        of="copies of [1, 2, 3] for [1, 10], stride 2",
        mistakes=[
            ([[1, 2, 10, 20, 30]], OVERWRITTEN),
            ([[3, 2, 31, 20, 10]], TURNED),
            ([[1, 12, 23, 30]], STRIDE),
            ([[1, 2, 13, 20]], CROPPED),
        ],
    )


@graded(
    "as-a-matrix",
    points=0.5,
    hints=[
        (
            "Each number of the result is one row of the matrix, each number of the padded input one column. "
            "Which columns does the first row use?"
        ),
        "From one row to the next the kernel moves by the stride. All other entries are 0.",
        "A matrix of zeros of the given shape, and a loop over its rows that puts the kernel into a slice.",
    ],
)
def test_the_matrices_of_the_lecture(submission):
    """The lecture's two matrices"""
    kernel = np.array([1.0, 2, 3])
    two = [[1, 2, 3, 0, 0, 0], [0, 0, 1, 2, 3, 0]]
    four = [[1, 2, 3, 0, 0, 0], [0, 1, 2, 3, 0, 0], [0, 0, 1, 2, 3, 0], [0, 0, 0, 1, 2, 3]]
    mistakes = [(np.transpose(two), "this is the transpose."), (four[:2], ROWS_BY_ONE), (four, STRIDE)]
    expect(
        submission.conv_matrix(kernel, 6, stride=2), two, of="conv_matrix([x, y, z], 6, stride=2)", mistakes=mistakes
    )
    printed = np.where(np.array(four) == 3, 1, four)
    mistakes = [(printed, "that is x y x, the lecture's misprint. The rows are x y z.")]
    expect(submission.conv_matrix(kernel, 6), four, of="conv_matrix([x, y, z], 6)", mistakes=mistakes)


@graded(
    "fully-convolutional",
    points=1,
    hints=[
        (
            "The weights are listed in the order in which the map was flattened. Which of row, column and channel"
            " changes fastest in it?"
        ),
        "No number is computed anew: they are only put in another shape.",
        "The leading axis is taken apart into the three of the map; the units stay the last axis.",
    ],
)
def test_the_dense_layer_as_a_filter(submission):
    """On a map of the layer's own size both give the same"""
    weights = np.arange(24.0).reshape(12, 2)
    right = weights.reshape(2, 3, 2, 2)
    wrong = [
        (weights.reshape(2, 2, 3, 2).transpose(1, 2, 0, 3), ORDER),
        (weights.reshape(3, 2, 2, 2).transpose(1, 0, 2, 3), ORDER),
        (weights.T.reshape(2, 2, 3, 2).transpose(1, 2, 3, 0), ORDER),
    ]
    expect(
        submission.dense_to_conv(weights, (2, 3, 2)), right, of="12 weights of 2 units on a 2x3x2 map", mistakes=wrong
    )


@graded(
    "sizes",
    points=0.5,
    hints=[
        (
            "What do two 3x3 convolutions without padding take from an edge, what does pooling do with it, and "
            "what the way up?"
        ),
        (
            "Check the first and the last number against the docstring. Where on the way can an edge be odd or "
            "too small?"
        ),
        (
            "A loop for the way down and one for bottom and way up; note the edge after the two convolutions, and"
            " only then halve or double it."
        ),
    ],
)
def test_572(submission):
    """572 becomes 388"""
    right = [568, 280, 136, 64, 28, 52, 100, 196, 388]
    mistakes = [
        ([570, 283, 139, 67, 31, 60, 118, 234, 466], ONE_CONV),
        ([568, 280, 136, 64, 28, 56, 104, 200, 392], "after doubling, two convolutions take four pixels again."),
    ]
    expect(_fitting(submission, 572, 4), right, of="unet_sizes(572)", mistakes=mistakes)


def _fitting(submission, n, depth):
    """unet_sizes of an edge that fits."""
    try:
        return submission.unet_sizes(n, depth=depth)
    except AssertionError as error:
        if "ValueError" not in str(error):
            raise
        fail(f"unet_sizes({n}, depth={depth}): {error} This edge fits. {ONE_CONV[0].upper()}{ONE_CONV[1:]}")


@graded(
    "crop",
    points=0.5,
    hints=[
        "How many rows are too many, and how many of them are above the middle part?",
        "Rows and columns may have to lose different numbers. The channels stay.",
        "Half of what is too much is where a slice begins; it is as long as what is wanted.",
    ],
)
def test_a_small_crop(submission):
    """The middle of 5x4, and of its columns alone"""
    features = np.arange(20.0).reshape(5, 4, 1)
    right = [[[5], [6]], [[9], [10]], [[13], [14]]]
    mistakes = [(features[top : top + 3, left : left + 2], OFF_BY) for top in range(3) for left in range(3)]
    expect(submission.crop(features, 3, 2), right, of="the middle 3x2 of 5x4", mistakes=mistakes)
    mistakes = [(features[0:0, 1:3], TO_ITS_END)]
    expect(submission.crop(features, 5, 2), features[:, 1:3], of="the middle 5x2 of 5x4", mistakes=mistakes)


def weight_shapes(filters, depth, skips):
    """Shapes of the kernel and the bias of each layer of the text's U-Net, from the first to the last."""
    levels = [filters * 2**level for level in range(depth + 1)]
    shapes, channels = [], 1
    for count in levels:
        shapes += [(3, 3, channels, count), (count,), (3, 3, count, count), (count,)]
        channels = count
    for count in levels[-2::-1]:
        shapes += [(2, 2, count, 2 * count), (count,)]
        shapes += [(3, 3, (2 if skips else 1) * count, count), (count,), (3, 3, count, count), (count,)]
    return [*shapes, (1, 1, filters, 2), (2,)]


def _compare_shapes(model, filters, depth, skips, of):
    """Fails, saying where, unless the model's weights have the shapes of the text's U-Net."""
    right = weight_shapes(filters, depth, skips)
    if model.weights == right:
        return
    layers = model.weights, right
    if skips and model.weights == weight_shapes(filters, depth, False):
        fail(f"{of} has the weights of a U-Net without skips. Did you put the copies beside the map?", layers=layers)
    if not skips and model.weights == weight_shapes(filters, depth, True):
        fail(f"{of} has skips all the same.", layers=layers)
    pairs = list(zip(model.weights, right, strict=False))
    place = next((i for i, (found, wanted) in enumerate(pairs) if found != wanted), None)
    if place is None:
        words = f"{of} has {len(model.weights)} arrays of weights, two a layer, and the text's has {len(right)}."
        fail(words, layers=layers)
    found, wanted = pairs[place]
    part = "biases of shape" if place % 2 else "a kernel of shape"
    told = f"{of}: its layer {place // 2 + 1}, of those with weights, has {part} {found}, and should have {wanted}."
    fail(f"{told} {_why_shape(found, wanted)}", layers=layers)


def _why_shape(found, wanted):
    """What a layer's shape of weights tells about it."""
    if not len(found) == len(wanted) == 4:
        return "Is a layer left out, or one too many, or one without bias?"
    upwards = wanted[:2] == (2, 2)
    if found[:2] != wanted[:2]:
        return f"The {'transposed ' * upwards}convolution there is {wanted[0]}x{wanted[1]}."
    count, read = (2, 3) if upwards else (3, 2)
    if upwards and found == (2, 2, wanted[3], wanted[2]):
        return "Is it a Conv2D where the text has a Conv2DTranspose?"
    if found[count] != wanted[count]:
        return f"It should have {wanted[count]} filters, or a layer before it is left out."
    return f"It reads {found[read]} channels, and should read {wanted[read]}. Which maps reach it, and of which level?"


@graded(
    "unet-model",
    points=1,
    hints=[
        (
            "Compare `summary()` with the picture of U-Net, level by level: the first shape that differs is the "
            "one to look at."
        ),
        (
            "The convolutions keep the size. The copy of a level comes from before its pooling, and the number of"
            " filters doubles on each level down."
        ),
        (
            "A loop down that keeps what each level has made, the bottom, and a loop up over the same levels in "
            "the other order; the last convolution gives logits."
        ),
    ],
)
def test_a_small_unet(submission):
    """Weights and output of a small one"""
    model = submission.model("build_unet", filters=4)
    if model.input_shape[1:] != (None, None, 1):
        fail(f"the input is images of any size, (None, None, 1), and yours is {model.input_shape[1:]}.")
    _compare_shapes(model, 4, 3, True, "build_unet(filters=4)")
    shape = np.shape(_output(model, np.zeros((1, 16, 24, 1), "float32")))
    if shape != (1, 16, 24, 2):
        fail(f"an image of 16x24 should become (1, 16, 24, 2), and became {shape}.")
    last = model.layers[-1]
    if last["activation"] in ("softmax", "sigmoid") or last["class"] == "Softmax":
        fail(LOGITS)


def _output(model, images):
    """What the model makes of images. Where it fails, maps of different sizes meet."""
    try:
        return model.predict(images)
    except AssertionError as error:
        fail(f"{error} {SIZES}" if " raised " in str(error) else str(error))


@graded(
    "scores",
    points=0.5,
    hints=[
        "Draw two small masks and count: pixels in both, and pixels in at least one.",
        (
            "Numbers of cells are no truth values yet. And what is right where both masks are empty, and where "
            "only one is?"
        ),
        "One count divided by another, with one case for a union of nothing.",
    ],
)
def test_small_masks(submission):
    """Two small masks, and two empty ones"""
    marked, truth = np.array([[0, 1, 1, 0, 0]]), np.array([[0, 0, 5, 7, 0]])
    shown = "([0, 1, 1, 0, 0], [0, 0, 5, 7, 0])"
    mistakes = [(0.2, ALL_PIXELS), (0.25, TWICE), (0.6, BOTH_MARKED), (0.5, DICE)]
    expect(submission.iou(marked, truth), 1 / 3, of=f"iou{shown}", mistakes=mistakes)
    mistakes = [(0.25, NO_TWO), (1 / 3, IOU), (2 / 3, SUM_BELOW), (0.4, SUM_BELOW), (0.6, BOTH_MARKED)]
    expect(submission.dice(marked, truth), 0.5, of=f"dice{shown}", mistakes=mistakes)
    empty = np.zeros((2, 2), int)
    for name in ("iou", "dice"):
        expect(
            getattr(submission, name)(empty, empty),
            1.0,
            of=f"{name} of two empty masks",
            mistakes=[(wrong, "there is no cell and none is marked: the mask is perfect.") for wrong in (0, np.nan)],
        )
        full, why = np.array([[0, 3], [0, 0]]), [(1.0, "only where *both* are empty they agree.")]
        expect(getattr(submission, name)(full, empty), 0.0, of=f"{name} of a mask and an empty one", mistakes=why)
        expect(getattr(submission, name)(empty, full), 0.0, of=f"{name} of an empty mask and another", mistakes=why)


@graded(
    "loss",
    points=0.5,
    hints=[
        ("For each pixel: the log of the softmax at its true class. Then the weights. What is the mean taken over?"),
        "The exponential of a large logit overflows. What may be taken from all logits of a pixel?",
        (
            "Shift each pixel's logits by their maximum, take the true class's logit less the log of the sum of "
            "exponentials, weigh, average over pixels."
        ),
    ],
)
def test_two_pixels(submission):
    """Two pixels, one weighing three times as much"""
    logits = np.log(np.array([[[0.2, 0.8], [0.5, 0.5]]]))
    classes, weights = np.array([[1, 0]]), np.array([[1.5, 4.5]])
    losses = -np.log([0.8, 0.5])
    total = 1.5 * losses[0] + 4.5 * losses[1]
    right = total / 2
    mistakes = [(-right, SIGN), (losses.mean(), UNWEIGHTED), (total, SUM)]
    mistakes += [(total / 6, BY_WEIGHTS), (total / 4, BY_CLASSES)]
    mistakes.append((-(1.5 * np.log(0.8 / 1.3) + 4.5 * np.log(0.5 / 0.7)) / 2, WRONG_AXIS))
    hard = np.log(1 + np.exp([-1, -1]))  # of the logits 0 and 1, and of 1 and 0: the first of equals counts
    mistakes.append(((1.5 * hard[0] + 4.5 * hard[1]) / 2, HARD))
    expect(submission.pixel_cross_entropy(logits, classes, weights), right, of="two pixels", mistakes=mistakes)


@graded(
    "weight-map",
    points=0.5,
    hints=[
        (
            "For each background pixel: how far is the nearest cell, and how far the second nearest? Which "
            "function of their sum does the text have?"
        ),
        (
            "The distance is to a cell as a whole, and each number in the mask is a cell of its own, also where "
            "two touch. With fewer than two cells there is no second one."
        ),
        (
            "A distance transform for each cell, sorted over the cells at each pixel; the bell of the two "
            "smallest, and 0 inside cells."
        ),
    ],
)
def test_a_gap_of_five(submission):
    """A row with two cells, and one with a single cell"""
    mask = np.array([[1, 0, 0, 0, 0, 2]])
    d1, d2 = np.array([[0, 1, 2, 2, 1, 0]]), np.array([[5, 4, 3, 3, 4, 5]])
    everywhere = 10 * np.exp(-((d1 + d2) ** 2) / 50)
    right = np.where(mask == 0, everywhere, 0)
    mistakes = [(everywhere, IN_CELLS)]
    for wrong, why in (
        (10 * np.exp(-(d1**2) / 50), FIRST_ONLY),
        (10 * np.exp(-((2 * d1) ** 2) / 50), SAME_CELL),
        (10 * np.exp(-(d1**2 + d2**2) / 50), SQUARES),
        (10 * np.exp(-((d1 + d2) ** 2) / 25), "the 2 of 2 sigma^2 is missing."),
        (right / 10, "did you forget w0?"),
        (np.where(mask == 0, 10, 10 * np.exp(-1 / 50)), INVERTED),
    ):
        mistakes += [(wrong, why), (np.where(mask == 0, wrong, 0), why)]
    expect(submission.border_weights(mask), right, of="[1, 0, 0, 0, 0, 2]", mistakes=mistakes)
    alone = "a mask with one cell, without a gap"
    try:
        found = submission.border_weights(np.array([[0, 0, 3, 3]]))
    except AssertionError as error:
        fail(f"{alone}: {error} There is no second nearest cell. What is the term there?")
    expect(found, [[0, 0, 0, 0]], of=alone)


@graded(
    "augment",
    points=0.5,
    hints=[
        "What is done to an image's place must be done to the mask, too; what is done to its numbers must not.",
        "In which order does the docstring say mirror and turn? Rows are the first axis, columns the second.",
        "Swap the columns of both where asked, turn both, and scale one of them.",
    ],
)
def test_a_small_turn(submission):
    """A quarter turn and a mirror of 2x2"""
    image, mask = np.array([[[1.0], [2]], [[3], [4]]]), np.array([[1, 2], [3, 4]])
    for turns, mirror, right, wrong, why in (
        (1, False, [[2, 4], [1, 3]], [[3, 1], [4, 2]], "np.rot90 turns counterclockwise."),
        (0, True, [[2, 1], [4, 3]], [[3, 4], [1, 2]], "mirror swaps left and right, not above and below."),
        (1, True, [[1, 3], [2, 4]], [[4, 2], [3, 1]], "mirror first, then turn."),
    ):
        of = f"turns={turns}, mirror={mirror}"
        right, wrong = np.array(right), np.array(wrong)
        found, moved = _pair(submission.augment(image, mask, turns, mirror, 2.0), "augment")
        mistakes = [(2 * wrong[..., None], why), (right[..., None], NO_LIGHT), (2 * image, "the image was not moved.")]
        expect(found, 2 * right[..., None], of=f"the image, {of}, light=2", mistakes=mistakes)
        expect(moved, right, of=f"the mask, {of}", mistakes=[(wrong, why), (mask, MASK_LEFT), (2 * right, LIT)])


@graded(
    "elastic",
    points=0.5,
    hints=[
        ("Each pixel of the result looks up the image at another place. Which place is that, for row i and column j?"),
        "Between pixels an image is blended and a mask is not: what would be between cell 2 and cell 4?",
        (
            "Indices of rows and columns, moved by dy and dx, looked up in both; with an order for the image and "
            "another one for the mask."
        ),
    ],
)
def test_half_a_pixel(submission):
    """Half a pixel to the right, one pixel up"""
    image, mask = np.array([[[0.0], [10], [20], [30]]] * 3), np.array([[0, 0, 8, 8], [0, 0, 8, 8], [5, 5, 5, 5]])
    dy, dx = np.zeros((3, 4)), np.full((3, 4), 0.5)
    found, moved = _pair(submission.elastic(image, mask, dy, dx), "elastic")
    _expect_numbers_of(moved, mask, "the mask, half a pixel")
    right = np.array([[[5.0], [15], [25], [30]]] * 3)
    left = np.array([[[0.0], [5], [15], [25]]] * 3)
    steps = [
        (np.array([[[10.0], [20], [30], [30]]] * 3), NEAREST_PIXEL),
        (np.array([[[0.0], [20], [20], [30]]] * 3), NEAREST_PIXEL),
        (left, AGAINST),
        (image, ALONG),
        (np.array([[[5.0], [15], [25], [0]]] * 3), BEYOND),
        (np.array([[[5.0], [15], [25], [15]]] * 3), BEYOND),
    ]
    expect(found, right, of="the image, half a pixel", mistakes=steps)
    _, moved = _pair(submission.elastic(image, mask, dy + 1, dx * 0), "elastic")
    down, swapped = mask[[1, 2, 2]], mask[:, [1, 2, 3, 3]]
    mistakes = [
        (mask, MASK_LEFT),
        (mask[[0, 0, 1]], AGAINST),
        (swapped, ALONG),
    ]
    expect(moved, down, of="the mask, a pixel from below", mistakes=mistakes)


def _expect_numbers_of(moved, mask, of):
    numbers = np.unique(mask)
    if not np.isin(as_array(moved, of=of), numbers).all():
        fail(f"{of}: {MIXED}")


@graded(
    "trained",
    points=0.5,
    trains=True,
    seconds=90,
    hints=[
        "Look at the curve of the loss: does it fall to the end, and was the network trained as the text says?",
        ("Masks and images must be changed together, and the loss needs the weight map. Look at one augmented pair."),
        (
            "Train `build_unet()` for as many steps as the text has, from a fixed seed; look at IoU on the images"
            " held back."
        ),
    ],
)
def test_four_images(submission):
    """An IoU above 0.60 on four new images; when you hand in, all points from 0.80 on"""
    images, masks = cell_arrays(np.random.default_rng(1), 4, size=96)
    score, advice = _iou(submission, images, masks)
    if score <= 0.6:
        fail(f"the IoU is {score:.3f}, as of a network that has learned little; {advice}")


def _iou(submission, images, masks):
    """The mean IoU of the student's masks, and what may help it. Fails, saying what it sees, where there are none."""
    try:
        found = submission.segment((images / 255).astype("float32"))
    except AssertionError:
        if submission.model("model").made:
            fail("`model` is a function that makes a network, and should be a network that `train` has trained.")
        raise
    found, masks = as_array(found, of="segment", shape=masks.shape) > 0, masks > 0
    both, either = (found & masks).sum(axis=(1, 2)), (found | masks).sum(axis=(1, 2))
    swapped = np.mean((~found & masks).sum(axis=(1, 2)) / np.maximum((~found | masks).sum(axis=(1, 2)), 1))
    advice = "cell and background seem to have changed places." if swapped > 0.5 else "more steps would help."
    return np.mean(both / np.maximum(either, 1)), advice


@graded(
    "tiling",
    points=0.5,
    hints=[
        (
            "A tile needs its surroundings: how many pixels around it does the function look at, and which part "
            "of its answer is then right?"
        ),
        "Tiles at the right and the bottom may be smaller, and images need not be square.",
        (
            "Pad the image by its mirror, loop over the tiles' corners, call the function on tile and margin, cut"
            " the margin off again."
        ),
    ],
)
def test_no_seams(submission):
    """A blur of 7x7 of a wide and a high image, in tiles with a margin of 3, and with none"""
    image = np.arange(12 * 23).reshape(12, 23) % 17.0
    _compare_tiled(submission, image, 5, 3)
    _compare_tiled(submission, image.T, 5, 3)
    _compare_without_margin(submission, image[:, :18], 6)


def _compare_tiled(submission, image, tile, margin):
    found, largest = _pair(submission.tiled_blur(image, tile, margin), "tiled_blur")
    right = ndimage.uniform_filter(image, 7, mode="mirror")
    of = f"an image of {image.shape} in tiles of {tile}, margin {margin}"
    inner = (slice(3, -3), slice(3, -3))
    found = as_array(found, of=of, shape=image.shape)
    if not np.allclose(found, right):
        for mode, why in (("constant", ZEROS), ("nearest", REPEATED), ("reflect", RIM_TWICE)):
            other = ndimage.uniform_filter(image, 7, mode=mode)
            if np.allclose(found, other):
                fail(f"{of}: {why}")
            _compare_parts(found, other, tile, of)
        _compare_parts(found, right, tile, of)
        if np.allclose(found[inner], right[inner]):
            fail(f"{of}: wrong at the border of the image alone. {MIRRORED}")
        fail(f"{of}: there are seams. Does each call get the margin, and is the margin of its answer left out?")
    allowed = (tile + 2 * margin) ** 2
    if largest > allowed:
        fail(f"{of}: one call got {largest} pixels. A tile and its margins are {allowed} at most.")


def _compare_parts(found, whole, tile, of):
    """Fails where some of the tiles are there and the others are 0."""
    fitting = [(n - 1) // tile * tile for n in whole.shape]
    square = -(-min(whole.shape) // tile) * tile
    for rows, columns, why in (
        (min(square, whole.shape[0]), min(square, whole.shape[1]), SQUARE),
        (*fitting, LAST_TILES),
        (fitting[0], whole.shape[1], LAST_TILES),
        (whole.shape[0], fitting[1], LAST_TILES),
    ):
        part = np.zeros(whole.shape)
        part[:rows, :columns] = whole[:rows, :columns]
        if np.allclose(found, part):
            fail(f"{of}: only its first {rows} rows and {columns} columns are made, the others are 0. {why}")


def _compare_without_margin(submission, image, tile):
    """The tiles are blurred each by itself, and fit evenly."""
    of = f"an image of {image.shape} in tiles of {tile}, margin 0"
    try:
        found, _ = _pair(submission.tiled_blur(image, tile, 0), "tiled_blur")
    except AssertionError as error:
        fail(f"{of}: {error} Did you cut with [margin:-margin]? Note that {TO_ITS_END}")
    tiles = [np.split(row, image.shape[1] // tile, axis=1) for row in np.split(image, image.shape[0] // tile)]
    right = np.block([[ndimage.uniform_filter(part, 7, mode="constant") for part in row] for row in tiles])
    expect(found, right, of=of)


# Points of the tests that run when you hand in.
HIDDEN = {
    'unpooling': 0.5,
    'max-unpooling': 1.5,
    'transposed': 1.5,
    'as-a-matrix': 1,
    'sizes': 1,
    'crop': 0.5,
    'unet-model': 1.5,
    'scores': 1,
    'loss': 1.5,
    'weight-map': 1.5,
    'augment': 1,
    'elastic': 1,
    'trained': 2.5,
    'tiling': 1.5,
}

check = Checks(__name__, HIDDEN, "unet", "2e52ad27", about={'title': 'Which pixel is a cell? U-Net from its parts', 'limits': {'cell_seconds': 300.0, 'total_seconds': 600.0, 'memory_mb': 4096}, 'datasets': ['cells/96']})
