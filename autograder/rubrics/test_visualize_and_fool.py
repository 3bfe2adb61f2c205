"""Tests of visualize_and_fool. The public ones go to students as they are; the hidden ones run when they hand in."""

import numpy as np
from scipy import stats

from cnnkit.check import as_array, as_list, brief, expect, fail, graded

NOT_CENTRED = "did you take from each column its mean?"
UNSCALED = "these are directions of the points, without their lengths: how far a point lies along them counts."
TRANSPOSED = "the rows of Vt are the directions. Did you take its columns?"
ASCENDING = "along these directions the points vary least. eigh lists the smallest first."
NOT_SQUARED = "a share of variance comes from the squares of s."
OF_SOME = "the shares are parts of all variance, not of that of these directions alone."
HALF = "the exponent is d^2 / (2 sigma^2). Is the 2 there?"
BRACKETS = "Python reads `a / 2 * b` as `(a / 2) * b`: all that is below the line needs brackets around it."
D_NOT_SQUARED = "the distances are squared."
SIGMA_NOT_SQUARED = "sigma is squared."
FAR_COUNT_MORE = "this gives far neighbours more than near ones. Is the minus there?"
NOT_SHARES = "the shares have the sum 1."
NATURAL = "this mixes logarithms: 2^H goes with log2."
ENTROPY = "this is H. The perplexity is 2^H."
SIGN_OF_FALL = "the sign is the other way round: a fall is the score of the whole image less that of the covered one."
PILED = "do windows stay covered when the next is tried? Each starts from the whole image."
STRIDE_ONE = "this is the answer for stride 1. Did you forget the stride?"
BLACK = "this is what covering with 0 gives. Did you forget the fill?"
LAST_MISSING = (
    "the last row or column of windows is missing: one that ends exactly at the edge still lies in the image."
)
STICKS_OUT = "only windows that lie in the image count; yours stick out."
ALL_CLASSES = "this is the gradient of the sum of all logits. The score is the logit of one class."
ONE_CLASS = "each image has its own class."
PROBABILITY = "this is the gradient of the probability. The score is the logit."
SIGNED = "size counts: -0.5 is more than 0.2."
SUM = "this is the sum over the channels. A pixel gets the largest size."
MEAN = "this is the mean over the channels. A pixel gets the largest size."
PASSES = "where x is not above 0 nothing passes, whatever comes from above."
DECONV = "this looks at the gradient alone. What matters first is whether the input x was above 0."
PLAIN = "this is what plain ReLU passes back. Guided backpropagation also stops what is negative."
OUTPUT = "this is ReLU itself, of x. What passes back is the gradient from above."
SWAPPED = "ReLU passes back every sign of the gradient; guided backpropagation stops the negative ones."
NO_SIZES = "the map has values of both signs, and their size counts. Did you forget the absolute value?"
AREA = "divide by the mass of the whole map, not by the area."
SQUARES = "the mass is the sum of sizes, not of squares."
OF_VALUES = "this is the correlation of the values. Replace them by their ranks first."
NOT_CENTRED_RANKS = "take from the ranks their mean first."
NO_RHO = "the norm is not rho. Is the image brought back to the sphere after each step, and at the start?"
ONE_BY_LENGTH = "a step goes along the gradient divided by its length. Did you forget to divide?"
RHO_OF_STEP = "a step has the length rate * rho. Did you forget rho?"
DOWN = "this goes down: the step is added."
STOPPED_LATE = "this is one step too many: stop as soon as the target has the greatest score."
UNCUT = "pixels are from 0 to 1: cut off what is beyond after each step."
CHANGED = "the image that was given has changed. Work on a copy."
NO_LENGTH = "the gradient is divided by its length, so that each step is equally long."
SIGNS = "that is a step by signs. Here the gradient is divided by its length."
TOWARDS = "the sign is the other way round. The loss falls with the true logit."
NO_RIVALS = "this moves the true logit alone. The rivals' gradients count too, each with its probability."
NO_TRUE = "the true class is missing: from its probability 1 is taken."
NOT_SIGN = "only the sign of the gradient counts."
OUT_OF_RANGE = "the result keeps the range of the pixels, from low to high."
DOWNHILL = "the loss should rise: the step is added."
ZERO_TO_ONE = "the range was given as low and high."
SIGNED_SUM = "the sizes are added: what is below 0 helps as much, by going the other way."
EUCLIDEAN = "this takes the Euclidean norm. Under epsilon for each value it is the sum of sizes."
LARGEST = "this takes the largest part of the difference of gradients alone. All values move."
NORMS = "this is the difference of two norms. The norm is that of the difference of both gradients."
AVERAGED = "the sizes are added, not averaged."
ITSELF = "the predicted class has no gap to itself. Leave it out."
RUNNER_UP = "this looks at the runner-up alone. Another class may close its larger gap sooner."
OWN_GRADIENT = "what counts is the difference of both gradients, since the predicted logit moves as well."
FURTHEST = "this is the class that needs most. The first one to catch up counts."
BY_L1 = "the distance is Euclidean, so the gap is divided by the 2-norm."
NO_UNIT = "the way has the length of the distance. Is the difference of gradients divided by its length?"
NEVER = "where even `most` does not fool, the answer is infinity."
WRONG_HALF = (
    "an epsilon was tried in the half that was done with. At `low` the network is not fooled and at `high` it is; "
    "which of the two is the middle now?"
)
TOO_FAR_APART = (
    "low and high have to come nearer to each other, down to width. How many halvings that takes follows from most and "
    "width."
)
LOWER_END = "this is the lower end, which does not fool. The answer is the upper one."
BETWEEN = "this is the middle of low and high, which was not tried. The answer is `high`, which fools."
ALL_IMAGES = "only images that both networks had right before count."
A_ALONE = "images count that B had right before, too."
B_ALONE = "images count that A had right before, too."
STILL_RIGHT = "this is the share that B still has right."


@graded(
    "pca",
    points=0.5,
    hints=[
        ("What is taken from every vector before directions make sense? And what is the variance along a direction?"),
        (
            "The greatest variance comes first: `eigh` sorts the other way round. Shares are of all variance, not"
            " of that of the directions asked for."
        ),
        (
            "Centre, decompose (singular values or eigenvalues), project on the first directions; squares of "
            "singular values go with variances."
        ),
    ],
)
def test_points_on_a_cross(submission):
    """Five points on a cross"""
    vectors = np.array([[1.0, 9], [1, 1], [4, 5], [-2, 5], [1, 5]])
    coordinates, shares = _pair(submission.pca(vectors, dimensions=1), "pca")
    mistakes = [([4 / 7], NOT_SQUARED), ([1.0], OF_SOME), ([0.8972902], NOT_CENTRED), ([0.36], ASCENDING)]
    expect(shares, [32 / 50], of="the shares", mistakes=mistakes)
    mistakes = [(np.array([[0.0], [0], [3], [-3], [0]]), ASCENDING)]
    _same_directions(coordinates, np.array([[4.0], [-4], [0], [0], [0]]), "the coordinates", mistakes)


def _same_directions(found, right, of, mistakes):
    """Compares, where the sign of each column is free."""
    found = as_array(found, of=of)
    if found.shape == right.shape:
        signs = np.where(np.sum(found * right, axis=0) < 0, -1, 1)
        found = found * signs
        mistakes = [
            (wrong * np.where(np.sum(wrong * found, axis=0) < 0, -1, 1), message)
            for wrong, message in mistakes
            if wrong.shape == found.shape
        ]
    expect(found, right, of=of, mistakes=mistakes)


def _pair(answer, name):
    if len(pair := as_list(answer, of=name)) != 2:
        fail(f"{name} should return two things, and returns {len(pair)}.")
    return pair


@graded("pca", points=1, hidden=True)
def test_other_points(submission):
    """Other points, not around 0"""
    for count, size, dimensions in ((30, 6, 2), (8, 12, 3), (25, 5, 5)):
        vectors = submission.rng.normal(size=(count, size)) * np.linspace(3, 0.5, size)
        vectors = vectors @ np.linalg.qr(submission.rng.normal(size=(size, size)))[0] + 5
        centred = vectors - vectors.mean(axis=0)
        variances, directions = np.linalg.eigh(centred.T @ centred)
        variances, directions = variances[::-1], directions[:, ::-1]
        right = centred @ directions[:, :dimensions]
        u, _, vt = np.linalg.svd(centred, full_matrices=False)
        raw = np.linalg.svd(vectors, full_matrices=False)[2]
        mistakes = [
            (vectors @ raw[:dimensions].T, NOT_CENTRED),
            (vectors @ directions[:, :dimensions], NOT_CENTRED),
            (u[:, :dimensions], UNSCALED),
            (centred @ vt[:, :dimensions] if len(vt) == size else u, TRANSPOSED),
            (centred @ directions[:, ::-1][:, :dimensions], ASCENDING),
        ]
        coordinates, shares = _pair(submission.pca(vectors, dimensions=dimensions), "pca")
        of = f"{count} points of {size} numbers, {dimensions} dimensions"
        _same_directions(coordinates, right, f"{of}, the coordinates", mistakes)
        s = np.sqrt(np.maximum(variances, 0))
        mistakes = [
            ((s / s.sum())[:dimensions], NOT_SQUARED),
            (variances[:dimensions] / variances[:dimensions].sum(), OF_SOME),
            (variances[::-1][:dimensions] / variances.sum(), ASCENDING),
        ]
        expect(shares, variances[:dimensions] / variances.sum(), of=f"{of}, the shares", mistakes=mistakes)


@graded(
    "perplexity",
    points=0.5,
    hints=[
        (
            "The two formulas of 2.2: what is squared in the exponent, and which logarithm does H take? The "
            "perplexity is not H itself."
        ),
        ("Mind the order of operations: what stands below the line belongs into brackets. The shares have the sum 1."),
        (
            "The bell at each distance, divided by the sum of all bells. For H: each share above 0 times its "
            "logarithm, added, with a minus; 2 to that power."
        ),
    ],
)
def test_four_neighbours(submission):
    """Four neighbours at one distance, two at different ones, and the perplexity of three"""
    expect(
        submission.neighbour_shares(np.array([3.0, 3, 3, 3]), 2.0),
        [0.25] * 4,
        of="four neighbours at one distance",
        mistakes=[([0.32465247] * 4, NOT_SHARES)],
    )
    mistakes = [
        ([1.0, 0.13533528], NOT_SHARES),
        ([0.98201379, 0.01798621], HALF),
        ([0.99995995, 0.00004005], BRACKETS),
        ([0.66075637, 0.33924363], D_NOT_SQUARED),
        ([0.95257413, 0.04742587], SIGMA_NOT_SQUARED),
        ([0.11920292, 0.88079708], FAR_COUNT_MORE),
    ]
    found = submission.neighbour_shares(np.array([0.0, 3.0]), 1.5)
    expect(found, [0.88079708, 0.11920292], of="neighbours at the distances 0 and 3, sigma = 1.5", mistakes=mistakes)
    mistakes = [(1.5, ENTROPY), (1.0397208, ENTROPY), (2.0558293, NATURAL), (np.nan, "a share of 0 adds nothing to H.")]
    found = submission.perplexity(np.array([0.5, 0.25, 0.25]))
    expect(found, 2**1.5, of="perplexity([1/2, 1/4, 1/4])", mistakes=mistakes)
    found = submission.perplexity(np.array([0.5, 0.0, 0.5]))
    expect(found, 2.0, of="perplexity([1/2, 0, 1/2])", mistakes=mistakes)


@graded("perplexity", points=0.5, hidden=True)
def test_other_neighbours(submission):
    """Other distances and widths"""
    for _ in range(4):
        distances, sigma = submission.rng.uniform(0, 3, size=9), float(submission.rng.uniform(0.6, 2))
        right = np.exp(-(distances**2) / (2 * sigma**2))
        mistakes = [(right, NOT_SHARES)]
        for exponents, why in (
            (distances**2 / sigma**2, HALF),
            (distances**2 / 2 * sigma**2, BRACKETS),
            (distances / (2 * sigma**2), D_NOT_SQUARED),
            (distances**2 / (2 * sigma), SIGMA_NOT_SQUARED),
            (-(distances**2) / (2 * sigma**2), FAR_COUNT_MORE),
        ):
            wrong = np.exp(-exponents)
            mistakes.append((wrong / wrong.sum(), why))
        found = submission.neighbour_shares(distances, sigma)
        expect(found, right / right.sum(), of=f"nine neighbours, sigma={sigma:.2f}", mistakes=mistakes)
        shares = right / right.sum()
        entropy = stats.entropy(shares)
        mistakes = [(entropy / np.log(2), ENTROPY), (2**entropy, NATURAL), (np.exp(entropy / np.log(2)), NATURAL)]
        expect(submission.perplexity(shares), np.exp(entropy), of="the perplexity of nine shares", mistakes=mistakes)


@graded(
    "occlusion",
    points=0.5,
    hints=[
        "How far does the score fall? From which score, and to which, for one place of the window?",
        "Only windows that lie wholly in the image count, and the image itself must not change: cover a copy.",
        ("Two loops over the places, each with its covered copy; the score of the whole image less that of the copy."),
    ],
)
def test_a_linear_score(submission):
    """Nine pixels, a window of 2x2, stride 1"""
    image = np.arange(1.0, 10).reshape(3, 3, 1)
    falls, kept = _pair(submission.occlude_linear(np.ones((3, 3, 1)), image, 2, 1, 0.0), "occlude_linear")
    mistakes = [
        ([[-12, -16], [-24, -28]], SIGN_OF_FALL),
        ([[12, 21], [36, 45]], PILED),
        ([[33, 29], [21, 17]], "this is the score that is left. How far has it fallen?"),
        ([[12]], LAST_MISSING),
        ([[12, 16, 9], [24, 28, 15], [15, 17, 9]], STICKS_OUT),
    ]
    expect(falls, [[12, 16], [24, 28]], of="the sum of 1..9 with windows of 2x2 covered by 0", mistakes=mistakes)
    if kept is not True:
        fail("the sum of 1..9: " + CHANGED)


def _falls(score, image, window, stride, fill, piled=False, short=0):
    tops = range(0, image.shape[0] - window + 1 - short, stride)
    lefts = range(0, image.shape[1] - window + 1 - short, stride)
    falls, covered = np.zeros((len(tops), len(lefts))), image.copy()
    for r, top in enumerate(tops):
        for c, left in enumerate(lefts):
            covered = covered if piled else image.copy()
            covered[top : top + window, left : left + window] = fill
            falls[r, c] = score(image) - score(covered)
    return falls


@graded("occlusion", points=1.5, hidden=True)
def test_other_windows(submission):
    """Other images, windows, strides and fills"""
    rng = submission.rng
    for window, stride, fill in ((3, 2, 0.5), (2, 2, -1.0), (4, 3, 0.25)):
        rows, columns = (window + stride * int(n) for n in rng.integers(3, 6, size=2))
        shape = (rows, columns + stride - 1, 3)  # a last window ends at the lower edge, and none at the right one
        image, weights = rng.normal(size=shape), rng.normal(size=shape)

        def score(image, weights=weights):
            return np.sum(weights * image)

        of = f"a linear score of an image {shape}, window {window}, stride {stride}, fill {fill}"
        right = _falls(score, image, window, stride, fill)
        mistakes = [
            (-right, SIGN_OF_FALL),
            (_falls(score, image, window, stride, fill, piled=True), PILED),
            (_falls(score, image, window, 1, fill), STRIDE_ONE),
            (_falls(score, image, window, stride, 0.0), BLACK),
            (_falls(score, image, window, stride, fill, short=1), LAST_MISSING),
            (score(image) - right, "this is the score that is left. How far has it fallen?"),
        ]
        falls, kept = _pair(submission.occlude_linear(weights, image, window, stride, fill), "occlude_linear")
        expect(falls, right, of=of, mistakes=mistakes)
        if kept is not True:
            fail(f"{of}: {CHANGED}")
        right = _falls(np.max, image, window, stride, fill)
        of = of.replace("a linear score", "the brightest value")
        expect(submission.occlude_brightest(image, window, stride, fill), right, of=of)


@graded(
    "gradient",
    points=0.5,
    hints=[
        "One logit for each image, the one of its class. Their gradient by the images is what is asked for.",
        "It is the logit and no probability or loss, and each image has a class of its own.",
        (
            "A function that picks a logit from each row of the model's answer, and its gradient at the images. "
            "`saliency`: sizes first, then the greatest over the channels."
        ),
    ],
)
def test_a_linear_network(submission):
    """The gradient of a linear network is its weights"""
    weights = np.array([[1.0, 2, -3, 4], [5, 0, 7, -8]]).reshape(2, 2, 2, 1)
    images = np.array([[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]]).reshape(2, 2, 2, 1)
    mistakes = [
        (np.stack([weights.sum(axis=0)] * 2), ALL_CLASSES),
        (weights[[1, 1]], ONE_CLASS),
        (weights, "these are the gradients for the classes 0 and 1, and asked was for 1 and 0."),
    ]
    found = submission.gradient_of_linear(weights, images, np.array([1, 0]))
    expect(found, weights[[1, 0]], of="a linear network, classes [1, 0]", mistakes=mistakes)
    gradients = np.array([[[[0.1, -0.5, 0.2]]]])
    mistakes = [([[[0.2]]], SIGNED), ([[[-0.5]]], "a size is not below 0."), ([[[0.8]]], SUM), ([[[-0.2]]], SUM)]
    expect(submission.saliency(gradients), [[[0.5]]], of="saliency of (0.1, -0.5, 0.2)", mistakes=mistakes)


@graded("gradient", points=1, hidden=True)
def test_networks_that_find_a_pattern(submission):
    """Other linear networks, and a convolution with ReLU and the greatest answer"""
    rng = submission.rng
    weights, images = rng.normal(size=(3, 6, 5, 2)), rng.uniform(size=(4, 6, 5, 2))
    classes = np.array([2, 0, 1, 2])
    logits = np.tensordot(images, weights, axes=([1, 2, 3], [1, 2, 3]))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    slopes = p[:, :, None, None, None] * (weights - np.einsum("nk,khwc->nhwc", p, weights)[:, None])
    mistakes = [
        (np.stack([weights.sum(axis=0)] * 4), ALL_CLASSES),
        (weights[classes[[0] * 4]], ONE_CLASS),
        (slopes[np.arange(4), classes], PROBABILITY),
    ]
    found = submission.gradient_of_linear(weights, images, classes)
    expect(found, weights[classes], of="a linear network of three classes", mistakes=mistakes, tolerance=1e-4)

    kernels, images = rng.normal(size=(3, 3, 2, 3)), rng.uniform(size=(4, 9, 8, 2))
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    answers = np.einsum("nrcdij,ijdk->nrck", windows, kernels)
    right = np.zeros((3, *images.shape))
    for number in range(3):
        for image in range(4):
            r, c = np.unravel_index(answers[image, ..., number].argmax(), answers.shape[1:3])
            if answers[image, r, c, number] > 0:
                right[number, image, r : r + 3, c : c + 3] = kernels[..., number]
    mistakes = [(right.sum(axis=0), ALL_CLASSES), (right[classes[0]], ONE_CLASS)]
    found = submission.gradient_of_finder(kernels, images, classes)
    of = "a convolution, ReLU, and the greatest answer of each filter"
    expect(found, right[classes, np.arange(4)], of=of, mistakes=mistakes, tolerance=1e-4)

    gradients = rng.normal(size=(2, 4, 5, 3))
    mistakes = [
        (gradients.max(axis=-1), SIGNED),
        (np.abs(gradients).sum(axis=-1), SUM),
        (np.abs(gradients).mean(axis=-1), MEAN),
    ]
    expect(submission.saliency(gradients), np.abs(gradients).max(axis=-1), of="saliency", mistakes=mistakes)


@graded(
    "guided-relu",
    points=0.5,
    hints=[
        "The two formulas of 3.3. ReLU is x or 0: what is its slope on either side?",
        ("The table of 3.3, row by row. ReLU asks only whether x was above 0; guided asks the same of u, too."),
        (
            "What comes from above times a mask of the input, True where it is above 0; guided has a second mask, of "
            "what comes from above."
        ),
    ],
)
def test_the_table(submission):
    """The table of the text"""
    x, upstream = np.array([2.0, 2, -1, -1]), np.array([3.0, -3, 3, -3])
    mistakes = [([3, -3, 3, -3], PASSES), ([3, 0, 0, 0], SWAPPED), ([2, 2, 0, 0], OUTPUT), ([3, 0, 3, 0], DECONV)]
    expect(submission.relu_back(x, upstream), [3, -3, 0, 0], of="relu_back of the table", mistakes=mistakes)
    mistakes = [([3, -3, 0, 0], PLAIN), ([3, 0, 3, 0], DECONV)]
    expect(submission.guided_back(x, upstream), [3, 0, 0, 0], of="guided_back of the table", mistakes=mistakes)


@graded("guided-relu", points=1, hidden=True)
def test_other_maps(submission):
    """Other maps, and inputs of exactly 0"""
    for shape in ((7,), (4, 5, 3)):
        x, upstream = submission.rng.normal(size=(2, *shape))
        x.ravel()[:3], upstream.ravel()[:2] = 0, (1.5, -1.5)
        right, deconv = np.where(x > 0, upstream, 0), np.where(upstream > 0, upstream, 0)
        at_zero = "at an input of exactly 0 nothing passes."
        mistakes = [(deconv, DECONV), (np.where(x > 0, deconv, 0), SWAPPED), (np.where(x >= 0, upstream, 0), at_zero)]
        expect(submission.relu_back(x, upstream), right, of=f"relu_back of {shape}", mistakes=mistakes)
        mistakes = [(deconv, DECONV), (right, PLAIN), (np.where(x >= 0, deconv, 0), at_zero)]
        found = submission.guided_back(x, upstream)
        expect(found, np.where(x > 0, deconv, 0), of=f"guided_back of {shape}", mistakes=mistakes)


@graded(
    "map-score",
    points=0.5,
    hints=[
        "The mass of a map is the sum of its sizes, whatever their signs.",
        (
            "Size counts in both functions: try a map with one large value below 0. And what is the share of a map "
            "that is 0 everywhere?"
        ),
        (
            "A sum over the region by a sum over the whole map, both of absolute values. Best pixel: the place of the "
            "greatest size, looked up in the region."
        ),
    ],
)
def test_a_small_map(submission):
    """A map of six pixels, two of them inside"""
    array = np.array([[0.5, -0.9, 0.1], [0.3, 0.1, 0.4]])
    region = np.array([[True, False, False], [True, False, False]])
    mistakes = [(1.6, NO_SIZES), (0.4, AREA), (0.8 / 6, AREA), (0.34 / 1.33, SQUARES)]
    expect(submission.share_inside(array, region), 0.8 / 2.3, of="share_inside", mistakes=mistakes)
    mistakes = [(True, SIGNED), (np.array([True, False]), "the answer is one True or False.")]
    expect(submission.best_pixel_inside(array, region), False, of="best_pixel_inside", mistakes=mistakes)


@graded("map-score", points=1, hidden=True)
def test_other_scores(submission):
    """Other maps and regions, and a map of zeros"""
    for number in range(6):
        array = submission.rng.normal(size=(7, 9))
        array[-1] = 0  # as where covering a pixel changes nothing
        region = np.zeros((7, 9), bool)
        r, c = (int(n) for n in submission.rng.integers(0, 4, size=2))
        region[r : r + 3, c : c + 4] = True
        inside = number % 2 == 1
        place, other = (tuple(submission.rng.choice(np.argwhere(region == side))) for side in (inside, not inside))
        array[place], array[other] = (-1) ** (number // 2) * 9, 6
        sizes = np.abs(array)
        mistakes = [
            (array[region].sum() / array.sum(), NO_SIZES),
            (sizes[region].mean(), AREA),
            ((sizes[region] ** 2).sum() / (sizes**2).sum(), SQUARES),
        ]
        expect(submission.share_inside(array, region), sizes[region].sum() / sizes.sum(), of="share", mistakes=mistakes)
        mistakes = [(bool(region.ravel()[array.argmax()]), SIGNED)]
        expect(submission.best_pixel_inside(array, region), inside, of="best pixel", mistakes=mistakes)
    zeros = "a map of zeros says nothing: its share is 0."
    found = submission.share_inside(np.zeros((7, 9)), region)
    expect(found, 0.0, of="share_inside of zeros", mistakes=[(np.nan, zeros)])


@graded(
    "similarity",
    points=0.5,
    hints=[
        "Spearman's correlation is that of the ranks. Which numbers get ranks here, signs or sizes?",
        "Equal numbers share their mean rank. Ranks are centred before they are multiplied.",
        (
            "Ranks of the absolute values, less their mean; the sum of products divided by the root of the "
            "product of both sums of squares."
        ),
    ],
)
def test_ranks_of_four(submission):
    """Four pixels in the same order, and in reverse"""
    first, second = np.array([[0.1, 0.2], [-3.0, 0.4]]), np.array([[1.0, -2.0], [4.0, 3.0]])
    values = np.corrcoef([0.1, 0.2, 3.0, 0.4], [1, 2, 4, 3])[0, 1]
    mistakes = [(values, OF_VALUES), (-0.4, NO_SIZES), (30 / 30**0.5, "divide by the root of the product.")]
    expect(submission.similarity(first, second), 1.0, of="two maps whose sizes have one order", mistakes=mistakes)
    found = submission.similarity(first, np.array([[4.0, 3.0], [1.0, 2.0]]))
    mistakes = [(0.2, NO_SIZES), (2 / 3, NOT_CENTRED_RANKS)]
    expect(found, -1.0, of="two maps in the reverse order", mistakes=mistakes)


@graded("similarity", points=1, hidden=True)
def test_other_similarities(submission):
    """Other maps, with equal values among them"""
    for _ in range(4):
        first, second = submission.rng.normal(size=(2, 6, 8)) ** 3
        second += 0.5 * first
        first[:2] = 0
        a, b = np.abs(first).ravel(), np.abs(second).ravel()
        ranks = stats.rankdata(a), stats.rankdata(b)
        mistakes = [
            (np.corrcoef(a, b)[0, 1], OF_VALUES),
            (stats.spearmanr(first.ravel(), second.ravel()).statistic, NO_SIZES),
            (np.sum(ranks[0] * ranks[1]) / np.sqrt(np.sum(ranks[0] ** 2) * np.sum(ranks[1] ** 2)), NOT_CENTRED_RANKS),
            (np.corrcoef(a.argsort(), b.argsort())[0, 1], "argsort gives places, not ranks."),
        ]
        right = stats.spearmanr(a, b).statistic
        expect(submission.similarity(first, second), right, of="two maps of 6x8", mistakes=mistakes)


@graded(
    "maximization",
    points=0.5,
    hints=[
        (
            "Each step goes along the gradient and then back to the sphere. What is the norm of the image after "
            "every step?"
        ),
        ("The gradient's own length does not count, and the start is put on the sphere, too. What if a gradient is 0?"),
        (
            "A loop: gradient, divided by its norm, times rate and `rho`, added; then the image is scaled to the "
            "norm `rho` again."
        ),
    ],
)
def test_one_step_on_the_sphere(submission):
    """The step of the text"""
    weights, start = np.array([[[0.0], [2.0]]]), np.array([[[1.0], [0.0]]])
    right = np.array([[[1.0], [1.0]]]) * 5 / np.sqrt(2)
    mistakes = [
        (np.array([[[5.0], [5.0]]]), NO_RHO),
        (np.array([[[1.0], [5.0]]]), NO_RHO),
        (np.array([[[5.0], [10.0]]]) / np.sqrt(5), ONE_BY_LENGTH),
        (np.array([[[5.0], [1.0]]]) * 5 / np.sqrt(26), RHO_OF_STEP),
        (right * [[[1], [-1]]], DOWN),
    ]
    found = submission.maximize_linear(weights, start, 5.0, 1.0, 1)
    expect(found, right, of="one step from (1, 0) along (0, 2), rho = 5, rate = 1", mistakes=mistakes)


def _on_the_sphere(gradient, start, rho, rate, steps, sign=1, by_length=True, back=True, with_rho=True):
    x = rho * start / np.linalg.norm(start)
    for _ in range(steps):
        slope = gradient(x)
        length = np.linalg.norm(slope) if by_length else 1
        if length > 0:
            x = x + sign * rate * (rho if with_rho else 1) * slope / length
            x = rho * x / np.linalg.norm(x) if back else x
    return x


@graded("maximization", points=1.5, hidden=True)
def test_other_climbs_on_the_sphere(submission):
    """Other activations, also quadratic ones, to the very end"""
    rng = submission.rng
    wrongs = [
        ({"back": False}, NO_RHO),
        ({"by_length": False}, ONE_BY_LENGTH),
        ({"with_rho": False}, RHO_OF_STEP),
        ({"sign": -1}, DOWN),
    ]
    for steps in (0, 4, 200):
        weights, start = rng.normal(size=(2, 3, 4, 2))
        rho = float(rng.uniform(2, 9))
        right = _on_the_sphere(lambda x, w=weights: w, start, rho, 0.2, steps)
        mistakes = [
            (_on_the_sphere(lambda x, w=weights: w, start, rho, 0.2, steps, **wrong), why) for wrong, why in wrongs
        ]
        of = f"a linear activation, rho = {rho:.2f}, {steps} steps"
        expect(submission.maximize_linear(weights, start, rho, 0.2, steps), right, of=of, mistakes=mistakes)
    turned = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    matrix, start = turned @ np.diag([5.0, 3, 2, 1, 0.5, 0.1]) @ turned.T, rng.normal(size=6)
    for steps in (3, 30):
        right = _on_the_sphere(lambda x: matrix @ x, start, 3.0, 0.3, steps)
        mistakes = [
            (_on_the_sphere(lambda x: matrix @ x, start, 3.0, 0.3, steps, **wrong), why) for wrong, why in wrongs
        ]
        fixed = matrix @ (3.0 * start / np.linalg.norm(start))
        mistakes.append(
            (_on_the_sphere(lambda x, g=fixed: g, start, 3.0, 0.3, steps), "ask for the gradient anew at each step.")
        )
        found = submission.maximize_quadratic(matrix, start, 3.0, 0.3, steps)
        expect(found, right, of=f"x A x / 2 after {steps} steps", mistakes=mistakes)
    start = rng.normal(size=(2, 2, 1))
    found = submission.maximize_linear(np.zeros((2, 2, 1)), start, 2.0, 0.1, 3)
    nothing = "where the gradient is 0 everywhere, leave x as it is."
    right = 2 * start / np.linalg.norm(start)
    expect(found, right, of="a gradient of 0", mistakes=[(np.full((2, 2, 1), np.nan), nothing)])


def _triple(answer, name):
    if len(three := as_list(answer, of=name)) != 3:
        fail(f"{name[:-7]} should return two things, the image and the number of steps.")
    return three


@graded(
    "climb",
    points=1,
    hints=[
        "When does it stop? Look at the scores before each step: there may be nothing to do at all.",
        "The gradient is the target's. A step has the given length, and no pixel may leave 0 to 1.",
        (
            "A loop while the target is not the greatest and steps are left: gradient over its norm, times the "
            "size, added, clipped, counted."
        ),
    ],
)
def test_a_climb_of_two_steps(submission):
    """Two classes, two pixels"""
    weights = np.array([[0.0, 0.0], [3.0, -4.0]]).reshape(2, 1, 2, 1)
    image = np.array([0.5, 0.5]).reshape(1, 2, 1)
    found, steps, kept = _triple(
        submission.climb_linear(weights, np.array([0.0, -0.25]), image, 1, 0.1, 50), "climb_linear"
    )
    mistakes = [
        ([[[0.8], [0.1]]], NO_LENGTH),
        ([[[0.7], [0.3]]], SIGNS),
        ([[[0.68], [0.26]]], STOPPED_LATE),
        ([[[0.0], [1.0]]], DOWN),
        (image, "nothing was done. Which class should have the greatest score?"),
    ]
    expect(found, [[[0.62], [0.34]]], of="the image after two steps", mistakes=mistakes)
    expect(steps, 2, of="the number of steps")
    if kept is not True:
        fail("two steps: " + CHANGED)


def _climbed(weights, biases, image, target, size, most, cut=True, late=False, sign=1):
    flat, way = weights.reshape(len(weights), -1), sign * size * weights[target] / np.linalg.norm(weights[target])
    x, steps = image, 0

    def fooled():
        return (flat @ x.ravel() + biases).argmax() == target

    while late or not fooled():
        late = late and not fooled()
        if steps == most:
            break
        x = np.clip(x + way, 0, 1) if cut else x + way
        steps += 1
    return x, steps


@graded("climb", points=1.5, hidden=True)
def test_other_climbs(submission):
    """Other images and targets: fooled already, pixels at their ends, and too few steps"""
    rng = submission.rng
    for case in ("some steps", "fooled already", "too few steps", "at the ends"):
        weights = rng.normal(size=(4, 5, 4, 3))
        image = rng.uniform(0.3, 0.7, size=(5, 4, 3))
        if case == "at the ends":
            image = np.round(image)
        biases = 0.5 - np.tensordot(weights, image, axes=3)
        target = int(rng.integers(4))
        biases += np.where(np.arange(4) == target, {"fooled already": 0.5, "at the ends": -5}.get(case, -1.5), 0)
        size, most = (0.4, 100) if case == "at the ends" else (0.05, 3 if case == "too few steps" else 100)
        right, count = _climbed(weights, biases, image, target, size, most)
        found, steps, kept = _triple(
            submission.climb_linear(weights, biases, image, target, size, most), "climb_linear"
        )
        mistakes = [
            (_climbed(weights, biases, image, target, size, most, **wrong), why)
            for wrong, why in (({"cut": False}, UNCUT), ({"late": True}, STOPPED_LATE), ({"sign": -1}, DOWN))
        ]
        if case == "too few steps":
            mistakes.append((_climbed(weights, biases, image, target, size, 100), "stop after `most` steps."))
        for wrong, why in mistakes:
            if (
                steps == wrong[1]
                and np.shape(found) == image.shape
                and np.allclose(found, wrong[0])
                and not (wrong[1] == count and np.allclose(wrong[0], right))
            ):
                fail(f"{case}: {why}")
        expect(steps, count, of=f"{case}, the steps")
        expect(found, right, of=f"{case}, the image")
        if kept is not True:
            fail(f"{case}: {CHANGED}")


@graded(
    "fgsm",
    points=0.5,
    hints=[
        (
            "The two formulas of 7.1. The sum over k has a factor for each class: what is it for the true class, "
            "and what for a rival?"
        ),
        (
            "Logits may be as large as 1000: which shift changes no probability? And `fgsm`: what if a pixel is "
            "already at the end of its range?"
        ),
        (
            "Softmax of shifted logits, 1 less at the true class, then a weighted sum of gradients over the classes. "
            "`fgsm`: add signs times epsilon, cut to low and high."
        ),
    ],
)
def test_the_step_of_the_text(submission):
    """The numbers of the text"""
    image, gradient = np.full((1, 1, 3), 0.5), np.array([[[3.0, -0.001, 0.0]]])
    right = np.array([[[0.6, 0.4, 0.5]]])
    mistakes = [
        (np.array([[[0.8, 0.4999, 0.5]]]), NOT_SIGN),
        (np.array([[[0.4, 0.6, 0.5]]]), DOWNHILL),
        (np.array([[[0.6, 0.4, 0.6]]]), "the sign of 0 is 0: such a value does not move."),
        (np.array([[[0.6, 0.4, 0.4]]]), "the sign of 0 is 0: such a value does not move."),
    ]
    expect(submission.fgsm(image, gradient, 0.1), right, of="fgsm, epsilon = 0.1", mistakes=mistakes)
    logits, gradients = np.log([0.7, 0.3]), np.array([1.0, 10.0]).reshape(2, 1, 1, 1)
    mistakes = [
        ([[[-2.7]]], TOWARDS),
        ([[[-0.3]]], NO_RIVALS),
        ([[[-1.0]]], NO_RIVALS),
        ([[[3.7]]], NO_TRUE),
        ([[[-6.3]]], "p - [k = y] is about the true class: p = (0.7, 0.3) and y = 0 give -0.3 and 0.3."),
    ]
    expect(submission.loss_gradient(logits, gradients, 0), [[[2.7]]], of="p = (0.7, 0.3), y = 0", mistakes=mistakes)


@graded("fgsm", points=1.5, hidden=True)
def test_other_steps(submission):
    """Other losses, large logits, other ranges of pixels"""
    rng = submission.rng
    for scale in (1, 5, 1000):
        logits, gradients = rng.normal(size=4) * scale, rng.normal(size=(4, 3, 5, 2))
        logits += scale - logits.max()
        p = np.exp(logits - logits.max())
        p /= p.sum()
        true = int(logits.argmin()) if scale == 1000 else int(rng.integers(4))
        right = np.tensordot(p, gradients, axes=1) - gradients[true]
        mistakes = [
            (-right, TOWARDS),
            (-(1 - p[true]) * gradients[true], NO_RIVALS),
            (-gradients[true], NO_RIVALS),
            (np.tensordot(p, gradients, axes=1), NO_TRUE),
            (np.full(right.shape, np.nan), "e to the power of 1000 is no number. Take the greatest logit from all."),
        ]
        of = f"logits up to {scale}, true class {true}"
        expect(submission.loss_gradient(logits, gradients, true), right, of=of, mistakes=mistakes)
    for low, high, epsilon in ((0.0, 1.0, 0.2), (0.0, 255.0, 8.0), (-1.0, 1.0, 0.5)):
        image = rng.uniform(low, high, size=(6, 5, 3))
        image[0], image[1] = low, high
        gradient = rng.normal(size=image.shape) * 1e-9
        moved = image + epsilon * np.sign(gradient)
        mistakes = [
            (moved, OUT_OF_RANGE),
            (np.clip(moved, 0, 1), ZERO_TO_ONE),
            (np.clip(image - epsilon * np.sign(gradient), low, high), DOWNHILL),
            (np.clip(image + epsilon * gradient, low, high), NOT_SIGN),
        ]
        of = f"fgsm, epsilon = {epsilon}, pixels from {low} to {high}"
        found = submission.fgsm(image, gradient, epsilon, low=low, high=high)
        expect(found, np.clip(moved, low, high), of=of, mistakes=mistakes)


@graded(
    "linear",
    points=0.5,
    hints=[
        "For each rival class: how large is its lead, and how fast does a step in all pixels close it?",
        (
            "A step of epsilon in every pixel changes a difference of logits by epsilon times the sum of sizes of"
            " its gradient. The nearest rival need not be the runner-up."
        ),
        (
            "For each rival the lead divided by the sum of the absolute differences of both gradients; then the "
            "smallest."
        ),
    ],
)
def test_four_classes(submission):
    """A linear network of four classes"""
    mistakes = [
        (1 / 3, RUNNER_UP),
        (5 / 4, FURTHEST),
        (2 / 7, NORMS),
        (1 / 5, OWN_GRADIENT),
        (1 / 2, OWN_GRADIENT),
        (0.0, ITSELF),
        (np.nan, ITSELF),
        (2 / 73**0.5, EUCLIDEAN),
        (1 / 4, LARGEST),
        (2 / 5, SIGNED_SUM),
        (4 / 11, AVERAGED),
    ]
    found = submission.epsilon_needed(*_four_classes(), 0)
    expect(found, 2 / 11, of="logits (5, 4, 3, 0), predicted 0", mistakes=mistakes)


def _four_classes():
    """Logits, and gradients for two pixels."""
    return np.array([5.0, 4.0, 3.0, 0.0]), np.array([[0.0, -2.0], [2.0, -3.0], [-3.0, 6.0], [0.0, 2.0]])


@graded("linear", points=1, hidden=True)
def test_other_tangents(submission):
    """Other networks"""
    rng = submission.rng
    for number in range(6):
        logits, gradients, top, rest = _five_classes(rng, one_near=number % 2)
        gaps, slopes = logits[top] - logits[rest], (gradients[rest] - gradients[top]).reshape(4, -1)
        sums, norms = np.abs(slopes).sum(axis=1), np.abs(gradients.reshape(5, -1)).sum(axis=1)
        mistakes = [
            ((gaps / sums)[gaps.argmin()], RUNNER_UP),
            (max(gaps / sums), FURTHEST),
            (min(gaps / np.abs(norms[rest] - norms[top])), NORMS),
            (min(gaps / (norms[rest] - norms[top])), NORMS),
            (min(gaps / np.linalg.norm(slopes, axis=1)), EUCLIDEAN),
            (min(gaps / norms[rest]), OWN_GRADIENT),
            (min(gaps) / norms[top], OWN_GRADIENT),
            (min(gaps / np.abs(slopes).max(axis=1)), LARGEST),
            (min(gaps / np.abs(slopes.sum(axis=1))), SIGNED_SUM),
            (min(gaps / slopes.sum(axis=1)), SIGNED_SUM),
            (min(gaps / np.abs(slopes).mean(axis=1)), AVERAGED),
            (np.nan, ITSELF),
            (0.0, ITSELF),
        ]
        found = submission.epsilon_needed(logits, gradients, top)
        expect(found, min(gaps / sums), of=f"five classes, predicted {top}", mistakes=mistakes)


def _five_classes(rng, one_near):
    """Logits, gradients, the predicted class, and the others. Where one_near, the runner-up is not the first to catch
    up, since its gradient is nearly that of the predicted class."""
    logits, gradients = rng.normal(size=5), rng.normal(size=(5, 3, 4, 2)) * rng.uniform(0.1, 2, size=(5, 1, 1, 1))
    top = int(logits.argmax())
    if one_near:
        gradients[np.argsort(logits)[-2]] = gradients[top] + 0.01 * rng.normal(size=(3, 4, 2))
    return logits, gradients, top, np.delete(np.arange(5), top)


@graded(
    "bisection",
    points=0.5,
    hints=[
        (
            "Keep two numbers: one that does not fool and one that does. Which of them moves, by the answer in "
            "the middle?"
        ),
        "Ask at the largest first. When are they near enough? The answer is the one that fools.",
        "A loop that halves the interval until it is not wider than `width`.",
    ],
)
def test_a_threshold(submission):
    """Everything from 0.4 on fools"""
    _bisected(submission, 0.4, 1.0, 0.001)  # 409.6 / 1024: the last middle, 409 / 1024, does not fool, nor does 409.5


def _bisected(submission, threshold, most, width):
    found, tried = _pair(submission.smallest_of_threshold(threshold, most, width), "smallest_of_threshold")
    of = f"everything from {threshold:.4g} on fools, most = {most}, width = {width}"
    if threshold > most:
        expect(found, float("inf"), of=of, mistakes=[(most, NEVER)])
        return
    tried = as_array(tried, of=f"{of}, the epsilons that were tried").ravel()
    allowed = int(np.ceil(np.log2(most / width))) + 3
    if len(tried) > allowed:
        fail(
            f"{of}: {len(tried)} epsilons were tried, and no more than {allowed} are allowed, three more than it takes "
            "halvings. How many it takes follows from most and width."
        )
    high = min([epsilon for epsilon in tried if epsilon >= threshold], default=most)
    low = max([epsilon for epsilon in tried if epsilon < threshold], default=0.0)
    if high - low > 1.0001 * width:
        fail(f"{of}: {WRONG_HALF if _strays(tried, threshold, most) else TOO_FAR_APART}")
    expect(found, high, of=of, mistakes=[(low, LOWER_END), ((low + high) / 2, BETWEEN)], tolerance=1e-12)


def _strays(tried, threshold, most):
    """Whether an epsilon was tried outside of the part in which the change was known to lie by then."""
    low, high = 0.0, most
    for epsilon in tried:
        if not low <= epsilon <= high:
            return True
        low, high = (low, epsilon) if epsilon >= threshold else (epsilon, high)
    return False


@graded("bisection", points=1, hidden=True)
def test_other_thresholds(submission):
    """Other thresholds and widths, and one that nothing reaches"""
    rng = submission.rng
    for width in (0.1, 0.01, 1e-5):
        most = float(rng.choice([0.25, 0.5, 2.0]))
        pieces = 2 ** int(np.ceil(np.log2(most / width)))
        low = 2 * int(rng.integers(pieces // 2)) + 1  # odd, so that the last middle does not fool
        _bisected(submission, (low + float(rng.uniform(0.6, 0.9))) * most / pieces, most, width)
    _bisected(submission, 0.7, 0.5, 0.01)


@graded(
    "beyond",
    points=0.5,
    hints=[
        (
            "The text of your `CHOICE`. deepfool: how far is the plane on which two logits are equal? transfer: which "
            "images count, and what is asked of them?"
        ),
        (
            "deepfool: the nearest class need not be the runner-up, and length is Euclidean. transfer: an image that "
            "A or B had wrong before does not count. What if none counts?"
        ),
        (
            "deepfool: for each rival the gap over the norm of the difference of gradients; the way lies along it, "
            "and is as long. transfer: a mask of both right, and in it the mean of B's mistakes."
        ),
    ],
)
def test_the_question_that_you_chose(submission):
    """Small numbers"""
    if _chosen(submission) == "deepfool":
        logits = np.array([12.0, 2.0])
        gradients = np.array([[0.0, 0.0], [3.0, 4.0]]).reshape(2, 1, 2, 1)
        distance, way = _pair(submission.nearest_boundary(logits, gradients, 0), "nearest_boundary")
        mistakes = [(10 / 7, BY_L1), (-2.0, "a distance is not below 0."), (0.4, NO_UNIT), (10.0, NO_UNIT)]
        expect(distance, 2.0, of="logits (12, 2), the distance", mistakes=mistakes)
        back = "the way goes the other way round: towards the other class."
        mistakes = [([[[-1.2], [-1.6]]], back), ([[[3], [4]]], NO_UNIT), ([[[6], [8]]], NO_UNIT)]
        mistakes.append(([[[0.6], [0.8]]], "this is the direction alone. The way is as long as the distance."))
        expect(way, [[[1.2], [1.6]]], of="logits (12, 2), the way", mistakes=mistakes)
        distance, way = _pair(submission.nearest_boundary(*_four_classes(), 0), "nearest_boundary")
        mistakes = [
            (5**-0.5, RUNNER_UP),
            (5 / 4, FURTHEST),
            (2 / (45**0.5 - 2), NORMS),
            (1 / 13**0.5, OWN_GRADIENT),
            (2 / 11, BY_L1),
        ]
        expect(distance, 2 / 73**0.5, of="logits (5, 4, 3, 0), the distance", mistakes=mistakes)
        expect(way, [-6 / 73, 16 / 73], of="logits (5, 4, 3, 0), the way")
    else:
        truth, before_a, before_b, after_b = (
            np.array(row) for row in ([0, 1, 2, 3, 4], [0, 1, 2, 9, 4], [0, 1, 9, 3, 4], [0, 8, 9, 8, 8])
        )
        mistakes = [(0.8, ALL_IMAGES), (0.75, "images count that both had right."), (1 / 3, STILL_RIGHT)]
        found = submission.transfer_share(truth, before_a, before_b, after_b)
        expect(found, 2 / 3, of="five images, three of them right before", mistakes=mistakes)


def _chosen(submission):
    choice = submission.value("CHOICE")
    if not isinstance(choice, str) or choice not in ("deepfool", "transfer"):
        fail(f'CHOICE is {brief(choice)}, and should be "deepfool" or "transfer".')
    return choice


@graded("beyond", points=1.5, hidden=True)
def test_the_chosen_question_with_other_numbers(submission):
    """Other networks, or other predictions"""
    asked = _other_boundaries if _chosen(submission) == "deepfool" else _other_transfers
    asked(submission, submission.rng)


def _other_boundaries(submission, rng):
    for number in range(6):
        logits, gradients, top, rest = _five_classes(rng, one_near=number % 2)
        gaps, slopes = logits[top] - logits[rest], gradients[rest] - gradients[top]
        lengths = np.sqrt((slopes**2).sum(axis=(1, 2, 3)))
        distances, norms = gaps / lengths, np.linalg.norm(gradients.reshape(5, -1), axis=1)
        nearest = int(distances.argmin())
        mistakes = [
            (min(gaps / np.abs(slopes).sum(axis=(1, 2, 3))), BY_L1),
            (distances[gaps.argmin()], RUNNER_UP),
            (max(distances), FURTHEST),
            (min(gaps / norms[rest]), OWN_GRADIENT),
            (min(gaps / np.abs(norms[rest] - norms[top])), NORMS),
        ]
        distance, way = _pair(submission.nearest_boundary(logits, gradients, top), "nearest_boundary")
        expect(distance, distances[nearest], of=f"five classes, predicted {top}, the distance", mistakes=mistakes)
        right = distances[nearest] * slopes[nearest] / lengths[nearest]
        mistakes = [
            (-right, "the way goes the other way round: towards the other class."),
            (slopes[nearest] / lengths[nearest], "the way has the length of the distance."),
            (distances[nearest] * slopes[nearest], NO_UNIT),
        ]
        expect(way, right, of=f"five classes, predicted {top}, the way", mistakes=mistakes)


def _other_transfers(submission, rng):
    for _ in range(3):
        truth = rng.integers(0, 4, size=60)
        rows = [np.where(rng.random(60) < share, truth, rng.integers(0, 4, size=60)) for share in (0.6, 0.5, 0.7)]
        both = (rows[0] == truth) & (rows[1] == truth)
        wrong = rows[2] != truth
        mistakes = [
            (wrong.mean(), ALL_IMAGES),
            (wrong[rows[0] == truth].mean(), A_ALONE),
            (wrong[rows[1] == truth].mean(), B_ALONE),
            (1 - wrong[both].mean(), STILL_RIGHT),
            ((wrong & both).mean(), "divide by the number of images that count."),
        ]
        expect(submission.transfer_share(truth, *rows), wrong[both].mean(), of="60 images", mistakes=mistakes)
    found = submission.transfer_share(truth, truth, (truth + 1) % 4, truth)
    expect(found, float("nan"), of="no image that both had right", mistakes=[(0.0, "where none counts it is np.nan.")])
