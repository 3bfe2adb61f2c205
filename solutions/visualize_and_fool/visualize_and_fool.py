# %% [markdown]
# # Visualize and fool: looking inside a network, and breaking it
#
# A network is right six times out of seven. Why? You look inside: at its filters, at what makes a unit answer, at the
# pixels that decide. You find out that not every pretty map of pixels says something about the network, and how to tell
# those that do. Then you fool it, with changes that one hardly sees, and predict beforehand how small they may be.
#
# How it works: where a cell says `YOUR CODE HERE`, put your code in place of that line and the next. Then run
# `check(...)`, as often as you like: it tells you what is wrong and costs nothing. Some tests run only when you hand
# in, with other numbers; code that does what the text says passes those as well.
#
# | part | points |
# |---|---|
# | 1 What is in there? | |
# | 2 Many numbers in a plane | 2.5 |
# | 3 Which pixels matter? | 5 |
# | 4 Is the map true? | 3 |
# | 5 What does a unit look for? | 2 |
# | 6 Climb until fooled | 2.5 |
# | 7 One step, and how long it has to be | 5 |
# | 8 The nearest boundary, or another network | 2 |
# | 9 What helps? | |
# | three written questions | 6 |
#
# You write each idea yourself before `cnnkit.visualize` and `cnnkit.attack` do it for you. Your functions get what they
# need to know of a network as a *function*, say `score`, so that the checks can try them on networks so simple that the
# right answer is known.

# %% locked="setup"
import cnnkit

cnnkit.quiet()  # before TensorFlow is imported, which is talkative

import keras
import matplotlib.pyplot as plt
import numpy as np
from cnnkit import attack, diagrams, visualize
from cnnkit.callbacks import Progress
from cnnkit.check import load_checks
from cnnkit.gradients import value_and_gradient
from cnnkit.photographs import CLASSES, photograph_patches
from cnnkit.pictures import BLUE, ORANGE, grids, picture
from cnnkit.pretrained import pretrained, training_record
from keras import layers, ops
from scipy.stats import rankdata


def show(figure):
    """A figure of cnnkit, with its text below it."""
    picture(figure, figure.get_label())


check = load_checks("visualize_and_fool")

# %% [markdown]
# ## 1 What is in there?
#
# The network comes with the kit. It tells 14 photographs and textures apart, from patches of 64x64 pixels: four
# convolutions with ReLU, three poolings, the mean over each map, and a fully connected layer with softmax. The patches
# below are from parts of the photographs that it has never seen.

# %% locked="network"
network = pretrained("photographs")
images, labels = photograph_patches("test", 140)
predicted = visualize.logits(network, images).argmax(axis=1)
right = np.flatnonzero(predicted == labels)
examples = [next(i for i in right if CLASSES[labels[i]] == name) for name in ("cat", "coffee", "rocket", "flower")]

# %%
print(f"right on {training_record('photographs')['test_accuracy']:.0%} of 1,400 new patches")
first_of_each = [int(np.flatnonzero(labels == number)[0]) for number in range(14)]
show(
    visualize.draw_images(
        images[first_of_each], "A patch of each of the 14 classes, its name above it.", titles=CLASSES, columns=7
    )
)

# %% [markdown]
# **First-layer weights.** A filter of the first layer has three channels, like an image, so it can be shown as one. It
# answers most to what looks like itself. Large networks that have seen a million photographs have clear edges and spots
# of colour here. This one is small and has seen few: its filters are noisy, and more about colour than about edges. In
# later layers a filter has 16 or more channels, and such a picture says little.

# %%
show(
    visualize.draw_images(
        visualize.first_layer_weights(network),
        "The 16 filters of the first layer, 7x7 pixels in colour. Each has a colour of its own, one of them a red "
        "middle; a few grow brighter from one corner to the other; all are noisy.",
    )
)

# %% [markdown]
# **Activation maps.** What a layer makes of an image is a stack of maps, one a channel. Bright is where the channel
# answers. Here are 16 of the 32 channels of the second convolution, for a patch of the cat.

# %%
cat = images[examples[0]]
maps = visualize.activation_maps(network, cat[None], "conv2")[0]
show(visualize.draw_images(cat[None], "The patch: an eye of the cat, and fur out of focus.", edge=1.6))
show(
    visualize.draw_maps(
        np.moveaxis(maps[..., :16], 2, 0),
        "16 activation maps, 32x32: two channels answer strongly to the light fur, most weakly, along outlines such as "
        "that of the eye, and two not at all.",
    )
)

# %% [markdown]
# **Patches of maximal activation.** To learn what a channel of a late layer is there for, run many images through the
# network and keep the pieces to which it answers most. Each piece is exactly what the unit can see, its receptive
# field. Black is what lies beyond the edge of the image.
#
# **Predict:** how many pixels wide and high are the pieces of the third convolution? Its windows are 3x3, those of the
# first and the second 7x7 and 3x3, all with stride 1. After the first and after the second comes a pooling of 2x2 with
# stride 2. Count back from one unit, write your number down, then run the next cells.

# %%
my_edge = None  # your prediction, in pixels

# %%
channels = [14, 22, 5, 23]
best = visualize.maximal_patches(network, images, "conv3", channels, count=8).patches
show(
    visualize.draw_images(
        best.reshape(-1, *best.shape[2:]),
        "Four rows of eight pieces, a row for each of four channels of the third convolution. First row: something "
        "light on black, also a coin. Second: dark crowns of trees under a light sky. Third: red areas, of the retina "
        "and of the motorcycle. Fourth: dark green.",
    )
)
print(f"a piece has {best.shape[2]}x{best.shape[3]} pixels; your prediction: {my_edge}")

# %% [markdown]
# ## 2 Many numbers in a plane
#
# Before its last layer, the network has turned an image into a list of numbers, its **features**. Images that it takes
# to be alike should have features that are alike. To see that, 64 numbers have to become two. For this part we take the
# network that reads digits.

# %% locked="digits"
digit_network = pretrained("digits")
digits, digit_labels = cnnkit.datasets.load("digits28", split="test")
digit_features = visualize.features(digit_network, digits, "features")

# %% [markdown]
# ### 2.1 PCA: straight down onto a plane
#
# Principal component analysis puts the plane where the points vary most. Put the $n$ lists of numbers into the rows of
# a matrix, take from each column its mean, and call the result $X$. Its **singular value decomposition**, `U, s, Vt =
# np.linalg.svd(X, full_matrices=False)`, gives
#
# $$X = U \, \mathrm{diag}(s) \, V^T$$
#
# The rows of $V^T$ are the directions, most important first, and $X V$ holds the coordinates along them. The squares of
# $s$ tell how much the points vary along each: with $s = (4, 2, 2)$ the first direction has $16 / (16 + 4 + 4) = 2/3$
# of all variance.


# %% answer="pca"
def pca(vectors, dimensions=2):
    """Coordinates along the directions in which the vectors vary most.

    vectors: an array (n, features). Returns two arrays: the coordinates, (n, dimensions), whose mean is 0, and the
    share, 0 to 1, of all variance that each of these directions has, (dimensions,). The sign of a direction is free.
    """
    ### BEGIN SOLUTION
    centred = vectors - vectors.mean(axis=0)
    _, s, directions = np.linalg.svd(centred, full_matrices=False)
    return centred @ directions[:dimensions].T, (s**2 / np.sum(s**2))[:dimensions]
    ### END SOLUTION


# %% grade="pca"
check("pca")

# %%
coordinates, shares = pca(digit_features)
DIGITS = [str(digit) for digit in range(10)]
show(
    visualize.draw_points(
        coordinates,
        digit_labels,
        "PCA of the features of 364 digits, a shape for each digit: each digit has its region, and some "
        "regions lie over one another in the middle.",
        names=DIGITS,
    )
)
print(f"the two directions have {float(shares[0]):.0%} and {float(shares[1]):.0%} of all variance")

# %% [markdown]
# ### 2.2 t-SNE: keep the neighbours
#
# A plane that is put *straight* through 64 dimensions must lay things over one another. t-SNE gives up on straight. It
# only asks that neighbours stay neighbours. Around each point lies a bell curve of width $\sigma$, and a point at the
# distance $d_j$ gets the share
#
# $$p_j = \frac{e^{-d_j^2 / 2\sigma^2}}{\sum_k e^{-d_k^2 / 2\sigma^2}}$$
#
# How wide is the bell? The **perplexity** sets it: the number of neighbours that the shares amount to,
#
# $$\text{perplexity} = 2^H, \qquad H = -\sum_j p_j \log_2 p_j$$
#
# Four neighbours with a share of 1/4 each give $H = 2$ and a perplexity of 4; shares of 1/2, 1/4, 1/4 give $H = 1.5$
# and 2.83, for one of the three counts more than the others. A share of 0 adds nothing to $H$. t-SNE picks for each
# point the $\sigma$ that gives the perplexity you ask for. So where points lie far apart the bell is wide, and where
# they lie close together it is narrow: **that is why the sizes of groups get lost.** *Distances between groups* get
# lost for another reason. Points of two groups have shares of nearly 0, whether the groups are far apart or very far
# apart, so the shares hardly say how far.
#
# The plane is then found by gradient descent. Each pair of points in the plane gets a share as well, by a curve with
# long tails, $1 / (1 + d^2)$ for a distance $d$, which is Student's t distribution with one degree of freedom: the
# **t** of the name. (High up there is room for many neighbours at one distance, in a plane there is not; the tails let
# them move apart.) The points move until the shares of the plane are near to those of the data, $p$; what is made small
# is the Kullback-Leibler divergence $\sum p \log (p / q)$, with $q$ for the plane's shares.


# %% answer="perplexity"
def neighbour_shares(distances, sigma):
    """The share of each neighbour: an array (n,) with the sum 1.

    distances: to the n neighbours, an array (n,). sigma: width of the bell curve.
    """
    ### BEGIN SOLUTION
    weights = np.exp(-(distances**2) / (2 * sigma**2))
    return weights / weights.sum()
    ### END SOLUTION


def perplexity(shares):
    """To how many neighbours these shares amount: one number. shares: an array (n,), some of them perhaps 0."""
    ### BEGIN SOLUTION
    some = shares[shares > 0]
    return 2 ** -np.sum(some * np.log2(some))
    ### END SOLUTION


# %% grade="perplexity"
check("perplexity")

# %% [markdown]
# Now the library's t-SNE, on the same features with three perplexities. And on three groups that we have made
# ourselves: the first is **ten times as wide** as the second, and the third lies **far away** from both.

# %%
sizes = (5, 30, 100)
titles = [f"t-SNE, perplexity {size}" for size in sizes]
show(
    visualize.draw_points(
        [coordinates] + [visualize.tsne(digit_features, perplexity=size) for size in sizes],
        digit_labels,
        "The digits by PCA, and by t-SNE with perplexity 5, 30 and 100: t-SNE parts them into groups, nearly one for "
        "each digit, which lie elsewhere each time; some break into pieces at 5.",
        names=DIGITS,
        titles=["PCA", *titles],
    )
)

# %%
made = np.random.default_rng(0).normal(size=(150, 10)) * np.repeat([1.0, 0.1, 1.0], 50)[:, None]
made[50:100, 0] += 6
made[100:, 0] += 60
show(
    visualize.draw_points(
        [made[:, :2]] + [visualize.tsne(made, perplexity=size) for size in sizes],
        np.repeat([0, 1, 2], 50),
        "Three made groups as they are, one narrow and one far away, and by t-SNE: at 5 and 30 all three look about "
        "equally wide and equally far apart, and at 100, which is more than a group has, there are shapes that are not "
        "in the data.",
        names=["wide", "narrow", "far away"],
        titles=["as they are", *titles],
    )
)

# %% [markdown]
# ### In your own words: what does a t-SNE plot say? (2 points)
#
# (a) A colleague shows a t-SNE plot of features: "Class A is twice as spread out as class B, and B is nearer to C than
# to A." Which of this may be concluded? Answer from your pictures of the made groups, and say why t-SNE does that. (b)
# Name one thing that those of the digits do say about the network, and what you would do to be sure of it.

# %% [markdown] manual="what-t-sne-says" points=2
# ### BEGIN SOLUTION
# (a) None of it. Of the made groups one is ten times as wide as another and the third is ten times as far away;
# with perplexity 5 and 30 all look alike. The bell of each point is made as wide as its perplexity needs, so what is
# dense is drawn apart and what is thin together, and far points have a share near 0 however far they are. (b) That
# images of one digit have features near to one another and apart from those of others: the groups appear with each
# perplexity, and the colours, which t-SNE never saw, fall into them. To be sure, count in the 64 numbers themselves:
# how often is the nearest neighbour of an image of the same digit? And repeat with other seeds and perplexities.
# ### END SOLUTION

# %% [markdown]
# ## 3 Which pixels matter?
#
# A **saliency map** gives each pixel of one image a number: how much did it matter for this class? Two ways: try, or
# differentiate.
#
# ### 3.1 Try: cover a part
#
# Cover a window of the image and see how far the score falls. Then move the window on. If the score is 0.9 for the
# whole image and 0.2 with the cat's eye covered, then the fall is 0.7 and the eye mattered. A fall below 0 says that
# what was covered spoke *against* the class.


# %% answer="occlusion"
def occlude(score, image, window, stride, fill):
    """How far the score falls for each place of the window.

    score: a function that takes a batch (n, height, width, channels) and gives n numbers. image: an array (height,
    width, channels). window: edge of the square that is covered, in pixels. stride: pixels from place to place.
    fill: the number that covers.

    Returns an array (rows, columns): at [r, c] the fall for the window whose upper left pixel is at row r * stride and
    column c * stride. Only windows that lie in the image count. The image itself stays as it is.
    """
    ### BEGIN SOLUTION
    height, width, _ = image.shape
    tops, lefts = range(0, height - window + 1, stride), range(0, width - window + 1, stride)
    covered = np.repeat(image[None], len(tops) * len(lefts), axis=0)
    for number, (top, left) in enumerate((top, left) for top in tops for left in lefts):
        covered[number, top : top + window, left : left + window] = fill
    falls = score(image[None])[0] - score(covered)
    return falls.reshape(len(tops), len(lefts))
    ### END SOLUTION


# %% locked="occlusion-tried"
def occlude_linear(weights, image, window, stride, fill):
    """`occlude` where score = sum of weights * image. Says also whether the image stayed as it was."""
    before = image.copy()
    falls = occlude(lambda batch: np.sum(np.asarray(batch) * weights, axis=(1, 2, 3)), image, window, stride, fill)
    return falls, bool(np.array_equal(image, before))


def occlude_brightest(image, window, stride, fill):
    """`occlude` where score = the brightest number of the image."""
    return occlude(lambda batch: np.max(batch, axis=(1, 2, 3)), image, window, stride, fill)


# %% grade="occlusion"
check("occlusion")


# %% locked="probability"
def probability_of(number):
    """A score for `occlude`: the network's probability of the class with this number."""

    def score(batch):
        return np.asarray(ops.softmax(visualize.logits(network, batch)))[:, number]

    return score


# %%
falls = np.array([occlude(probability_of(labels[i]), images[i], 12, 4, 0.5) for i in examples])
show(
    visualize.draw_saliency(
        images[examples],
        visualize.occlusion_map(falls, (64, 64), window=12, stride=4),
        "Four patches and below each its occlusion map, in a scale of its own, orange where the probability falls and "
        "blue where it rises. The number is the greatest fall. Of the cat the eye and the fur beside it count most, of "
        "the coffee the red saucer. Of the flower nothing seems to: the probability hardly falls, whatever is covered.",
        titles=[f"{CLASSES[labels[i]]}, {fall.max():.2f}" for i, fall in zip(examples, falls, strict=True)],
    )
)


# %%
def logit_of(number):
    """Another score for `occlude`: the class's number before softmax."""
    return lambda batch: np.asarray(visualize.logits(network, batch))[:, number]


print("greatest fall of the probability, and of the logit:")
for i, fall in zip(examples, falls, strict=True):
    of_logit = np.max(occlude(logit_of(labels[i]), images[i], 12, 4, 0.5))
    print(f"{CLASSES[labels[i]]:<10} {fall.max():.3f}  {of_logit:.2f}")

# %% [markdown]
# Does nothing of the flower count? Its *logit* falls as others do. A probability near 1 cannot tell: where a network is
# sure, it stays sure, while the logit falls a good deal. That is a lesson about scores, and the next section takes the
# logit.
#
# Mind the fill, too. On the rocket's dark sky a grey window is itself something new, and the map shows that more than
# what it hides: try 0.1 instead of 0.5.

# %% [markdown]
# ### 3.2 Differentiate: how much does the score rise with each pixel?
#
# The gradient of the score with respect to the *image* tells for every value of every pixel at once how much the score
# would rise if it rose a little. One way forward and one way back, instead of hundreds of tries.
#
# Which score? The class's **logit**, the number before softmax. A probability is a bad score: where the network is sure
# it is nearly 1 whatever you do, and its gradient is nearly 0. And it rises also when the *other* classes fall.
#
# `value_and_gradient(function, x)` gives `function(x)` and the gradient of its sum with respect to `x`. `function`
# takes a tensor of images and has to give a number for each. Since each number depends on its own image alone, the
# gradient's rows are the gradients of the single images. Build the function from `ops.take_along_axis(logits,
# classes[:, None], axis=1)`, which picks from each row of logits the one of the class.
#
# To draw it, a pixel gets one number: the largest size $|g|$ among its channels. For $g = (0.1, -0.5, 0.2)$ that is
# 0.5.


# %% answer="gradient"
def class_gradient(model, images, classes):
    """The gradient of each image's logit with respect to this image.

    model: a Keras model that ends in logits; model(images) gives (n, classes). images: an array (n, height, width,
    channels). classes: whole numbers (n,), the class whose logit is meant, for each image.

    Returns an array like images.
    """
    ### BEGIN SOLUTION
    classes = ops.convert_to_tensor(classes)

    def score(x):
        return ops.take_along_axis(model(x), classes[:, None], axis=1)[:, 0]

    _, gradient = value_and_gradient(score, ops.convert_to_tensor(images))
    return ops.convert_to_numpy(gradient)
    ### END SOLUTION


def saliency(gradients):
    """The largest size of a pixel's values: (n, height, width) of an array (n, height, width, channels)."""
    ### BEGIN SOLUTION
    return np.abs(gradients).max(axis=-1)
    ### END SOLUTION


# %% locked="gradient-tried"
def gradient_of_linear(weights, images, classes):
    """`class_gradient` where the logits are sums of weights * image; weights (classes, height, width, channels)."""
    model = keras.Sequential([keras.Input(images.shape[1:]), layers.Flatten(), layers.Dense(len(weights))])
    model.set_weights([weights.reshape(len(weights), -1).T, np.zeros(len(weights))])
    return class_gradient(model, images.astype("float32"), classes.astype("int32"))


def gradient_of_finder(kernels, images, classes):
    """`class_gradient` where a logit is the greatest answer of one filter; kernels (edge, edge, channels, classes)."""
    model = keras.Sequential(
        [
            keras.Input(images.shape[1:]),
            layers.Conv2D(kernels.shape[3], kernels.shape[0], activation="relu", use_bias=False),
            layers.GlobalMaxPooling2D(),
        ]
    )
    model.set_weights([kernels])
    return class_gradient(model, images.astype("float32"), classes.astype("int32"))


# %% grade="gradient"
check("gradient")

# %%
ends_in_logits = keras.models.clone_model(network)
ends_in_logits.set_weights(network.get_weights())
ends_in_logits.layers[-1].activation = keras.activations.linear
gradients = class_gradient(ends_in_logits, images[examples], labels[examples].astype("int32"))
show(
    visualize.draw_saliency(
        images[examples],
        saliency(gradients),
        "Four patches and below each its gradient saliency: single bright pixels, mostly where something is to be "
        "seen, with much noise between.",
        titles=[CLASSES[labels[i]] for i in examples],
    )
)
theirs = visualize.gradient(network, images[examples], labels[examples])
print("greatest difference from cnnkit.visualize.gradient:", np.abs(gradients - theirs).max())

# %% [markdown]
# ### 3.3 Guided backpropagation: cleaner, but is it true?
#
# On the way back, a ReLU lets the gradient $u$ from above pass where its *input* $x$ was positive, for elsewhere it
# gave 0 whatever came in. Write $[x > 0]$ for 1 where that is so and 0 elsewhere. **Guided** backpropagation also stops
# what is *negative* on its way back, so that only what speaks for the class is meant to remain (part 4 shows what that
# is worth):
#
# $$\text{ReLU: } \; u \cdot [x > 0] \qquad\qquad \text{guided: } \; u \cdot [x > 0] \cdot [u > 0]$$
#
# | x | 2 | 2 | -1 | -1 |
# |---|---|---|---|---|
# | gradient from above, u | 3 | -3 | 3 | -3 |
# | ReLU passes back | 3 | -3 | 0 | 0 |
# | guided | 3 | 0 | 0 | 0 |
#
# This is no derivative of anything any more. Remember that, for part 4.


# %% answer="guided-relu"
def relu_back(x, upstream):
    """What ReLU passes back. x: its input, an array. upstream: the gradient u from above, of the same shape."""
    ### BEGIN SOLUTION
    return upstream * (x > 0)
    ### END SOLUTION


def guided_back(x, upstream):
    """What ReLU passes back in guided backpropagation; as for relu_back."""
    ### BEGIN SOLUTION
    return upstream * (x > 0) * (upstream > 0)
    ### END SOLUTION


# %% grade="guided-relu"
check("guided-relu")

# %%
guided = visualize.guided_backpropagation(network, images[examples], labels[examples])
show(
    visualize.draw_saliency(
        images[examples],
        saliency(guided),
        "The same four patches with guided backpropagation below: darker between, with clearer outlines, such as those "
        "of the eye and of the cup's rim.",
        titles=[CLASSES[labels[i]] for i in examples],
    )
)

# %% [markdown]
# ## 4 Is the map true?
#
# A map that looks convincing need not be true, for we see sense in anything that follows outlines. So test it as one
# tests a measuring instrument.
#
# ### 4.1 On a network whose evidence is known
#
# Here is a network that was not trained but **planted**: its weights are set by hand, so we know what it looks at. One
# filter finds a cross, one a square. The cross's logit is 4 times the best answer of the first filter, less the best
# answer of the second. Besides there are four filters that find edges, each of them **twice**: once with the weight
# +20 and once with -20. What they add to the logits is exactly 0. The true evidence for "cross" is the cross.

# %% locked="planted"
CROSS, SQUARE = -np.ones((5, 5)), np.ones((5, 5))
CROSS[2], CROSS[:, 2], SQUARE[1:4, 1:4] = 1, 1, -1


def planted_network():
    """The text's network, for images (24, 24, 1): logits of cross and square, with softmax."""
    inputs = keras.Input((24, 24, 1))
    shapes = layers.Conv2D(2, 5, activation="relu", name="shapes")
    edges = layers.Conv2D(8, 3, activation="relu", name="edges")
    found = [layers.GlobalMaxPooling2D()(shapes(inputs)), layers.GlobalAveragePooling2D()(edges(inputs))]
    classes = layers.Dense(2, activation="softmax", name="classes")
    model = keras.Model(inputs, classes(layers.Concatenate()(found)))
    down = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]]) / 4
    four = [down, down.T, -down, -down.T]
    shapes.set_weights([np.stack([CROSS, SQUARE], axis=-1)[:, :, None] / 9, np.full(2, -0.3)])
    edges.set_weights([np.stack(four + four, axis=-1)[:, :, None], np.zeros(8)])
    classes.set_weights([np.array([[4, -1], [-1, 4]] + 4 * [[20, 20]] + 4 * [[-20, -20]]), np.zeros(2)])
    return model


def planted_images(count, seed=0):
    """Noise with a bright or dark band, a cross above it and a square below; and where the cross is: True there."""
    rng = np.random.default_rng(seed)
    pictures = np.clip(0.5 + 0.1 * rng.normal(size=(count, 24, 24, 1)), 0, 1)
    regions = np.zeros((count, 24, 24), bool)
    for number in range(count):
        band, top, bottom = rng.integers(10, 13), rng.integers(1, 4), rng.integers(15, 19)
        left, other = rng.permutation([rng.integers(1, 7), rng.integers(12, 18)])
        pictures[number, band : band + 2] = rng.integers(2)
        pictures[number, top : top + 5, left : left + 5, 0] = (CROSS + 1) / 2
        pictures[number, bottom : bottom + 5, other : other + 5, 0] = (SQUARE + 1) / 2
        regions[number, top : top + 5, left : left + 5] = True
    return pictures.astype("float32"), regions


# %%
planted = planted_network()
picture(
    diagrams.draw(planted),
    "The planted network, drawn from its layers. Of the two filters of 5x5, a cross and a square, the greatest answer "
    "counts; of the eight of 3x3, edges, the mean answer. Both go into the two logits.",
)
of_edges = planted.get_layer("edges").get_weights()[0]
picture(
    grids(
        [CROSS, SQUARE, *(4 * np.moveaxis(of_edges[:, :, 0, :4], 2, 0) + 0)],
        ["cross +4, square -1", "cross -1, square +4", *["both +20 and -20"] * 4],
        columns=6,
        numbers="g",
        limits=(-2, 2),
    ),
    "The filters, the first two times 9 and the others times 4, and above each its weight to the logits of cross and "
    "square. Each of the edges is there twice.",
)

# %% [markdown]
# Give a map a score, in two ways. The **share inside** is the part of the map's mass that lies in the true region:
# $\sum_{\text{inside}} |m| \,/ \sum |m|$ with the map's values $m$. A map that is the same everywhere gets the region's
# share of the area; here $25 / 576 = 4.3\,\%$. The **best pixel** asks only whether the pixel of the greatest size lies
# inside. Size counts, so -0.9 is more than 0.5. A map of zeros says nothing: its share is 0.


# %% answer="map-score"
def share_inside(saliency_map, region):
    """The part, 0 to 1, of the map's mass that lies in the region.

    saliency_map: an array (height, width), with values of both signs. region: True or False, (height, width).
    """
    ### BEGIN SOLUTION
    sizes = np.abs(saliency_map)
    return sizes[region].sum() / sizes.sum() if sizes.any() else 0.0
    ### END SOLUTION


def best_pixel_inside(saliency_map, region):
    """True where the pixel of the greatest size lies in the region; arguments as for share_inside."""
    ### BEGIN SOLUTION
    return bool(region.ravel()[np.abs(saliency_map).argmax()])
    ### END SOLUTION


# %% grade="map-score"
check("map-score")

# %%
pictures, regions = planted_images(40)
METHODS = {
    "gradient": visualize.gradient,
    "input x gradient": visualize.input_times_gradient,
    "integrated": visualize.integrated_gradients,
    "SmoothGrad": visualize.smooth_grad,
    "guided": visualize.guided_backpropagation,
}
found = {name: method(planted, pictures, 0)[..., 0] for name, method in METHODS.items()}
falls = visualize.occlusion(planted, pictures, 0, window=5, stride=1, fill=0.5, of="logit")
found["occlusion"] = visualize.occlusion_map(falls, (24, 24), window=5, stride=1)
found["edges, no network"] = np.hypot(*np.gradient(pictures[..., 0], axis=(1, 2)))
print(f"{'method':<18} {'share inside':>12} {'best pixel inside':>18}")
for name, found_maps in found.items():
    share = np.mean([share_inside(*pair) for pair in zip(found_maps, regions, strict=True)])
    hits = np.mean([best_pixel_inside(*pair) for pair in zip(found_maps, regions, strict=True)])
    print(f"{name:<18} {share:>12.0%} {hits:>18.0%}")
drawn = [np.abs(array[0]) / np.abs(array[0]).max() for array in [pictures[..., 0], *found.values()]]
show(
    visualize.draw_maps(
        np.array(drawn),
        "An image with a cross above a band and a square below it, and seven maps of it. Gradient and SmoothGrad mark "
        "the cross's 5x5 pixels, and weakly the square's; occlusion marks a blot around each; guided backpropagation "
        "marks the cross and speckles nearly the whole image; so does the map of edges made without any network.",
        titles=["image", *found],
        edge=1.5,
    )
)

# %% [markdown]
# What the gradient has outside the cross lies on the square, and rightly: the square speaks against the cross.
# Occlusion blurs, for a window of 5x5 that touches the cross at a corner covers much beside it. And guided
# backpropagation: the edges' +20 pass, their -20 are stopped. They no longer cancel, and the map shows what the network
# does not use at all. Note also how much depends on the score: the best pixel finds no fault with any of them, and
# little with a map that never saw the network.
#
# ### 4.2 On a network that knows nothing
#
# On real networks nobody knows the evidence. But one thing is sure: a map that explains a network has to change when
# the network changes. So put the weights of its layers, from the last to the first, into a random order, until it knows
# nothing, and compare the maps with the old ones. (Adebayo and others, 2018, who called it a sanity check.)
#
# Compare how? What counts is the *order* of the pixels, which is most salient, which is next. Replace each value's size
# by its **rank** and take the correlation of both lists of ranks (Spearman's):
#
# $$\text{similarity} = \frac{\sum_i (a_i - \bar a)(b_i - \bar b)}
# {\sqrt{\sum_i (a_i - \bar a)^2 \, \sum_i (b_i - \bar b)^2}}$$
#
# It is 1 for the same order, 0 for no relation, -1 for the reverse. `rankdata(values)` gives the ranks of a flat array;
# equal values share the mean of their ranks.


# %% answer="similarity"
def similarity(first, second):
    """Spearman's rank correlation of the sizes of two maps, each an array (height, width) of both signs."""
    ### BEGIN SOLUTION
    a, b = (rankdata(np.abs(array).ravel()) for array in (first, second))
    a, b = a - a.mean(), b - b.mean()
    return np.sum(a * b) / np.sqrt(np.sum(a**2) * np.sum(b**2))
    ### END SOLUTION


# %% grade="similarity"
check("similarity")


# %% locked="randomized"
def randomized(model, names, seed=0):
    """A copy of the model in which the weights of the layers of these names are in a random order."""
    copy, rng = keras.models.clone_model(model), np.random.default_rng(seed)
    copy.set_weights(model.get_weights())
    for layer in copy.layers:
        if layer.name in names:
            layer.set_weights([rng.permutation(array.ravel()).reshape(array.shape) for array in layer.get_weights()])
    return copy


# %%
order = ["classes", "conv4", "conv3", "conv2", "conv1"]
some = np.append(right[:15], examples[1])
networks = [randomized(network, order[:depth]) for depth in range(1, 6)]
table, drawn = {}, []
for name in ("gradient", "guided"):
    old = saliency(METHODS[name](network, images[some], labels[some]))
    new = [saliency(METHODS[name](other, images[some], labels[some])) for other in networks]
    table[name] = [np.mean([similarity(*pair) for pair in zip(old, other, strict=True)]) for other in new]
    drawn += [old[-1], new[1][-1]]
figure, panel = plt.subplots(figsize=(6.4, 3), layout="constrained")
for (name, values), colour, marker in zip(table.items(), (BLUE, ORANGE), "os", strict=True):
    panel.plot(values, color=colour, marker=marker, label=name)
panel.set(xticks=range(5), ylim=(0, 1), ylabel="similarity", xlabel="weights in random order, down to")
panel.set_xticklabels(order)
panel.legend(frameon=False)
picture(
    figure,
    "How like the old maps the new ones are while more layers are put into random order. Gradient falls to about a "
    "half at once and on to a quarter. Guided backpropagation stays near 0.8 and above until conv2 is reached.",
)
show(
    visualize.draw_saliency(
        np.repeat(images[some[-1:]], 4, axis=0),
        np.array(drawn),
        "A patch four times, and below it the gradient of the trained network and of one whose last two layers are "
        "random, which differ; and guided backpropagation of both, which are nearly the same picture.",
        titles=["gradient", "two layers random", "guided", "two layers random"],
    )
)

# %% [markdown]
# ### In your own words: what does guided backpropagation show? (2 points)
#
# (a) With its last two layers in random order, the network guesses. What do your figures say about the maps of both
# methods then, and what follows for guided backpropagation as an explanation of *this class*? (b) Explain with the
# rule of 3.3 and with the planted network how its maps can look so clean and still mark what is not used.

# %% [markdown] manual="what-guided-shows" points=2
# ### BEGIN SOLUTION
# (a) The similarity of guided maps stays near 0.9 while that of the gradient falls below a half. A map that is nearly
# the same for a network that knows nothing cannot show why the trained one chose its class; it shows edges and textures
# of the image that pass the early filters. (b) At every ReLU only what is positive goes on. Contributions that would
# cancel on the way back, like the edges with +20 and -20, are not added up: one half is dropped. What remains are sums
# of positive numbers over the patterns that the filters found, which make outlines without noise, whether or not the
# class depends on them. In the planted network that gives most of the mass to edges that add exactly 0 to the logit.
# ### END SOLUTION

# %% [markdown]
# ## 5 What does a unit look for?
#
# So far an image was given. Now ask for the image that a unit would like most, **activation maximization**:
#
# $$x^* = \arg\max_{\|x\| = \rho} f(x)$$
#
# with the unit's activation $f(x)$. Why the condition? Without it there may be no answer: for a linear unit twice the
# image gives twice the activation, and so on for ever. So $x$ stays on the sphere of radius $\rho$, with
# $\|x\| = \sqrt{\sum x_i^2}$ over all its values. Climb on it:
#
# 1. Bring the start to the sphere: $x \leftarrow \rho \, x / \|x\|$.
# 2. Take a step along the gradient $g$ of $f$ at $x$, whatever its length:
#    $x \leftarrow x + \text{rate} \cdot \rho \, g / \|g\|$, with a rate of, say, 0.1. Where $g$ is 0 everywhere there
#    is no way up: leave $x$ as it is.
# 3. Back to the sphere, and again from 2.
#
# With $\rho = 5$, $x = (5, 0)$, $g = (0, 2)$ and a rate of 1: the step leads to $(5, 5)$, and back to $(3.54, 3.54)$.
#
# (Lecture L4 calls the pictures that come of it "saliency". That name is for maps of *one* image, as in part 3; this is
# a picture of a class.)


# %% answer="maximization"
def maximize(gradient, start, rho, rate, steps):
    """The image after so many steps of the climb.

    gradient: a function that takes an image and gives the activation's gradient there, an array of the same shape.
    start: an image, not 0. rho: norm of the image. rate: of the text. Returns an array like start.
    """
    ### BEGIN SOLUTION
    x = rho * start / np.linalg.norm(start)
    for _ in range(steps):
        slope = gradient(x)
        length = np.linalg.norm(slope)
        if length > 0:
            x = x + rate * rho * slope / length
            x = rho * x / np.linalg.norm(x)
    return x
    ### END SOLUTION


# %% locked="maximization-tried"
def maximize_linear(weights, start, rho, rate, steps):
    """`maximize` where the activation is the sum of weights * image."""
    return maximize(lambda x: weights, start, rho, rate, steps)


def maximize_quadratic(matrix, start, rho, rate, steps):
    """`maximize` where the activation is x A x / 2, with a symmetric matrix A and a flat x."""
    return maximize(lambda x: matrix @ x, start, rho, rate, steps)


# %% grade="maximization"
check("maximization")

# %% [markdown]
# On the network, $x$ is the difference from grey. Noise is where it starts. Beside yours, the library's, which shifts
# the image a little at random before each step and blurs it after: such pictures are smoother, and easier to read.


# %%
def slope_of(number):
    """The gradient of a class's logit, as a function of the difference from grey."""
    return lambda x: visualize.gradient(network, 0.5 + np.asarray(x)[None], number)[0]


noise = np.random.default_rng(0).normal(size=(64, 64, 3)).astype("float32")
numbers = [CLASSES.index(name) for name in ("cat", "coins", "rocket", "tissue")]
yours = 0.5 + np.array([maximize(slope_of(number), noise, 20, 0.1, 60) for number in numbers])
smooth = visualize.activation_maximization(network, numbers, rho=20, center=0.5, steps=100, jitter=4, blur=0.5)
logits = visualize.logits(network, np.clip(yours, 0, 1))
print("each is taken for:", *(CLASSES[number] for number in logits.argmax(axis=1)))
show(
    visualize.draw_images(
        np.clip([*yours, *smooth], 0, 1),
        "Two rows of images that the network takes for cat, coins, rocket and tissue. Above, by your climb: fine "
        "patterns and noise. Below, shifted and blurred: larger spots and strokes. The colours are those of the "
        "photographs: yellow-brown, grey, blue, and brown with light blue.",
        titles=[CLASSES[number] for number in numbers] * 2,
        columns=4,
        edge=1.8,
    )
)

# %% [markdown]
# Try other classes too. Some of their images the network takes for something else: the image with the greatest logit
# for "brick" has an even greater one for "gravel". The condition speaks of one logit, and says nothing of its rivals.
#
# ## 6 Climb until fooled
#
# The same climb, from an image of something, and with a stop. L4 puts it so: start from any image, choose a class,
# change the image by gradient ascent on the score of that class, stop when the network is fooled.
#
# 1. If the greatest score is that of the target: stop.
# 2. $x \leftarrow x + \text{size} \cdot g / \|g\|$ with the gradient $g$ of the **target's** score at $x$.
# 3. Keep a picture a picture: pixels are from 0 to 1, so cut off what is beyond. Again from 1.


# %% answer="climb"
def climb(scores, gradient, image, target, size, most):
    """The image, changed until the target has the greatest score, and how many steps it took.

    scores: a function that takes an image and gives the scores of all classes, an array (classes,). gradient: a
    function that takes an image and the number of a class and gives the gradient of that class's score, which is not
    0. image: an array with values from 0 to 1, which stays as it is. target: number of a class. size: length of a step.
    most: stop after so many steps even if the network is not fooled.

    Returns (image, steps).
    """
    ### BEGIN SOLUTION
    x, steps = image, 0
    while scores(x).argmax() != target and steps < most:
        slope = gradient(x, target)
        x = np.clip(x + size * slope / np.linalg.norm(slope), 0, 1)
        steps += 1
    return x, steps
    ### END SOLUTION


# %% locked="climb-tried"
def climb_linear(weights, biases, image, target, size, most):
    """`climb` where the scores are sums of weights * image, plus biases; weights (classes, ...). Says also whether the
    image stayed as it was."""
    flat, before = weights.reshape(len(weights), -1), image.copy()
    found = climb(lambda x: flat @ np.ravel(x) + biases, lambda x, number: weights[number], image, target, size, most)
    return (*found, bool(np.array_equal(image, before)))


# %% grade="climb"
check("climb")

# %% [markdown]
# What has changed? It can hardly be seen, so below it is drawn ten times as large, around a grey of 0.5: a value that
# rose from 0.30 to 0.32 becomes $0.5 + 10 \cdot 0.02 = 0.7$.

# %%
pairs, changed = ((64, "astronaut"), (48, "galaxies"), (47, "temple")), []
for i, name in pairs:
    after, taken = climb(
        lambda x: visualize.logits(network, np.asarray(x)[None])[0],
        lambda x, number: visualize.gradient(network, np.asarray(x)[None], number)[0],
        images[i],
        CLASSES.index(name),
        0.05,
        500,
    )
    changed.append(after)
    change = np.abs(after - images[i]).max()
    print(f"{CLASSES[labels[i]]} to {name}: {taken} steps, largest change {255 * change:.0f} of 255")
show(
    attack.draw_attack(
        images[[i for i, _ in pairs]],
        changed,
        "Three columns: patches of coffee, rocket and motorcycle; below each the same, now taken for astronaut, "
        "galaxies and temple, with a change that is hardly seen, except as a faint mesh on the rocket's sky; and below "
        "that ten times the difference, coloured patterns in which nothing of the new class can be seen.",
        titles=[f"{CLASSES[labels[i]]} to {name}" for i, name in pairs],
        edge=1.9,
    )
)

# %% [markdown]
# These are pairs that lie near to each other. Try one that does not, coffee to grass: it takes hundreds of steps, and
# the change can be seen.
#
# ## 7 One step, and how long it has to be
#
# ### 7.1 The fast gradient sign method
#
# Suppose nobody may notice: no value may change by more than $\varepsilon$. If the loss $L$ were linear, the best
# single step would move *every* value by exactly $\varepsilon$, up or down, whichever raises $L$. For small steps it
# nearly is (**FGSM**):
#
# $$x' = x + \varepsilon \cdot \text{sign}\, \frac{\partial L}{\partial x}$$
#
# and pixels stay in their range. With $\varepsilon = 0.1$ and a gradient of $(3, -0.001, 0)$ the values $(0.5, 0.5,
# 0.5)$ become $(0.6, 0.4, 0.5)$: only the sign counts, and the sign of 0 is 0.
#
# The loss of the true class $y$ is $-\log p_y$, with $p = \text{softmax}(z)$ of the logits $z$. Its gradient comes from
# those of the logits, $g_k = \partial z_k / \partial x$; $[k = y]$ is 1 for the true class and 0 for the others:
#
# $$\frac{\partial L}{\partial x} = \sum_k \left(p_k - [k = y]\right) g_k$$
#
# For $p = (0.7, 0.3)$ and $y = 0$ that is $-0.3\, g_0 + 0.3\, g_1$: away from the true class and towards its rival.


# %% answer="fgsm"
def loss_gradient(logits, gradients, true):
    """The gradient of the loss -log p of the true class with respect to the image.

    logits: an array (classes,), of any size, also 1000. gradients: of the logits, an array (classes, height, width,
    channels). true: number of the class. Returns an array (height, width, channels).
    """
    ### BEGIN SOLUTION
    p = np.exp(logits - logits.max())
    p /= p.sum()
    p[true] -= 1
    return np.tensordot(p, gradients, axes=1)
    ### END SOLUTION


def fgsm(image, gradient, epsilon, low=0.0, high=1.0):
    """The image after one step that raises the loss.

    image: an array. gradient: of the loss, of the same shape. epsilon: how far a value moves. low, high: range of
    the pixels, which the result keeps.
    """
    ### BEGIN SOLUTION
    return np.clip(image + epsilon * np.sign(gradient), low, high)
    ### END SOLUTION


# %% grade="fgsm"
check("fgsm")


# %% locked="logits-and-gradients"
def logits_and_gradients(image):
    """Of all 14 classes, for an image (64, 64, 3): arrays (14,) and (14, 64, 64, 3), in float64."""
    gradients = visualize.gradient(network, np.repeat(image[None], 14, axis=0), np.arange(14))
    return visualize.logits(network, image[None])[0].astype("float64"), gradients.astype("float64")


# %%
i, epsilon = 59, 4 / 255
gradient = loss_gradient(*logits_and_gradients(images[i]), labels[i])
fooled = np.asarray(fgsm(images[i], gradient, epsilon))
now = visualize.logits(network, fooled[None])[0].argmax()
theirs = attack.fgsm(network, images[i][None], labels[i], epsilon)[0]
print(f"{CLASSES[labels[i]]} is now {CLASSES[now]}; largest change {np.abs(fooled - images[i]).max() * 255:.2f} of 255")
print(f"the same as cnnkit.attack.fgsm: {np.mean(np.abs(fooled - theirs) < 1e-6):.2%} of the values")
show(
    visualize.draw_images(
        [images[i], fooled, np.clip(0.5 + 10 * (fooled - images[i]), 0, 1)],
        "A patch of coffee, the same after one step, which looks the same and is taken for flower, and ten times the "
        "difference, which has few colours, since each value goes up or down by the same amount or stays.",
        titles=[CLASSES[labels[i]], CLASSES[now], "10x difference"],
        edge=1.9,
    )
)

# %% [markdown]
# ### 7.2 Why so little is enough: the linear explanation
#
# Take a score that is linear, $f(x) = w \cdot x$ plus a constant. How far does it rise if no value may change by more
# than $\varepsilon$? Each value gives the most if it moves by $\varepsilon$ in the direction of its weight's sign.
# Together:
#
# $$\varepsilon \sum_i |w_i| = \varepsilon \, \|w\|_1$$
#
# With $w = (2, -3, 1)$ and $\varepsilon = 0.1$ that is 0.6. The point is the **sum**: our patches have $64 \cdot 64
# \cdot 3 = 12{,}288$ values. If $|w_i|$ is 0.02 on average, a change of 1/255 in each, which nobody sees, moves the
# score by $12{,}288 \cdot 0.02 / 255 \approx 1$. Many tiny changes, all in the same direction.
#
# A network is not linear, but near one image its tangent is: $z_k(x + \delta) \approx z_k + g_k \cdot \delta$. The
# network is fooled as soon as some other class $k$ has caught up with the predicted class $c$. The gap is $z_c - z_k$,
# and it closes by $\varepsilon \, \|g_k - g_c\|_1$. So the tangent predicts
#
# $$\varepsilon^* = \min_{k \neq c} \frac{z_c - z_k}{\|g_k - g_c\|_1}$$


# %% answer="linear"
def epsilon_needed(logits, gradients, predicted):
    """The epsilon that the tangent predicts.

    logits: an array (classes,), greatest for the class `predicted`. gradients: of the logits, (classes, ...).
    """
    ### BEGIN SOLUTION
    others = [number for number in range(len(logits)) if number != predicted]
    slopes = [np.abs(gradients[number] - gradients[predicted]).sum() for number in others]
    return min((logits[predicted] - logits[others]) / slopes)
    ### END SOLUTION


# %% grade="linear"
check("linear")

# %% [markdown]
# ### 7.3 Was the prediction right?
#
# Now measure the $\varepsilon$ that FGSM really needs, by **bisection**: the network is not fooled at `low` = 0 and it
# is fooled at `high`; try the middle, and keep the half in which a change must lie, until the two are near enough. From
# 0 to 0.5 down to a width of 0.0001 takes 13 halvings. (Trying every step of that width would take 5,000.) Each try
# costs a run of the network, so a check counts them: three more than the halvings are allowed, for the ends. Bisection
# finds *a* place where the answer changes. That is the least epsilon where a network that is fooled once stays fooled
# with more, which is mostly so, and need not be.


# %% answer="bisection"
def smallest_epsilon(is_fooled, most, width):
    """An epsilon from which on the network is fooled, found by bisection.

    is_fooled: a function that takes an epsilon and tells whether the network is fooled; it is not at 0. most: the
    largest epsilon to be tried; where even that does not fool, the answer is infinity, np.inf. width: how near to each
    other low and high have to be in the end; the answer is `high`, which fools. Asks is_fooled at most three times more
    than it takes halvings.
    """
    ### BEGIN SOLUTION
    if not is_fooled(most):
        return np.inf
    low, high = 0.0, most
    while high - low > width:
        middle = (low + high) / 2
        if is_fooled(middle):
            high = middle
        else:
            low = middle
    return high
    ### END SOLUTION


# %% locked="bisection-tried"
def smallest_of_threshold(threshold, most, width):
    """(`smallest_epsilon` where everything from the threshold on fools, the epsilons that were tried)"""
    tried = []

    def is_fooled(epsilon):
        if len(tried) > 1000:
            raise RuntimeError("more than 1000 epsilons were tried")
        tried.append(float(epsilon))
        return epsilon >= threshold

    return smallest_epsilon(is_fooled, most, width), tried


# %% grade="bisection"
check("bisection")


# %%
def fools(image, direction, label):
    """Whether a step of FGSM fools the network, as a function of epsilon."""
    return lambda epsilon: visualize.logits(network, [fgsm(image, direction, epsilon)])[0].argmax() != label


chosen = right[:60]
needed = []
for i in chosen:
    logits, gradients = logits_and_gradients(images[i])
    direction = loss_gradient(logits, gradients, labels[i])
    found = smallest_epsilon(fools(images[i], direction, labels[i]), 0.5, 1e-4)
    needed.append((epsilon_needed(logits, gradients, labels[i]), found))
foretold, measured = np.array(needed).T
figure, panel = plt.subplots(figsize=(5, 4.2), layout="constrained")
panel.loglog([1e-4, 0.5], [1e-4, 0.5], color=ORANGE, label="foretold = measured")
finite = np.isfinite(measured)
panel.loglog(foretold[finite], measured[finite], "o", color=BLUE, alpha=0.7, label="a patch")
panel.axvline(1 / 255, color="0.6", linestyle=":", label="1/255")
panel.set(xlabel="epsilon that the tangent predicts", ylabel="epsilon that FGSM needs")
panel.legend(frameon=False)
picture(
    figure,
    "Points for 60 patches, predicted epsilon against measured epsilon, in logarithmic scales. Most lie on the line of "
    "equality or a little above it, over two orders of magnitude; the largest are above it most.",
)
print(f"measured / foretold: half of the patches between {np.quantile(measured / foretold, 0.25):.2f} and", end=" ")
print(f"{np.quantile(measured / foretold, 0.75):.2f}; median epsilon needed {np.median(measured) * 255:.1f} of 255")

# %% [markdown]
# ### In your own words: what the tangent explains (2 points)
#
# (a) Give a reason, with the formula of 7.2, why the same change per value fools a network more easily on *larger*
# images. (b) Where does your figure leave the line, and what about the network or about the range of pixels is the
# reason? (c) A friend wants to stop the attack by rounding images to 8 bits. Does it help, judging by your median?

# %% [markdown] manual="what-the-tangent-explains" points=2
# ### BEGIN SOLUTION
# (a) The score moves by epsilon * ||w||_1, a sum over all values. Were the gradient's mean size the same on a larger
# image, four times as many values would give four times the sum, and a quarter of the epsilon would close the same gap.
# The mean size mostly shrinks with the number of values, so the gain is smaller; it has to be measured. (b) For small
# epsilon it is on the line; for large ones more is needed than foretold. The tangent holds near the image only: after a
# larger step other ReLUs are on or off and the gradient has turned, while FGSM goes on in the first direction, which is
# that of the loss and not of the nearest rival alone. And values at 0 or 1 cannot move further. (c) No. Rounding moves
# a value by half a step, 0.5 of 255, at most, and at random; the median needed is several steps of 255, all in the
# worst direction.
# ### END SOLUTION

# %% [markdown]
# ## 8 The nearest boundary, or another network
#
# Choose **one** of two questions, and set `CHOICE` to its name. The other one may stay as it is.
#
# **"deepfool".** FGSM moves all values alike. What is the *shortest* way, in Euclidean distance, to another class? For
# linear logits, class $k$ catches up with the predicted class $c$ on a plane, at the distance
#
# $$d_k = \frac{z_c - z_k}{\|g_k - g_c\|_2}$$
#
# The nearest plane counts. The way to it is $d_k \cdot (g_k - g_c) / \|g_k - g_c\|_2$. (DeepFool takes this step again
# and again until a real network's class has changed.) For logits $(12, 2)$ with gradients $(0, 0)$ and $(3, 4)$ the
# distance is 2 and the way $(1.2, 1.6)$.
#
# **"transfer".** Does an image that was made to fool network A also fool network B, which its maker never saw? Only
# images count that **both** networks had right before. The answer is the share of those that B now has wrong; where no
# image counts, `np.nan`.


# %% answer="beyond"
CHOICE = "deepfool"  # or "transfer"


def nearest_boundary(logits, gradients, predicted):
    """(distance, way) to the nearest class, for linear logits.

    logits: an array (classes,), greatest for the class `predicted`. gradients: of the logits, (classes, ...). The
    distance is a number, and the way is an array of an image's shape.
    """
    ### BEGIN SOLUTION
    found = []
    for number in range(len(logits)):
        if number != predicted:
            slope = gradients[number] - gradients[predicted]
            length = np.linalg.norm(slope)
            distance = (logits[predicted] - logits[number]) / length
            found.append((distance, distance * slope / length))
    return min(found, key=lambda pair: pair[0])
    ### END SOLUTION


def transfer_share(truth, before_a, before_b, after_b):
    """The share of images, made to fool A, that fool B.

    All are whole numbers (n,): true classes, what A and B predict for the images as they were, and what B predicts for
    them after the attack on A.
    """
    ### BEGIN SOLUTION
    both = (before_a == truth) & (before_b == truth)
    return np.mean(after_b[both] != truth[both]) if both.any() else np.nan
    ### END SOLUTION


# %% grade="beyond"
check("beyond")

# %%
if CHOICE == "deepfool":
    distances, steps_of_fgsm = [], []
    for i, epsilon in zip(chosen, measured, strict=True):
        distances.append(nearest_boundary(*logits_and_gradients(images[i]), labels[i])[0])
        steps_of_fgsm.append(epsilon * np.sqrt(images[i].size))
    library = attack.deepfool(network, images[chosen]).distances
    print("Euclidean distance to another class, median of 60 patches")
    print(f"one linear step {np.median(distances):.3f}, DeepFool {np.median(library):.3f}", end=", ")
    print(f"FGSM {np.median(steps_of_fgsm):.3f}; length of a patch {np.linalg.norm(images[0]):.0f}")
elif not cnnkit.check.is_grading():
    train_digits, train_labels = cnnkit.datasets.load("digits28", split="train")
    dense = keras.Sequential(
        [keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(64, "relu"), layers.Dense(10, "softmax")]
    )
    dense.compile("adam", "sparse_categorical_crossentropy")
    dense.fit(train_digits, train_labels, epochs=15, verbose=0, callbacks=[Progress()])
    pair = {"convolutional": digit_network, "dense": dense}
    before = {name: visualize.logits(model, digits).argmax(axis=1) for name, model in pair.items()}
    for maker, model in pair.items():
        made = attack.fgsm(model, digits, digit_labels, 0.1)
        for tried, other in pair.items():
            after = visualize.logits(other, made).argmax(axis=1)
            share = transfer_share(digit_labels, before[maker], before[tried], after)
            print(f"made for {maker}, tried on {tried}: {share:.0%} fooled")

# %% [markdown]
# ## 9 What helps?
#
# Not much. **Adversarial training** helps best: fool the network while it learns, and teach it the right answer for
# those images too. **Noise** helps less: let it vote over noisy copies of the image. Here both, for the network that
# reads digits. (Left out while grading.)
#
# **Predict:** the network has 98 % of the digits right. Of digits that are changed by at most 0.1, how many will it
# still have right: as it was, with noise, and hardened by training on changes of up to 0.15? And how many *unchanged*
# ones once it is hardened? Write your numbers down, then run the next cell.

# %%
my_shares = {"as it was": None, "with noise": None, "hardened": None, "hardened, unchanged": None}  # your predictions

# %%
if not cnnkit.check.is_grading():
    train_digits, train_labels = cnnkit.datasets.load("digits28", split="train")
    hardened = keras.models.clone_model(digit_network)
    hardened.set_weights(digit_network.get_weights())
    hardened.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy")
    attack.adversarial_training(hardened, train_digits, train_labels, 0.15, epochs=10, callbacks=[Progress()])
    print("right on digits changed by at most epsilon, by ten steps (PGD) against the very network")
    print(f"{'epsilon':>8} {'as it was':>10} {'with noise':>11} {'hardened':>9}")
    for epsilon in (0, 0.05, 0.1, 0.15, 0.2):
        made, made_for_hardened = (
            attack.pgd(model, digits, digit_labels, epsilon) for model in (digit_network, hardened)
        )
        votes = attack.noisy_predictions(digit_network, made, 0.2)
        shares = [
            1 - attack.fooled(digit_network, made, digit_labels).mean(),
            np.mean(votes.argmax(axis=1) == digit_labels),
            1 - attack.fooled(hardened, made_for_hardened, digit_labels).mean(),
        ]
        print(f"{epsilon:>8} {shares[0]:>10.0%} {shares[1]:>11.0%} {shares[2]:>9.0%}")
    print("your predictions for 0.1:", my_shares)

# %% [markdown]
# Here hardening costs hardly any unchanged digits; on harder images it often costs many. The column "with noise" is
# kinder than it should be: its attacker did not know of the noise. A defence counts only against somebody who knows it.
