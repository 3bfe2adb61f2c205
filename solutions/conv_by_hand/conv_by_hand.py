# %% [markdown]
# # Convolution by hand, there and back
#
# Frameworks hide two things: how a convolution is computed quickly, and how blame finds its way back through it. Here
# nothing is hidden. You build every layer of a small network from NumPy alone, forward *and* backward, prove each by a
# gradient check that you have written yourself, and assemble them to a network that learns twenty digits by heart.
#
# How it works: where a cell says `YOUR CODE HERE`, put your code in place of that line and the next. Then run
# `check(...)`, as often as you like: it tells you what is wrong and costs nothing. Some tests run only when you hand
# in, with other numbers and other shapes; code that does what the text says passes those as well. After an experiment
# there is a short question: run it first, then choose the answer whose *reason* is right, too.
#
# | part | points |
# |---|---|
# | 1 Pixels | 1 |
# | 2 A neuron is a detector | 2 |
# | 3 Convolution, forward | 5.5 |
# | 4 Is my gradient right? | 2 |
# | 5 Convolution, backward | 4 |
# | 6 ReLU, dense, cross-entropy | 2.5 |
# | 7 Pooling | 4.5 |
# | 8 The way up: transposed convolution | 1.5 |
# | 9 An X or an O? | 1.5 |
# | 10 A network of these parts | 2.5 |
# | two written questions | 4 |

# %% locked="setup"
import matplotlib.pyplot as plt
import numpy as np
from cnnkit.check import load_checks
from cnnkit.pictures import BLUE, ORANGE, grids, picture

check = load_checks("conv_by_hand")

# %% [markdown]
# All arrays are as in Keras, and all numbers are floats of 64 bits, which a gradient check needs:
#
# | array | shape |
# |---|---|
# | images | (n, height, width, channels) |
# | kernels | (rows, columns, channels, filters) |
# | bias | (filters,) |
#
# The digits are 120 of scikit-learn's, 8x8 pixels in 17 shades of grey, in a file beside this notebook.

# %% locked="digits"
ROWS = np.loadtxt("digits.csv", delimiter=",")
LABELS, SHADES = ROWS[:, 0].astype(int), ROWS[:, 1:].reshape(-1, 8, 8, 1)

# %%
print(f"{len(SHADES)} digits of shape {SHADES.shape[1:]}, shades from {SHADES.min():g} to {SHADES.max():g}")
picture(
    grids(SHADES[:20, ..., 0], titles=LABELS[:20], columns=10, edge=0.9),
    "The first twenty digits, each with its label: 0 to 9, twice. They are coarse: 8 by 8 pixels each.",
)

# %% [markdown]
# ## 1 Pixels
#
# An image is a table of whole numbers. Eight bits tell $2^8 = 256$ shades apart, and the values are 0 (black) to 255
# (white): the greatest value is one *less* than the number of shades. The digits above have 17 shades, 0 to 16.
# Networks learn best from numbers of size about 1, so we divide by the greatest value that is possible and get 0 to 1.
#
# A colour image has three such tables, its **channels** red, green and blue, here the last axis. To see it in grey,
# weigh them as the eye does (the weights are those of ITU-R BT.601, and add up to 1):
#
# $$\text{grey} = 0.299 \, R + 0.587 \, G + 0.114 \, B$$
#
# Why are there networks of a kind of their own for images? L2 counts: a neuron that is connected to all of an image of
# 1000x1000 pixels in three colours has $1000 \cdot 1000 \cdot 3 = 3$ million weights. (L2 goes on to 300 million and
# 2.4 GB for "100 layers". That is 100 *neurons*, at 8 bytes a weight. A layer has far more.)


# %% answer="pixels"
def to_unit(image, shades):
    """The image as floats from 0 to 1.

    image: whole numbers from 0 to shades - 1, of any shape. shades: how many there are, 256 for 8 bits.
    """
    ### BEGIN SOLUTION
    return image / (shades - 1)
    ### END SOLUTION


def to_grey(image):
    """The brightness, (..., height, width), of an image (..., height, width, 3): red, green, blue."""
    ### BEGIN SOLUTION
    return image @ np.array([0.299, 0.587, 0.114])
    ### END SOLUTION


def dense_weights(shape, neurons):
    """How many weights, biases left out, connect each of some neurons to all of an image of this shape.

    shape: (height, width, channels).
    """
    ### BEGIN SOLUTION
    height, width, channels = shape
    return height * width * channels * neurons
    ### END SOLUTION


# %% grade="pixels"
check("pixels")

# %%
across, down = np.meshgrid(np.linspace(0, 1, 12), np.linspace(0, 1, 12))
sunset = np.stack([1 - 0.3 * down, 0.9 - 0.8 * down, 0.2 + 0.7 * across], axis=-1)
sunset[3:7, 4:8] = [1, 0.9, 0]
picture(
    grids(
        [sunset, *np.moveaxis(sunset, -1, 0), to_grey(sunset)],
        ["colours", "red", "green", "blue", "grey"],
        columns=5,
        edge=1.5,
        limits=(0, 1),
        colours="gray",
    ),
    "A yellow square before a sky that goes from yellow to red and violet; its three channels, and its brightness. In "
    "the blue channel the square is black, in the red one it is white.",
)
print(f"for one neuron on 1000x1000x3: {dense_weights((1000, 1000, 3), 1):,} weights")
print(f"for 100 neurons: {dense_weights((1000, 1000, 3), 100) * 8 / 1e9:.1f} GB at 8 bytes a weight")

# %% [markdown]
# ## 2 A neuron is a detector
#
# A neuron multiplies each input by a weight and adds up: its response is $w \cdot x$. L3 calls it a detector: when the
# response is high, the input must have been similar to the weights. Is that so? Look at what a dot product is:
#
# $$w \cdot x = |w| \, |x| \cos\theta, \qquad |w| = \sqrt{\textstyle\sum_i w_i^2}$$
#
# The angle $\theta$ says how similar the two are in *direction*: $\cos\theta$ is 1 where $x$ is a multiple of $w$,
# 0 where they have nothing in common, and -1 for the negative. But the response grows with $|x|$ as well. So L3's
# sentence holds among inputs of the same length, and else it is $\cos\theta$ that tells similarity.
#
# L3's feature map has 100 neurons, each of which sees a patch of 5x5 and has a bias. As all of them look for the same
# pattern, they **share** their $5 \cdot 5 + 1 = 26$ weights. Each with weights of its own, they would have 2,600.


# %% answer="detector"
def response(weights, patch):
    """The sum of products of two arrays of one shape, a number."""
    ### BEGIN SOLUTION
    return np.sum(weights * patch)
    ### END SOLUTION


def cosine(weights, patch):
    """The cosine of the angle between two arrays of one shape; 0 where one of them is all 0."""
    ### BEGIN SOLUTION
    lengths = np.sqrt(np.sum(weights**2)) * np.sqrt(np.sum(patch**2))
    return np.sum(weights * patch) / lengths if lengths > 0 else 0.0
    ### END SOLUTION


def map_weights(places, edge, channels=1):
    """(how many weights the neurons of a map share, how many they have where each has its own), biases counted.

    places: neurons in the map. edge: of the square patch that each of them sees. channels: of the input.
    """
    ### BEGIN SOLUTION
    shared = edge * edge * channels + 1
    return shared, places * shared
    ### END SOLUTION


# %% grade="detector"
check("detector")

# %%
falling = np.where(np.eye(5) > 0, 1.0, -0.25)  # looks for a falling diagonal; its weights add up to 0
stroke = np.eye(5)
patches = {
    "a stroke": stroke,
    "3 times as bright": 3 * stroke,
    "the stroke, on grey": stroke + 0.8,
    "all white": np.full((5, 5), 3.0),
    "the other diagonal": 5 * stroke[:, ::-1],
}
titles = [f"{name}\nw.x {response(falling, x):.2f}, cos {cosine(falling, x):.2f}" for name, x in patches.items()]
picture(
    grids([falling, *patches.values()], ["weights w", *titles], columns=3, edge=2, limits=(-1, 3)),
    "The weights of a detector for falling diagonals, and five patches with their responses and cosines: "
    + "; ".join(title.replace("\n", ": ") for title in titles)
    + ".",
)

# %% [markdown]
# **Question.** The stroke on grey has the same response as the stroke on black. Why?
#
# - `"a"`: Because the cosine is the same, and the response depends on the cosine alone.
# - `"b"`: Because the weights add up to 0, so what is added to *every* pixel is multiplied by 0 in all.
# - `"c"`: Because a neuron compares directions, and adding the same to each pixel does not change the direction.

# %% answer="q-brighter"
brighter = ""
### BEGIN SOLUTION
brighter = "b"
### END SOLUTION

# %% grade="q-brighter"
check("q-brighter")

# %% [markdown]
# ## 3 Convolution, forward
#
# ### 3.1 Patches become rows: im2col
#
# One detector at all places: that is a convolution. It could be written with loops over images, rows, columns and
# filters, and in Python that is slow. The way out: copy every patch into a row of a matrix. Then *one* matrix product
# compares all patches with all filters, and nothing is faster on a computer than a matrix product. The copying is
# called **im2col**.

# %%
example = np.arange(16).reshape(4, 4)
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 2.6), width_ratios=[1, 2.4], layout="constrained")
rows = [example[i : i + 3, j : j + 3].ravel() for i in range(2) for j in range(2)]
for axis, table in ((left, example), (right, np.array(rows))):
    axis.imshow(np.zeros(table.shape), cmap="Greys", vmax=1)
    axis.set(xticks=[], yticks=range(len(table)), yticklabels=[""] * len(table))
    for (row, column), value in np.ndenumerate(table):
        inside = row == 1 if axis is right else row < 3 and column > 0
        style = {"color": ORANGE, "weight": "bold"} if inside else {"color": "black"}
        axis.text(column, row, value, ha="center", va="center", **style)
left.add_patch(plt.Rectangle((0.5, -0.5), 3, 3, fill=False, edgecolor=ORANGE, linewidth=2))
right.add_patch(plt.Rectangle((-0.5, 0.5), 9, 1, fill=False, edgecolor=ORANGE, linewidth=2))
left.set_title("image, 4x4")
right.set(title="its patches of 3x3, one a row", yticklabels=["(0, 0)", "(0, 1)", "(1, 0)", "(1, 1)"])
picture(
    figure,
    "On the left an image of 4 by 4, numbered 0 to 15, with a frame around its upper right patch of 3 by 3. On the "
    "right a table of four rows, one for each patch; that of the framed one, place (0, 1), is 1 2 3 5 6 7 9 10 11.",
)

# %% [markdown]
# Four numbers say where patches lie. For a kernel of $f$ weights on an edge of $n$ pixels:
#
# - **padding**: $p$ zeros are put around the image, on all four sides;
# - **stride**: a patch begins every $s$ pixels, and one that would hang over the edge is left out;
# - **dilation**: neighbouring weights are $d$ pixels apart, so $f$ weights reach over $(f - 1) d + 1$ pixels.
#
# $$n' = \left\lfloor \frac{n + 2p - (f - 1) d - 1}{s} \right\rfloor + 1$$
#
# In a patch the order is NumPy's own: row by row, in a row pixel by pixel, at a pixel channel by channel. That is how
# `kernels.reshape(-1, filters)` orders the weights, and both must agree.
#
# A loop over all places is right and slow. Better: a loop over the few places *in the kernel*. The upper left numbers
# of all patches are a slice of the image with steps of $s$, and so are all others.


# %% answer="im2col"
def im2col(images, size, stride=1, pad=0, dilation=1):
    """The patches of images, (n, output height, output width, rows * columns * channels).

    images: (n, height, width, channels). size: (rows, columns) of a patch.
    stride, pad, dilation: whole numbers, for both directions alike.
    """
    ### BEGIN SOLUTION
    rows, columns = size
    padded = np.pad(images, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    n, height, width, channels = padded.shape
    high = (height - (rows - 1) * dilation - 1) // stride + 1
    wide = (width - (columns - 1) * dilation - 1) // stride + 1
    patches = np.zeros((n, high, wide, rows, columns, channels))
    for row in range(rows):
        for column in range(columns):
            top, left = row * dilation, column * dilation
            part = padded[:, top : top + high * stride : stride, left : left + wide * stride : stride]
            patches[:, :, :, row, column] = part
    return patches.reshape(n, high, wide, rows * columns * channels)
    ### END SOLUTION


# %% grade="im2col"
check("im2col")

# %%
print("The picture's patches:", im2col(example[None, ..., None], (3, 3))[0].reshape(4, 9).astype(int).tolist())
many = im2col(SHADES, (3, 3), pad=1)
print(f"All digits: {many.shape}, {many.size / SHADES.size:g} times as many numbers. That is what speed costs here.")

# %% [markdown]
# ### 3.2 One product
#
# With the patches $P$, (n, n', n', $rows \cdot columns \cdot channels$), and the kernels as a matrix $K$ with one
# column a filter, the convolution is $P K + b$. (The kernel is laid on as it is and not turned. Mathematicians call
# that cross-correlation; all deep learning libraries call it convolution.)
#
# With **groups** the channels are cut into $g$ equal parts, in order, and so are the filters. A filter of the first
# part reaches through the first part of the channels alone. So kernels have the shape (rows, columns, *channels / g*,
# filters).

# %%
figure, panels = plt.subplots(1, 3, figsize=(9, 2.6), layout="constrained")
for panel, groups in zip(panels, (1, 2, 4), strict=True):
    panel.set(xlim=(-0.4, 3.4), ylim=(-0.4, 1.4), title=f"groups={groups}\n{16 // groups} kernels of a channel")
    panel.axis("off")
    for channel in range(4):
        for kernel in range(4):
            if channel // (4 // groups) == kernel // (4 // groups):
                panel.plot([channel, kernel], [1, 0], color="0.5", linewidth=1, zorder=1)
    for colour, height, name in ((BLUE, 1, "channels"), (ORANGE, 0, "filters")):
        panel.scatter(range(4), [height] * 4, s=220, color=colour, marker="os"[height], zorder=2)
        panel.text(-0.35, height + (0.22 if height else -0.32), name, fontsize=9)
picture(
    figure,
    "Four channels (blue squares, above) and four filters (orange discs, below), joined where a filter reads a "
    "channel. With 1 group each filter reads all four, with 2 groups two, with 4 groups one: that is a depthwise "
    "convolution.",
)

# %% [markdown]
# Two special cases need no code of their own. A kernel of **1x1** sees no neighbours and mixes channels. As many groups
# as channels make a **depthwise** convolution, which sees neighbours and mixes no channels.


# %% answer="convolution"
def conv(images, kernels, bias, stride=1, pad=0, dilation=1, groups=1):
    """The convolution of images with kernels: (n, output height, output width, filters).

    images: (n, height, width, channels). kernels: (rows, columns, channels / groups, filters). bias: (filters,).
    """
    ### BEGIN SOLUTION
    size = kernels.shape[:2]
    maps = []
    for part, of_part in zip(np.split(images, groups, axis=3), np.split(kernels, groups, axis=3), strict=True):
        patches = im2col(part, size, stride, pad, dilation)
        maps.append(patches @ of_part.reshape(-1, of_part.shape[3]))
    return np.concatenate(maps, axis=3) + bias
    ### END SOLUTION


# %% grade="convolution"
check("convolution")

# %% [markdown]
# Sanity check: L2's edge, dark on the right, must give rows of `0 24 24 0`. And what do padding, stride and dilation do
# to a digit?

# %%
half = np.repeat([[8.0, 8, 8, 0, 0, 0]], 6, axis=0)[None, ..., None]
upright = np.repeat([[1.0, 0, -1]], 3, axis=0)[..., None, None]
print("L2's edge:", conv(half, upright, np.zeros(1))[0, 0, :, 0])
digits = to_unit(SHADES, 17)
options = {"plain": {}, "pad=1": {"pad": 1}, "stride=2": {"stride": 2}, "dilation=2": {"dilation": 2}}
maps = [conv(digits[3:4], upright, np.zeros(1), **option)[0, ..., 0] for option in options.values()]
for name, answer in zip(options, maps, strict=True):
    print(f"{name:<11} gives {answer.shape}, with 9 weights")
picture(
    grids([digits[3, ..., 0], *maps], ["digit", *options], columns=5, edge=1.6, limits=(-3, 3)),
    "A three, and four maps of its upright edges: 6 by 6 numbers, 8 by 8 with padding, 3 by 3 with stride 2, and 4 by "
    "4 with dilation 2, where each number compares pixels that are 4 apart.",
)

# %% [markdown]
# **Question.** Which of the three lets one number of the result see *more of the image*, with the same nine weights?
#
# - `"a"`: Stride: the windows lie farther apart, so each of them is larger.
# - `"b"`: Padding: the image is larger, and so is what a window sees.
# - `"c"`: Dilation: the weights lie farther apart, and a window of 3x3 weights reaches over 5x5 pixels.

# %% answer="q-reach"
reach = ""
### BEGIN SOLUTION
reach = "c"
### END SOLUTION

# %% grade="q-reach"
check("q-reach")

# %% [markdown]
# ### In your own words: too much padding (2 points)
#
# L2 says that padding can be of any size up to $F - 1$, and asks what happens if it is $F$ or more, for a filter of
# edge $F$ and stride 1. (a) What do the outermost numbers of the result hold then, and why? Say it for a layer with a
# bias. (b) How large is the result at $p = F - 1$, and in what sense is that every place there is to see? (c) Why would
# one use neither: what does $p = (F - 1) / 2$ have that both lack?

# %% [markdown] manual="too-much-padding" points=2
# ### BEGIN SOLUTION
# (a) With $p \geq F$ the outermost windows lie on padding alone. Their products are all 0, so the result there is the
# bias, whatever the image shows: work and memory for a frame that tells nothing. (b) $n + 2(F - 1) - F + 1 = n + F -
# 1$. The outermost window still touches the image with one row or column (one pixel in the corner), so these are
# exactly all places at which a window and the image overlap; every pixel is seen $F^2$ times. (c) It keeps the size:
# the result is as large as the image, each number stands above the pixel in the middle of its window, so maps can be
# stacked, added and joined, and depth does not change the size. And most of a window lies on the image.
# ### END SOLUTION

# %% [markdown]
# ## 4 Is my gradient right?
#
# From here on you write derivatives, and a wrong one is hard to see: a network with a slightly wrong gradient still
# learns, only worse. So first a tool that finds out, before anything needs it.
#
# The derivative of a function $f$ of many numbers says, for each of them, how fast $f$ changes with it. It can be
# *measured*: move one number a little to both sides, and divide:
#
# $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h}$$
#
# Here $e_i$ is 1 at place $i$ and 0 elsewhere. This is the **central difference**. A one-sided one, $(f(x + h) - f(x))
# / h$, has an error that shrinks with $h$; that of the central one shrinks with $h^2$.
#
# How do two gradients compare? A difference of 0.001 is much for one of size 0.002 and nothing for one of size 1000. So
# use the **relative error**, with $|\cdot|$ the length as in part 2:
#
# $$\frac{|a - b|}{|a| + |b|}$$
#
# It is 0 where they are equal, also where both are 0, and 1 at most. Below $10^{-7}$ a gradient in 64 bits is right;
# above $10^{-3}$ it is wrong.


# %% answer="numeric-gradient"
def numeric_gradient(function, x, step=1e-5):
    """The gradient of a function at x, by central differences: an array of x's shape.

    function: takes an array of x's shape and gives a number. x: an array of floats, of any shape; afterwards it is as
    it was before. step: h.
    """
    ### BEGIN SOLUTION
    gradient = np.zeros(x.shape)
    for place in np.ndindex(*x.shape):
        ahead, behind = x.copy(), x.copy()
        ahead[place] += step
        behind[place] -= step
        gradient[place] = (function(ahead) - function(behind)) / (2 * step)
    return gradient
    ### END SOLUTION


def relative_error(a, b):
    """|a - b| / (|a| + |b|) of two arrays of one shape, a number; 0 where both are all 0."""
    ### BEGIN SOLUTION
    lengths = np.sqrt(np.sum(a**2)) + np.sqrt(np.sum(b**2))
    return np.sqrt(np.sum((a - b) ** 2)) / lengths if lengths > 0 else 0.0
    ### END SOLUTION


# %% locked="measured"
def measured(kind, x, weights, step):
    """For `check`, which cannot send you a function: your gradient of one of these, and x afterwards."""
    functions = {
        "quadratic": lambda x: np.sum(weights * x**2) + np.sum(x) ** 2,
        "cubic": lambda x: np.sum(weights * x**3),
        "absolute": lambda x: np.sum(weights * np.abs(x)),
    }
    return numeric_gradient(functions[kind], x, step), x


# %% grade="numeric-gradient"
check("numeric-gradient")

# %% [markdown]
# Small steps are more exact, are they? Try it for $f(x) = \sum_i e^{x_i}$, whose derivative is known: $e^{x_i}$.

# %%
place = np.random.default_rng(0).normal(size=10)
steps = 10.0 ** np.arange(-13, 0)
central = [relative_error(numeric_gradient(lambda x: np.sum(np.exp(x)), place, step), np.exp(place)) for step in steps]
one_sided = []
for step in steps:
    slopes = (np.exp(place + step) - np.exp(place)) / step
    one_sided.append(relative_error(slopes, np.exp(place)))
figure, axis = plt.subplots(figsize=(6, 3.4), layout="constrained")
axis.loglog(steps, central, color=BLUE, marker="o", label="central")
axis.loglog(steps, one_sided, color=ORANGE, marker="s", linestyle="--", label="one-sided")
axis.set(xlabel="step h", ylabel="relative error")
axis.legend()
best = int(np.argmin(central))
picture(
    figure,
    f"The relative error against the step, both on logarithmic scales: two curves like a V. The central difference is "
    f"best at a step of {steps[best]:.0e}, with an error of {central[best]:.0e}; the one-sided one gets down to "
    f"{min(one_sided):.0e} only. To the left of the best step both errors grow again.",
)

# %% [markdown]
# **Question.** Why does the error grow again when the step gets tiny?
#
# - `"a"`: $f(x + h)$ and $f(x - h)$ are nearly equal and each is rounded to 16 digits; their difference has few right
#   digits left, and dividing by a tiny $h$ makes that error large.
# - `"b"`: The curve of $f$ is bent, and the smaller the step, the more the bend counts.
# - `"c"`: Below $10^{-8}$ a computer takes $h$ for 0.

# %% answer="q-step"
step_size = ""
### BEGIN SOLUTION
step_size = "a"
### END SOLUTION

# %% grade="q-step"
check("q-step")

# %% [markdown]
# A layer gives many numbers, though, and the check wants a function that gives one. The trick: weigh the outputs with
# random numbers $G$ and add up, $L = \sum G \cdot \text{layer}(x)$. Then $\partial L / \partial \text{output} = G$.
# That is what a layer gets from behind when it is asked for its backward, and what it has to answer is $\partial L /
# \partial x$. All further parts use this:


# %%
def gradient_check(name, layer, x, d_out, by_hand):
    """Prints the relative error of a gradient for x. layer: a function of x. by_hand: what your backward says."""
    numeric = numeric_gradient(lambda x: np.sum(d_out * layer(x)), x)
    error = relative_error(by_hand, numeric)
    print(f"{name:<28} relative error {error:.0e}  {'right' if error < 1e-7 else 'WRONG' if error > 1e-3 else 'hm'}")


# %% [markdown]
# ## 5 Convolution, backward
#
# ### 5.1 Patches go back: col2im
#
# Forward there were two steps: pixels were copied into patches, and patches were multiplied by kernels. Backward they
# are undone in the opposite order. Begin with the copying. If a pixel was copied into nine patches, then moving it
# moves nine numbers, and its derivative is the *sum* of theirs. So **col2im** puts every number of every patch back to
# where it came from and *adds up* what meets there. What came from the padding is thrown away.

# %%
figure, panels = plt.subplots(1, 2, figsize=(6.4, 3), layout="constrained")
counts = {1: np.array([1, 2, 3, 2, 1]), 2: np.array([1, 1, 2, 1, 1])}
for panel, (stride, times) in zip(panels, counts.items(), strict=True):
    table = np.outer(times, times)
    panel.imshow(table, cmap="cividis", vmin=0, vmax=9)
    panel.set(title=f"3x3 patches of 5x5, stride {stride}", xticks=[], yticks=[])
    for (row, column), value in np.ndenumerate(table):
        panel.text(column, row, value, ha="center", va="center", color="white" if value < 5 else "black")
picture(
    figure,
    "In how many patches of 3 by 3 each pixel of a 5 by 5 image is. Stride 1: 9 in the middle, 3 at the middle of an "
    "edge, 1 in the corners. Stride 2: 4 in the middle, 2 in the middle row and column, else 1.",
)


# %% answer="col2im"
def col2im(patches, shape, size, stride=1, pad=0, dilation=1):
    """Images of this shape, in which each number of a patch is added to the pixel that im2col would copy it from.

    patches: (n, output height, output width, rows * columns * channels). shape: of the images, without padding,
    (n, height, width, channels). size, stride, pad, dilation: as for im2col.
    """
    ### BEGIN SOLUTION
    (rows, columns), (n, height, width, channels) = size, shape
    high, wide = patches.shape[1:3]
    patches = patches.reshape(n, high, wide, rows, columns, channels)
    padded = np.zeros((n, height + 2 * pad, width + 2 * pad, channels))
    for row in range(rows):
        for column in range(columns):
            top, left = row * dilation, column * dilation
            part = padded[:, top : top + high * stride : stride, left : left + wide * stride : stride]
            part += patches[:, :, :, row, column]
    return padded[:, pad : pad + height, pad : pad + width]
    ### END SOLUTION


# %% grade="col2im"
check("col2im")

# %% [markdown]
# There is a test for "this is the way back of that" which needs no derivative. im2col is linear, a matrix $A$ in
# disguise, and the way back is its transpose. So for *all* images $x$ and patches $y$, with $\langle \cdot, \cdot
# \rangle$ the sum of products:
#
# $$\langle A x, y \rangle = \langle x, A^T y \rangle$$

# %%
rng = np.random.default_rng(1)
x = rng.normal(size=(2, 7, 6, 3))
where = {"size": (3, 2), "stride": 2, "pad": 1, "dilation": 2}
y = rng.normal(size=im2col(x, **where).shape)
print(f"<Ax, y> = {np.sum(im2col(x, **where) * y):.10f}")
print(f"<x, A'y> = {np.sum(x * col2im(y, x.shape, **where)):.10f}")

# %% [markdown]
# ### 5.2 Through the product
#
# The second step was $Y = P K + b$, with a row of $P$ and of $Y$ for each place. From behind comes $G = \partial L /
# \partial Y$, a number for each number of $Y$. A weight $K_{ij}$ takes part at *every* place: there it multiplies
# $P_{\cdot i}$ and its product goes into $Y_{\cdot j}$. So all places add up:
#
# $$\frac{\partial L}{\partial K} = P^T G, \qquad \frac{\partial L}{\partial P} = G K^T, \qquad
# \frac{\partial L}{\partial b} = \text{the sum of } G \text{ over images, rows and columns}$$
#
# Shapes tell whether it can be right: $P^T G$ must have $K$'s shape. From $\partial L / \partial P$ col2im leads to the
# images. With groups each part goes its own way, as it came.


# %% answer="conv-backward"
def conv_backward(d_out, images, kernels, stride=1, pad=0, dilation=1, groups=1):
    """The gradients of a convolution: (d_images, d_kernels, d_bias), each of the shape of what it is for.

    d_out: from behind, of the result's shape (n, output height, output width, filters). The rest is as for conv.
    """
    ### BEGIN SOLUTION
    size = kernels.shape[:2]
    d_images, d_kernels = [], []
    parts = (np.split(array, groups, axis=3) for array in (d_out, images, kernels))
    for d_part, image_part, kernel_part in zip(*parts, strict=True):
        patches = im2col(image_part, size, stride, pad, dilation)
        matrix = kernel_part.reshape(-1, kernel_part.shape[3])
        d_rows = d_part.reshape(-1, d_part.shape[3])
        d_matrix = patches.reshape(len(d_rows), -1).T @ d_rows
        d_kernels.append(d_matrix.reshape(kernel_part.shape))
        d_images.append(col2im(d_part @ matrix.T, image_part.shape, size, stride, pad, dilation))
    return np.concatenate(d_images, axis=3), np.concatenate(d_kernels, axis=3), d_out.sum(axis=(0, 1, 2))
    ### END SOLUTION


# %% grade="conv-backward"
check("conv-backward")

# %%
images, kernels, bias = rng.normal(size=(2, 6, 5, 4)), rng.normal(size=(3, 3, 2, 4)), rng.normal(size=4)
how = {"stride": 2, "pad": 1, "dilation": 1, "groups": 2}
d_out = rng.normal(size=conv(images, kernels, bias, **how).shape)
d_images, d_kernels, d_bias = conv_backward(d_out, images, kernels, **how)
gradient_check("conv, for the images", lambda x: conv(x, kernels, bias, **how), images, d_out, d_images)
gradient_check("conv, for the kernels", lambda k: conv(images, k, bias, **how), kernels, d_out, d_kernels)
gradient_check("conv, for the bias", lambda b: conv(images, kernels, b, **how), bias, d_out, d_bias)

# %% [markdown]
# **Look at it.** Let the gradient from behind be 1 at a single place and 0 elsewhere. What reaches the image?

# %%
kernel = np.arange(1.0, 10).reshape(3, 3)
single = np.zeros((1, 5, 5, 1))
single[0, 1, 3] = 1
back = conv_backward(single, np.zeros((1, 7, 7, 1)), kernel[..., None, None])[0][0, ..., 0]
turned = conv(single, kernel[::-1, ::-1, None, None], np.zeros(1), pad=2)[0, ..., 0]
picture(
    grids([kernel, single[0, ..., 0], back], ["kernel", "from behind", "what reaches the image"], edge=2, numbers="g"),
    "A kernel with the numbers 1 to 9, a gradient that is 1 at row 1, column 3, and what reaches the image: the kernel "
    "itself, upright, with its upper left corner at row 1, column 3.",
)
print("conv of the gradient, padded by 2, with the turned kernel gives the same:", np.allclose(back, turned))

# %% [markdown]
# ### In your own words: why turned? (2 points)
#
# With stride 1 the gradient for the image is a *convolution* of the padded gradient from behind with the kernel turned
# by 180 degrees, as the last line says. (a) Output $i$ of a row is $\sum_k w_k x_{i + k}$. Which outputs does pixel
# $x_j$ take part in, and with which weight in each? (b) Why does that turn the kernel? (c) Why is the padding $f - 1$?

# %% [markdown] manual="why-turned" points=2
# ### BEGIN SOLUTION
# (a) Pixel $x_j$ is in output $i$ where $j = i + k$, so in the outputs $i = j - k$, with weight $w_k$ each. (b) Its
# derivative is $\sum_k w_k g_{j - k}$: while $k$ goes up, the place in $g$ goes *down*. A convolution as we define it
# has both going up, so one of them must be read backwards, and with $m = f - 1 - k$ it is $\sum_m w_{f - 1 - m} \, g_{j
# - (f
# - 1) + m}$: the turned kernel on $g$. In two dimensions both axes are turned, which is 180 degrees. (c) $j - k$ runs
# from $-(f - 1)$ for the first pixel, to $n - 1$, which is $f - 1$ behind the last of the $n - f + 1$ outputs: outputs
# that do not exist count as 0, $f - 1$ of them on each side. The result then has $n$ numbers, as the image.
# ### END SOLUTION

# %% [markdown]
# ## 6 ReLU, dense, cross-entropy
#
# ### 6.1 Two layers that are quickly done
#
# **ReLU**: $y = \max(x, 0)$. Where $x > 0$ it hands the gradient on, elsewhere it stops it. At $x = 0$ there is a kink
# and no derivative; everybody takes 0.
#
# **Dense**: $Y = X W + b$, with $X$ (n, inputs), $W$ (inputs, outputs). You have met this product: it is the
# convolution's, with an image for a place.


# %% answer="relu-dense"
def relu(x):
    """max(x, 0), of any shape."""
    ### BEGIN SOLUTION
    return np.maximum(x, 0)
    ### END SOLUTION


def relu_backward(d_out, x):
    """The gradient for x. d_out: from behind. x: what relu was given."""
    ### BEGIN SOLUTION
    return d_out * (x > 0)
    ### END SOLUTION


def dense(x, weights, bias):
    """x @ weights + bias. x: (n, inputs). weights: (inputs, outputs). bias: (outputs,)."""
    ### BEGIN SOLUTION
    return x @ weights + bias
    ### END SOLUTION


def dense_backward(d_out, x, weights):
    """(d_x, d_weights, d_bias). d_out: (n, outputs)."""
    ### BEGIN SOLUTION
    return d_out @ weights.T, x.T @ d_out, d_out.sum(axis=0)
    ### END SOLUTION


# %% grade="relu-dense"
check("relu-dense")

# %%
x, weights, bias = rng.normal(size=(4, 5)), rng.normal(size=(5, 3)), rng.normal(size=3)
d_out = rng.normal(size=(4, 3))
for name, function, at, by_hand in zip(
    ("x", "weights", "bias"),
    (lambda x: dense(x, weights, bias), lambda w: dense(x, w, bias), lambda b: dense(x, weights, b)),
    (x, weights, bias),
    dense_backward(d_out, x, weights),
    strict=True,
):
    gradient_check(f"dense, for {name}", function, at, d_out, by_hand)
gradient_check("ReLU", relu, x, np.ones((4, 5)), relu_backward(np.ones((4, 5)), x))
at_zero = np.zeros(3)
print("ReLU at 0: by hand", relu_backward(np.ones(3), at_zero), "measured", end=" ")
print(numeric_gradient(lambda x: np.sum(relu(x)), at_zero).round(6))

# %% [markdown]
# **Question.** At 0 your gradient and the measured one differ. Which is wrong?
#
# - `"a"`: Yours: it should be 0.5, the mean of 0 and 1.
# - `"b"`: The measured one: its step is too large, and a smaller one would give 0.
# - `"c"`: Neither: at a kink there is no derivative. The central difference gives the mean of both sides there, at any
#   step, and a gradient check must keep away from kinks.

# %% answer="q-kink"
kink = ""
### BEGIN SOLUTION
kink = "c"
### END SOLUTION

# %% grade="q-kink"
check("q-kink")

# %% [markdown]
# ### 6.2 Scores, probabilities, loss
#
# The last layer gives a score $z_k$ for each class, a logit. Softmax makes probabilities of them, and cross-entropy is
# the price of those: minus the logarithm of what was given to the right class $c$.
#
# $$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}, \qquad l = -\log p_c = \log \sum_j e^{z_j} - z_c$$
#
# The second form is the better one: no quotient, and no logarithm of 0. One thing is left to take care of: $e^{1000}$
# is too large for a computer. Subtract the greatest logit of the row from all of its logits first. That multiplies top
# and bottom of $p_k$ by the same factor, so $p$ and $l$ stay as they are, and every power is 1 at most.
#
# And the gradient? Derive the second form: $\log \sum_j e^{z_j}$ has the derivative $e^{z_k} / \sum_j e^{z_j}$, which
# is $p_k$; and $-z_c$ has $-1$ for the right class, else 0. So
#
# $$\frac{\partial l}{\partial z_k} = p_k - y_k, \qquad y_k = 1 \text{ for } k = c, \text{ else } 0$$
#
# The loss of a batch is the *mean* over its $n$ rows, so each row's gradient is divided by $n$.


# %% answer="softmax-loss"
def softmax_loss(logits, labels):
    """(mean cross-entropy of the rows, its gradient for the logits).

    logits: (n, classes), of any size, also 1000 or -1000. labels: (n,), the right class of each row, from 0.
    """
    ### BEGIN SOLUTION
    n = len(logits)
    shifted = logits - logits.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    sums = powers.sum(axis=1)
    loss = np.mean(np.log(sums) - shifted[np.arange(n), labels])
    gradient = powers / sums[:, None]
    gradient[np.arange(n), labels] -= 1
    return loss, gradient / n
    ### END SOLUTION


# %% grade="softmax-loss"
check("softmax-loss")

# %%
logits, labels = rng.normal(size=(3, 4)), np.array([2, 0, 3])
gradient_check("cross-entropy", lambda z: softmax_loss(z, labels)[0], logits, 1.0, softmax_loss(logits, labels)[1])
for classes in (2, 10, 1000):
    loss = softmax_loss(np.zeros((1, classes)), np.array([0]))[0]
    print(f"{classes:>4} classes, all logits 0: loss {loss:.4f}, log of {classes} is {np.log(classes):.4f}")

# %% [markdown]
# The last lines are worth remembering: who knows nothing gives each of $K$ classes the same probability and pays $\log
# K$. A network that has not learned yet should start near it.

# %% [markdown]
# ## 7 Pooling
#
# ### 7.1 Max, mean, top-left
#
# Pooling shrinks each channel by itself. L3 lists the ways to get one number out of a window: the greatest, the mean,
# or simply the upper left one. Windows are as in part 3, with `size` for the kernel's edge: they begin every `stride`
# pixels, and one that would hang over the edge is left out. They overlap where the stride is less than the size.
#
# Backward, each window sends the gradient to where its number came from:
#
# - **max**: all of it to the greatest pixel; where several are equally great, to the first of them, row by row;
# - **mean**: to all pixels alike, a share each;
# - **top-left**: all of it to the upper left pixel.
#
# A pixel in several windows adds up what it gets. You have the tools for it: im2col and col2im. Mind how channels lie
# in a patch.


# %% answer="pooling"
def pool(images, size=2, stride=2, kind="max"):
    """One number for each window and channel: (n, output height, output width, channels).

    images: (n, height, width, channels). kind: "max", "mean" or "top-left".
    """
    ### BEGIN SOLUTION
    patches = im2col(images, (size, size), stride)
    windows = patches.reshape(*patches.shape[:3], size * size, images.shape[3])
    if kind == "max":
        return windows.max(axis=3)
    return windows.mean(axis=3) if kind == "mean" else windows[:, :, :, 0]
    ### END SOLUTION


def pool_backward(d_out, images, size=2, stride=2, kind="max"):
    """The gradient for the images. d_out: from behind, of the shape of pool's result."""
    ### BEGIN SOLUTION
    patches = im2col(images, (size, size), stride)
    windows = patches.reshape(*patches.shape[:3], size * size, images.shape[3])
    if kind == "max":
        shares = np.arange(size * size)[:, None] == windows.argmax(axis=3)[:, :, :, None]
    elif kind == "mean":
        shares = np.full(windows.shape, 1 / size**2)
    else:
        shares = np.zeros(windows.shape)
        shares[:, :, :, 0] = 1
    d_windows = shares * d_out[:, :, :, None]
    return col2im(d_windows.reshape(patches.shape), images.shape, (size, size), stride)
    ### END SOLUTION


# %% grade="pooling"
check("pooling")

# %%
images = rng.normal(size=(2, 5, 6, 2))
for kind in ("max", "mean", "top-left"):
    d_out = rng.normal(size=pool(images, 3, 2, kind).shape)
    by_hand = pool_backward(d_out, images, 3, 2, kind)
    gradient_check(f"{kind} pooling", lambda x, kind=kind: pool(x, 3, 2, kind), images, d_out, by_hand)

# %% [markdown]
# Which of them cares least about where exactly a stroke lies? Shift all digits to the right by one pixel, and see how
# much of the pooled images changes.

# %%
shifted = np.roll(digits, 1, axis=2)
changes = {}
for kind in ("max", "mean", "top-left"):
    before, after = (pool(some, 2, 2, kind) for some in (digits, shifted))
    changes[kind] = relative_error(before, after)
    print(f"{kind:<9} pooled images differ by {changes[kind]:.2f} (relative error)")
picture(
    grids(
        [some[8, ..., 0] for kind in changes for some in (pool(digits, kind=kind), pool(shifted, kind=kind))],
        [f"{kind}{after}" for kind in changes for after in ("", ", shifted")],
        columns=6,
        edge=1.3,
        limits=(0, 1),
    ),
    "An eight pooled to 4 by 4 in three ways, each before and after a shift by one pixel: "
    + ", ".join(f"{kind} differs by {change:.2f}" for kind, change in changes.items())
    + ".",
)

# %% [markdown]
# **Question.** Which changes most, and why?
#
# - `"a"`: Max: one pixel decides, so a small shift changes all.
# - `"b"`: Mean: every pixel of the window takes part, so each shift shows.
# - `"c"`: Top-left: it looks at one pixel in four, and after the shift it looks at others.

# %% answer="q-shift"
most_changed = ""
### BEGIN SOLUTION
most_changed = "c"
### END SOLUTION

# %% grade="q-shift"
check("q-shift")

# %% [markdown]
# ### 7.2 With a die
#
# Two poolings of L3's list draw at random, to keep a network from learning images by heart. So that yours can be
# tested, the random numbers are handed in.
#
# **Stochastic pooling** (Zeiler and Fergus, 2013) takes a pixel of the window with a probability as large as its share.
# Inputs are 0 or greater, as after a ReLU:
#
# $$p_i = \frac{a_i}{\sum_j a_j}$$
#
# A number $u$ from 0 up to 1 draws the pixel: go through the window row by row, add up the $p_i$, and take the first
# pixel whose sum is *greater* than $u$. With $a = (1, 0, 2, 5)$ the sums are 0.125, 0.125, 0.375 and 1: $u = 0.3$ takes
# the 2, and the 0 is never taken. When the network is in use, nothing is drawn: the result is the mean weighted by
# probability, $\sum_i p_i a_i$. A window of zeros gives 0.
#
# **Fractional max pooling** (Graham, 2014) shrinks by less than two. For $m$ windows on an edge of $n$ pixels, window
# $i$ begins at pixel $b_i$ and ends before $b_{i+1}$:
#
# $$b_i = \left\lfloor \frac{n \cdot i + t}{m} \right\rfloor, \qquad i = 0, \dots, m$$
#
# with a whole number $t$, drawn from 0 to $m - 1$. The windows cover the edge, and where $n$ is between $m$ and $2m$
# each is 1 or 2 long. With $n = 5$, $m = 3$, $t = 1$ they begin at 0, 2, 3 and end at 5. Rows and columns have a $t$
# each.


# %% answer="random-pooling"
def stochastic_pool(images, draws=None, size=2):
    """Windows of `size` that do not overlap; what is left over at the right and at the bottom is dropped.

    images: (n, height, width, channels), 0 or greater. draws: u for each number of the result, (n, height // size,
    width // size, channels), each at least 0 and less than 1; None for a network in use, which takes the mean.
    """
    ### BEGIN SOLUTION
    patches = im2col(images, (size, size), size)
    windows = patches.reshape(*patches.shape[:3], size * size, images.shape[3])
    total = windows.sum(axis=3, keepdims=True)
    shares = windows / np.where(total > 0, total, 1)
    if draws is None:
        return np.sum(shares * windows, axis=3)
    taken = np.argmax(np.cumsum(shares, axis=3) > draws[:, :, :, None], axis=3)
    return np.take_along_axis(windows, taken[:, :, :, None], axis=3)[:, :, :, 0]
    ### END SOLUTION


def fractional_max_pool(images, size, shifts):
    """The greatest number of each window and channel: (n, *size, channels).

    images: (n, height, width, channels). size: windows in a column and in a row, (m of the height, m of the width).
    shifts: t of the height, t of the width.
    """
    ### BEGIN SOLUTION
    rows, columns = (
        [(n * i + shift) // m for i in range(m + 1)]
        for n, m, shift in zip(images.shape[1:3], size, shifts, strict=True)
    )
    result = np.zeros((len(images), *size, images.shape[3]))
    for i in range(size[0]):
        for j in range(size[1]):
            window = images[:, rows[i] : rows[i + 1], columns[j] : columns[j + 1]]
            result[:, i, j] = window.max(axis=(1, 2))
    return result
    ### END SOLUTION


# %% grade="random-pooling"
check("random-pooling")

# %%
window = np.array([[1.0, 0], [2, 5]])
samples = stochastic_pool(np.tile(window[None, ..., None], (4000, 1, 1, 1)), rng.random((4000, 1, 1, 1)))
for value in window.ravel():
    print(f"{value:g} is due with p = {value / window.sum():.3f}, and was drawn in {np.mean(samples == value):.3f}")
eight = digits[8:9]
zoo = {kind: pool(eight, kind=kind) for kind in ("max", "mean", "top-left")}
zoo["stochastic"] = stochastic_pool(eight, rng.random((1, 4, 4, 1)))
zoo["stochastic, in use"] = stochastic_pool(eight)
zoo["fractional, 6x6"] = fractional_max_pool(eight, (6, 6), (2, 3))
picture(
    grids([eight[0, ..., 0], *(one[0, ..., 0] for one in zoo.values())], ["digit", *zoo], columns=4, limits=(0, 1)),
    "An eight of 8 by 8 and six poolings of it. Five are 4 by 4: max is brightest, mean softer, top-left and "
    "stochastic are ragged, stochastic in use lies between mean and max. The fractional one keeps 6 by 6 and most of "
    "the shape.",
)

# %% [markdown]
# ## 8 The way up: transposed convolution
#
# Networks that paint have to make images larger. A **transposed convolution** does it, and there are three ways to see
# it:
#
# 1. *copies*: each pixel puts down a copy of the kernel, scaled by itself, `stride` apart; overlaps add up;
# 2. *zeros between*: put `stride - 1` zeros between neighbouring pixels, pad by $f - 1$, and convolve, with stride 1,
#    with the kernel turned by 180 degrees;
# 3. *the adjoint*: it is what `conv_backward` does to $G$, the transpose of a convolution's matrix. Hence the name.

# %%
small = np.array([[1.0, 2], [3, 4]])
apart = np.zeros((3, 3))
apart[::2, ::2] = small
around = np.pad(apart, 2)
picture(
    grids(
        [small, apart, around],
        ["2x2", "zeros between, stride 2", "padded by 3 - 1"],
        edge=2,
        numbers="g",
        limits=(0, 4),
    ),
    "An image of 2 by 2 with the numbers 1 to 4; the same with zeros between, 3 by 3; and padded by two zeros on each "
    "side, 7 by 7. A kernel of 3 by 3 has 5 places in it, along each edge.",
)

# %% [markdown]
# Build the second. The result has $(n - 1) s + f$ pixels on an edge of $n$. The kernels are those of the convolution
# that it is the transpose of, as in Keras: (f, f, *channels of the result*, *channels of the input*). So turned kernels
# need their last two axes swapped, before your `conv` takes them.


# %% answer="transposed"
def zeros_between(images, stride):
    """Images with stride - 1 zeros between neighbouring pixels: (n, (height - 1) * stride + 1, ..., channels)."""
    ### BEGIN SOLUTION
    n, height, width, channels = images.shape
    result = np.zeros((n, (height - 1) * stride + 1, (width - 1) * stride + 1, channels))
    result[:, ::stride, ::stride] = images
    return result
    ### END SOLUTION


def transposed_conv(images, kernels, stride=1):
    """The transposed convolution, without bias: (n, (height - 1) * stride + f, (width - 1) * stride + f, results).

    images: (n, height, width, channels). kernels: (f, f, results, channels).
    """
    ### BEGIN SOLUTION
    turned = kernels[::-1, ::-1].transpose(0, 1, 3, 2)
    return conv(zeros_between(images, stride), turned, np.zeros(turned.shape[3]), pad=len(kernels) - 1)
    ### END SOLUTION


# %% grade="transposed"
check("transposed")

# %% [markdown]
# Now the other two, for comparison: copies by a loop, and the adjoint by your `conv_backward`.

# %%
images, kernels = rng.normal(size=(1, 3, 4, 2)), rng.normal(size=(3, 3, 5, 2))
larger = transposed_conv(images, kernels, stride=2)
copies = np.zeros((1, 7, 9, 5))
for row in range(3):
    for column in range(4):
        copies[0, 2 * row : 2 * row + 3, 2 * column : 2 * column + 3] += kernels @ images[0, row, column]
adjoint = conv_backward(images, np.zeros(copies.shape), kernels, stride=2)[0]
x = rng.normal(size=copies.shape)
print(f"from {images.shape} to {larger.shape}")
print(f"zeros between and copies:  greatest difference {np.abs(larger - copies).max():.0e}")
print(f"zeros between and adjoint: greatest difference {np.abs(larger - adjoint).max():.0e}")
print(f"<conv(x), y> = {np.sum(conv(x, kernels, np.zeros(2), stride=2) * images):.10f}")
print(f"<x, conv'(y)> = {np.sum(x * larger):.10f}")

# %% [markdown]
# ## 9 An X or an O?
#
# L2 tells an X from an O with three detectors and no learning at all. Letters are 9x9 pixels, 1 for ink and -1 for
# paper. Each part is 3x3; its sum of products, *divided by 9*, is 1 where all nine pixels agree. Then come ReLU and max
# pooling with windows of 2, and the numbers that are left vote.
#
# One trap: 7x7 maps do not divide by 2. L2 makes 4x4 of them, although it says elsewhere that a filter which hangs over
# the edge gives no output. Here a window that hangs over the edge counts with the pixels that it covers (**ceil
# mode**). After a ReLU nothing is below 0, so a row and a column of zeros at the bottom and at the right do it. (L2
# cuts numbers off and does not round them: it prints 7/9 as 0.77.)

# %% locked="letters"
DRAWN = {
    "X": ". . . . . . . . .|. X . . . . . X .|. . X . . . X . .|. . . X . X . . .|. . . . X . . . .",
    "O": ". . . . . . . . .|. . . X X X . . .|. . X . . . X . .|. X . . . . . X .|. X . . . . . X .",
}


def drawn(text):
    upper = [[1.0 if mark == "X" else -1.0 for mark in row.split()] for row in text.split("|")]
    return np.array(upper + upper[-2::-1])  # what is below the middle mirrors what is above


LETTERS = np.stack([drawn(text) for text in DRAWN.values()])
FALLING = np.where(np.eye(3) > 0, 1.0, -1.0)
CROSSING = np.array([[1.0, -1, 1], [-1, 1, -1], [1, -1, 1]])
PARTS = np.stack([FALLING, CROSSING, FALLING[:, ::-1]], axis=-1)[:, :, None]

# %%
picture(
    grids(
        [*LETTERS, *np.moveaxis(PARTS[:, :, 0], -1, 0)],
        ["X", "O", "falling", "crossing", "rising"],
        columns=5,
        edge=1.6,
        limits=(-1, 1),
    ),
    "The letters X and O, 9 by 9 pixels, and three parts of 3 by 3: a falling diagonal, a crossing, a rising diagonal.",
)

# %% [markdown]
# The vote, as L2's last layer: each letter has a perfect example. The places at which *its* features are high, at least
# `least`, are the ones that vote for it. Its score is the mean of the features that you see there.


# %% answer="x-or-o"
def letter_features(letters):
    """What is left after the three parts, ReLU and pooling: (n, 4, 4, 3).

    letters: (n, 9, 9), 1 for ink and -1 for paper.
    """
    ### BEGIN SOLUTION
    maps = relu(conv(letters[..., None], PARTS, np.zeros(3)) / 9)
    return pool(np.pad(maps, ((0, 0), (0, 1), (0, 1), (0, 0))))
    ### END SOLUTION


def vote(features, examples, least=0.75):
    """The scores, (n, classes): means of features over the places where the example of the class has `least` or more.

    features: (n, 4, 4, 3). examples: the features of one perfect letter for each class, (classes, 4, 4, 3).
    """
    ### BEGIN SOLUTION
    return np.stack([features[:, example >= least].mean(axis=1) for example in examples], axis=1)
    ### END SOLUTION


# %% grade="x-or-o"
check("x-or-o")

# %%
examples = letter_features(LETTERS)
crooked = LETTERS.copy()
crooked[0, 1, 1:3] = [-1, 1]  # a tip of the X slips to the right
crooked[1, 2, 1:3] = [1, -1]  # the O gets a bump
features = letter_features(crooked)
scores = vote(features, examples)
for letter, (for_x, for_o) in zip("XO", scores, strict=True):
    print(f"a crooked {letter}: {for_x:.2f} for X, {for_o:.2f} for O: it is an {'X' if for_x > for_o else 'O'}")
picture(
    grids(
        [*np.moveaxis(examples[0], -1, 0), *np.moveaxis(features[0], -1, 0)],
        ["falling", "crossing", "rising", "falling, crooked X", "crossing, crooked X", "rising, crooked X"],
        columns=3,
        edge=1.7,
        numbers=".2f",
        limits=(0, 1),
    ),
    "Above the three pooled maps of the X, 4 by 4 numbers, as L2 prints them; below those of an X whose upper left tip "
    f"has slipped. {np.sum(features[0] != examples[0])} of 48 numbers have changed, all of them in the upper left.",
)

# %% [markdown]
# ## 10 A network of these parts
#
# Now assemble them:

# %%
figure, axis = plt.subplots(figsize=(9, 2.4), layout="constrained")
names = ["image\n8x8x1", "conv 3x3\npad 1", "ReLU", "max pool\n4x4", "conv 3x3\npad 1", "ReLU", "dense", "loss"]
axis.set(xlim=(-0.6, 7.6), ylim=(-0.9, 0.9))
axis.axis("off")
for place, name in enumerate(names):
    learns = name.startswith(("conv", "dense"))
    box = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": BLUE if learns else "0.5"}
    axis.text(place, 0, name, ha="center", va="center", fontsize=9, bbox=box | {"linewidth": 2 if learns else 1})
    if place < 7:
        there = {"arrowstyle": "->", "color": "0.3", "shrinkA": 2, "shrinkB": 2}
        axis.annotate("", (place + 0.85, 0.45), (place + 0.15, 0.45), arrowprops=there)
        axis.annotate("", (place + 0.15, -0.5), (place + 0.85, -0.5), arrowprops=there | {"color": ORANGE})
axis.text(3.5, 0.62, "forward: each layer remembers what it was given", ha="center", fontsize=9)
axis.text(
    3.5, -0.8, "backward: each layer turns the gradient of its result into that of its input", ha="center", fontsize=9
)
picture(
    figure,
    "Eight boxes in a row: image, convolution, ReLU, max pooling, convolution, ReLU, dense, loss. Arrows above them "
    "lead forward, arrows below them backward. The two convolutions and the dense layer, with thick frames, learn.",
)

# %% [markdown]
# Its parameters are a dictionary of arrays. They start small and random (a standard deviation of $\sqrt{2 /
# \text{inputs}}$, after He, which keeps numbers alike in size from layer to layer), except for the last weights: these
# start near 0, so that all logits do.


# %% locked="start"
def start(seed, scale=0.01):
    """Parameters to start from. scale: the standard deviation of the last layer's weights."""
    rng = np.random.default_rng(seed)
    return {
        "kernels1": rng.normal(scale=np.sqrt(2 / 9), size=(3, 3, 1, 8)),
        "bias1": np.zeros(8),
        "kernels2": rng.normal(scale=np.sqrt(2 / 72), size=(3, 3, 8, 16)),
        "bias2": np.zeros(16),
        "weights": rng.normal(scale=scale, size=(256, 10)),
        "bias": np.zeros(10),
    }


# %% [markdown]
# Write `loss_and_gradients`: forward through all layers, and back through all of them. `x.reshape(len(x), -1)` makes
# rows for the dense layer, and its gradient takes the shape back.


# %% answer="assembled"
def loss_and_gradients(parameters, images, labels):
    """(loss, gradients): a number, and a dictionary with an array for each of the parameters, of its shape.

    parameters: as from start. images: (n, 8, 8, 1), from 0 to 1. labels: (n,).
    """
    ### BEGIN SOLUTION
    p = parameters
    first = conv(images, p["kernels1"], p["bias1"], pad=1)
    active = relu(first)
    pooled = pool(active)
    second = conv(pooled, p["kernels2"], p["bias2"], pad=1)
    flat = relu(second).reshape(len(images), -1)
    loss, d_logits = softmax_loss(dense(flat, p["weights"], p["bias"]), labels)

    d_flat, d_weights, d_bias = dense_backward(d_logits, flat, p["weights"])
    d_second = relu_backward(d_flat.reshape(second.shape), second)
    d_pooled, d_kernels2, d_bias2 = conv_backward(d_second, pooled, p["kernels2"], pad=1)
    d_first = relu_backward(pool_backward(d_pooled, active), first)
    _, d_kernels1, d_bias1 = conv_backward(d_first, images, p["kernels1"], pad=1)
    gradients = {"kernels1": d_kernels1, "bias1": d_bias1, "kernels2": d_kernels2, "bias2": d_bias2}
    return loss, gradients | {"weights": d_weights, "bias": d_bias}
    ### END SOLUTION


# %% grade="assembled"
check("assembled")

# %% [markdown]
# **Sanity check first.** Before a network trains: is its first loss near $\log 10$, and do its gradients agree with
# measured ones? The gradient check takes some of the numbers only, as each costs two passes. And it keeps away from
# kinks: biases start at 0, and where a digit's paper is black the first convolution gives exactly that, which is where
# ReLU has its kink. So the check moves the biases a little first. (Leave that line out once, and see which gradient "is
# wrong".)

# %%
few, few_labels = digits[:4], LABELS[:4]
at = start(0, scale=0.1)
at["bias1"] = np.random.default_rng(3).normal(scale=0.1, size=8)
gradients = loss_and_gradients(at, few, few_labels)[1]
for name in at:
    some = np.random.default_rng(2).choice(at[name].size, min(8, at[name].size), replace=False)

    def of_some(values, name=name, some=some):
        moved = at[name].copy()
        moved.flat[some] = values
        return loss_and_gradients(at | {name: moved}, few, few_labels)[0]

    gradient_check(f"network, for {name}", of_some, at[name].flat[some], 1.0, gradients[name].flat[some])
print()
for scale in (0.01, 0.1, 1):
    loss = loss_and_gradients(start(0, scale), digits[:20], LABELS[:20])[0]
    print(f"last weights of scale {scale}: first loss {loss:.3f}; log 10 is {np.log(10):.3f}")

# %% [markdown]
# **Question.** A friend's network of ten classes starts with a loss of 9. What should they look at first?
#
# - `"a"`: The learning rate: it is too high.
# - `"b"`: The labels: they must have been shuffled.
# - `"c"`: The size of the first logits: the network is sure of something before it has learned anything, so the last
#   weights, or the inputs, are too large.

# %% answer="q-start"
first_loss = ""
### BEGIN SOLUTION
first_loss = "c"
### END SOLUTION

# %% grade="q-start"
check("q-start")

# %% [markdown]
# Then the second sanity check: twenty digits by heart. A network that cannot do even that has a fault, whatever its
# architecture is. Learning is **gradient descent**: many times over, compute the gradients for all images and take a
# step against each, $w \leftarrow w - \eta \, \partial L / \partial w$. How many steps and which rate $\eta$ is up to
# you. (It takes about a second. If it takes you 20, something is wrong.)


# %% answer="by-heart"
def learn(images, labels, seed):
    """Parameters, begun with start(seed), with which the loss of these images is below 0.05."""
    ### BEGIN SOLUTION
    parameters = start(seed)
    for _ in range(300):
        loss, gradients = loss_and_gradients(parameters, images, labels)  # given: the check asks so
        if loss < 0.02:
            break
        parameters = {name: value - 0.2 * gradients[name] for name, value in parameters.items()}
    return parameters
    ### END SOLUTION


# %% grade="by-heart"
check("by-heart")

# %% [markdown]
# And only a sanity check it is: see what the network makes of the hundred digits that it has not seen.

# %%
learned = learn(digits[:20], LABELS[:20], seed=0)


def guesses(parameters, images):
    """The digits that the network sees: those with the greatest logits."""
    maps = pool(relu(conv(images, parameters["kernels1"], parameters["bias1"], pad=1)))
    maps = relu(conv(maps, parameters["kernels2"], parameters["bias2"], pad=1))
    return dense(maps.reshape(len(images), -1), parameters["weights"], parameters["bias"]).argmax(axis=1)


seen, unseen = (
    guesses(learned, some) == labels for some, labels in ((digits[:20], LABELS[:20]), (digits[20:], LABELS[20:]))
)
print(f"loss {loss_and_gradients(learned, digits[:20], LABELS[:20])[0]:.3f}")
print(f"right: {seen.sum()} of {len(seen)} that it has learned, {unseen.sum()} of {len(unseen)} that it has not seen")
before, after = (each["kernels1"][:, :, 0] for each in (start(0), learned))
picture(
    grids(
        [*np.moveaxis(before, -1, 0), *np.moveaxis(after, -1, 0)],
        columns=8,
        edge=0.9,
        limits=(-1.5, 1.5),
        rows=["before", "after"],
    ),
    "The eight filters of 3 by 3 of the first convolution, above before learning and below after it. They differ by a "
    f"relative error of {relative_error(before, after):.2f}: with twenty digits most of what they are is still chance.",
)

# %% [markdown]
# ## 11 The same by machine
#
# Is that what a framework computes? Keras convolves with your kernels, and differentiates by itself (this cell takes
# some seconds, since it imports TensorFlow, which no browser runs):

# %%
import sys

if sys.platform == "emscripten":
    print("A browser's Python has no Keras: this cell compares with it where cnnkit is installed on a computer.")
else:
    import cnnkit

    cnnkit.quiet()  # before TensorFlow is imported, which is talkative

    from cnnkit.gradients import value_and_gradient
    from keras import ops

    images, kernels = (rng.normal(size=size).astype("float32") for size in ((2, 8, 8, 4), (3, 3, 4, 6)))
    theirs, their_gradient = value_and_gradient(
        lambda x: ops.sum(ops.square(ops.conv(x, kernels, strides=2)), axis=(1, 2, 3)), images
    )
    out = conv(images, kernels, np.zeros(6), stride=2)
    by_hand = conv_backward(2 * out, images, kernels, stride=2)[0]
    print(f"conv:          relative error {relative_error(np.sum(out**2, axis=(1, 2, 3)), np.array(theirs)):.0e}")
    print(f"conv_backward: relative error {relative_error(by_hand, np.array(their_gradient)):.0e}")
    larger = np.array(ops.conv_transpose(images, kernels.transpose(0, 1, 3, 2), strides=2))
    by_hand = transposed_conv(images, kernels.transpose(0, 1, 3, 2), stride=2)
    print(f"transposed:    relative error {relative_error(by_hand, larger):.0e}")

# %% [markdown]
# The errors are those of 32 bits, with which Keras computes. What you have built is what it does.
