# %% [markdown]
# # From a sliding window to a network that reads digits
#
# You build a convolutional network twice: first from plain NumPy, where nothing is hidden, then from Keras, where
# it is fast. At the end yours reads handwritten digits that it has never seen, turned and stretched.
#
# How it works: where a cell says `YOUR CODE HERE`, put your code in place of that line and the next. Then run
# `check(...)`, as often as you like: it tells you what is wrong and costs nothing. Some tests run only when you hand
# in, with other numbers and other shapes; code that does what the text says passes those as well.
#
# | part | points |
# |---|---|
# | 1 Convolution by hand | 6 |
# | 2 Is it an X? Pooling | 2 |
# | 3 How wrong is a guess? Softmax, cross-entropy, backpropagation | 4 |
# | 4 A network from a slide | 2 |
# | 5 Learning, a few images at a time | 2 |
# | 6 LeNet-5 | 1 |
# | 7 Your own network | 3 |
# | two written questions | 4 |

# %% locked="setup"
import cnnkit

cnnkit.quiet()  # before TensorFlow is imported, which is talkative

import keras
import matplotlib.pyplot as plt
import numpy as np
from cnnkit.callbacks import Progress
from cnnkit.check import load_checks
from cnnkit.models import LENET5_C3, lenet5
from cnnkit.pictures import BLUE, ORANGE, grids, picture
from keras import layers, ops

check = load_checks("mnist_cnn")

# %% [markdown]
# The digits come from `digits28`: 1,797 real handwritten digits, which need no download. With your own copy of MNIST
# you can run the whole notebook on it: `DATA = {"name": "mnist", "data": "folder/of/mnist"}`. Hand in with
# `digits28`: the last check is made for it.

# %%
DATA = {"name": "digits28"}
TRAIN, TEST = "train", "test"

images, labels = cnnkit.datasets.load(**DATA, split=TRAIN)
test_images, test_labels = cnnkit.datasets.load(**DATA, split=TEST)
val, train = np.split(np.random.default_rng(0).permutation(len(images)), [len(images) // 6])
train_images, train_labels = images[train], labels[train]
val_images, val_labels = images[val], labels[val]
print(f"{len(train):,} images to learn from, {len(val):,} to choose by, {len(test_images):,} for the test at the end")
picture(
    grids(train_images[:16, ..., 0], titles=train_labels[:16], edge=1),
    "The first sixteen digits to learn from, each with its label above it.",
)

# %% [markdown]
# Why three parts? A network knows the images that it has learned from, so they cannot tell how it will do on new ones.
# That is what the second part is for, **validation**: by it you choose among networks, rates and numbers of epochs. But
# whoever tries a hundred networks and keeps the one that does best there has picked some luck as well, and what it
# reaches on these images is too good to be true. Hence the third part, the **test**: it is looked at once, at the end,
# when nothing is left to choose.

# %% [markdown]
# ## 1 Convolution by hand
#
# ### 1.1 How big is the result?
#
# A filter is a small window of weights. It slides over the image and leaves one number wherever it stops. On an edge
# of $n$ pixels a filter of $f$ pixels has $n - f + 1$ places to stop. Two things change that:
#
# - **padding**: a frame of $p$ zeros is put around the image, on *both* sides, so the edge grows to $n + 2p$;
# - **stride**: the filter moves $s$ pixels at a time. Where it would hang over the edge, there is no output.
#
# $$n' = \left\lfloor \frac{n + 2p - f}{s} \right\rfloor + 1$$
#
# The brackets round down. An edge of 7 under a filter of 3 that moves by 2 gives 3; on an edge of 8 it gives 3 as
# well, and the last pixel is never seen.


# %% answer="output-size"
def output_size(n, f, stride=1, pad=0):
    """The edge of the result: a whole number.

    n: edge of the image. f: edge of the filter. stride: pixels from stop to stop.
    pad: zeros on each side.
    """
    ### BEGIN SOLUTION
    return (n + 2 * pad - f) // stride + 1
    ### END SOLUTION


# %% grade="output-size"
check("output-size")

# %% [markdown]
# ### 1.2 What does it see?
#
# At each stop the filter is laid on the image *as it is*: multiply each weight with the pixel below it, add everything
# up. That is **cross-correlation**. Mathematicians turn the filter by 180 degrees first and call only that a
# convolution. A network learns its weights, so turning them makes no difference to it, and every deep learning
# library skips the turn and says "convolution" all the same. So will you.
#
# Try one stop by hand. The filter below looks for a diagonal, and the upper left corner of the image holds one:
# three products are $1 \cdot 1$, the other six are zero, their sum is 3. No other place gives more.


# %%
image = np.array(
    [
        [1, 0, 0, 0, 0, 1],
        [0, 1, 0, 0, 1, 0],
        [0, 0, 1, 1, 0, 0],
        [1, 0, 0, 0, 1, 0],
        [0, 1, 0, 0, 1, 0],
        [0, 0, 1, 0, 1, 0],
    ]
)
diagonal = np.array([[1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
upright = np.array([[-1, 1, -1], [-1, 1, -1], [-1, 1, -1]])
picture(
    grids([image, diagonal, upright], ["image", "diagonal", "upright"], edge=2, numbers="g"),
    "An image of 6 by 6 pixels, zeros and ones, and two filters of 3 by 3, for a diagonal and an upright line.",
)


# %% answer="cross-correlation"
def cross_correlate(image, kernel, stride=1, pad=0):
    """The filter's answer at each of its stops.

    image: an array (height, width), not always square. kernel: an array (rows, columns), smaller than the image.
    stride, pad: as for output_size, the same in both directions.

    Returns an array (output height, output width).
    """
    ### BEGIN SOLUTION
    padded = np.pad(image, pad)
    rows, columns = kernel.shape
    height = (padded.shape[0] - rows) // stride + 1
    width = (padded.shape[1] - columns) // stride + 1
    result = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            window = padded[i * stride : i * stride + rows, j * stride : j * stride + columns]
            result[i, j] = np.sum(window * kernel)
    return result
    ### END SOLUTION


# %% grade="cross-correlation"
check("cross-correlation")

# %% [markdown]
# Now look at what an edge detector makes of a digit. Where the digit is brighter on the left than on the right the
# answer is positive, where it is the other way round negative, and on the background it is zero. Inside a stroke of one
# brightness it would be zero too; but these strokes were grown from 8x8 pixels, and their brightness changes nearly
# everywhere. The answers there are weaker than at the edges, and seldom zero.

# %%
edge = np.array([[1, 0, -1]] * 3)
digit = train_images[0, ..., 0]
sizes = np.abs(cross_correlate(digit, edge))
inside = cross_correlate(digit > 0.5, np.ones((3, 3))) == 9  # all nine pixels below the filter are ink
print(f"size of the answers: {sizes.max():.2f} at most, {sizes[inside].mean():.2f} inside the stroke on average")
picture(
    grids(
        [digit, cross_correlate(digit, edge), cross_correlate(digit, edge.T)],
        ["digit", "left to right", "top to bottom"],
        edge=2.4,
    ),
    "A digit, and beside it two maps that light up (yellow) or go dark (blue) along its upright and its level edges.",
)

# %% [markdown]
# ### 1.3 The same nine numbers, everywhere
#
# Cross-correlation is linear: each output is a weighted sum of pixels. So there must be a matrix that does it. You can
# find its columns with your own function: give it an image in which one pixel is 1 and all others are 0. Each of the
# 36 pixels of the 6x6 image gives one column, each of the 16 outputs is one row.

# %%
pixels = np.eye(36).reshape(36, 6, 6)
matrix = np.array([cross_correlate(pixel, diagonal).ravel() for pixel in pixels]).T
same = np.array_equal(matrix @ image.ravel(), cross_correlate(image, diagonal).ravel())
print(f"The matrix has the shape {matrix.shape}, {np.count_nonzero(matrix)} of its {matrix.size} entries are not 0.")
print("matrix @ pixels is your cross-correlation:", same)
figure = plt.figure(figsize=(7, 3.4))
plt.imshow(matrix, cmap="cividis")
plt.xlabel("pixel of the image")
plt.ylabel("output")
picture(figure, "A matrix of 16 rows. Each row holds the same nine weights, moved on a little; all the rest is zero.")

# %% [markdown]
# Two things make a convolutional layer small. Each row is nearly empty: an output *sees only a few pixels*. And all
# rows hold *the same nine weights*. A dense layer from 36 to 16 numbers would learn all 576 entries. (L2 makes the same
# point with a photograph of 1000x1000 pixels in three colours: 3 million weights a neuron. Its 300 million weights for
# 100 layers, 2.4 GB, are those of 100 such neurons; real layers have hundreds of neurons each.)
#
# ### 1.4 Channels and filters
#
# A colour image has three channels, a map inside a network has dozens. A filter always reaches through all of them and
# leaves *one* number, to which its **bias** is added. A layer has many filters, and each makes one channel of the
# result. Keras puts the channels last, and so do we:
#
# | array | shape |
# |---|---|
# | image | (height, width, channels) |
# | kernels | (rows, columns, channels, filters) |
# | bias | (filters,) |
# | result | (output height, output width, filters) |
#
# How many weights there are does not depend on the image's size. How many products are computed does: each output costs
# one for each weight of its filter. (L4 writes that convolutions make the *computation* independent of the size of the
# image. What is meant are the weights.)


# %% answer="conv-layer"
def conv_layer(image, kernels, bias, stride=1):
    """What a convolutional layer makes of one image, without padding and without an activation.

    image, kernels, bias: arrays of the shapes above. Returns the result of the shape above.
    """
    ### BEGIN SOLUTION
    channels, filters = kernels.shape[2:]
    maps = []
    for k in range(filters):
        answers = [cross_correlate(image[..., c], kernels[..., c, k], stride) for c in range(channels)]
        maps.append(sum(answers) + bias[k])
    return np.stack(maps, axis=-1)
    ### END SOLUTION


# %% grade="conv-layer"
check("conv-layer")

# %% [markdown]
# Your layer and Keras's, on the same digit with the same weights, should agree to the last digits of a float:

# %%
layer = layers.Conv2D(4, 5, strides=2, bias_initializer="random_normal")  # by itself Keras begins with a bias of 0
theirs = ops.convert_to_numpy(layer(train_images[:1]))[0]
ours = conv_layer(train_images[0], *layer.get_weights(), stride=2)
print(f"shapes {theirs.shape} and {ours.shape}, greatest difference {np.abs(theirs - ours).max():.1e}")

# %% [markdown]
# ### In your own words: why share weights? (2 points)
#
# The first layer of the network in part 4 turns a 28x28 image into 25 maps of 26x26 with 250 numbers to learn.
# (a) How many would a dense layer need for the same input and output, biases included? (b) What must be true of
# images for sharing weights to be a good idea? (c) Name a kind of image for which it is not so good, and why.

# %% [markdown] manual="why-shared-weights" points=2
# ### BEGIN SOLUTION
# (a) It has 784 inputs and 26 * 26 * 25 = 16,900 outputs: 784 * 16,900 + 16,900 = 13,266,500 numbers, 53,066 times as
# many. (b) What is worth finding in one place (an edge, a corner, a stroke) is worth finding in every other place and
# looks the same there; and it is small, so that a few pixels are enough to tell. (c) Images in which a place has a
# meaning of its own: portraits that are all aligned (eyes are always in the same place), or a form with fixed fields.
# One filter for all places cannot say "this, but only there".
# ### END SOLUTION

# %% [markdown]
# ## 2 Is it an X? Pooling
#
# Nine by nine pixels, 1 for ink and -1 for paper. Is this an X, even if someone draws it a bit crooked? Compare small
# parts and not the whole: an X has two diagonals and a crossing. Dividing the sum by the nine pixels of a filter makes
# the answer 1 where all pixels agree and -1 where none does.

# %%
LETTER = """
.........
.X.....X.
..X...X..
...X.X...
....X....
...X.X...
..X...X..
.X.....X.
.........
"""
letter = np.array([[1 if mark == "X" else -1 for mark in row] for row in LETTER.split()])
crossing = np.array([[1, -1, 1], [-1, 1, -1], [1, -1, 1]])
maps = [cross_correlate(letter, part) / part.size for part in (diagonal, crossing, diagonal[:, ::-1])]
names = ["falling diagonal", "crossing", "rising diagonal"]
picture(
    grids([letter, *maps], ["letter", *names], edge=2.4, numbers=".2g", limits=(-1, 1)),
    "A letter X and three maps of 7 by 7. The falling and the rising diagonal are found (1) four times each on the "
    "two strokes, the crossing once, in the middle.",
)

# %% [markdown]
# Where exactly a stroke lies hardly matters for "is it an X". **Max pooling** keeps the best match of each window and
# forgets where in the window it was. The map shrinks, and the network has less to do.
#
# Mind the edge. A window of 2 with stride 2 fits three times into 7 pixels, and one row and one column are left over.
# Part 1 said that a filter which hangs over the edge gives no output, and that is what Keras's pooling does by default,
# with `padding="valid"`. But lecture L2 makes 4x4 of its 7x7 maps: there a window that hangs over the edge counts, with
# those pixels that it still covers. That is called **ceil mode**. Windows start at 0, `stride`, 2 `stride`, and so on,
# and the last one is the first that reaches the edge. (L2 also cuts off its numbers and does not round them: it prints
# 7/9 as 0.77.)


# %% answer="pooling"
def max_pool(image, size=2, stride=2):
    """The greatest number in each window, in ceil mode.

    image: an array (height, width), each at least `size`. size: edge of the window.
    stride: pixels from window to window, at most `size`.
    """
    ### BEGIN SOLUTION
    height, width = (int(np.ceil((n - size) / stride)) + 1 for n in image.shape)
    return np.array(
        [
            [np.max(image[i * stride : i * stride + size, j * stride : j * stride + size]) for j in range(width)]
            for i in range(height)
        ]
    )
    ### END SOLUTION


# %% grade="pooling"
check("pooling")

# %% [markdown]
# Keras has L2's pooling too: `padding="same"` gives as many windows, and here the very same numbers.

# %%
for padding in ("valid", "same"):
    theirs = ops.convert_to_numpy(layers.MaxPooling2D(2, padding=padding)(maps[0][None, ..., None]))[0, ..., 0]
    same = np.shape(max_pool(maps[0])) == theirs.shape and np.allclose(max_pool(maps[0]), theirs)
    print(f'padding="{padding}": {theirs.shape[0]}x{theirs.shape[1]}, {"equal" if same else "not equal"} to yours')

# %%
crooked = letter.copy()
crooked[1, 1], crooked[1, 2] = -1, 1  # the upper left tip slips to the right
again = [cross_correlate(crooked, part) / part.size for part in (diagonal, crossing, diagonal[:, ::-1])]
pooled = [max_pool(answer) for answer in maps + again]
names += [f"{name}, crooked" for name in names]
picture(
    grids(pooled, names, columns=3, edge=1.8, numbers=".2g", limits=(-1, 1)),
    "The three maps pooled to 4 by 4; below them those of an X whose upper left tip has slipped. Most of it stays.",
)

# %% [markdown]
# ## 3 How wrong is a guess?
#
# ### 3.1 Softmax: scores become probabilities
#
# The last layer of a network gives ten scores $z_1 \dots z_{10}$, one a digit, called **logits**. They may be any
# numbers. Softmax makes them positive and lets them add up to 1:
#
# $$p_j = \frac{e^{z_j}}{\sum_k e^{z_k}}$$
#
# A trap lies in $e^{1000}$, which is too big for a computer. But adding the same number to all logits of a row changes
# nothing: top and bottom are multiplied by the same factor. Use that, so that no power can overflow.


# %% answer="softmax"
def softmax(logits):
    """Probabilities of each row; they add up to 1.

    logits: an array (rows, classes), of any size, also 1000 or -1000.
    """
    ### BEGIN SOLUTION
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% grade="softmax"
check("softmax")

# %% [markdown]
# ### 3.2 Cross-entropy: the price of a guess
#
# The right answer is written as a row with a single 1 and else zeros, the **target** $y$. (L1 writes $y_i \in [0, 1]$,
# which would allow 0.5 as well; what it means is $y_i \in \{0, 1\}$.) A guess pays minus the logarithm of the
# probability that it gave to the right answer:
#
# $$l = -\sum_{k} y_k \log p_k$$
#
# Being sure and right costs nothing, being sure and wrong costs any amount. L1 has three rows:
#
# | probabilities | target | loss |
# |---|---|---|
# | 0.3 0.3 0.4 | 0 0 1 | $-\log 0.4 = 0.9163$ |
# | 0.3 0.4 0.3 | 0 1 0 | $-\log 0.4 = 0.9163$ |
# | 0.1 0.2 0.7 | 1 0 0 | $-\log 0.1 = 2.3026$ |
#
# The loss of a batch is the *mean* over its rows, so that it does not depend on how many there are. (The squared error
# is another loss: L1 writes it as a sum over the classes of a row, Keras takes their mean.)


# %% answer="cross-entropy"
def cross_entropy(probabilities, targets):
    """The mean loss of the rows: one number.

    probabilities: an array (rows, classes) after the softmax; 0 may occur beside the target.
    targets: an array (rows, classes), 1 for the right class and 0 for all others.
    """
    ### BEGIN SOLUTION
    return -np.mean(np.log(probabilities[targets == 1]))
    ### END SOLUTION


# %% grade="cross-entropy"
check("cross-entropy")

# %% [markdown]
# Why not simply the squared error, $(1 - p)^2$? Learning changes logits, so draw both losses against the logit $z$ of
# the right class, the other nine logits being 0. What counts is the slope, since that is what pushes $z$ up.

# %%
logit = np.linspace(-6, 8, 281)
p = np.exp(logit) / (np.exp(logit) + 9)
slopes = {"cross-entropy": -(1 - p), "squared error": -2 * p * (1 - p) ** 2}
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
for name, loss, colour, line in [
    ("cross-entropy", -np.log(p), BLUE, "-"),
    ("squared error", (1 - p) ** 2, ORANGE, "--"),
]:
    left.plot(logit, loss, color=colour, linestyle=line, label=name)
    right.plot(logit, slopes[name], color=colour, linestyle=line, label=name)
left.set(xlabel="logit of the right class", ylabel="loss")
right.set(xlabel="logit of the right class", ylabel="slope of the loss")
left.legend()
bad = np.abs(p - 0.01).argmin()
picture(
    figure,
    f"Two losses against the logit of the right class, and their slopes. A very bad guess, p = {p[bad]:.2f}, is at z = "
    f"{logit[bad]:.1f}: there cross-entropy (solid) has the slope {slopes['cross-entropy'][bad]:.2f} and pulls with "
    f"all its strength, squared error (dashed) has {slopes['squared error'][bad]:.2f}: it is flat where it matters.",
)

# %% [markdown]
# ### 3.3 Backpropagation: who is to blame?
#
# To lower the loss we must know how it changes with each weight. Take a function small enough to do by hand, lecture
# L4's $f = (x + y) \cdot z$, in two steps: $q = x + y$, then $f = q z$.
#
# Walk forward and remember the values. Then walk back. Each step knows its own, *local* derivatives: $f = qz$ knows
# $\partial f / \partial q$ and $\partial f / \partial z$, and $q = x + y$ knows $\partial q / \partial x$ and
# $\partial q / \partial y$. The **chain rule** joins them: what arrives from behind, times the local derivative.


# %% answer="backprop"
def backprop(x, y, z):
    """f = (x + y) * z and its derivatives, as a tuple (f, df/dx, df/dy, df/dz)."""
    ### BEGIN SOLUTION
    q = x + y
    f = q * z
    df_dq, df_dz = z, q
    df_dx = df_dq * 1
    df_dy = df_dq * 1
    return f, df_dx, df_dy, df_dz
    ### END SOLUTION


# %% grade="backprop"
check("backprop")

# %% [markdown]
# A derivative can always be checked: move one input a tiny bit and see how far the result moves.

# %%
x, y, z = -2.0, 5.0, -4.0
f, df_dx, df_dy, df_dz = backprop(x, y, z)
tiny = 1e-6
moved = [(backprop(x + tiny, y, z)[0] - f) / tiny, (backprop(x, y + tiny, z)[0] - f) / tiny]
moved.append((backprop(x, y, z + tiny)[0] - f) / tiny)
print("by the chain rule:", (df_dx, df_dy, df_dz), " by moving a little:", tuple(round(value, 3) for value in moved))

figure, axis = plt.subplots(figsize=(7, 3))
places = {"x": (0, 2), "y": (0, 1), "z": (1, 0), "q = x + y": (1, 1.5), "f = q z": (2, 0.75)}
values = {"x": (x, df_dx), "y": (y, df_dy), "z": (z, df_dz), "q = x + y": (x + y, z), "f = q z": (f, 1)}
for start, end in [("x", "q = x + y"), ("y", "q = x + y"), ("z", "f = q z"), ("q = x + y", "f = q z")]:
    axis.annotate("", places[end], places[start], arrowprops={"arrowstyle": "->", "shrinkA": 38, "shrinkB": 38})
for name, (across, up) in places.items():
    axis.text(across, up + 0.14, name, ha="center", weight="bold")
    axis.text(across, up - 0.14, f"value {values[name][0]:g}", ha="center", color=BLUE)
    axis.text(across, up - 0.42, f"derivative {values[name][1]:g}", ha="center", color=ORANGE)
axis.set(xlim=(-0.4, 2.4), ylim=(-0.6, 2.4))
axis.axis("off")
picture(
    figure,
    "x and y flow into q, q and z into f. Values go forward: q = 3, f = -12. Derivatives of f come back: 1 at f, -4 at "
    "q, 3 at z, and -4 at x and at y.",
)

# %% [markdown]
# ## 4 A network from a slide
#
# Lecture L1 builds its network for digits in Keras 1, of 2016:
#
# ```python
# model.add(Convolution2D(25, 3, 3, input_shape=(1, 28, 28)))
# model.add(MaxPooling2D((2, 2)))
# model.add(Convolution2D(50, 3, 3))
# model.add(MaxPooling2D((2, 2)))
# model.add(Flatten())
# model.add(Dense(output_dim=100))
# model.add(Activation('relu'))
# model.add(Dense(output_dim=10))
# model.add(Activation('softmax'))
# ```
#
# Much has changed since. Channels come last, so the input is (28, 28, 1), given by `keras.Input`. `output_dim` is just
# the first argument. And the worst change makes no noise: `Conv2D(25, 3, 3)` alone still runs, but what it means is
# another thing, and at best a later layer complains. Look up what the third argument of `keras.layers.Conv2D` is now.
#
# The edges on the slide are 28, 26, 13, 11, 5, and then 50 * 5 * 5 = 1,250 numbers in a row. With your formula from
# 1.1 you can tell whether a filter moves by 1 or by more. Parameters: 250 + 11,300 + 125,100 + 1,010 = 137,660.
# The convolutions have no activation, as on the slide.


# %% answer="keras-3"
def build_l1():
    """The slide's network in Keras 3: a keras.Sequential from (28, 28, 1) to ten probabilities."""
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(25, (3, 3)),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(50, (3, 3)),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(100, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    ### END SOLUTION


# %% grade="keras-3"
check("keras-3")

# %% [markdown]
# ## 5 Learning, a few images at a time
#
# ### 5.1 Mini-batches
#
# The true gradient is a mean over all images. A mean over 64 of them is a *noisy* estimate of it: no single one points
# in the same direction, but on average they do, each for a fraction of the work. So we take many quick, noisy steps in
# place of one slow one. (How noisy, you will measure in 5.2.) Shuffle, cut into batches, take one step for each; when
# all images had their turn, an **epoch** is over. The last batch may be smaller, but it is not left out.


# %% answer="batches"
def batch_slices(count, size):
    """Where each batch begins and ends, as a list of (start, stop) pairs for images[start:stop].

    count: number of images. size: images in a batch; the last batch has what is left.
    """
    ### BEGIN SOLUTION
    return [(start, min(start + size, count)) for start in range(0, count, size)]
    ### END SOLUTION


# %% grade="batches"
check("batches")

# %% [markdown]
# ### 5.2 How long is a step?
#
# With a rate too small you wait for ever. With one too big every step jumps across the valley and lands higher on the
# other side: the loss *diverges*. L1's recipe is to start high and cut the rate in half whenever that happens. It
# leaves two things open.
#
# - *When does a loss diverge?* Steps are noisy, and a loss that rises a little means nothing. Let us say: where it is
#   more than *twice the least loss before it*, or is no finite number (`nan`, `inf`).
# - *What becomes of the weights?* They have gone astray, and a smaller rate will not bring them back; of `nan` they
#   never recover. So go back to the weights that had the least loss, and halve the rate.
#
# `cnnkit.callbacks.HalveOnDivergence` does the same for Keras. Write the rule for the rate. Losses that are no finite
# numbers are never the least; where there is none before it, a finite loss changes nothing.


# %% answer="learning-rate"
def next_rate(rate, losses):
    """The rate for the next epoch.

    rate: that of the last epoch. losses: one for each epoch so far, the latest last.
    """
    ### BEGIN SOLUTION
    before = [loss for loss in losses[:-1] if np.isfinite(loss)]
    went_up = len(before) > 0 and losses[-1] > 2 * min(before)
    if went_up or not np.isfinite(losses[-1]):
        return rate / 2
    return rate
    ### END SOLUTION


# %% grade="learning-rate"
check("learning-rate")

# %% [markdown]
# Everything is there for a first classifier in plain NumPy: ten logits, each a weighted sum of all pixels. The
# derivative of the loss for the logits turns out to be as simple as it can be: *probabilities minus targets*, divided
# by the size of the batch. Watch the rate (below) answer to the loss (above).

# %%
pixels, targets = np.reshape(train_images, (len(train_images), -1)), np.eye(10)[train_labels]


def gradient(weights, bias, batch):
    """The derivatives of the loss of these images for the weights and for the bias."""
    error = (softmax(pixels[batch] @ weights + bias) - targets[batch]) / len(batch)
    return pixels[batch].T @ error, error.sum(axis=0)


weights, bias = np.zeros((784, 10)), np.zeros(10)
rate, rates, losses = 16.0, [], []
shuffle = np.random.default_rng(1)
for _ in range(30):
    order = shuffle.permutation(len(pixels))
    for start, stop in batch_slices(len(pixels), 64):
        for_weights, for_bias = gradient(weights, bias, order[start:stop])
        weights, bias = weights - rate * for_weights, bias - rate * for_bias
    guess = np.maximum(softmax(pixels @ weights + bias), 1e-12)
    rates.append(rate)
    losses.append(cross_entropy(guess, targets))
    if losses[-1] == min(losses):
        best = weights, bias
    rate = next_rate(rate, losses)
    if rate < rates[-1]:
        weights, bias = best
weights, bias = best
figure, (above, below) = plt.subplots(2, sharex=True, figsize=(6, 4), layout="constrained")
above.plot(losses, "o-", color=BLUE)
above.set(ylabel="loss", yscale="log")
below.step(range(len(rates)), rates, where="mid", color=ORANGE)
below.set(ylabel="rate", yscale="log", xlabel="epoch")
below.set_yticks(sorted(set(rates)), [f"{rate:g}" for rate in sorted(set(rates))])
below.minorticks_off()
guess = np.argmax(np.reshape(val_images, (len(val_images), -1)) @ weights + bias, axis=1)
right = np.mean(guess == val_labels)
picture(
    figure,
    f"Two curves over 30 epochs. The rate falls from 16 to {rates[-1]:g}, one step down where the loss has gone above "
    f"twice its least; the least loss is {min(losses):.2g}, with {right:.1%} of the validation digits right.",
)

# %% [markdown]
# And how noisy are these steps? Compare the direction of the gradient of 64 images with that of all of them: the cosine
# of the angle between them is 1 where both point the same way, and 0 where they have nothing in common.

# %%
for name, at in (("at the start", (np.zeros((784, 10)), np.zeros(10))), ("at the end", (weights, bias))):
    whole = gradient(*at, np.arange(len(pixels)))[0].ravel()
    parts = [gradient(*at, shuffle.choice(len(pixels), 64, replace=False))[0].ravel() for _ in range(50)]
    cosines = [part @ whole / np.linalg.norm(part) / np.linalg.norm(whole) for part in parts]
    print(f"{name} the cosine is {np.mean(cosines):.2f} on average, between {min(cosines):.2f} and {max(cosines):.2f}")

# %% [markdown]
# The better the network, the less the images agree on what should change, and the more noise is in a step.

# %% [markdown]
# ## 6 LeNet-5
#
# In 1998 this network read cheques. It has no ReLU: its activation is a *scaled tanh*, $A \tanh(S a)$ with $A = 1.7159$
# and $S = 2/3$, made so that $f(1) \approx 1$ and $f(-1) \approx -1$, where the curve still has a healthy slope.
#
# Two more things set it apart. Its pooling layers learn: each map has a coefficient and a bias of its own. And its
# second convolution, **C3**, does not connect all with all. A table says which of the 6 maps each of the 16 filters may
# see. For each 1 in the table there is a filter of `size` by `size` weights, and each column has one bias.


# %% answer="lenet-5"
def scaled_tanh(x):
    """LeNet-5's activation, for an array of any shape."""
    ### BEGIN SOLUTION
    return 1.7159 * np.tanh(2 / 3 * x)
    ### END SOLUTION


def c3_parameters(table, size):
    """How many numbers a convolution with this table of connections learns.

    table: a list of rows, one for each input map, with a 0 or a 1 for each output map.
    size: edge of the square filters.
    """
    ### BEGIN SOLUTION
    connections = sum(map(sum, table))
    return connections * size * size + len(table[0])
    ### END SOLUTION


# %% grade="lenet-5"
check("lenet-5")

# %%
lenet = lenet5()
for layer in lenet.layers:
    if layer.count_params():
        print(f"{layer.name:<8}{layer.count_params():>8,}")
print(f"{'in all':<8}{lenet.count_params():>8,}")
full = [[1] * 16] * 6
print(f"C3 by your count: {c3_parameters(LENET5_C3, 5):,}; with all connections it would be {c3_parameters(full, 5):,}")
figure = plt.figure(figsize=(6, 2.4))
plt.imshow(LENET5_C3, cmap="cividis")
plt.xlabel("map of C3")
plt.ylabel("map of S2")
picture(
    figure,
    "The table of C3, 6 rows and 16 columns. The first six columns hold three ones each, the next nine four, the last "
    "one six: 60 of 96. So the filters cannot all learn the same.",
)

# %% [markdown]
# ## 7 Your own network
#
# ### 7.1 What goes wrong
#
# First let L1's network learn for a few epochs, and try it twice: on the validation digits as they are, and on the same
# digits *shaken*, turned by up to 15 degrees, moved and stretched. The layers that shake are Keras's own. They are
# active only while a network trains, or when told so.

# %%
shake = keras.Sequential(
    [
        layers.RandomRotation(15 / 360, fill_mode="constant"),
        layers.RandomTranslation(0.09, 0.09, fill_mode="constant"),
        layers.RandomZoom(0.12, 0.12, fill_mode="constant"),
    ]
)
keras.utils.set_random_seed(2)
shaken_images = ops.convert_to_numpy(shake(val_images, training=True))
picture(
    grids([*val_images[:8, ..., 0], *shaken_images[:8, ..., 0]], edge=1),
    "Eight validation digits, and below them the same ones shaken: turned, moved and stretched a little.",
)


# %%
def accuracy(network, images, labels=val_labels):
    return np.mean(network.predict(images, batch_size=256, verbose=0).argmax(axis=1) == labels)


# %%
keras.utils.set_random_seed(3)
slide = build_l1()
slide.compile("adam", "sparse_categorical_crossentropy")
slide.fit(train_images, train_labels, batch_size=64, epochs=3, verbose=0, callbacks=[Progress()])
print(f"L1's network: {accuracy(slide, val_images):.1%} as they are, {accuracy(slide, shaken_images):.1%} shaken")

# %% [markdown]
# ### 7.2 The first cure: augmentation
#
# The network has only ever seen neat digits. Show it shaken ones, and shake them anew in each epoch: then it never sees
# the same image twice, and what it could learn by heart helps it little. Put layers such as those of `shake` at the
# network's beginning. How far may they turn? As far as the label stays right: a 6 turned by 180 degrees is a 9.

# %%
picture(
    grids(ops.convert_to_numpy(shake(np.repeat(train_images[:1], 8, axis=0), training=True))[..., 0], edge=1),
    f"One {train_labels[0]} as a network sees it in eight epochs, and still a {train_labels[0]} each time.",
)

# %% [markdown]
# ### 7.3 The second cure: batch normalization
#
# Deep inside a network the numbers of a channel may be anything: a thousand, or nearly equal. Batch normalization
# brings each channel to mean 0 and variance 1, over all images of the batch *and all places* of the map. Then it scales
# and shifts the channel by two numbers that are learned. Training gets faster and more even.
#
# In use there may be one image only, whose mean and variance say little. So during training the layer remembers a
# running mean and variance, and uses these. Below, a batch of four images with one number each goes through the layer
# twice. After one batch what is remembered is still close to where it began, 0 and 1, so that in use little happens.

# %%
column = np.array([[1.0], [2.0], [3.0], [6.0]])
layer = layers.BatchNormalization()
print(f"a batch of four {column.ravel()}")
for training in (True, False):
    result = ops.convert_to_numpy(layer(column, training=training)).ravel().round(2)
    print(f"{'in training' if training else 'in use':<16}{result}")
deep = np.random.default_rng(4).normal(5, 3, size=(4, 6, 6, 2))
normal = ops.convert_to_numpy(layers.BatchNormalization()(deep, training=True))
print(f"maps of shape {deep.shape}: channel 0 has mean {deep[..., 0].mean():.2f}, deviation {deep[..., 0].std():.2f}")
print(f"afterwards, over images and places: {abs(normal[..., 0].mean()):.2f}, {normal[..., 0].std():.2f}")
print(f"the mean of one image alone: {normal[0, ..., 0].mean():.2f}")

# %% [markdown]
# ### 7.4 The third cure: dropout
#
# A network that has learned by heart relies on a few numbers for each image. Dropout switches off a random part of the
# numbers in each step, so that none can rely on a few others. What is left is scaled up, here by 1 / (1 - 0.5) = 2, so
# that their mean stays the same. In use all are on, and nothing is scaled.

# %%
layer = layers.Dropout(0.5, seed=4)
print(f"a batch of four {column.ravel()}")
for training in (True, True, False):
    result = ops.convert_to_numpy(layer(column, training=training)).ravel()
    print(f"{'in training' if training else 'in use':<16}{result}")
many = ops.convert_to_numpy(layer(np.ones(10_000), training=True))
print(f"of 10,000 ones {np.mean(many == 0):.0%} are off, and the mean is {many.mean():.2f}")

# %% [markdown]
# ### 7.5 Build it
#
# Anything goes that trains within a minute. A good start: layers that shake; then two or three blocks of convolution
# (16 to 64 filters), batch normalization and ReLU, with pooling or a stride of 2 between them; then `Flatten`,
# dropout and ten logits. A first convolution of 5x5 with stride 2 saves much time. Your network is tested with digits
# that it has not seen, distorted afresh: all points for 98 %, and a part of them from 90 % on.


# %% answer="network"
def build_network():
    """A network from images (28, 28, 1) in [0, 1] to ten logits (no softmax)."""

    ### BEGIN SOLUTION
    def block(filters, size, strides=1):
        return [
            layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
        ]

    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.RandomRotation(15 / 360, fill_mode="constant"),  # given: the text says to put `shake` here
            layers.RandomTranslation(0.12, 0.12, fill_mode="constant"),
            layers.RandomZoom(0.15, 0.15, fill_mode="constant"),
            *block(16, 5, strides=2),
            *block(32, 3),
            layers.MaxPooling2D(2),
            *block(64, 3),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.4),
            layers.Dense(10),
        ]
    )
    ### END SOLUTION


# %% [markdown]
# ### 7.6 Before it trains for long
#
# Two quick looks find most mistakes before they cost you minutes.
#
# - **The first loss.** An untrained network knows nothing, and should say so: about 1/10 for each digit, a loss of
#   about $-\log(1/10) = \log 10$. If it is far greater, the numbers inside are too big. If it cannot be computed, the
#   shapes do not fit. If it is far less, the labels have leaked into the images.
# - **A tiny set.** Twenty digits anybody can learn by heart. A network whose loss does not come close to 0 on them will
#   not learn a thousand: a layer is missing, the rate is wrong, or labels and images do not belong together. (Shaking
#   and dropout make it harder, so close to 0 is enough.)

# %%
keras.utils.set_random_seed(6)
trial = build_network()
trial.compile(keras.optimizers.Adam(0.005), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
untrained = trial.evaluate(train_images[:256], train_labels[:256], verbose=0)
print(f"the first loss is {untrained:.2f}, and log 10 is {np.log(10):.2f}")
few = np.tile(np.arange(20), 10)  # twenty digits, ten times an epoch
tiny = trial.fit(train_images[few], train_labels[few], batch_size=20, epochs=8, verbose=0).history["loss"]
print(
    f"on twenty digits it falls from {tiny[0]:.2f} in the first ten steps to {tiny[-1]:.2f} in the last ten of eighty"
)

# %% [markdown]
# ### 7.7 Train it
#
# The next cell trains it, for half a minute or so. The rate falls along half a cosine, from `RATE` to 0: a smooth
# cousin of your rule. Change what you like, but keep an eye on the clock. The number of epochs is such that about
# 60,000 images are seen. MNIST is seen three times, which takes longer.

# %%
RATE, BATCH = 0.006, 64
EPOCHS = max(3, 60_000 // len(train_images))

keras.utils.set_random_seed(5)
network = build_network()
steps = EPOCHS * -(-len(train_images) // BATCH)
network.compile(
    keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(RATE, steps)),
    keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
history = network.fit(
    train_images,
    train_labels,
    batch_size=BATCH,
    epochs=EPOCHS,
    validation_data=(val_images, val_labels),
    verbose=0,
    callbacks=[Progress()],
).history

# %% [markdown]
# Look at both curves whenever you have trained. Where the training loss stays high, the network is too small or has not
# trained enough. Where it falls and the *validation* loss rises, the network learns by heart: stop earlier, shake more,
# drop more. Here the training digits are the harder ones, since they are shaken and numbers are dropped.

# %%
epochs = range(1, EPOCHS + 1)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
for axis, name in ((left, "loss"), (right, "accuracy")):
    axis.plot(epochs, history[name], "o-", color=BLUE, markersize=3, label="training, shaken")
    axis.plot(epochs, history[f"val_{name}"], "s--", color=ORANGE, markersize=3, label="validation, as they are")
    axis.set(xlabel="epoch", ylabel=name)
left.set(yscale="log")
right.set(ylim=(0.8, 1.005))
left.legend()
picture(
    figure,
    f"Loss and accuracy over {EPOCHS} epochs. The training loss falls from {history['loss'][0]:.2g} to "
    f"{history['loss'][-1]:.2g}, that of validation from {history['val_loss'][0]:.2g} to "
    f"{history['val_loss'][-1]:.2g}; {history['val_accuracy'][-1]:.1%} of the validation digits are right at the end.",
)
print(f"Your network: {accuracy(network, val_images):.1%} as they are, {accuracy(network, shaken_images):.1%} shaken")


# %% answer="predict"
def predict_digits(images):
    """The digit that your network sees in each image, as an array of whole numbers (n,).

    images: float32 (n, 28, 28, 1) in [0, 1].
    """
    ### BEGIN SOLUTION
    return network.predict(images, batch_size=256, verbose=0).argmax(axis=1)  # given: `accuracy` does it
    ### END SOLUTION


# %% [markdown]
# This check looks at the test digits, so run it when you have chosen. It tells no more than whether 95 % are right.

# %% grade="accuracy"
check("accuracy")

# %% [markdown]
# ### 7.8 Look inside
#
# What has the first layer learned? Nobody told it about edges and strokes. Below are its filters, and what each of
# them answers to one digit. Find the filter behind a map that lights up along one side of the strokes only.


# %%
def convolutions(network):
    """The convolutions of a network in their order, also those in networks inside it."""
    for layer in network.layers:
        if isinstance(layer, layers.Conv2D):
            yield layer
        elif hasattr(layer, "layers"):
            yield from convolutions(layer)


first = next((layer for layer in convolutions(network) if layer.kernel.shape[2] == 1), None)
if first is None:
    print("Your network has no Conv2D that reads the image's one channel, so there is no filter to look at.")
else:
    filters = first.get_weights()[0][:, :, 0]
    answers = ops.convert_to_numpy(first(val_images[:1]))[0]
    shown = min(16, filters.shape[-1])
    strongest, loudest = np.abs(filters).max(), np.abs(answers).max()
    picture(
        grids(np.moveaxis(filters, -1, 0)[:shown], edge=0.9, limits=(-strongest, strongest)),
        f"The first {shown} filters of the first layer: yellow for positive weights, blue for negative, grey for 0.",
    )
    picture(
        grids(np.moveaxis(answers, -1, 0)[:shown], edge=0.9, limits=(-loudest, loudest)),
        f"What these filters answer to a validation digit, a {val_labels[0]}, in the same order and colours.",
    )

# %% [markdown]
# Last, where does it go wrong? In the **confusion matrix** a row is what the digit is, a column what the network takes
# it for. All that lies off the diagonal is an error. What you see here will tell you what to change, so it is a choice,
# and made by the validation digits. There are not many errors: we count them on each digit five times, shaken anew.

# %%
trials = np.concatenate([ops.convert_to_numpy(shake(val_images, training=True)) for _ in range(5)])
truth = np.tile(val_labels, 5)
guesses = predict_digits(trials)
confusion = np.zeros((10, 10), int)
np.add.at(confusion, (truth, guesses), 1)
errors = confusion - np.diag(np.diag(confusion))
figure = grids([confusion], edge=4.5, numbers="d", limits=(0, 2 * errors.max() + 1))  # so that errors can be seen
figure.axes[0].axis("on")
figure.axes[0].set(xlabel="taken for", ylabel="is", xticks=range(10), yticks=range(10))
wrong = np.flatnonzero(guesses != truth)
worst = [divmod(int(place), 10) for place in np.argsort(-errors, axis=None, kind="stable")[:5]]
often = ", ".join(f"{i} for {j}: {errors[i, j]}" for i, j in worst if errors[i, j]) or "none"
picture(figure, f"Confusion matrix; {len(wrong)} of {len(trials):,} digits are taken for others. Most often: {often}.")
if len(wrong):
    titles = [f"{truth[k]}, not {guesses[k]}" for k in wrong[:16]]
    picture(grids(trials[wrong[:16], ..., 0], titles, edge=1.2), "Digits it took for others, up to sixteen of them.")

# %% [markdown]
# ### 7.9 The test, once
#
# Now nothing is left to choose, and the test digits have their turn: this is what you may expect of new ones. Should
# you go back and change the network until this number is better, it will no longer be.

# %%
network_right = accuracy(network, test_images, test_labels)
spread = np.sqrt(network_right * (1 - network_right) / len(test_images))
print(f"{network_right:.1%} of {len(test_images):,} test digits are right, give or take {spread:.1%}")

# %% [markdown]
# ### In your own words: what does it confuse? (2 points)
#
# (a) Which digits does your network take for which others? Look at the images: what do they have in common?
# (b) Propose *one* change (to the data, the augmentation or the network) that might help, and say why.
# (c) How would you find out whether it really helped, and was not luck?

# %% [markdown] manual="confusions" points=2
# ### BEGIN SOLUTION
# (a) For example 9 for 1 or 3: digits whose loops are closed or opened by the low resolution, and strokes
# that are cut off at the image's edge or turned so far that they resemble another digit. (b) One change that fits the
# observation, with a reason: bending strokes as well (elastic distortion), where errors are unusual ways of writing; a
# smaller stride in the first layer, where small gaps decide; more filters or longer training, where the loss on
# training images is still high. (c) Change only this. Train both networks with several seeds, compare on the
# validation digits, and ask whether the difference is greater than the spread between seeds: with 238 digits one error
# is 0.4 %. The test digits stay out of it; they are for the one network that is kept, since a comparison on them would
# be a choice by them.
# ### END SOLUTION
