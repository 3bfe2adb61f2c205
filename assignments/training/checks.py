"""Checks of this assignment that run in your notebook: check("name") runs one of them."""

from cnnkit.check import Checks
import numpy as np
from cnnkit.check import PartialCredit, as_array, as_list, brief, expect, fail, graded
from cnnkit.photographs import photograph_patches


def expect_letter(name, value):
    """Fails where it is none of the letters that there are to choose from."""
    if not isinstance(value, str) or value not in ("a", "b", "c"):
        fail(f'`{name}` is {brief(value)}, and should be "a", "b" or "c".')


def as_pair(value, of):
    """The two parts of an answer."""
    pair = as_list(value, of=of)
    if len(pair) != 2:
        fail(f"{of} should be a pair, and has {len(pair)} parts.")
    return pair


BY_P = "this is the slope by p. By the logit there is one factor more: dp/dz = p (1 - p)."


SIGN = "mind the sign: it is p - y, and not y - p."


TWO = "did you forget the 2 of the square's derivative?"


@graded(
    "losses",
    points=0.5,
    hints=[
        "What is p at z = 0? Compute both losses and both slopes there on paper, for y = 1.",
        "The slope is by z, not by p. Which factor does the chain rule bring, and where does it cancel?",
        "p = np.exp(-np.logaddexp(0, -z)) is safe; then each function returns two expressions of p, z and y.",
    ],
)
def test_losses_at_zero(submission):
    """Both losses at the logit 0, and where the network is sure"""
    z, y = np.array([0.0, 0.0]), np.array([1.0, 0.0])
    loss, slope = as_pair(submission.squared_loss(z, y), "squared_loss")
    expect(loss, [0.25, 0.25], of="the squared loss at z = 0")
    mistakes = [([-1, 1], BY_P), ([0.25, -0.25], SIGN), ([-0.125, 0.125], TWO)]
    expect(slope, [-0.25, 0.25], of="its slope at z = 0", mistakes=mistakes)
    loss, slope = as_pair(submission.binary_loss(z, y), "binary_loss")
    expect(loss, [0.693147, 0.693147], of="the binary cross-entropy at z = 0")
    expect(slope, [-0.5, 0.5], of="its slope at z = 0", mistakes=[([-2, 2], BY_P), ([0.5, -0.5], SIGN)])


@graded(
    "q-stuck",
    points=0.1,
    hints=[
        "What moves the weights: the loss, its slope by p, or its slope by z?",
        "Look at the right panel at z = -8, and at p (1 - p) there.",
    ],
)
def test_a_letter_for_stuck(submission):
    """A letter is chosen"""
    expect_letter("stuck", submission.value("stuck"))


UPHILL = "these steps go up: a step is *against* the gradient."


FORGETS = (
    "nothing is remembered from step to step. Put it into the state that you return, and read it in the next step."
)


SHARED = "another array is walked at the same time, and it got into the velocity. Keep it in the state alone."


ORDER = "first the velocity is updated, then the weights move by it."


EPS_INSIDE = "eps is added after the root, not under it."


NO_ROOT = "did you forget the root?"


NO_CORRECTION = "did you forget the bias correction? Means that start at 0 are too small at first."


LATE = "t is 1 in the first step."


ABS_GRAD = "Adagrad adds up the *squares* of the gradients, and never forgets any."


HOW = {
    "uphill": UPHILL, "forgets": FORGETS, "inside": EPS_INSIDE, "no root": NO_ROOT, "late": LATE, "order": ORDER,
    "no correction": NO_CORRECTION, "only first": "s needs its correction as well, with beta2.",
    "mean": "the gradient comes in with the whole rate, not with 1 - beta of it.", "abs": ABS_GRAD,
    "sum": "s is a mean: the new square comes in with 1 - rho.",
    "early": "d is updated *after* the step that it scales.", "outside": "here eps is under the roots.",
    "gradient": "d is the mean of the squared *steps* u.", "adam": "this is Adam. Nadam takes m of one step ahead.",
    "same t": "m looks one step ahead: its correction has t + 1.",
}  # fmt: skip


@graded(
    "steps",
    points=0.5,
    hints=[
        "state is {} before the first step: what does each of the three need from there, and what is it at first?",
        "`state.get('v', 0)` gives 0 where there is none yet. Return a new dictionary with what the next step needs.",
        "Two lines each: update what is remembered; return the weights moved by it, and {name: what is remembered}.",
    ],
)
def test_two_steps_by_hand(submission):
    """Two steps of each, from 1, with gradients 2 and 2"""
    w, gradients = np.array([1.0]), [np.array([2.0]), np.array([2.0])]
    found = submission.walk_plain("sgd", w, gradients, {"rate": 0.1})
    expect(found, [[0.8], [0.6]], of="two steps of sgd", mistakes=[([[1.2], [1.4]], UPHILL)])
    found = submission.walk_plain("momentum", w, gradients, {"rate": 0.1, "beta": 0.5})
    mistakes = [([[0.8], [0.6]], FORGETS), ([[1.0], [0.8]], ORDER), ([[1.2], [1.5]], UPHILL), ([[0.8], [0.4]], SHARED)]
    mistakes += [([[0.9], [0.75]], HOW["mean"])]
    expect(found, [[0.8], [0.5]], of="two steps of momentum, beta=0.5", mistakes=mistakes)
    found = submission.walk_plain("adagrad", w, gradients, {"rate": 0.1, "eps": 0.0})
    mistakes = [([[0.9], [0.8]], FORGETS), ([[0.95], [0.925]], NO_ROOT)]
    expect(found, [[0.9], [0.9 - 0.1 / np.sqrt(2)]], of="two steps of adagrad, eps=0", mistakes=mistakes)


@graded(
    "adaptive",
    points=0.5,
    hints=[
        "Do the first step with g = 2 on paper, for each. Then compare with what yours gives.",
        "Count the steps in the state, too: t is 1 in the first. Where does eps stand: under the root or behind it?",
        "Each: running means from the state, a step of them, and a new dictionary. In Adadelta d comes last; in Nadam "
        "one correction has t + 1.",
    ],
)
def test_first_steps_by_hand(submission):
    """The first step of each, from 1, with gradient 2"""
    w, g = np.array([1.0]), [np.array([2.0])]
    root = float(np.sqrt(0.4))
    mistakes = [([[0.9]], HOW["sum"]), ([[1 - 0.2 / 0.4]], NO_ROOT), ([[1 + 0.2 / root]], UPHILL)]
    found = submission.walk_adaptive("rmsprop", w, g, {"rate": 0.1, "rho": 0.9, "eps": 0.0})
    expect(found, [[1 - 0.2 / root]], of="a step of rmsprop, eps=0", mistakes=mistakes)
    found = submission.walk_adaptive("adadelta", w, g, {"rho": 0.9, "eps": 0.04})
    early = np.sqrt(0.04 + 0.1 * 0.04 / 0.44 * 4) / np.sqrt(0.44) * 2
    mistakes = [([[1 - 0.04 / (root + 0.04) * 2]], HOW["outside"]), ([[1 - early]], HOW["early"])]
    expect(found, [[1 - 0.4 / np.sqrt(0.44)]], of="a step of adadelta, rho=0.9, eps=0.04", mistakes=mistakes)
    found = submission.walk_adaptive("adam", w, g, {"rate": 0.1, "eps": 0.0})
    mistakes = [([[1 - 0.1 * 0.2 / np.sqrt(0.004)]], NO_CORRECTION), ([[1.1]], UPHILL)]
    expect(found, [[0.9]], of="a step of adam, eps=0", mistakes=mistakes)
    found = submission.walk_adaptive("nadam", w, g, {"rate": 0.1, "eps": 0.0})
    right = 0.1 * (0.9 * 0.2 / 0.19 + 0.2 / 0.1) / 2
    mistakes = [([[0.9]], HOW["adam"]), ([[1 - 0.19]], HOW["same t"])]
    expect(found, [[1 - right]], of="a step of nadam, eps=0", mistakes=mistakes)


@graded(
    "q-first-step",
    points=0.1,
    hints=[
        "Put t = 1 into Adam's formula, with m = s = 0 before.",
        "What is m / (1 - beta1) after the first step? And s / (1 - beta2)?",
    ],
)
def test_a_letter_for_the_first_step(submission):
    """A letter is chosen"""
    expect_letter("first_step", submission.value("first_step"))


NO_ROLLBACK = "go back to the weights of the best loss before you step on."


SAME_GRADIENT = "after going back step with the gradient of the *best* weights, not with that of the bad ones."


NOT_HALVED = "the rate is not halved where it diverges."


NAN = "a loss that is not a number is a divergence, too. Comparisons with nan are false: ask np.isfinite."


FLOOR = "within `every` epochs the rate stays: epoch // every."


@graded(
    "rates",
    points=0.5,
    hints=[
        "Write the rule down as four cases for one step. Which three things must be remembered of the best loss?",
        "`loss > 2 * best` is False for nan. What do you step with after going back: which weights, which gradient?",
        "A loop: compute; if bad, take back weights and gradient and halve; elif better, remember all; then step.",
    ],
)
def test_a_parabola_by_hand(submission):
    """w^2 from 1: with a rate that fits, with one that is too high, with nan; both plans"""
    one, w = np.array([1.0]), np.array([1.0])
    weights, rate = as_pair(submission.descended("plain", one, w, 0.25, 2), "descend")
    expect(weights, [0.25], of="w after two steps on w^2 with rate 0.25", mistakes=[([2.25], UPHILL)])
    expect(rate, 0.25, of="the rate, where nothing diverges")
    weights, rate = as_pair(submission.descended("plain", one, w, 2.0, 2), "descend")
    mistakes = [(2, NOT_HALVED)]
    expect(rate, 1, of="the rate after two steps on w^2, first 2", mistakes=mistakes)
    mistakes = [([3], NO_ROLLBACK + " And " + SAME_GRADIENT), ([7], SAME_GRADIENT), ([-5], NO_ROLLBACK)]
    expect(weights, [-1], of="w after two steps on w^2 with rate 2", mistakes=mistakes)
    weights, rate = as_pair(submission.descended("nan", one, w, 20.0, 2), "descend")
    expect(rate, 10, of="the rate after a loss that is nan", mistakes=[(20, NAN)])
    expect(weights, [-19], of="w after a loss that is nan", mistakes=[([np.nan], NAN)])
    expect(
        submission.step_rate(1.0, 5, 2, factor=0.5),
        0.25,
        of="step_rate(1, 5, 2, factor=0.5)",
        mistakes=[(0.5**2.5, FLOOR)],
    )
    mistakes = [(0, "half of 1 plus the cosine: it ends at 0, not at minus the rate.")]
    expect(submission.cosine_rate(1.0, 5, 10), 0.5, of="cosine_rate(1, 5, 10)", mistakes=mistakes)


@graded(
    "q-nan",
    points=0.1,
    hints=[
        "What is nan - 0.001 * nan, in Python?",
        "The loss is computed from the weights. What are they now?",
    ],
)
def test_a_letter_for_nan(submission):
    """A letter is chosen"""
    expect_letter("after_nan", submission.value("after_nan"))


UNBIASED = "this divides by N - 1. The variance here divides by the count N."


BATCH_IN_USE = "in use the running means count, not the batch's own."


MOMENTUM = "0.9 of what was, and 0.1 of the new: you have them the other way round."


AS_STD = "the batch's *variance* is remembered, not its root."


NO_EPS = "did you forget eps, or add it after the root?"


def as_running(value, channels, of):
    """The two running means."""
    if not isinstance(value, dict) or set(value) != {"mean", "variance"}:
        fail(f'{of}: the running means are {brief(value)}, and should be a dictionary with "mean" and "variance".')
    return [as_array(value[name], of=f"the running {name}", shape=(channels,)) for name in ("mean", "variance")]


@graded(
    "batch-norm",
    points=0.5,
    hints=[
        "Over which axes does one mean go, for (n, channels) and for (n, height, width, channels)? All but which?",
        "Training: the batch's mean and variance normalize, and a new dictionary comes of the old one and them. Use: "
        "the running ones normalize.",
        "A tuple of all axes but the last, for NumPy's own mean and var; one line for y that serves both modes.",
    ],
)
def test_a_batch_of_four(submission):
    """Four numbers in training, then in use"""
    x, one = np.array([[1.0], [2.0], [3.0], [6.0]]), np.ones(1)
    running = {"mean": np.zeros(1), "variance": np.ones(1)}
    y, new = as_pair(submission.batch_norm(x, 2 * one, one, running, True, eps=0.5), "batch_norm")
    mistakes = [
        (2 * (x - 3) / np.sqrt(14 / 3 + 0.5) + 1, UNBIASED),
        (2 * x / np.sqrt(1.5) + 1, "in training the batch's own count."),
    ]
    mistakes += [(2 * (x - 3) / np.sqrt(3.5) + 1, NO_EPS), (2 * (x - 3) / (np.sqrt(3.5) + 0.5) + 1, NO_EPS)]
    expect(y, 2 * (x - 3) / np.sqrt(4) + 1, of="batch_norm of 1, 2, 3, 6 in training, eps=0.5", mistakes=mistakes)
    mean, variance = as_running(new, 1, "batch_norm in training")
    expect(mean, [0.3], of="the running mean", mistakes=[([2.7], MOMENTUM), ([0], "it is not updated.")])
    mistakes = [([3.25], MOMENTUM), ([0.9 + 0.1 * 3.5**0.5], AS_STD), ([0.9 + 1.4 / 3], UNBIASED)]
    expect(variance, [1.25], of="the running variance", mistakes=mistakes)
    y, new = as_pair(submission.batch_norm(x, 2 * one, one, running, False, eps=0.0), "batch_norm")
    expect(
        y,
        2 * x + 1,
        of="batch_norm of 1, 2, 3, 6 in use, running mean 0 and variance 1",
        mistakes=[(2 * (x - 3) / np.sqrt(3.5) + 1, BATCH_IN_USE)],
    )


NO_MEAN_PATH = "the way through the mean is missing: d_x should add up to 0 in each channel."


NO_VARIANCE_PATH = "the way through the variance is missing: x hat times the mean of g x hat."


def as_triple(value, of):
    """The three gradients."""
    triple = as_list(value, of=of)
    if len(triple) != 3:
        fail(f"{of} should give (d_x, d_gamma, d_beta), and gave {len(triple)} parts.")
    return triple


@graded(
    "batch-norm-backward",
    points=0.5,
    hints=[
        "Compute x hat first, as the forward does. Which of the sums in the formulas has it?",
        "Means and sums go over all axes but the last: the same as forward. Does your d_x add up to 0 in a channel?",
        "Axes, one over the root, x hat; then three expressions, of which the first has three terms in brackets.",
    ],
)
def test_two_numbers_back(submission):
    """Three numbers in one channel, by hand"""
    x, d_out = np.array([[-1.0], [0.0], [1.0]]), np.array([[3.0], [0.0], [0.0]])
    d_x, d_gamma, d_beta = as_triple(
        submission.batch_norm_backward(d_out, x, np.ones(1), eps=1 / 3), "batch_norm_backward"
    )
    expect(d_beta, [3], of="d_beta", mistakes=[([1], "this is a mean. d_beta is a sum.")])
    expect(d_gamma, [-3], of="d_gamma", mistakes=[([-1], "this is a mean. d_gamma is a sum.")])
    mistakes = [([[2], [0], [1]], NO_MEAN_PATH), ([[2], [-1], [-1]], NO_VARIANCE_PATH), ([[3], [0], [0]], NO_MEAN_PATH)]
    expect(d_x, [[1], [-1], [0]], of="d_x", mistakes=mistakes)


@graded(
    "norms",
    points=0.5,
    hints=[
        "For each row of the table: which of the four axes does one mean go over?",
        "For groups, give the channels' axis two: (n, height, width, groups, channels of a group). Then as before.",
        "A dictionary from kind to axes; mean and variance with keepdims=True; reshape before and after for groups.",
    ],
)
def test_four_numbers_in_four_ways(submission):
    """Two images of one pixel with four channels"""
    x = np.array([[0.0, 2, 10, 14], [4, 6, 20, 28]]).reshape(2, 1, 1, 4)
    rights = {
        "batch": [[-1, -1, -1, -1], [1, 1, 1, 1]],
        "group": [[-1, 1, -1, 1], [-1, 1, -1, 1]],
        "instance": [[0, 0, 0, 0], [0, 0, 0, 0]],
    }
    told = {kind: np.reshape(right, (2, 1, 1, 4)) for kind, right in rights.items()}
    told["layer"] = _normal_by_rows(x)
    for kind, right in told.items():
        mistakes = [(other, f"this is {name} norm.") for name, other in told.items() if name != kind]
        mistakes += [(_every_second(x), "a group is of *neighbouring* channels.")] * (kind == "group")
        expect(submission.normalize(x, kind, groups=2, eps=1e-12), right, of=f"{kind} norm", mistakes=mistakes)


def _every_second(x):
    """Group norm with 2 groups, of every second channel each."""
    pairs = x.reshape(2, 2, 2)
    return ((pairs - pairs.mean(1, keepdims=True)) / pairs.std(1, keepdims=True)).reshape(x.shape)


def _normal_by_rows(x):
    rows = x.reshape(2, 4)
    return ((rows - rows.mean(1, keepdims=True)) / rows.std(1, keepdims=True)).reshape(x.shape)


@graded(
    "q-alone",
    points=0.1,
    hints=[
        "Which row of the table has the word images in its last column?",
        "Which axes hold numbers of other images?",
    ],
)
def test_a_letter_for_alone(submission):
    """A letter is chosen"""
    expect_letter("alone", submission.value("alone"))


NOT_SCALED = "what is left is not scaled: inverted dropout divides by 1 - rate in training."


ON_IN_USE = "in use nothing is switched off."


BY_RATE = "the scale is 1 - rate, the share that stays on, and not the rate."


OTHERS = "a number is off where its chance is *below* the rate."


SCALED_IN_USE = "inverted dropout leaves x as it is in use."


L4_TRAINING = "L4's rule scales nothing in training."


def _dropped(submission, name, *given):
    return submission.dropout(*given) if name == "dropout" else submission.dropout_of_l4(*given)


@graded(
    "dropout",
    points=0.5,
    hints=[
        "Two rules, two modes: fill a table of four cells with what happens to x in each.",
        "`chance >= rate` is an array of True and False that can be multiplied with x.",
        "Each function is one line with `if training else`; in two of the four cells there is a factor 1 - rate.",
    ],
)
def test_four_numbers_dropped(submission):
    """Four numbers with rate 0.2, in both modes, and rate 0"""
    x, chance = np.array([1.0, 2, 3, 4]), np.array([0.1, 0.9, 0.2, 0.5])
    for (name, training), (right, mistakes) in _shown_dropouts(x).items():
        of = f"{name}, rate 0.2, {'in training' if training else 'in use'}"
        expect(_dropped(submission, name, x, 0.2, chance, training), right, of=of, mistakes=mistakes)
    expect(submission.dropout(x, 0.0, chance, True), x, of="dropout, rate 0, in training")


def _shown_dropouts(x):
    return {
        ("dropout", True): ([0, 2.5, 3.75, 5], [([0, 2, 3, 4], NOT_SCALED), ([1.25, 0, 0, 0], OTHERS)]),
        ("dropout", False): (x, [([0, 2.5, 3.75, 5], ON_IN_USE), (0.8 * x, SCALED_IN_USE)]),
        ("dropout_of_l4", True): ([0, 2, 3, 4], [([0, 2.5, 3.75, 5], L4_TRAINING)]),
        ("dropout_of_l4", False): (0.8 * x, [(0.2 * x, BY_RATE), (x, "in use L4's rule multiplies by 1 - rate.")]),
    }


@graded(
    "conspiracies",
    points=0.5,
    hints=[
        "Independent: probabilities of things that must all happen are multiplied. Any of ten: ask when none works.",
        "A mask with k numbers on has the probability (1 - r)^k r^(n - k). There are 2^n of them.",
        "Two one-liners of powers; a loop over itertools.product([0, 1], repeat=n) that adds probability times sum.",
    ],
)
def test_the_conspiracies_of_the_lecture(submission):
    """L4's 50 people at p = 0.9, and three numbers over eight masks"""
    expect(submission.one_plan(0.9, 50), 0.00515378, of="one_plan(0.9, 50)", tolerance=1e-7)
    mistakes = [
        (1 - (1 - 0.9**10) ** 5, "people // plans are in each of the plans."),
        (0.59049**10, "any of the ten is enough."),
    ]
    mistakes += [
        (0.59049, "this is one of the ten. Any is enough."),
        (5.9049, "probabilities of plans cannot be added up."),
    ]
    expect(submission.many_plans(0.9, 50, 10), 1 - (1 - 0.59049) ** 10, of="many_plans(0.9, 50, 10)", mistakes=mistakes)
    mistakes = [(6, "did you weigh the masks?"), (3, "each mask has its own probability.")]
    found = submission.over_all_masks(np.array([1.0, 2, 3]), np.ones(3), 0.25)
    expect(found, 4.5, of="over_all_masks([1, 2, 3], [1, 1, 1], 0.25)", mistakes=mistakes)


ONE_FOR_ALL = "each image has its own: here one change is made to the whole batch."


UPSIDE_DOWN = "left for right, not upside down."


SWAPPED = "a corner is (row, column), and not the other way round."


LAST_LEFT = "the last, smaller batch of an epoch is missing."


@graded(
    "flow",
    points=0.5,
    hints=[
        "Which shape must chances have to meet (n, height, width, 3)? `None` adds axes: chances[:, None, None, None].",
        "crop: a loop over images with their corners, and np.stack. flow: `while True`, and in it one permutation.",
        "In the endless loop: one order, then an inner loop over where batches start; each yields images and labels "
        "at a slice of the order.",
    ],
)
def test_small_images_changed(submission):
    """Two images of 2x2, and a flow of five"""
    x = np.arange(24.0).reshape(2, 2, 2, 3) / 24
    right = np.stack([x[0, :, ::-1], x[1]])
    mistakes = [(x[:, :, ::-1], ONE_FOR_ALL), (np.stack([x[0, ::-1], x[1]]), UPSIDE_DOWN)]
    mistakes += [(np.stack([x[0], x[1, :, ::-1]]), "those *below* one half are mirrored.")]
    expect(submission.flip(x, np.array([0.2, 0.7])), right, of="flip with chances 0.2, 0.7", mistakes=mistakes)
    found = submission.crop(x, np.array([[0, 1], [1, 0]]), 1)
    mistakes = [(np.stack([x[0, 1:, :1], x[1, :1, 1:]]), SWAPPED), (x[:, :1, 1:], ONE_FOR_ALL)]
    expect(found, np.stack([x[0, :1, 1:], x[1, 1:, :1]]), of="crop at (0, 1) and (1, 0), size 1", mistakes=mistakes)
    factors = np.array([[1.0, 2, 0], [1, 1, 1]])
    right = np.stack([np.minimum(x[0] * factors[0], 1), x[1]])
    expect(submission.colour_cast(x, factors), right, of="colour_cast", mistakes=[(x * factors[0], ONE_FOR_ALL)])
    batches = as_flow(submission.flowed(np.arange(5.0).reshape(5, 1, 1, 1), np.arange(5), 2, 0, 3), 3)
    if [len(labels) for _, labels in batches] != [2, 2, 1]:
        fail(f"five images in batches of 2 are of 2, 2 and 1, and yours of {[len(b) for _, b in batches]}: {LAST_LEFT}")


def as_flow(value, count):
    """Pairs of arrays."""
    batches = as_list(value, of="the batches of `flow`")
    if len(batches) != count:
        fail(f"`flow` ended after {len(batches)} batches. It goes on without end: epoch after epoch.")
    pairs = [as_pair(batch, "a batch of `flow`") for batch in batches]
    return [(as_array(x, of="a batch's images"), as_array(y, of="a batch's labels")) for x, y in pairs]


KINDS = ("too high", "too low", "by heart", "fine")


@graded(
    "diagnosis",
    points=0.1,
    hints=[
        "First find the one whose two curves part, and the one whose curves hardly move.",
        "Of the other two: which goes down smoothly, and which is back at log 10 in the end?",
    ],
)
def test_four_diagnoses(submission):
    """Each of the four curves has one of the four names"""
    found = submission.value("diagnosis")
    if not isinstance(found, dict) or set(found) != set("ABCD"):
        fail(f"`diagnosis` is {brief(found)}, and should be a dictionary with A, B, C and D.")
    for name, kind in found.items():
        if not isinstance(kind, str) or kind not in KINDS:
            fail(f"`diagnosis`: {name} is {brief(kind)}, and should be one of {', '.join(KINDS)}.")


@graded(
    "accuracy",
    points=0.5,
    trains=True,
    seconds=60,
    hints=[
        "Was the first loss near log 14, and were twenty patches learned by heart? If not, look there first.",
        "Does the training loss fall? If not, the rate. Does it fall and validation not? More flips, crops, dropout.",
        "Three blocks of convolution, batch norm and ReLU, pooling over all places at the end, 15 epochs, a cosine.",
    ],
)
def test_validation_patches(submission):
    """At least 55 % of 280 validation patches"""
    images, labels = photograph_patches("validation", 280, seed=7, size=32)
    found = as_array(submission.predict_patches(images), of="`predict_patches` of 280 patches", shape=labels.shape)
    if np.mean(found == labels) < 0.55:
        fail(f"{np.mean(found == labels):.1%} of 280 validation patches are right. Does the loss fall while it trains?")


# Points of the tests that run when you hand in.
HIDDEN = {
    'losses': 1,
    'q-stuck': 0.4,
    'steps': 1.5,
    'adaptive': 3,
    'q-first-step': 0.4,
    'rates': 1.5,
    'q-nan': 0.4,
    'batch-norm': 2,
    'batch-norm-backward': 1.5,
    'norms': 1.5,
    'q-alone': 0.4,
    'dropout': 1.5,
    'conspiracies': 0.5,
    'flow': 1.5,
    'diagnosis': 0.4,
    'accuracy': 2.5,
}

check = Checks(__name__, HIDDEN, "training", "af84b5ec", about={'title': 'Training: losses, optimizers, normalization, and a network of your own', 'limits': {'cell_seconds': 90.0, 'total_seconds': 240.0, 'memory_mb': 4096}, 'datasets': []})
