# %% [markdown]
# # Training
#
# A network is a formula with many numbers in it, and training finds the numbers. Most networks that "do not work" have
# the right formula and are trained wrongly. Here you build what training consists of, one part after the other and from
# NumPy: losses, seven optimizers, rates, normalization with its backward, dropout, batches. Then you use all of it on a
# network of your own.
#
# How it works: where a cell says `YOUR CODE HERE`, put your code in place of that line and the next. Then run
# `check(...)`, as often as you like: it tells you what is wrong and costs nothing. Some tests run only when you hand
# in, with other numbers and other shapes; code that does what the text says passes those as well. After an experiment
# there is a short question: run it first, then choose the answer whose *reason* is right, too.
#
# | part | points |
# |---|---|
# | 1 Losses, by the logit | 2 |
# | 2 Steps: SGD, momentum, Adagrad | 2 |
# | 3 Steps of their own size: RMSprop to Nadam | 4 |
# | 4 The rate | 2.5 |
# | 5 Batch normalization | 4.5 |
# | 6 Four norms | 2.5 |
# | 7 Dropout | 3 |
# | 8 A flow of batches | 2 |
# | 9 Reading curves | 0.5 |
# | 10 A network of your own | 3 |
# | three written questions | 6 |

# %% locked="setup"
import cnnkit

cnnkit.quiet()  # before TensorFlow is imported, which is talkative

import itertools

import keras
import matplotlib.pyplot as plt
import numpy as np
from cnnkit.callbacks import Progress
from cnnkit.check import load_checks
from cnnkit.photographs import CLASSES, photograph_patches
from cnnkit.pictures import BLUE, LABELS, ORANGE, grids, picture
from keras import layers
from sklearn.datasets import load_digits

check = load_checks("training")

# %% [markdown]
# This is what one step of training consists of. Each box is a part of this notebook.

# %%
figure, axis = plt.subplots(figsize=(9, 2.3), layout="constrained")
names = [
    "a batch\npart 8",
    "layers with\nnorms, dropout\nparts 5 to 7",
    "loss\npart 1",
    "gradient",
    "step\nparts 2, 3",
    "rate\npart 4",
]
axis.set(xlim=(-0.6, 5.6), ylim=(-1.4, 0.7))
axis.axis("off")
for place, name in enumerate(names):
    box = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": BLUE if name != "gradient" else "0.5"}
    axis.text(place, 0, name, ha="center", va="center", fontsize=9, bbox=box)
arrow = {"arrowstyle": "->", "color": "0.3"}
for place in range(4):
    axis.annotate("", (place + 0.62, 0), (place + 0.4, 0), arrowprops=arrow)
axis.annotate("", (4.4, 0), (4.66, 0), arrowprops=arrow)
axis.annotate("", (1, -0.5), (4, -0.5), arrowprops=arrow | {"connectionstyle": "bar,fraction=-0.08", "color": ORANGE})
axis.text(2.5, -1.3, "new weights", ha="center", fontsize=9)
picture(
    figure,
    "Boxes from left to right: a batch, layers with norms and dropout, loss, gradient, step. The rate, at the right, "
    "leads into the step, and an arrow leads from the step back to the layers: new weights.",
)

# %% [markdown]
# ## 1 Losses, by the logit
#
# A network that tells two classes apart ends in one number $z$, the **logit**. The sigmoid makes a probability of it,
# and the label $y$ is 0 or 1. Two losses come to mind:
#
# $$p = \frac{1}{1 + e^{-z}}, \qquad L_\text{squared} = (p - y)^2, \qquad
# L_\text{binary} = -y \log p - (1 - y) \log (1 - p)$$
#
# Which is better? Not the loss itself is what trains a network but its slope, and not by $p$ but by $z$: weights change
# $z$. With the chain rule and $dp/dz = p (1 - p)$:
#
# $$\frac{dL_\text{squared}}{dz} = 2 (p - y) \, p (1 - p), \qquad \frac{dL_\text{binary}}{dz} = p - y$$
#
# In the second, $p (1 - p)$ has cancelled. One trap is left: for $z = 800$ a naive $e^{z}$ is too large for a computer,
# and for $z = -800$ and $y = 1$ a naive $\log p$ is $-\infty$. `np.logaddexp(0, z)` is $\log(1 + e^z)$, computed
# safely, and $L_\text{binary} = \log(1 + e^z) - y z$. (Show it on paper: two lines.) Likewise $p = e^{-\log(1 +
# e^{-z})}$.


# %% answer="losses"
def squared_loss(logits, labels):
    """(the losses, their slopes by the logit): two arrays of the logits' shape.

    logits: any numbers. labels: 0 or 1, of the same shape.
    """
    ### BEGIN SOLUTION
    p = np.exp(-np.logaddexp(0, -logits))
    return (p - labels) ** 2, 2 * (p - labels) * p * (1 - p)
    ### END SOLUTION


def binary_loss(logits, labels):
    """The same for binary cross-entropy."""
    ### BEGIN SOLUTION
    p = np.exp(-np.logaddexp(0, -logits))
    return np.logaddexp(0, logits) - labels * logits, p - labels
    ### END SOLUTION


# %% grade="losses"
check("losses")

# %%
z = np.linspace(-8, 8, 161)
figure, panels = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
for function, name, style in ((squared_loss, "squared", "--"), (binary_loss, "binary cross-entropy", "-")):
    for panel, values in zip(panels, function(z, np.ones(161)), strict=True):
        panel.plot(z, values, style, color=ORANGE if style == "--" else BLUE, label=name)
panels[0].set(xlabel="logit z, where y = 1", ylabel="loss")
panels[1].set(xlabel="logit z, where y = 1", ylabel="slope by the logit")
panels[0].legend()
wrong = np.array([-8.0]), np.array([1.0])
slopes = [float(np.ravel(function(*wrong)[1])[0]) for function in (squared_loss, binary_loss)]
picture(
    figure,
    "The losses and their slopes against the logit, for the label 1. Far to the left, where the network is sure and "
    f"wrong, cross-entropy is steep: {slopes[1]:.3f} at a logit of -8. The squared one is flat there: {slopes[0]:.5f}.",
)

# %% [markdown]
# **Question.** A network starts with logits of about -8 for images of class 1. With the squared loss it does not learn.
# Why?
#
# - `"a"`: The squared loss is at most 1, and a loss that is small cannot teach much.
# - `"b"`: Its slope by the logit has a factor $p (1 - p)$, which is almost 0 where the network is sure, even if wrong.
# - `"c"`: The slope by $p$, $2 (p - y)$, is almost 0 there.

# %% answer="q-stuck"
stuck = ""
### BEGIN SOLUTION
stuck = "b"
### END SOLUTION

# %% grade="q-stuck"
check("q-stuck")

# %% [markdown]
# ## 2 Steps: SGD, momentum, Adagrad
#
# An optimizer takes weights $w$ and their gradient $g$, and gives new weights. What it remembers from step to step we
# hand in and out as a dictionary, its **state**: empty before the first step. So nothing is shared between two layers.
# All operations are number by number; $\eta$ is the rate.
#
# **SGD** remembers nothing. In a ravine it jumps from wall to wall and creeps along the bottom:
#
# $$w \leftarrow w - \eta g$$
#
# **Momentum** remembers a velocity $v$, 0 at first. What changes its sign from step to step cancels, and what keeps it
# adds up, to $1 / (1 - \beta)$ steps, 10 of them for $\beta = 0.9$:
#
# $$v \leftarrow \beta v - \eta g, \qquad w \leftarrow w + v$$
#
# **Adagrad** gives each number a step of its own. It remembers the sum $G$ of all squares, 0 at first, and where
# gradients have been large, steps become small:
#
# $$G \leftarrow G + g^2, \qquad w \leftarrow w - \frac{\eta \, g}{\sqrt{G} + \epsilon}$$


# %% answer="steps"
def sgd(w, g, state, rate=0.1):
    """(the new weights, the new state). w, g: arrays of one shape. state: a dictionary, {} before the first step."""
    ### BEGIN SOLUTION
    return w - rate * g, state
    ### END SOLUTION


def momentum(w, g, state, rate=0.1, beta=0.9):
    """Likewise."""
    ### BEGIN SOLUTION
    v = beta * state.get("v", 0) - rate * g
    return w + v, {"v": v}
    ### END SOLUTION


def adagrad(w, g, state, rate=0.1, eps=1e-8):
    """Likewise."""
    ### BEGIN SOLUTION
    total = state.get("total", 0) + g**2
    return w - rate * g / (np.sqrt(total) + eps), {"total": total}
    ### END SOLUTION


# %% locked="walk"
def walk(optimizer, w, gradients, options):
    """The weights after each step, for gradients that are given. Another array is walked in between."""
    state, other_state, path = {}, {}, []
    other = np.zeros(np.shape(w))
    for g in gradients:
        w, state = optimizer(np.array(w), np.array(g), state, **options)
        other, other_state = optimizer(other, np.full(np.shape(w), 3.0), other_state, **options)
        path.append(np.array(w))
    return np.array(path)


# %% locked="walk-plain"
def walk_plain(name, w, gradients, options):
    """For `check`, which cannot send you a function."""
    return walk({"sgd": sgd, "momentum": momentum, "adagrad": adagrad}[name], w, gradients, options)


# %% grade="steps"
check("steps")

# %% [markdown]
# ## 3 Steps of their own size: RMSprop, Adadelta, Adam, Nadam
#
# In Adagrad $G$ only grows, and at some time nothing moves any more. **RMSprop** forgets: it keeps a running mean $s$
# of the squares.
#
# $$s \leftarrow \rho s + (1 - \rho) g^2, \qquad w \leftarrow w - \frac{\eta \, g}{\sqrt{s} + \epsilon}$$
#
# **Adadelta** also wants the units right: a step should be measured as $w$ is. So the rate is replaced by the running
# size of its own steps, with $d$ the mean of their squares, updated *after* the step. Here $\epsilon$ stands in the
# roots, and it is what gets the first step going:
#
# $$s \leftarrow \rho s + (1 - \rho) g^2, \qquad u = \frac{\sqrt{d + \epsilon}}{\sqrt{s + \epsilon}} \, g, \qquad
# d \leftarrow \rho d + (1 - \rho) u^2, \qquad w \leftarrow w - u$$
#
# **Adam** takes running means of the gradient, $m$, and of its square, $s$. Both start at 0 and are too small at first:
# after $t$ steps with equal $g$ we have $m = (1 - \beta_1^t) g$. So they are divided by that, the **bias correction**
# ($t$ is 1 in the first step):
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1) g, \qquad s \leftarrow \beta_2 s + (1 - \beta_2) g^2, \qquad
# w \leftarrow w - \eta \, \frac{m / (1 - \beta_1^t)}{\sqrt{s / (1 - \beta_2^t)} + \epsilon}$$
#
# **Nadam** looks one step ahead, as Nesterov does. Of $m$ it takes what the *next* step would have, and the gradient of
# now:
#
# $$w \leftarrow w - \eta \, \frac{\beta_1 m / (1 - \beta_1^{t+1}) + (1 - \beta_1) g / (1 - \beta_1^t)}
# {\sqrt{s / (1 - \beta_2^t)} + \epsilon}$$


# %% answer="adaptive"
def rmsprop(w, g, state, rate=0.01, rho=0.9, eps=1e-8):
    """(the new weights, the new state), as in part 2."""
    ### BEGIN SOLUTION
    s = rho * state.get("s", 0) + (1 - rho) * g**2
    return w - rate * g / (np.sqrt(s) + eps), {"s": s}
    ### END SOLUTION


def adadelta(w, g, state, rho=0.95, eps=1e-6):
    """Likewise. It has no rate."""
    ### BEGIN SOLUTION
    s = rho * state.get("s", 0) + (1 - rho) * g**2
    d = state.get("d", 0)
    u = np.sqrt(d + eps) / np.sqrt(s + eps) * g
    return w - u, {"s": s, "d": rho * d + (1 - rho) * u**2}
    ### END SOLUTION


def adam(w, g, state, rate=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    """Likewise."""
    ### BEGIN SOLUTION
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0) + (1 - beta1) * g
    s = beta2 * state.get("s", 0) + (1 - beta2) * g**2
    size = np.sqrt(s / (1 - beta2**t)) + eps
    return w - rate * m / (1 - beta1**t) / size, {"t": t, "m": m, "s": s}
    ### END SOLUTION


def nadam(w, g, state, rate=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    """Likewise."""
    ### BEGIN SOLUTION
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0) + (1 - beta1) * g
    s = beta2 * state.get("s", 0) + (1 - beta2) * g**2
    ahead = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    return w - rate * ahead / (np.sqrt(s / (1 - beta2**t)) + eps), {"t": t, "m": m, "s": s}
    ### END SOLUTION


# %% locked="walk-adaptive"
def walk_adaptive(name, w, gradients, options):
    """For `check`, as before."""
    optimizers = {"rmsprop": rmsprop, "adadelta": adadelta, "adam": adam, "nadam": nadam}
    return walk(optimizers[name], w, gradients, options)


# %% grade="adaptive"
check("adaptive")

# %% [markdown]
# Seven optimizers in one ravine, $f = \frac{1}{2} (x^2 + 30 y^2)$. Sanity check first: after one step, each must be
# lower than where it began.
# Who is ahead depends on the rates in `RATES`, which were set by hand for this ravine: change one and look again.

# %%
SEVEN = {f.__name__: f for f in (sgd, momentum, adagrad, rmsprop, adadelta, adam, nadam)}
STEEP = np.array([1.0, 30.0])
RATES = {"sgd": 0.03, "momentum": 0.01, "adagrad": 0.5, "rmsprop": 0.05, "adadelta": None, "adam": 0.15, "nadam": 0.15}
paths = {}
for name, rate in RATES.items():
    w, state, path = np.array([-4.0, 1.0]), {}, [np.array([-4.0, 1.0])]
    for _ in range(60):
        w, state = SEVEN[name](w, STEEP * w, state, **({} if rate is None else {"rate": rate}))
        path.append(w)
    paths[name] = np.array(path)
heights = {name: (STEEP * path**2).sum(axis=1) / 2 for name, path in paths.items()}
assert all(height[1] < height[0] for height in heights.values()), "one of them steps up"
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
x, y = np.meshgrid(np.linspace(-4.5, 1.5, 60), np.linspace(-1.2, 1.2, 60))
left.contour(x, y, (x**2 + 30 * y**2) / 2, 12, colors="0.8")
styles = zip(["-", "--", "-.", ":", "-", "--", "-."], ["", "", "", "", "o", "s", "^"], strict=True)
for (name, path), colour, (line, marker) in zip(paths.items(), LABELS, styles, strict=True):
    style = {"color": colour, "markevery": 10, "markersize": 4}
    left.plot(*path.T, linestyle=line, marker=marker, **style)
    right.semilogy(heights[name], linestyle=line, marker=marker, label=name, **style)
left.set(xlabel="x, along the ravine", ylabel="y, up its walls")
right.set(xlabel="step", ylabel="height f", ylim=(1e-4, 60))
right.legend(fontsize=8, loc="lower left")
told = ", ".join(f"{name} {height[-1]:.2g}" for name, height in heights.items())
picture(
    figure,
    "Left: the ways of seven optimizers down a ravine, seen from above, all from (-4, 1). Right: their heights over "
    f"60 steps, on a logarithmic scale. From a height of {heights['sgd'][0]:.0f} they reach: {told}.",
)

# %% [markdown]
# **Question.** Whatever the gradient is, $10^{-3}$ or $10^3$, Adam's first step is $\eta$ long for each number. Why?
#
# - `"a"`: With $t = 1$ both corrections undo the factors: $m$ becomes $g$ and $s$ becomes $g^2$, and $g / \sqrt{g^2}$
#   is $\pm 1$.
# - `"b"`: Because $m$ and $s$ start at 0, so that the gradient does not count yet.
# - `"c"`: Because $\epsilon$ keeps the step from growing beyond $\eta$.

# %% answer="q-first-step"
first_step = ""
### BEGIN SOLUTION
first_step = "a"
### END SOLUTION

# %% grade="q-first-step"
check("q-first-step")

# %% [markdown]
# **Is that what Keras does?** Nearly. Twenty steps, the same gradients, the same settings. Where the table shows more
# than the errors of 32 bits (some $10^{-7}$), the formula is another one. To see $\epsilon$ at work it is large here,
# $10^{-2}$.

# %%
DIFFERENCES = {
    "sgd": "none",
    "momentum": "none",
    "adagrad": "eps is in the root, and G starts at 0.1",
    "rmsprop": "eps is in the root",
    "adadelta": "the step is multiplied by a rate, 0.001 unless you say 1.0",
    "adam": "eps is added before the second correction",
    "nadam": "beta1 is not constant: 0.9 (1 - 0.5 * 0.96^t)",
}
eps = 1e-2
THEIRS = {
    "sgd": (keras.optimizers.SGD, {"learning_rate": 0.1}, {"rate": 0.1}),
    "momentum": (keras.optimizers.SGD, {"learning_rate": 0.1, "momentum": 0.9}, {"rate": 0.1}),
    "adagrad": (keras.optimizers.Adagrad, {"learning_rate": 0.1, "epsilon": eps}, {"rate": 0.1, "eps": eps}),
    "rmsprop": (keras.optimizers.RMSprop, {"learning_rate": 0.1, "epsilon": eps}, {"rate": 0.1, "eps": eps}),
    "adadelta": (keras.optimizers.Adadelta, {"epsilon": eps}, {"eps": eps}),
    "adam": (keras.optimizers.Adam, {"learning_rate": 0.1, "epsilon": eps}, {"rate": 0.1, "eps": eps}),
    "nadam": (keras.optimizers.Nadam, {"learning_rate": 0.1, "epsilon": eps}, {"rate": 0.1, "eps": eps}),
}
given = np.random.default_rng(0).normal(scale=0.1, size=(20, 5))
apart = {}
for name, (make, settings, ours) in THEIRS.items():
    optimizer, weight = make(**settings), keras.Variable(np.zeros(5))
    for g in given:
        optimizer.apply([keras.ops.convert_to_tensor(g.astype("float32"))], [weight])
    apart[name] = np.abs(keras.ops.convert_to_numpy(weight) - walk(SEVEN[name], np.zeros(5), given, ours)[-1]).max()
for name, difference in apart.items():
    print(f"{name:<9} differs by {difference:.0e} after 20 steps; in Keras: {DIFFERENCES[name]}")

# %% [markdown]
# ## 4 The rate
#
# Too low a rate learns nothing in time, and too high a rate diverges. L1's rule: start high, and halve the rate
# whenever training diverges. There is more to it than it says. Once the loss is `nan`, so are the weights, and no lower
# rate will bring them back: one has to **roll back** to the weights of the best loss. Our rule, for one step:
#
# - compute loss and gradient at $w$;
# - where the loss is not a number or infinite, or more than twice the best so far: go back to the best weights *and
#   their gradient*, and halve the rate;
# - else, where the loss is the best so far, remember it with its weights and gradient;
# - in any case take a step: $w \leftarrow w - \eta g$.
#
# The first loss is taken to be finite. Two rules lower the rate by plan. In **steps** of `every` epochs it is
# multiplied by a factor, and along half a **cosine** it falls from $\eta$ at step 0 to 0 at step $T$:
#
# $$\eta_\text{step} = \eta \cdot \text{factor}^{\lfloor \text{epoch} / \text{every} \rfloor}, \qquad
# \eta_\text{cosine} = \frac{\eta}{2} \left(1 + \cos \frac{\pi t}{T}\right)$$


# %% answer="rates"
def descend(loss_and_gradient, w, rate, steps):
    """(the weights, the rate) after some steps with our rule.

    loss_and_gradient: takes weights and gives (a number, an array of their shape). w: an array, left as it is.
    """
    ### BEGIN SOLUTION
    best, best_w, best_g = np.inf, w, 0 * w
    for _ in range(steps):
        loss, g = loss_and_gradient(w)
        if not np.isfinite(loss) or loss > 2 * best:
            w, g, rate = best_w, best_g, rate / 2
        elif loss < best:
            best, best_w, best_g = loss, w, g
        w = w - rate * g
    return w, rate
    ### END SOLUTION


def step_rate(rate, epoch, every, factor=0.1):
    """The rate in this epoch, where the first is 0."""
    ### BEGIN SOLUTION
    return rate * factor ** (epoch // every)
    ### END SOLUTION


def cosine_rate(rate, step, steps):
    """The rate at this step, of 0 to steps."""
    ### BEGIN SOLUTION
    return rate / 2 * (1 + np.cos(np.pi * step / steps))
    ### END SOLUTION


# %% locked="descended"
def descended(kind, steep, w, rate, steps):
    """For `check`, which cannot send you a function: `descend` on one of these."""

    def parabola(w):
        loss = np.sum(steep * w**2)
        return (np.nan if kind == "nan" and loss > 1000 else loss), 2 * steep * w

    w, rate = descend(parabola, np.array(w), rate, steps)
    return np.array(w), float(rate)


# %% grade="rates"
check("rates")


# %%
def bowl(w):
    return np.sum(STEEP * w**2) / 2, STEEP * w


rates = 2.0 ** np.arange(-9, 2)
plain, ours = [], []
for rate in rates:
    w = np.array([-4.0, 1.0])
    for _ in range(40):
        w = w - rate * bowl(w)[1]
    plain.append(bowl(w)[0])
    ours.append(bowl(descend(bowl, np.array([-4.0, 1.0]), rate, 40)[0])[0])
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
left.loglog(rates, plain, "s--", color=ORANGE, label="the rate stays")
left.loglog(rates, ours, "o-", color=BLUE, label="halved, with rollback")
left.set(xlabel="first rate", ylabel="height after 40 steps", ylim=(1e-4, 1e6))
left.legend()
right.plot([step_rate(1, epoch, 15) for epoch in range(46)], "--", color=ORANGE, label="steps of 15")
right.plot([cosine_rate(1, epoch, 45) for epoch in range(46)], color=BLUE, label="cosine")
right.set(xlabel="epoch", ylabel="rate")
right.legend()
picture(
    figure,
    "Left: the ravine again. The height after 40 steps of SGD, against the first rate. Where it stays, it is best "
    f"at {rates[int(np.argmin(plain))]:.2g}, with {min(plain):.2g}; beyond 2/30 = {2 / 30:.3f} it explodes. With our "
    f"rule high rates are nearly as good: {ours[-1]:.2g} from a rate of {rates[-1]:g}. "
    "Right: the rate in steps, and along a cosine.",
)

# %% [markdown]
# **Question.** Loss and weights are `nan`. A friend halves the rate and goes on, without rollback. What happens?
#
# - `"a"`: The lower rate makes the next steps smaller, and after some of them the loss is a number again.
# - `"b"`: The loss stays `nan`, since each step starts from weights that are `nan`, and `nan` minus anything is `nan`.
# - `"c"`: It depends on the loss: a cross-entropy recovers, and a squared loss does not.

# %% answer="q-nan"
after_nan = ""
### BEGIN SOLUTION
after_nan = "b"
### END SOLUTION

# %% grade="q-nan"
check("q-nan")

# %% [markdown]
# ## 5 Batch normalization
#
# ### 5.1 In training and in use
#
# While a network trains, what a layer is given changes all the time. Batch norm gives each channel mean 0 and variance
# 1, over the batch *and all places*, and then a scale $\gamma$ and a shift $\beta$ that are learned:
#
# $$\hat{x} = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}}, \qquad y = \gamma \hat{x} + \beta$$
#
# $\sigma^2$ is the mean of the squared deviations (a division by the count $N$, not by $N - 1$). In **use** there may
# be one image only, and an image should not be judged by its company. So training keeps running means, and use takes
# these:
#
# $$\text{running} \leftarrow 0.9 \cdot \text{running} + 0.1 \cdot \text{the batch's}$$
#
# (L4's slide calls what is under the root "std". It is a variance.)

# %%
figure, axis = plt.subplots(figsize=(8.6, 1.9), layout="constrained")
axis.set(xlim=(-0.7, 4.7), ylim=(-1.1, 0.6))
axis.axis("off")
for place, name in enumerate(
    ["x", "mean and\nvariance of\na channel", "x hat:\nmean 0,\nvariance 1", "gamma x hat\n+ beta", "y"]
):
    axis.text(
        place, 0, name, ha="center", va="center", fontsize=9, bbox={"boxstyle": "round", "fc": "white", "ec": BLUE}
    )
for place in range(4):
    axis.annotate("", (place + 0.58, 0), (place + 0.38, 0), arrowprops=arrow)
axis.text(
    1,
    -0.85,
    "running means",
    ha="center",
    va="center",
    fontsize=9,
    bbox={"boxstyle": "round", "fc": "white", "ec": ORANGE},
)
axis.annotate("", (1, -0.62), (1, -0.3), arrowprops=arrow)
axis.annotate("", (2, -0.3), (1.5, -0.8), arrowprops=arrow | {"color": ORANGE})
axis.text(2.1, -0.75, "in use, instead of the batch's", fontsize=9)
picture(
    figure,
    "Batch norm: x, then mean and variance of each channel, then x hat with mean 0 and variance 1, gamma and beta, "
    "then y. In training mean and variance also go into running means. In use these take the batch's place.",
)


# %% answer="batch-norm"
def batch_norm(x, gamma, beta, running, training, eps=1e-3):
    """(y, the new running means).

    x: (n, ..., channels). gamma, beta: (channels,). running: {"mean": (channels,), "variance": (channels,)}, which is
    left as it is. training: whether the batch's own mean and variance count. In use, running comes back unchanged.
    """
    ### BEGIN SOLUTION
    mean, variance = running["mean"], running["variance"]
    if training:
        axes = tuple(range(x.ndim - 1))
        mean, variance = x.mean(axis=axes), x.var(axis=axes)
        running = {
            "mean": 0.9 * running["mean"] + 0.1 * mean,
            "variance": 0.9 * running["variance"] + 0.1 * variance,
        }
    return gamma * (x - mean) / np.sqrt(variance + eps) + beta, running
    ### END SOLUTION


# %% grade="batch-norm"
check("batch-norm")

# %%
rng = np.random.default_rng(5)
running, seen = {"mean": np.zeros(1), "variance": np.ones(1)}, []
for _ in range(40):
    _, running = batch_norm(rng.normal(5, 3, size=(32, 1)), np.ones(1), np.zeros(1), running, training=True)
    seen.append([running["mean"][0], running["variance"][0]])
seen = np.array(seen)
figure, axis = plt.subplots(figsize=(6, 2.6), layout="constrained")
for column, (name, true, colour, line) in enumerate((("mean", 5, BLUE, "-"), ("variance", 9, ORANGE, "--"))):
    axis.plot(range(1, 41), seen[:, column], line, color=colour, label=f"running {name}")
    axis.axhline(true, color=colour, linewidth=0.8, linestyle=":")
axis.set(xlabel="batch", ylabel="value")
axis.legend()
picture(
    figure,
    "Running mean and variance over 40 batches of 32 numbers with mean 5 and variance 9. From 0 and 1 they get to "
    f"{seen[9, 0]:.1f} and {seen[9, 1]:.1f} after 10 batches, and to {seen[-1, 0]:.1f} and {seen[-1, 1]:.1f} after 40.",
)

# %% [markdown]
# ### In your own words: a batch of 2 (2 points)
#
# A network for large images is trained with batches of two images, with batch norm behind dense layers of shape (2,
# channels). (a) What are the two values of $\hat{x}$ in a channel, nearly, whatever $x$ was? What is left of it? (b)
# Why does the network do worse in use than in training? (c) Name a way out, and say why it is one.

# %% [markdown] manual="batch-of-two" points=2
# ### BEGIN SOLUTION
# (a) With two numbers the mean lies in the middle and the deviation is half their distance: $\hat{x}$ is +1 and -1, as
# long as $\epsilon$ is small beside the variance. Only *which* of the two is larger is left: one bit. (b) In use the
# running means take the batch's place. They are means over many batches, while in training each image was normalized by
# the very noisy numbers of its own pair: the layers behind have only ever seen +1 and -1, and now see other numbers.
# (c) A norm that does not look at the batch (layer or group norm): same in training and use. Or larger batches, or
# running means in training as well (batch renormalization, frozen batch norm).
# ### END SOLUTION

# %% [markdown]
# ### 5.2 Backward
#
# A number $x_i$ moves $y_i$ directly, and *all* others through mean and variance. With $N$ numbers in a channel, $g =
# \partial L / \partial y$, and sums and means over all axes but the channels':
#
# $$\frac{\partial L}{\partial \beta} = \sum g, \qquad \frac{\partial L}{\partial \gamma} = \sum g \hat{x}, \qquad
# \frac{\partial L}{\partial x} = \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}} \left(g - \text{mean}(g) - \hat{x} \,
# \text{mean}(g \hat{x})\right)$$
#
# The first term is the direct way, the second the way through the mean, the third that through the variance. See that
# it makes sense: adding the same to all $x$ changes nothing, so $\partial L / \partial x$ must add up to 0 in a
# channel.


# %% answer="batch-norm-backward"
def batch_norm_backward(d_out, x, gamma, eps=1e-3):
    """(d_x, d_gamma, d_beta), of batch_norm in training. d_out: from behind, of x's shape. The rest is as there."""
    ### BEGIN SOLUTION
    axes = tuple(range(x.ndim - 1))
    scale = 1 / np.sqrt(x.var(axis=axes) + eps)
    normal = (x - x.mean(axis=axes)) * scale
    direct = d_out - d_out.mean(axis=axes) - normal * (d_out * normal).mean(axis=axes)
    return gamma * scale * direct, (d_out * normal).sum(axis=axes), d_out.sum(axis=axes)
    ### END SOLUTION


# %% grade="batch-norm-backward"
check("batch-norm-backward")

# %% [markdown]
# Sanity check by measuring: move each number a little to both sides.

# %%
x, gamma, d_out = rng.normal(2, 3, size=(4, 3)), rng.normal(size=3), rng.normal(size=(4, 3))
still = {"mean": np.zeros(3), "variance": np.ones(3)}
measured = np.zeros(x.shape)
for place in np.ndindex(*x.shape):
    moved = np.zeros(x.shape)
    moved[place] = 1e-5
    ahead, behind = (batch_norm(x + way * moved, gamma, 0, still, training=True)[0] for way in (1, -1))
    measured[place] = np.sum(d_out * (ahead - behind)) / 2e-5
d_x = batch_norm_backward(d_out, x, gamma)[0]
print(f"relative error {np.linalg.norm(d_x - measured) / np.linalg.norm(d_x + measured):.0e}")
print("sums of the channels:", np.abs(d_x.sum(axis=0)).round(10))

# %% [markdown]
# ## 6 Four norms
#
# They differ in one thing alone: over which numbers mean and variance are taken. Of maps (n, height, width, channels):
#
# | norm | one mean for each | taken over |
# |---|---|---|
# | batch | channel | images, rows, columns |
# | instance | image and channel | rows, columns |
# | layer | image | rows, columns, channels |
# | group | image and group of neighbouring channels | rows, columns, channels of the group |
#
# Group norm with one group is layer norm, and with as many groups as channels it is instance norm.

# %%
figure, panels = plt.subplots(1, 4, figsize=(9, 2.5), layout="constrained")
image_axis, channel_axis = np.indices((4, 6))
cubes = {
    "batch": channel_axis == 0,
    "instance": (channel_axis == 0) & (image_axis == 0),
    "layer": image_axis == 0,
    "group, 2 groups": (image_axis == 0) & (channel_axis < 3),
}
for panel, (name, together) in zip(panels, cubes.items(), strict=True):
    panel.imshow(together, cmap="cividis", vmin=-0.3, vmax=1)
    panel.set(title=name, xlabel="channel", ylabel="image", xticks=[], yticks=[])
    for row, column in np.ndindex(4, 6):
        panel.add_patch(plt.Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor="white", linewidth=0.8))
picture(
    figure,
    "Tables of four images by six channels, in which each cell is a map with all its places. Yellow is what shares one "
    "mean: for batch norm a channel of all images, for instance norm one cell, for layer norm all of an image, "
    "for group norm with 2 groups three channels of an image.",
)


# %% answer="norms"
def normalize(x, kind, groups=2, eps=1e-3):
    """x with mean 0 and variance 1, of the same shape; no gamma and beta.

    x: (n, height, width, channels). kind: "batch", "instance", "layer" or "group". groups: for "group" alone.
    """
    ### BEGIN SOLUTION
    shape = x.shape
    if kind == "group":
        x = x.reshape(*shape[:3], groups, -1)
    axes = {"batch": (0, 1, 2), "instance": (1, 2), "layer": (1, 2, 3), "group": (1, 2, 4)}[kind]
    x = (x - x.mean(axis=axes, keepdims=True)) / np.sqrt(x.var(axis=axes, keepdims=True) + eps)
    return x.reshape(shape)
    ### END SOLUTION


# %% grade="norms"
check("norms")

# %% [markdown]
# The same by Keras, which has no instance norm by that name, and needs none:

# %%
maps = rng.normal(1, 2, size=(3, 4, 5, 6)).astype("float32")
by_keras = {
    "batch": layers.BatchNormalization(epsilon=1e-3),
    "instance": layers.GroupNormalization(groups=-1, epsilon=1e-3),
    "layer": layers.LayerNormalization(axis=(1, 2, 3), epsilon=1e-3),
    "group": layers.GroupNormalization(groups=2, epsilon=1e-3),
}
for kind, layer in by_keras.items():
    theirs = keras.ops.convert_to_numpy(layer(maps, training=True))
    print(f"{kind:<9} differs by {np.abs(theirs - normalize(maps, kind)).max():.0e}; gamma: {layer.gamma.shape}")

# %% [markdown]
# **Question.** Which norms give an image the same result alone as in a batch, with neither training mode nor running
# means?
#
# - `"a"`: All four, as long as the batch is large enough.
# - `"b"`: Only layer norm, since it uses everything that the image has.
# - `"c"`: Instance, layer and group norm: none of their means reaches over the images.

# %% answer="q-alone"
alone = ""
### BEGIN SOLUTION
alone = "c"
### END SOLUTION

# %% grade="q-alone"
check("q-alone")

# %% [markdown]
# ## 7 Dropout
#
# ### 7.1 Two rules
#
# Dropout switches each number off with the probability $r$, the **rate**, anew in each step. In use nothing is switched
# off. Then what the next layer is given would be greater than it was in training, by $1 / (1 - r)$. Two rules mend
# that:
#
# - **L4's**, the original one: nothing in training; in use multiply by $1 - r$.
# - **inverted**, which Keras has: in training divide what is left by $1 - r$; nothing in use.
#
# The randomness is given here: `chance` holds a number from 0 to 1 for each number of $x$. Where it is below the rate,
# the number is off.


# %% answer="dropout"
def dropout(x, rate, chance, training):
    """Inverted dropout. x, chance: arrays of one shape. rate: from 0 to below 1."""
    ### BEGIN SOLUTION
    return x * (chance >= rate) / (1 - rate) if training else x
    ### END SOLUTION


def dropout_of_l4(x, rate, chance, training):
    """Dropout by L4's rule."""
    ### BEGIN SOLUTION
    return x * (chance >= rate) if training else x * (1 - rate)
    ### END SOLUTION


# %% grade="dropout"
check("dropout")

# %%
ones, drawn = np.ones(100_000), rng.random(100_000)
print("mean of what the next layer is given, where x is 1 and the rate 0.3:")
for function in (dropout, dropout_of_l4):
    training, use = (function(ones, 0.3, drawn, training=mode).mean() for mode in (True, False))
    print(f"  {function.__name__:<14} in training {training:.3f}, in use {use:.3f}")

# %% [markdown]
# ### 7.2 Conspiracies, and 2^n networks
#
# Why should it help? L4 gives a picture: 50 people plan a conspiracy. As *one* plan it works if all 50 play their
# parts. As ten plans of five each, it works if *any* of the ten does. If each person plays their part with probability
# $p$, independently of others:
#
# $$P_\text{one} = p^{50}, \qquad P_\text{ten} = 1 - (1 - p^5)^{10}$$
#
# With dropout a network is forced to the second kind. The other picture: with $n$ numbers there are $2^n$ masks, and
# each is a network of its own. All share weights. Is use, with all on, an average over these networks? For a *linear*
# unit $w \cdot x$ compute it: go through all masks, weigh each by its probability ($1 - r$ for each number that is on,
# $r$ for each that is off), and add up.


# %% answer="conspiracies"
def one_plan(p, people):
    """The probability that all of them play their parts."""
    ### BEGIN SOLUTION
    return p**people
    ### END SOLUTION


def many_plans(p, people, plans):
    """The probability that at least one plan works, with the people split evenly over the plans."""
    ### BEGIN SOLUTION
    return 1 - (1 - p ** (people // plans)) ** plans
    ### END SOLUTION


def over_all_masks(x, w, rate):
    """The mean of w . (mask * x) over all 2^n masks, each weighed by its probability. No scaling. x, w: (n,)."""
    ### BEGIN SOLUTION
    total = 0
    for mask in itertools.product([0, 1], repeat=len(x)):
        on = sum(mask)
        total += (1 - rate) ** on * rate ** (len(x) - on) * np.sum(w * np.array(mask) * x)
    return total
    ### END SOLUTION


# %% grade="conspiracies"
check("conspiracies")

# %%
p = np.linspace(0, 1, 101)
figure, axis = plt.subplots(figsize=(6, 2.8), layout="constrained")
axis.plot(p, many_plans(p, 50, 10), color=BLUE, label="ten plans of 5")
axis.plot(p, one_plan(p, 50), "--", color=ORANGE, label="one plan of 50")
axis.set(xlabel="p, that one person plays the part", ylabel="that it works")
axis.legend()
picture(
    figure,
    f"Both probabilities against p. At p = 0.9 the plan of 50 works with {one_plan(0.9, 50):.1%}, and one of ten plans "
    f"with {many_plans(0.9, 50, 10):.2%}. At p = 0.5: {one_plan(0.5, 50):.0e} and {many_plans(0.5, 50, 10):.0%}.",
)
x, w = rng.normal(size=8), rng.normal(size=8)
in_use = np.sum(w * dropout_of_l4(x, 0.3, x, False))
print(f"over all 256 masks: {over_all_masks(x, w, 0.3):.6f}; L4's rule in use: {in_use:.6f}")

# %% [markdown]
# ### In your own words: dropout's two modes (2 points)
#
# (a) Say for a hidden number $x$ with rate $r$ what the next layer is given on average, in training and in use, by each
# of the two rules. (b) A friend mixes them: divides by $1 - r$ in training and multiplies by $1 - r$ in use. By which
# factor is the next layer's input off in use, for $r = 0.5$? (c) The mean over all masks equals one pass with all on
# for a linear unit. Why does that not hold exactly for a network with ReLUs?

# %% [markdown] manual="two-modes" points=2
# ### BEGIN SOLUTION
# (a) L4's: $(1 - r) x$ in training and $(1 - r) x$ in use. Inverted: $x$ in both. Each rule agrees with itself. (b) In
# training it is $x$ on average and in use $(1 - r) x$: half of what the next layer has learned with, for $r = 0.5$. (c)
# A mean can be drawn into a linear function and not into another one: the mean of $\max(0, w \cdot (m x))$ over masks
# $m$ is at least $\max(0, \cdot)$ of the mean, and greater where masks change the sign. So one pass is an approximation
# to the average of $2^n$ networks.
# ### END SOLUTION

# %% [markdown]
# ## 8 A flow of batches
#
# Training wants batches without end, in another order each epoch, and each image a little different each time. L0 shows
# a `flow` that does so. Here are photographs to try it on: patches of 32x32 pixels of 14 photographs and textures. The
# training patches are from the left part of each photograph, the validation patches from the middle, and the test
# patches from the right, so they have no common pixel.

# %% locked="patches"
patches, patch_labels = photograph_patches("fit", 1400, size=32)
val_patches, val_patch_labels = photograph_patches("validation", 420, seed=1, size=32)

# %%
first = [int(np.argmax(patch_labels == k)) for k in range(14)]
picture(
    grids(patches[first], [CLASSES[k] for k in range(14)], columns=7, edge=1.1),
    "One training patch of each of the 14 classes: " + ", ".join(CLASSES) + ".",
)

# %% [markdown]
# Three changes, each with its random numbers given, **one for each image**: if a whole batch is changed alike, the
# network sees little that is new.
#
# - **flip**: images whose chance is below one half are mirrored, left for right;
# - **crop**: of each image a square, whose upper left corner is given;
# - **colour cast**: each channel of each image is multiplied by a factor, and what leaves [0, 1] is clipped.
#
# And the flow: for each epoch draw *one* permutation with `rng.permutation(len(images))`, and give images and labels in
# this order, in batches. The last batch of an epoch may be smaller. Then comes the next epoch, without end. A function
# with `yield` in it is a generator: it goes on from there when it is asked for the next batch.


# %% answer="flow"
def flip(images, chances):
    """images: (n, height, width, 3). chances: (n,)."""
    ### BEGIN SOLUTION
    return np.where(chances[:, None, None, None] < 0.5, images[:, :, ::-1], images)
    ### END SOLUTION


def crop(images, corners, size):
    """Squares of size pixels: (n, size, size, 3). corners: whole numbers (n, 2), row and column of the upper left."""
    ### BEGIN SOLUTION
    return np.stack([image[i : i + size, j : j + size] for image, (i, j) in zip(images, corners, strict=True)])
    ### END SOLUTION


def colour_cast(images, factors):
    """images: (n, height, width, 3), in [0, 1]. factors: (n, 3)."""
    ### BEGIN SOLUTION
    return np.clip(images * factors[:, None, None, :], 0, 1)
    ### END SOLUTION


def flow(images, labels, batch, rng):
    """Pairs (images, labels) of a batch, without end. rng: a NumPy generator."""
    ### BEGIN SOLUTION
    while True:
        order = rng.permutation(len(images))  # given: the text says so
        for start in range(0, len(images), batch):
            some = order[start : start + batch]
            yield images[some], labels[some]
    ### END SOLUTION


# %% locked="flowed"
def flowed(images, labels, batch, seed, count):
    """For `check`: the first batches of a flow."""
    found = itertools.islice(flow(np.array(images), np.array(labels), batch, np.random.default_rng(seed)), count)
    return [[np.array(some), np.array(their_labels)] for some, their_labels in found]


# %% grade="flow"
check("flow")

# %%
temple = np.repeat(patches[first[12]][None], 8, axis=0)
rng = np.random.default_rng(8)
changed = {
    "flip": flip(temple, rng.random(8)),
    "crop": crop(temple, rng.integers(0, 5, size=(8, 2)), 28),
    "cast": colour_cast(temple, rng.uniform(0.7, 1.3, size=(8, 3))),
}
picture(
    grids([image for images in changed.values() for image in images], columns=8, edge=0.9, rows=list(changed)),
    "One patch of the temple, changed eight times by each of the three: mirrored or not, cropped to 28 pixels, and in "
    "another colour each time.",
)

# %% [markdown]
# ## 9 Reading curves
#
# Whoever trains looks at two curves: the loss on training images, and that on validation images. Here are four
# trainings of one small network, on scikit-learn's digits of 8x8 pixels. Their settings were picked so that each shows
# one thing; curves of your own will be less clear. Sanity check: before the first step each of them has a loss near
# $\log 10$.

# %% locked="curves"
SETTINGS = {"A": (1000, 0.0005), "B": (25, 0.8), "C": (1000, 0.1), "D": (1000, 2.0)}  # training images, rate
DIGITS = load_digits()


def train_small(count, rate, epochs=40):
    """The losses of each epoch, before its steps: (epochs, 2), training and validation."""
    rng = np.random.default_rng(9)
    first, last = rng.normal(scale=np.sqrt(2 / 64), size=(64, 48)), rng.normal(scale=0.01, size=(48, 10))
    digits = DIGITS.data / 16
    sets = [(digits[:count], DIGITS.target[:count]), (digits[1000:1400], DIGITS.target[1000:1400])]
    losses = []
    for _ in range(epochs):
        row = []
        for x, y in sets:
            logits = np.maximum(x @ first, 0) @ last
            shifted = logits - logits.max(axis=1, keepdims=True)
            row.append(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y]))
        losses.append(row)
        x, y = sets[0]
        for some in np.array_split(rng.permutation(count), count // 25):
            hidden = np.maximum(x[some] @ first, 0)
            logits = hidden @ last
            p = np.exp(logits - logits.max(axis=1, keepdims=True))
            d = (p / p.sum(axis=1, keepdims=True) - np.eye(10)[y[some]]) / len(some)
            d_hidden = d @ last.T * (hidden > 0)
            first, last = first - rate * x[some].T @ d_hidden, last - rate * hidden.T @ d
    return np.array(losses)


curves = {name: train_small(*setting) for name, setting in SETTINGS.items()}

# %%
starts = ", ".join(f"{name} {curve[0, 0]:.3f}" for name, curve in curves.items())
print(f"log 10 is {np.log(10):.3f}; first losses: {starts}")
figure, panels = plt.subplots(1, 4, figsize=(9.5, 2.6), layout="constrained")
for panel, (name, curve) in zip(panels, curves.items(), strict=True):
    panel.plot(curve[:, 0], color=BLUE, label="training")
    panel.plot(curve[:, 1], "--", color=ORANGE, label="validation")
    panel.set(title=name, xlabel="epoch", ylim=(0, 2.6))
panels[0].set(ylabel="loss")
panels[0].legend(fontsize=8, loc="lower left")
ends = "; ".join(f"{name} {curve[-1, 0]:.2f} and {curve[-1, 1]:.2f}" for name, curve in curves.items())
picture(figure, f"Training and validation loss over 40 epochs of four trainings, which end at: {ends}.")

# %% [markdown]
# **Question.** Which is which? Give each of A to D one of `"too high"` (the rate), `"too low"` (the rate), `"by heart"`
# (too few images: the network learns them by heart) and `"fine"`.

# %% answer="diagnosis"
diagnosis = {"A": "", "B": "", "C": "", "D": ""}
### BEGIN SOLUTION
diagnosis = {"A": "too low", "B": "by heart", "C": "fine", "D": "too high"}
### END SOLUTION

# %% grade="diagnosis"
check("diagnosis")

# %% [markdown]
# ### In your own words: what would you do? (2 points)
#
# For each of the four trainings: what in the curves tells what is wrong (or that nothing is), and what would you change
# *first*? One or two sentences each.

# %% [markdown] manual="four-curves" points=2
# ### BEGIN SOLUTION
# A: both losses leave log 10 in a nearly straight line, and slowly: the rate is too low by far; ten or a hundred times
# as high. B: training goes to about 0 while validation stays far above it: learned by heart; more images first, else
# augmentation and dropout. C: both fall fast, and stay close to one another: fine; nothing, or a few epochs more. D:
# the loss falls for one epoch and then goes back to log 10 and stays there: the rate is too high, and one large step
# has brought the network to where no ReLU is on. Roll back and halve the rate until it falls.
# ### END SOLUTION

# %% [markdown]
# ## 10 A network of your own
#
# Now all of it together, in Keras: patches of 32x32 to 14 classes. The test patches are from parts of the photographs
# that no training patch shows, so the network has to know what a thing looks like, and not one place of it. Anything
# goes that trains within a minute. A good start: a layer that flips; three blocks of convolution (24 to 96 filters),
# batch norm and ReLU, with strides or pooling between them; global average pooling, dropout, 14 logits.


# %% answer="network"
def build_network():
    """A network from patches (32, 32, 3) in [0, 1] to 14 logits (no softmax)."""
    ### BEGIN SOLUTION
    block = []
    for filters, strides in ((24, 2), (48, 1), (96, 2)):
        block += [
            layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
        ]
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.RandomFlip("horizontal"),
            *block,
            layers.GlobalAveragePooling2D(),
            layers.Dropout(0.3),
            layers.Dense(14),
        ]
    )
    ### END SOLUTION


# %% [markdown]
# **Sanity checks first**: a first loss near $\log 14 = 2.64$, and twenty patches learned by heart.

# %%
keras.utils.set_random_seed(1)
trial = build_network()
from_logits = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
trial.compile(keras.optimizers.Adam(0.005), from_logits)
print(f"the first loss is {trial.evaluate(patches[:256], patch_labels[:256], verbose=0):.2f}")
tiny = trial.fit(
    np.tile(patches[:20], (10, 1, 1, 1)), np.tile(patch_labels[:20], 10), batch_size=20, epochs=6, verbose=0
).history["loss"]
print(
    f"on twenty patches it falls from {tiny[0]:.2f} in the first ten steps to {tiny[-1]:.2f} in the last ten of sixty"
)

# %%
RATE, EPOCHS = 0.006, 15

keras.utils.set_random_seed(2)
network = build_network()
schedule = keras.optimizers.schedules.CosineDecay(RATE, EPOCHS * -(-len(patches) // 32))
network.compile(keras.optimizers.Adam(schedule), from_logits, metrics=["accuracy"])
history = network.fit(
    patches,
    patch_labels,
    batch_size=32,
    epochs=EPOCHS,
    validation_data=(val_patches, val_patch_labels),
    verbose=0,
    callbacks=[Progress()],
).history

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 2.8), layout="constrained")
for axis, name in ((left, "loss"), (right, "accuracy")):
    axis.plot(range(1, EPOCHS + 1), history[name], "o-", color=BLUE, markersize=3, label="training")
    axis.plot(range(1, EPOCHS + 1), history[f"val_{name}"], "s--", color=ORANGE, markersize=3, label="validation")
    axis.set(xlabel="epoch", ylabel=name)
left.legend()
picture(
    figure,
    f"Loss and accuracy over {EPOCHS} epochs. At the end {history['accuracy'][-1]:.0%} of training patches are right, "
    f"and {history['val_accuracy'][-1]:.0%} of the validation patches.",
)


# %% answer="predict"
def predict_patches(images):
    """The class, 0 to 13, that your network sees in each patch, as an array of whole numbers (n,).

    images: float32 (n, 32, 32, 3) in [0, 1].
    """
    ### BEGIN SOLUTION
    return network.predict(images, batch_size=256, verbose=0).argmax(axis=1)
    ### END SOLUTION


# %% [markdown]
# Choose by the validation curve. When you hand in, test patches that nobody has seen decide.

# %% grade="accuracy"
check("accuracy")
