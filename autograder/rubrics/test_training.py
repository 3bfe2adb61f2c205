"""Tests of training. The public ones go to students as they are; the hidden ones run when they hand in."""

import numpy as np

from cnnkit.check import PartialCredit, as_array, as_list, brief, expect, fail, graded
from cnnkit.photographs import photograph_patches


def expect_letter(name, value):
    """Fails where it is none of the letters that there are to choose from."""
    if not isinstance(value, str) or value not in ("a", "b", "c"):
        fail(f'`{name}` is {brief(value)}, and should be "a", "b" or "c".')


def _expect_choice(name, value, right, reasons):
    """Fails with the reason against the letter that was chosen."""
    expect_letter(name, value)
    if value != right:
        fail(f'`{name}`: "{value}" is not it. {reasons[value]}')


def as_pair(value, of):
    """The two parts of an answer."""
    pair = as_list(value, of=of)
    if len(pair) != 2:
        fail(f"{of} should be a pair, and has {len(pair)} parts.")
    return pair


BY_P = "this is the slope by p. By the logit there is one factor more: dp/dz = p (1 - p)."
SIGN = "mind the sign: it is p - y, and not y - p."
TWO = "did you forget the 2 of the square's derivative?"
OVERFLOW = "a number got too large for the computer. Use np.logaddexp, as the text says."


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


@graded("losses", points=1, hidden=True)
def test_other_losses(submission):
    """Other logits, of other shapes, and very large ones"""
    rng = submission.rng
    z, y = rng.uniform(-4, 4, size=(3, 4)), rng.permutation(12).reshape(3, 4) % 2
    p = 1 / (1 + np.exp(-z))
    loss, slope = as_pair(submission.squared_loss(z, y), "squared_loss")
    expect(loss, (p - y) ** 2, of="squared losses")
    right = 2 * (p - y) * p * (1 - p)
    mistakes = [(2 * (p - y), BY_P), (-right, SIGN), (right / 2, TWO)]
    expect(slope, right, of="slopes of the squared loss by the logit", mistakes=mistakes)
    loss, slope = as_pair(submission.binary_loss(z, y), "binary_loss")
    right = np.log1p(np.exp(z)) - y * z
    mistakes = [(np.log1p(np.exp(z)) - (1 - y) * z, "the label 1 has the loss -log p. Did you swap the two?")]
    mistakes += [(-right, "a loss is not negative."), (right.mean(), "one loss for each logit, not their mean.")]
    expect(loss, right, of="binary cross-entropies", mistakes=mistakes)
    mistakes = [((p - y) / (p * (1 - p)), BY_P), (y - p, SIGN)]
    expect(slope, p - y, of="slopes of the binary cross-entropy by the logit", mistakes=mistakes)
    large = float(rng.uniform(750, 900))
    z, y = np.array([large, -large, large, -large]), np.array([0, 1, 1, 0])
    loss, slope = as_pair(submission.binary_loss(z, y), "binary_loss")
    of = f"binary cross-entropy at logits of {large:.0f} and {-large:.0f}"
    loss = as_array(loss, of=of, shape=(4,))
    if not np.isfinite(loss).all():
        fail(f"{of} has inf or nan in it: {OVERFLOW}")
    expect(loss, [large, large, 0, 0], of=of)
    expect(slope, [1, -1, 0, 0], of=f"the slope of {of}")


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


@graded("q-stuck", points=0.4, hidden=True)
def test_stuck(submission):
    """The right letter"""
    reasons = {
        "a": "Steps come of the slope, not of the loss: a million times the loss with the same slope steps the same.",
        "c": "The slope by p is about -2 there. What vanishes comes after it, on the way to the logit.",
    }
    _expect_choice("stuck", submission.value("stuck"), "b", reasons)


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


def _path(name, w, gradients, rate=0.1, eps=1e-8, beta=0.9, rho=0.9, beta1=0.9, beta2=0.999, how=""):
    """The weights after each step. how: the mistake that is made on the way."""
    path, v, m, s, d = [], np.zeros(w.shape), np.zeros(w.shape), np.zeros(w.shape), np.zeros(w.shape)
    for t, g in enumerate(gradients, 1 if how != "late" else 2):
        if how == "forgets":
            v, m, s, d, t = 0 * v, 0 * m, 0 * s, 0 * d, 1
        size = (lambda x: np.sqrt(x + eps)) if how == "inside" else (lambda x: np.sqrt(x) + eps)
        size = (lambda x: x + eps) if how == "no root" else size
        if name == "sgd":
            step = rate * g
        elif name == "momentum":
            old, v = v, beta * v - rate * g * (1 - beta if how == "mean" else 1)
            step = -(old if how == "order" else v)
        elif name == "adagrad":
            s = s + (np.abs(g) if how == "abs" else g**2)
            step = rate * g / size(s)
        elif name == "rmsprop":
            s = rho * s + (g**2 if how == "sum" else (1 - rho) * g**2)
            step = rate * g / size(s)
        elif name == "adadelta":
            s = rho * s + (1 - rho) * g**2
            if how == "early":
                d = rho * d + (1 - rho) * (np.sqrt(d + eps) / np.sqrt(s + eps) * g) ** 2
            root = (lambda x: np.sqrt(x) + eps) if how == "outside" else (lambda x: np.sqrt(x + eps))
            step = root(d) / root(s) * g
            if how != "early":
                d = rho * d + (1 - rho) * (g if how == "gradient" else step) ** 2
        else:
            m = beta1 * m + (1 - beta1) * g
            s = beta2 * s + (1 - beta2) * g**2
            one, two = (1 - beta1**t, 1 - beta2**t) if how != "no correction" else (1, 1)
            ahead = m / one
            if name == "nadam" and how != "adam":
                later = 1 - beta1 ** (t + (how != "same t")) if how != "no correction" else 1
                ahead = beta1 * m / later + (1 - beta1) * g / one
            if name == "adam" and how == "only first":
                two = 1
            step = rate * ahead / size(s / two)
        w = w + step if how == "uphill" else w - step
        path.append(w)
    return np.array(path)


HOW = {
    "uphill": UPHILL, "forgets": FORGETS, "inside": EPS_INSIDE, "no root": NO_ROOT, "late": LATE, "order": ORDER,
    "no correction": NO_CORRECTION, "only first": "s needs its correction as well, with beta2.",
    "mean": "the gradient comes in with the whole rate, not with 1 - beta of it.", "abs": ABS_GRAD,
    "sum": "s is a mean: the new square comes in with 1 - rho.",
    "early": "d is updated *after* the step that it scales.", "outside": "here eps is under the roots.",
    "gradient": "d is the mean of the squared *steps* u.", "adam": "this is Adam. Nadam takes m of one step ahead.",
    "same t": "m looks one step ahead: its correction has t + 1.",
}  # fmt: skip
MISTAKES = {
    "sgd": ["uphill"],
    "momentum": ["uphill", "forgets", "order", "mean"],
    "adagrad": ["uphill", "forgets", "inside", "no root", "abs"],
    "rmsprop": ["uphill", "forgets", "inside", "no root", "sum"],
    "adadelta": ["uphill", "forgets", "early", "outside", "gradient"],
    "adam": ["uphill", "forgets", "inside", "no root", "no correction", "only first", "late"],
    "nadam": ["uphill", "forgets", "inside", "no root", "no correction", "late", "adam", "same t"],
}


def _walks(walk, rng, options):
    """Fails for the first optimizer that walks another way, with a part of the points for those that are right."""
    names, wrong = list(options), {}
    w, gradients = rng.normal(size=(2, 3)), rng.uniform(0.3, 2, size=(20, 2, 3)) * rng.choice([-1, 1], size=(20, 2, 3))
    for name in names:
        settings = options[name]
        right = _path(name, w, gradients, **settings)
        mistakes = [(_path(name, w, gradients, **settings, how=how), HOW[how]) for how in MISTAKES[name]]
        try:
            found = walk(name, w, gradients, settings)
            expect(found, right, of=f"20 steps of {name}", mistakes=mistakes, tolerance=1e-7)
        except AssertionError as error:
            wrong[name] = error
    if wrong:
        name, error = next(iter(wrong.items()))
        if len(wrong) == len(names):
            raise error
        raise PartialCredit(
            1 - len(wrong) / len(names), f"{len(names) - len(wrong)} of {len(names)} are right. {error}"
        )


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


@graded("steps", points=1.5, hidden=True)
def test_twenty_steps(submission):
    """Twenty steps of each, of arrays, with another array walked in between"""
    rng = submission.rng
    rate, beta, eps = (float(x) for x in rng.uniform([0.05, 0.6, 0.1], [0.2, 0.95, 0.3]))
    options = {"sgd": {"rate": rate}, "momentum": {"rate": rate, "beta": beta}, "adagrad": {"rate": rate, "eps": eps}}
    _walks(lambda *given: submission.walk_plain(*given), rng, options)


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


@graded("adaptive", points=3, hidden=True)
def test_twenty_adaptive_steps(submission):
    """Twenty steps of each, with other settings"""
    rng = submission.rng
    rate, rho, beta1, beta2, eps = (
        float(x) for x in rng.uniform([0.05, 0.8, 0.8, 0.95, 0.1], [0.2, 0.95, 0.95, 0.99, 0.3])
    )
    adam = {"rate": rate, "beta1": beta1, "beta2": beta2, "eps": eps}
    options = {"rmsprop": {"rate": rate, "rho": rho, "eps": eps}, "adadelta": {"rho": rho, "eps": eps}}
    options |= {"adam": adam, "nadam": adam}
    _walks(lambda *given: submission.walk_adaptive(*given), rng, options)


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


@graded("q-first-step", points=0.4, hidden=True)
def test_the_first_step(submission):
    """The right letter"""
    reasons = {
        "b": "The gradient does count: its sign says which way to go. If it did not, the step would be 0.",
        "c": "eps is tiny, and makes steps smaller only where gradients are as tiny as it is.",
    }
    _expect_choice("first_step", submission.value("first_step"), "a", reasons)


NO_ROLLBACK = "go back to the weights of the best loss before you step on."
SAME_GRADIENT = "after going back step with the gradient of the *best* weights, not with that of the bad ones."
NOT_HALVED = "the rate is not halved where it diverges."
ANY_RISE = "only a loss of more than *twice* the best is a divergence. Smaller rises may be noise."
NAN = "a loss that is not a number is a divergence, too. Comparisons with nan are false: ask np.isfinite."
FLOOR = "within `every` epochs the rate stays: epoch // every."


def _descend(kind, steep, w, rate, steps, how=""):
    best, best_w, best_g = np.inf, w, 0 * w
    for _ in range(steps):
        loss, g = np.sum(steep * w**2), 2 * steep * w
        bad = (kind == "nan" and loss > 1000 and how != "nan") or loss > (1 if how == "any rise" else 2) * best
        if bad:
            g = g if how == "gradient" else best_g
            w = w if how == "stays" else best_w
            rate = rate if how == "rate" else rate / 2
        elif loss < best:
            best, best_w, best_g = loss, w, g
        w = w - rate * g
    return w, rate


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


@graded("rates", points=1.5, hidden=True)
def test_other_descents(submission):
    """Other parabolas, also with nan in mid-run; other plans"""
    rng = submission.rng
    w, each = rng.uniform(1, 2, size=3), rng.uniform(1, 1.5, size=3)
    alike = np.full(3, each[0])
    rising = 1.112 / each[0]  # each step makes the loss half as great again
    runs = (("plain", each, 0.1, 6), ("plain", alike, rising, 6), ("plain", each, 30.0, 9), ("nan", each, 60.0, 10))
    for kind, steep, first, steps in runs:
        right_w, right_rate = _descend(kind, steep, w, first, steps)
        weights, rate = as_pair(submission.descended(kind, steep, w, first, steps), "descend")
        words = {"stays": NO_ROLLBACK, "gradient": SAME_GRADIENT, "rate": NOT_HALVED, "any rise": ANY_RISE}
        mistakes = [(_descend(kind, steep, w, first, steps, how)[0], words[how]) for how in words]
        of = f"{steps} steps with first rate {first:.2g}" + (", the loss nan beyond 1000" if kind == "nan" else "")
        if not np.isfinite(as_array(weights, of=f"w after {of}", shape=(3,))).all():
            fail(f"w after {of} is {brief(weights)}. {NAN}")
        expect(weights, right_w, of=f"w after {of}", mistakes=mistakes)
        expect(rate, right_rate, of=f"the rate after {of}", mistakes=[(first, NOT_HALVED)])
    rate, factor = float(rng.uniform(0.1, 2)), float(rng.uniform(0.2, 0.7))
    every = int(rng.integers(3, 7))
    for epoch in (0, every - 1, every, 3 * every + 1):
        right = rate * factor ** (epoch // every)
        of = f"step_rate({rate:.3f}, {epoch}, {every}, factor={factor:.3f})"
        expect(
            submission.step_rate(rate, epoch, every, factor=factor),
            right,
            of=of,
            mistakes=[(rate * factor ** (epoch / every), FLOOR)],
        )
    steps = int(rng.integers(20, 90))
    for step in (0, steps // 3, steps):
        right = rate / 2 * (1 + np.cos(np.pi * step / steps))
        mistakes = [
            (rate * np.cos(np.pi * step / steps), "half of 1 plus the cosine: it ends at 0, not at minus the rate.")
        ]
        mistakes += [(rate / 2 * (1 + np.cos(2 * np.pi * step / steps)), "half a period: pi, not 2 pi.")]
        of = f"cosine_rate({rate:.3f}, {step}, {steps})"
        expect(submission.cosine_rate(rate, step, steps), right, of=of, mistakes=mistakes, tolerance=1e-9)


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


@graded("q-nan", points=0.4, hidden=True)
def test_after_nan(submission):
    """The right letter"""
    reasons = {
        "a": "A smaller step from nan is still nan.",
        "c": "Each loss is computed from the weights, and those are nan.",
    }
    _expect_choice("after_nan", submission.value("after_nan"), "b", reasons)


UNBIASED = "this divides by N - 1. The variance here divides by the count N."
BATCH_IN_USE = "in use the running means count, not the batch's own."
PER_PLACE = "mean and variance are over the batch and all places, one for each channel."
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


@graded("batch-norm", points=2, hidden=True)
def test_three_batches_then_one_image(submission):
    """Three batches of maps in training, then one image in use"""
    rng = submission.rng
    gamma, beta, eps = rng.uniform(0.5, 2, size=3), rng.normal(size=3), float(rng.uniform(0.05, 0.2))
    mean, variance = rng.normal(size=3), rng.uniform(0.5, 2, size=3)
    running = {"mean": mean.copy(), "variance": variance.copy()}
    for shape in ((4, 3), (3, 2, 4, 3), (2, 3, 2, 3)):
        x = rng.normal(size=3) + rng.uniform(1, 3, size=3) * rng.normal(size=shape)
        axes = tuple(range(len(shape) - 1))
        count = x[..., 0].size

        def normal(mean, variance, x=x):
            return gamma * (x - mean) / np.sqrt(variance + eps) + beta

        of = f"batch_norm of {shape} in training"
        y, running = as_pair(submission.batch_norm(x, gamma, beta, running, True, eps=eps), of)
        m, v = x.mean(axis=axes), x.var(axis=axes)
        mistakes = [(normal(m, v * count / (count - 1)), UNBIASED), (normal(x.mean(axis=0), x.var(axis=0)), PER_PLACE)]
        mistakes += [(normal(mean, variance), "in training the batch's own mean and variance count.")]
        mistakes += [(normal(m, v - eps), NO_EPS), (gamma * (x - m) / (np.sqrt(v) + eps) + beta, NO_EPS)]
        mistakes += [(normal(m, v) - beta, "did you forget beta?")]
        expect(y, normal(m, v), of=of, mistakes=mistakes)
        old, mean = mean, 0.9 * mean + 0.1 * m
        before, variance = variance, 0.9 * variance + 0.1 * v
        found = as_running(running, 3, of)
        expect(
            found[0],
            mean,
            of="the running mean",
            mistakes=[(0.1 * old + 0.9 * m, MOMENTUM), (m, MOMENTUM), (old, "it is not updated.")],
        )
        mistakes = [(0.1 * before + 0.9 * v, MOMENTUM), (0.9 * before + 0.1 * np.sqrt(v), AS_STD)]
        mistakes += [(0.9 * before + 0.1 * v * count / (count - 1), UNBIASED)]
        expect(found[1], variance, of="the running variance", mistakes=mistakes)
    x = rng.normal(size=(1, 3, 3, 3))
    y, running = as_pair(submission.batch_norm(x, gamma, beta, running, False, eps=eps), "batch_norm in use")
    own = gamma * (x - x.mean(axis=(0, 1, 2))) / np.sqrt(x.var(axis=(0, 1, 2)) + eps) + beta
    right = gamma * (x - mean) / np.sqrt(variance + eps) + beta
    expect(y, right, of="batch_norm of one image in use", mistakes=[(own, BATCH_IN_USE)])
    expect(as_running(running, 3, "batch_norm in use")[0], mean, of="the running mean after use")


NO_MEAN_PATH = "the way through the mean is missing: d_x should add up to 0 in each channel."
NO_VARIANCE_PATH = "the way through the variance is missing: x hat times the mean of g x hat."
PLAIN_X = "d_gamma is the sum of g times x *hat*, not times x."


def _batch_norm_back(d_out, x, gamma, eps, axes):
    """The three gradients, and d_x with a way left out: without that of the mean, without that of the variance."""
    scale = 1 / np.sqrt(x.var(axis=axes) + eps)
    normal = (x - x.mean(axis=axes)) * scale
    mean, other = d_out.mean(axis=axes), normal * (d_out * normal).mean(axis=axes)
    ways = [gamma * scale * (d_out - a * mean - b * other) for a, b in ((1, 1), (0, 1), (1, 0), (0, 0))]
    return ways, (d_out * normal).sum(axis=axes), d_out.sum(axis=axes)


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


@graded("batch-norm-backward", points=1.5, hidden=True)
def test_other_gradients_back(submission):
    """Rows and maps, other gammas"""
    rng = submission.rng
    for shape in ((5, 3), (2, 3, 4, 3)):
        x, d_out, gamma = rng.normal(2, 3, size=shape), rng.normal(1, 1, size=shape), rng.uniform(0.5, 2, size=3)
        eps, axes = float(rng.uniform(0.1, 0.4)), tuple(range(len(shape) - 1))
        ways, right_gamma, right_beta = _batch_norm_back(d_out, x, gamma, eps, axes)
        found = as_triple(submission.batch_norm_backward(d_out, x, gamma, eps=eps), "batch_norm_backward")
        count = x[..., 0].size
        expect(
            found[2],
            right_beta,
            of=f"d_beta for x of {shape}",
            mistakes=[(right_beta / count, "this is a mean. d_beta is a sum.")],
        )
        mistakes = [((d_out * x).sum(axis=axes), PLAIN_X), (right_gamma / count, "this is a mean. d_gamma is a sum.")]
        expect(found[1], right_gamma, of=f"d_gamma for x of {shape}", mistakes=mistakes)
        mistakes = [(ways[1], NO_MEAN_PATH), (ways[2], NO_VARIANCE_PATH), (ways[3], NO_MEAN_PATH)]
        mistakes += [(ways[0] / gamma, "did you forget gamma?")]
        expect(found[0], ways[0], of=f"d_x for x of {shape}", mistakes=mistakes)


def _normal(x, axes, eps):
    return (x - x.mean(axis=axes, keepdims=True)) / np.sqrt(x.var(axis=axes, keepdims=True) + eps)


def _group(x, groups, eps, strided=False):
    parts = x.reshape(*x.shape[:3], -1, groups) if strided else x.reshape(*x.shape[:3], groups, -1)
    return _normal(parts, (1, 2, 3) if strided else (1, 2, 4), eps).reshape(x.shape)


NORM_AXES = {"batch": (0, 1, 2), "instance": (1, 2), "layer": (1, 2, 3)}


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


@graded("norms", points=1.5, hidden=True)
def test_other_norms(submission):
    """Other maps; other groups; an image alone as in its batch"""
    rng = submission.rng
    eps, groups = float(rng.uniform(0.05, 0.2)), 3
    x = rng.normal(size=(3, 2, 4, 6)) * rng.uniform(0.5, 3, size=6) + rng.normal(size=(3, 1, 1, 6))
    rights = {kind: _normal(x, axes, eps) for kind, axes in NORM_AXES.items()} | {"group": _group(x, groups, eps)}
    for kind, right in rights.items():
        mistakes = [(other, f"this is {name} norm.") for name, other in rights.items() if name != kind]
        mistakes += [(_normal(x, (3,), eps), "layer norm here also goes over rows and columns.")] * (kind == "layer")
        mistakes += [(_group(x, groups, eps, strided=True), "a group is of *neighbouring* channels.")] * (
            kind == "group"
        )
        mistakes += [(_group(x, 2, eps), "did you use `groups`?")] * (kind == "group")
        axes = NORM_AXES.get(kind)
        if axes:
            mistakes += [(_normal(x, axes, 0), NO_EPS)]
        expect(
            submission.normalize(x, kind, groups=groups, eps=eps),
            right,
            of=f"{kind} norm of {x.shape}",
            mistakes=mistakes,
        )
        if kind != "batch":
            found = submission.normalize(x[:1], kind, groups=groups, eps=eps)
            expect(found, right[:1], of=f"{kind} norm of the first image alone")


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


@graded("q-alone", points=0.4, hidden=True)
def test_alone(submission):
    """The right letter"""
    reasons = {
        "a": "Batch norm's mean is over the batch: of one image it is another than of many, however many.",
        "b": "Instance and group norm do not look at other images either.",
    }
    _expect_choice("alone", submission.value("alone"), "c", reasons)


NOT_SCALED = "what is left is not scaled: inverted dropout divides by 1 - rate in training."
ON_IN_USE = "in use nothing is switched off."
BY_RATE = "the scale is 1 - rate, the share that stays on, and not the rate."
OTHERS = "a number is off where its chance is *below* the rate."
SCALED_IN_USE = "inverted dropout leaves x as it is in use."
L4_TRAINING = "L4's rule scales nothing in training."


def _dropped(submission, name, *given):
    return submission.dropout(*given) if name == "dropout" else submission.dropout_of_l4(*given)


def _dropouts(x, rate, chance):
    on, keep = chance >= rate, 1 - rate
    rights = {
        ("dropout", True): (x * on / keep, [(x * on, NOT_SCALED), (x * ~on / keep, OTHERS), (x, "nothing is off.")]),
        ("dropout", False): (x, [(x * on / keep, ON_IN_USE), (x * keep, SCALED_IN_USE)]),
        ("dropout_of_l4", True): (x * on, [(x * on / keep, L4_TRAINING), (x * ~on, OTHERS)]),
        ("dropout_of_l4", False): (x * keep, [(x * on, ON_IN_USE), (x, "in use L4's rule multiplies by 1 - rate.")]),
    }
    if rate:
        rights["dropout", True][1].append((x * on / rate, BY_RATE))
        rights["dropout_of_l4", False][1].append((x * rate, BY_RATE))
    return rights


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


@graded("dropout", points=1.5, hidden=True)
def test_other_numbers_dropped(submission):
    """Maps, other rates, and rate 0"""
    rng = submission.rng
    for rate in (float(rng.uniform(0.1, 0.4)), float(rng.uniform(0.6, 0.9)), 0.0):
        x, chance = rng.uniform(1, 2, size=(2, 3, 4)), rng.permutation(24).reshape(2, 3, 4) / 24
        for (name, training), (right, mistakes) in _dropouts(x, rate, chance).items():
            of = f"{name}, rate {rate:.2f}, {'in training' if training else 'in use'}"
            expect(_dropped(submission, name, x, rate, chance, training), right, of=of, mistakes=mistakes)


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


@graded("conspiracies", points=0.5, hidden=True)
def test_other_conspiracies(submission):
    """Other people and plans; other units"""
    rng = submission.rng
    p, each, plans = float(rng.uniform(0.5, 0.8)), int(rng.integers(3, 6)), int(rng.integers(7, 12))
    expect(submission.one_plan(p, each), p**each, of=f"one_plan({p:.3f}, {each})")
    right = 1 - (1 - p**each) ** plans
    mistakes = [
        (1 - (1 - p**plans) ** each, "people // plans are in each of the plans."),
        (1 - right, "this is that none works."),
    ]
    of = f"many_plans({p:.3f}, {each * plans}, {plans})"
    expect(submission.many_plans(p, each * plans, plans), right, of=of, mistakes=mistakes)
    x, w, rate = rng.uniform(1, 2, size=5), rng.uniform(0.5, 1, size=5), float(rng.uniform(0.1, 0.3))
    total = np.sum(w * x)
    mistakes = [
        (rate * total, "a number is off with the rate, and on with 1 - rate."),
        (total / 2, "each mask has its own probability."),
    ]
    mistakes += [(16 * total, "did you weigh the masks?"), (total, "no scaling here.")]
    expect(
        submission.over_all_masks(x, w, rate),
        (1 - rate) * total,
        of="over_all_masks of five numbers",
        mistakes=mistakes,
    )


ONE_FOR_ALL = "each image has its own: here one change is made to the whole batch."
UPSIDE_DOWN = "left for right, not upside down."
NOT_CLIPPED = "what leaves [0, 1] must be clipped."
SWAPPED = "a corner is (row, column), and not the other way round."
NO_SHUFFLE = "the images come in their old order: draw a permutation for each epoch."
SAME_ORDER = "the second epoch has the order of the first: draw a permutation for *each* epoch."
LABELS_LEFT = "the labels do not go along with their images: take both in the same order."
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


@graded("flow", points=1.5, hidden=True)
def test_other_images_changed(submission):
    """Other images and changes; each image once an epoch, in another order, labels along"""
    rng = submission.rng
    x = rng.random((6, 5, 4, 3))
    chances = rng.permutation([0.1, 0.2, 0.4, 0.6, 0.8, 0.9])
    low = (chances < 0.5)[:, None, None, None]
    mistakes = [(x, ONE_FOR_ALL)]
    mistakes += [
        (x[:, :, ::-1], ONE_FOR_ALL),
        (np.where(low, x[:, ::-1], x), UPSIDE_DOWN),
        (np.where(low, x, x[:, :, ::-1]), "those *below* one half are mirrored."),
    ]
    expect(submission.flip(x, chances), np.where(low, x[:, :, ::-1], x), of="flip of six images", mistakes=mistakes)
    corners = np.stack([rng.permutation([0, 1, 2, 0, 1, 2]), rng.permutation([0, 1, 0, 1, 0, 1])], axis=1)

    def cropped(corners):
        return np.stack([image[i : i + 3, j : j + 3] for image, (i, j) in zip(x, corners, strict=True)])

    mistakes = [(cropped(np.repeat(corners[:1], 6, axis=0)), ONE_FOR_ALL)]
    expect(submission.crop(x, corners, 3), cropped(corners), of="crop of six images", mistakes=mistakes)
    factors = rng.uniform(0.5, 2.5, size=(6, 3))
    cast = x * factors[:, None, None]
    mistakes = [(cast, NOT_CLIPPED), (np.clip(x * factors[0], 0, 1), ONE_FOR_ALL)]
    mistakes += [(np.clip(x * factors[:, :1, None, None], 0, 1), "each channel has a factor of its own.")]
    expect(submission.colour_cast(x, factors), np.clip(cast, 0, 1), of="colour_cast of six images", mistakes=mistakes)
    n, batch, seed = int(rng.integers(20, 30)) * 3 + 1, 3, int(rng.integers(1000))
    per_epoch = n // batch + 1
    labels = 100 + np.arange(n)
    batches = as_flow(
        submission.flowed(np.arange(float(n)).reshape(n, 1, 1, 1), labels, batch, seed, 2 * per_epoch), 2 * per_epoch
    )
    if any(x.shape[:1] != y.shape or not np.array_equal(x.ravel() + 100, y.ravel()) for x, y in batches):
        fail(LABELS_LEFT)
    seen = np.concatenate([y for _, y in batches])
    epochs = seen[:n], seen[n : 2 * n]
    if len(batches[per_epoch - 1][1]) != 1:
        fail(f"`flow` of {n} images in batches of {batch}: {LAST_LEFT}")
    if np.array_equal(epochs[0], labels):
        fail(f"`flow`: {NO_SHUFFLE}")
    if any(not np.array_equal(np.sort(epoch), labels) for epoch in epochs):
        fail(f"`flow` of {n} images: an epoch should show each image once. Draw a permutation, not random places.")
    if np.array_equal(*epochs):
        fail(f"`flow`: {SAME_ORDER}")
    drawn = np.random.default_rng(seed)  # given: `flowed` seeds its generator so
    right = np.concatenate([labels[drawn.permutation(n)] for _ in range(2)])
    expect(np.concatenate(epochs), right, of="the labels of two epochs, by rng.permutation(len(images)) for each")


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


@graded("diagnosis", points=0.4, hidden=True)
def test_right_diagnoses(submission):
    """The right four"""
    found = submission.value("diagnosis")
    right = {"A": "too low", "B": "by heart", "C": "fine", "D": "too high"}
    words = {
        "A": "In A both losses go down, but in 40 epochs hardly.",
        "B": "In B the training loss goes to 0 while that of validation stays far above it.",
        "C": "In C both losses fall fast, and stay close to one another.",
        "D": "In D the loss falls once, and goes back to log 10.",
    }
    wrong = [name for name in right if not isinstance(found, dict) or found.get(name) != right[name]]
    if wrong:
        raise PartialCredit(1 - len(wrong) / 4, f"{4 - len(wrong)} of 4 are right. {words[wrong[0]]}")


def _accuracy(submission, split, count, seed):
    """The share of patches whose class is seen."""
    images, labels = photograph_patches(split, count, seed=seed, size=32)
    of = f"`predict_patches` of {count} patches"
    return float(np.mean(as_array(submission.predict_patches(images), of=of, shape=labels.shape) == labels))


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


@graded("accuracy", points=2.5, hidden=True, trains=True, seconds=60)
def test_test_patches(submission):
    """Test patches that nobody has seen: all points from 75 %, none below 35 %"""
    accuracy = _accuracy(submission, "test", 700, int(submission.rng.integers(1, 2**31)))
    if accuracy < 0.75:
        advice = "augmentation, or longer training" if accuracy > 0.55 else "the sanity checks"
        said = f"{accuracy:.1%} of test patches are right; all points from 75 %. Try {advice}."
        raise PartialCredit(max(0.0, (accuracy - 0.35) / 0.4), said)
