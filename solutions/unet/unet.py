# %% [markdown]
# # Which pixel is a cell? U-Net from its parts
#
# A classifier says what an image shows. Here every *pixel* gets an answer: cell, or background. The network has to know
# what it looks at, for which it must see a large part of the image, and where exactly it is, for which it must not
# forget a single pixel. You build U-Net, which does both: the ways to make a small map large again, the network, the
# loss that keeps touching cells apart, the augmentation that makes twelve images enough, and the tiling that takes it
# through an image of any size. Then you take parts out, to see what each is worth.
#
# How it works: where a cell says `YOUR CODE HERE`, put your code in place of that line and the next. Then run
# `check(...)`, as often as you like: it tells you what is wrong and costs nothing. Some tests run only when you hand
# in, with other numbers and other images; code that does what the text says passes those as well.
#
# | part | points |
# |---|---|
# | 1 Four ways up | 6.5 |
# | 2 From patches to whole images | 1 |
# | 3 U-Net | 5 |
# | 4 How wrong is a mask? Scores, loss, weight map | 5.5 |
# | 5 Twelve images are enough | 3 |
# | 6 Training | 3 |
# | 7 What is each part worth? | |
# | 8 Images of any size | 2 |
# | 9 Other ways to see far, and ways without learning | |
# | two written questions | 4 |

# %% locked="setup"
import time

import cnnkit

cnnkit.quiet()  # before TensorFlow is imported, which is talkative

import keras
import matplotlib.pyplot as plt
import numpy as np
from cnnkit.callbacks import Progress
from cnnkit.check import load_checks
from cnnkit.pictures import BLUE, ORANGE, grids, paint, picture
from keras import layers, ops
from scipy import ndimage

check = load_checks("unet")

# %% [markdown]
# The images are made as a phase-contrast microscope would take them: elongated cells in bright halos, in clumps, under
# uneven light, with dust and noise. `masks` gives each cell a number; 0 is background. Twelve images to learn from is
# all you get, as in many laboratories, where a mask takes an expert an hour. (To try your
# network on images and masks of your own at the end, `cnnkit.datasets.read_image_pairs("folder")` reads them.)

# %% locked="data"
images, masks = cnnkit.datasets.load("cells/96", split="train[:12]")
test_images, test_masks = cnnkit.datasets.load("cells/96", split="validation")
print(f"{len(images)} images to learn from, {len(test_images)} to look at, each {images.shape[1:3]}")
picture(
    grids(
        [*images[:6, ..., 0], *(masks[:6] > 0)],
        columns=6,
        edge=1.9,
        colours=["gray"] * 6 + ["cividis"] * 6,
        rows=["image", "mask"],
    ),
    "Six images of grey, elongated cells that touch each other, and below each its mask: yellow where a cell is.",
)

# %% [markdown]
# ## 1 Four ways up
#
# Pooling makes maps small, so that a filter sees more of the image. The answer must be as large as the image again.
# There are four ways up.
#
# ### 1.1 Repeat, or leave gaps
#
# **Nearest neighbour** repeats each number in a block. **Bed of nails** puts it into the block's upper left corner and
# leaves the rest 0:
#
# | small | nearest neighbour | bed of nails |
# |---|---|---|
# | 1 2 | 1 1 2 2 | 1 0 2 0 |
# | 3 4 | 1 1 2 2 | 0 0 0 0 |
# | | 3 3 4 4 | 3 0 4 0 |
# | | 3 3 4 4 | 0 0 0 0 |


# %% answer="unpooling"
def upsample_nearest(image, size=2):
    """Each number of an array (height, width) repeated in a block of size x size."""
    ### BEGIN SOLUTION
    return np.repeat(np.repeat(image, size, axis=0), size, axis=1)
    ### END SOLUTION


def bed_of_nails(image, size=2):
    """Each number of an array (height, width) in the upper left corner of a block of zeros, size x size."""
    ### BEGIN SOLUTION
    height, width = image.shape
    result = np.zeros((height * size, width * size), image.dtype)
    result[::size, ::size] = image
    return result
    ### END SOLUTION


# %% grade="unpooling"
check("unpooling")

# %% [markdown]
# ### 1.2 Remember where it was
#
# Max pooling keeps the largest number of each block and forgets where it was. **Max unpooling** remembers: on the way
# down the place of each maximum is noted, and on the way up it goes back there; everything else is 0. SegNet does so.
# A place is counted through the image row by row: in an image of width $w$ the pixel in row $r$ and column $c$ has the
# place $r \cdot w + c$. Where two numbers of a block are equally large, the first one counts, row by row.


# %% answer="max-unpooling"
def pool_with_places(image):
    """Max pooling in blocks of 2x2, and where each maximum was.

    image: an array (height, width), both even. Returns two arrays (height / 2, width / 2): the maxima, and their
    places in the image, whole numbers.
    """
    ### BEGIN SOLUTION
    height, width = image.shape
    blocks = image.reshape(height // 2, 2, width // 2, 2).swapaxes(1, 2).reshape(height // 2, width // 2, 4)
    which = blocks.argmax(axis=2)
    rows = 2 * np.arange(height // 2)[:, None] + which // 2
    columns = 2 * np.arange(width // 2) + which % 2
    return blocks.max(axis=2), rows * width + columns
    ### END SOLUTION


def unpool(pooled, places, shape):
    """The image of this shape, (height, width), with the pooled numbers at their places and 0 elsewhere."""
    ### BEGIN SOLUTION
    image = np.zeros(shape, pooled.dtype)
    image.ravel()[places] = pooled
    return image
    ### END SOLUTION


# %% grade="max-unpooling"
check("max-unpooling")

# %%
small, places = pool_with_places(images[0, :48, :48, 0])
picture(
    grids(
        [images[0, :48, :48, 0], small, upsample_nearest(small), bed_of_nails(small), unpool(small, places, (48, 48))],
        ["image", "pooled", "nearest", "bed of nails", "max unpooling"],
        edge=2,
        colours="gray",
    ),
    "A corner of an image, the same pooled to half its size, and three ways back: nearest is blocky; bed of nails and "
    "max unpooling are dark with bright points, the latter at the places where the maxima had been.",
)

# %% [markdown]
# ### 1.3 Learn how: transposed convolution
#
# A **transposed convolution** lays down a copy of its filter for each number of the input, scaled by that number, and
# the copies are $s$ pixels apart, its `stride`. Where copies overlap they are added up. An input of $n$ and a filter of
# $f$ give $(n - 1) \cdot s + f$ pixels. Since the filter is learned, the network learns how to fill the gaps.


# %% answer="transposed"
def transposed_conv(image, kernel, stride=2):
    """The sum of copies of the kernel, one for each pixel, scaled by it, `stride` apart.

    image: an array (height, width). kernel: an array (rows, columns). No padding.
    Returns an array ((height - 1) * stride + rows, (width - 1) * stride + columns).
    """
    ### BEGIN SOLUTION
    (height, width), (rows, columns) = image.shape, kernel.shape
    result = np.zeros(((height - 1) * stride + rows, (width - 1) * stride + columns))  # given: the docstring
    for i in range(height):
        for j in range(width):
            result[i * stride : i * stride + rows, j * stride : j * stride + columns] += image[i, j] * kernel
    return result
    ### END SOLUTION


# %% grade="transposed"
check("transposed")

# %% [markdown]
# **Predict, then run the next cell.** Every pixel of an image is 1, and so is every weight of a filter of 3x3 whose
# copies are 2 apart. Is the result the same everywhere? And with a filter of 2x2?

# %%
ones = np.ones((4, 4))
picture(
    grids(
        [transposed_conv(ones, np.ones((f, f)), stride=2) for f in (3, 2)],
        ["3x3, stride 2", "2x2, stride 2"],
        edge=2.6,
        numbers="g",
        limits=(0, 4),
    ),
    "The results as numbers. Copies of 3x3 that are 2 apart overlap in every second row and column: 1, 2 and 4 take "
    "turns like the fields of a chequered board. Copies of 2x2 lie beside each other, and all is 1.",
)

# %% [markdown]
# A network whose filters overlap unevenly must learn weights that undo the pattern, and often does not quite: its
# results are chequered. U-Net's are 2x2 with stride 2: each copy has a place of its own.

# %% [markdown]
# ### 1.4 Why "transposed"
#
# A convolution is linear, so it is a matrix. Take a row of four numbers $a, b, c, d$, padded to $0, a, b, c, d, 0$, and
# a filter $x, y, z$ that moves by 2. Its matrix has a row for each place of the filter:
#
# $$\begin{pmatrix} x & y & z & 0 & 0 & 0 \\ 0 & 0 & x & y & z & 0 \end{pmatrix}
# \begin{pmatrix} 0 \\ a \\ b \\ c \\ d \\ 0 \end{pmatrix} = \begin{pmatrix} ay + bz \\ bx + cy + dz \end{pmatrix}$$
#
# Its *transpose*, rows for columns, takes two numbers $p, q$ to six: $px, py, pz + qx, qy, qz, 0$. These are copies of
# the filter, 2 apart: the transposed convolution. (In its matrix for stride 1, lecture L4 prints `x y x` where
# `x y z` belongs.)


# %% answer="as-a-matrix"
def conv_matrix(kernel, length, stride=1):
    """The matrix of a convolution in one dimension, which takes a padded row of this length.

    kernel: an array (f,). Returns an array ((length - f) // stride + 1, length).
    """
    ### BEGIN SOLUTION
    size = len(kernel)
    matrix = np.zeros(((length - size) // stride + 1, length))
    for row in range(len(matrix)):
        matrix[row, row * stride : row * stride + size] = kernel
    return matrix
    ### END SOLUTION


# %% grade="as-a-matrix"
check("as-a-matrix")

# %% [markdown]
# Let $A$ be such a matrix, $u$ a row that it takes and $v$ one that it gives, and $\langle \cdot, \cdot \rangle$ the
# sum of products. Then $\langle A u, v \rangle = \langle u, A^T v \rangle$ for all $u$ and $v$: that is how one tests
# whether a function really is the transpose of another. It is also why the way *back* through a convolution, in
# backpropagation, is a transposed convolution.

# %%
matrix = conv_matrix(np.array([1.0, 2, 3]), 6, stride=2)
u, v = np.random.default_rng(0).normal(size=6), np.random.default_rng(1).normal(size=2)
print("<Au, v> =", (matrix @ u) @ v, "  <u, A'v> =", u @ (matrix.T @ v))
copies = transposed_conv(v[None], np.array([[1.0, 2, 3]]), stride=2)[0]
print("A'v =", (matrix.T @ v).round(3), "  transposed_conv:", copies.round(3), "(no copy reaches the last 0)")

# %% [markdown]
# ## 2 From patches to whole images
#
# The plainest way to a mask by a classifier: cut a patch around each pixel and classify the patch. It works, and it is
# a waste, since neighbouring patches are nearly the same pixels. The next cell measures what that costs with a small
# classifier.
#
# A **fully convolutional** network does it in one go. The convolutions before need nothing changed, they take images of
# any size. The fully connected layer is the one in the way, and it *is* a convolution: a unit that is connected to
# all of a map (height, width, channels) is a filter of exactly that size. On a larger map the same filter slides, and
# there is an answer for each place. All that has to be known is which weight meets which number: a map is flattened row
# by row, in a row place by place, and at a place channel by channel.


# %% answer="fully-convolutional"
def dense_to_conv(weights, shape):
    """The kernel of the convolution that does what a fully connected layer does.

    weights: of the layer, an array (height * width * channels, units); its input is a map that was flattened as NumPy
    and Keras flatten. shape: of that map, (height, width, channels).

    Returns an array (height, width, channels, units), as Keras's Conv2D has it.
    """
    ### BEGIN SOLUTION
    return weights.reshape(*shape, -1)
    ### END SOLUTION


# %% grade="fully-convolutional"
check("fully-convolutional")

# %%
features = [layers.Conv2D(8, 5, activation="relu"), layers.MaxPooling2D(2), layers.Conv2D(8, 5, activation="relu")]
patch = 24  # pixels; the map before the dense layer is 6x6x8
classifier = keras.Sequential([keras.Input((patch, patch, 1)), *features, layers.Flatten(), layers.Dense(2)])
head = layers.Conv2D(2, 6)
everywhere = keras.Sequential([keras.Input((None, None, 1)), *features, head])
dense_weights, dense_bias = classifier.layers[-1].get_weights()
head.set_weights([dense_to_conv(dense_weights, (6, 6, 8)), dense_bias])

image = cnnkit.datasets.cell_arrays(source=3, size=192)[0][0] / 255
corners = range(0, 192 - patch + 1, 2)
patches = np.array([image[r : r + patch, c : c + patch] for r in corners for c in corners])
for network, inputs in ((classifier, patches), (everywhere, image[None])):
    network.predict_on_batch(inputs)  # once to warm up
begun = time.perf_counter()
one_by_one = classifier.predict_on_batch(patches)
between = time.perf_counter()
at_once = everywhere.predict_on_batch(image[None])
ended = time.perf_counter()
print(f"{len(patches)} patches one by one: {between - begun:.3f} s; the whole image at once: {ended - between:.3f} s")
print(f"greatest difference {np.abs(one_by_one.reshape(at_once.shape) - at_once).max():.1e}")

# %% [markdown]
# ## 3 U-Net
#
# U-Net goes down and up again, and looks like a U when it is drawn so:

# %%
figure, axis = plt.subplots(figsize=(8, 4), layout="constrained")
axis.set(xlim=(-0.7, 6.7), ylim=(-3.6, 0.6))
axis.axis("off")
box = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": BLUE, "linewidth": 1.5}
for place, level in enumerate((0, 1, 2, 3, 2, 1, 0)):
    axis.text(place, -level, f"two 3x3\n{16 * 2**level} filters", ha="center", va="center", fontsize=9, bbox=box)
    if place < 6:
        after = (0, 1, 2, 3, 2, 1, 0)[place + 1]
        way = {"arrowstyle": "->", "color": "0.3", "shrinkA": 18, "shrinkB": 18, "linewidth": 1.5}
        axis.annotate("", (place + 1, -after), (place, -level), arrowprops=way)
for level in range(3):
    copy = {"arrowstyle": "->", "color": ORANGE, "linestyle": "--", "shrinkA": 32, "shrinkB": 32, "linewidth": 1.5}
    axis.annotate("", (6 - level, -level), (level, -level), arrowprops=copy)
    axis.text(3, -level + 0.1, "copied", color=ORANGE, ha="center", fontsize=9)
axis.text(0.15, -2.2, "pooling\nhalves", ha="center", fontsize=9)
axis.text(5.85, -2.2, "transposed\nconvolution\ndoubles", ha="center", fontsize=9)
picture(
    figure,
    "U-Net with three levels. Down on the left, boxes of two 3x3 convolutions with 16, 32, 64 and at the bottom 128 "
    "filters, a pooling between them; up again on the right with 64, 32 and 16 filters, a transposed convolution "
    "between them. A dashed arrow takes a copy from each box on the left to the box of its level on the right.",
)

# %% [markdown]
# Down: two 3x3 convolutions with ReLU, then 2x2 max pooling, and twice as many filters at
# the next level. At the bottom two more convolutions. Up: a 2x2 transposed convolution with stride 2 halves the filters
# and doubles the map; then, beside it, **the map from the same level of the way down is put**, and two 3x3
# convolutions follow. Those copies carry what pooling has lost: *where* things are.
#
# ### 3.1 The sizes of the original
#
# The original has no padding, so each 3x3 convolution takes a pixel from each side. Trace it: at the top 572 becomes
# 570, then 568; pooling makes 284 of it, and so on four times. On the way up each level doubles the edge and loses 4.
# The output is smaller than the input, and not every input fits, since each pooling needs an even edge.


# %% answer="sizes"
def unet_sizes(n, depth=4):
    """What is left of an edge of n pixels in a U-Net without padding.

    Returns a list: the edge after the two convolutions of each level on the way down, that of the bottom, and those
    of each level on the way up; so 2 * depth + 1 numbers, the first 568 and the last 388 for n = 572. Where an edge
    that is to be pooled is odd, or nothing is left, raises ValueError.
    """
    ### BEGIN SOLUTION
    sizes = []
    for _ in range(depth):
        n -= 4
        sizes.append(n)
        if n % 2:
            raise ValueError(f"an edge of {n} cannot be pooled")
        n //= 2
    for _ in range(depth + 1):
        n -= 4
        if n < 1:
            raise ValueError("nothing is left")
        sizes.append(n)
        n *= 2
    return sizes
    ### END SOLUTION


# %% grade="sizes"
check("sizes")

# %% [markdown]
# ### 3.2 Crop and put beside
#
# At the lowest level of the original the map from the way down has an edge of 64, and its partner, on the way up,
# of 56. The larger one loses its margin, the same on all sides, so that the middles lie on each other. Half a pixel
# off, and the copies tell the network the wrong place.


# %% answer="crop"
def crop(features, height, width):
    """The middle of a map: (height, width, channels) of an array (rows, columns, channels).

    Rows and height, and columns and width, differ by an even number.
    """
    ### BEGIN SOLUTION
    top, left = (features.shape[0] - height) // 2, (features.shape[1] - width) // 2
    return features[top : top + height, left : left + width]
    ### END SOLUTION


# %% grade="crop"
check("crop")

# %% [markdown]
# ### 3.3 Build it
#
# Ours has `padding="same"` everywhere: nothing is lost, nothing need be cropped, and the mask is as large as the image.
#
# - input of any size: `keras.Input((None, None, 1))`;
# - level $k = 0, 1, \dots$ of the way down: two `Conv2D` of `filters * 2**k` filters, 3x3, ReLU; then
#   `MaxPooling2D(2)`; `depth` levels;
# - bottom: two `Conv2D` of `filters * 2**depth` filters;
# - way up, from the lowest level to the top: `Conv2DTranspose` with as many filters as this level had, 2x2, stride 2,
#   no activation; `Concatenate` with the level's map *before it was pooled* (if `skips`); two `Conv2D` as on the way
#   down;
# - output: a 1x1 `Conv2D` with 2 filters and no activation. These are logits: softmax comes with the loss.
#
# Give the 3x3 convolutions `kernel_initializer="he_normal"`, made for ReLU: deep networks learn faster with it.


# %% answer="unet-model"
def build_unet(filters=16, depth=3, skips=True):
    """U-Net, as the text above describes it: a keras.Model, not compiled.

    filters: at the top. depth: number of poolings. skips: False leaves the copies out, and nothing else.
    """

    ### BEGIN SOLUTION
    def two_convolutions(x, count):
        for _ in range(2):
            x = layers.Conv2D(count, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
        return x

    x = inputs = keras.Input((None, None, 1))  # given: the last network's cell has it
    kept = []
    for level in range(depth):
        x = two_convolutions(x, filters * 2**level)
        kept.append(x)
        x = layers.MaxPooling2D(2)(x)  # given: the last network's cell has it
    x = two_convolutions(x, filters * 2**depth)
    for level in reversed(range(depth)):
        x = layers.Conv2DTranspose(filters * 2**level, 2, strides=2)(x)
        if skips:
            x = layers.Concatenate()([kept[level], x])
        x = two_convolutions(x, filters * 2**level)
    return keras.Model(inputs, layers.Conv2D(2, 1)(x))  # given: the last network's cell has it
    ### END SOLUTION


# %% grade="unet-model"
check("unet-model")

# %% [markdown]
# See what you have built, with one pooling and few filters. Each box is a layer with the shape of its output (`?` is a
# size that is free), and each arrow a map. Which arrow is the skip, and between which layers does it run?

# %%
picture(
    cnnkit.diagrams.draw(build_unet(filters=4, depth=1)),
    "Your U-Net with one pooling, drawn from its layers, from the input at the top to the logits at the bottom.",
)

# %% [markdown]
# ## 4 How wrong is a mask?
#
# ### 4.1 Scores
#
# Most pixels are background, so "how many pixels are right" says little. Better: what is marked, and what is cell, how
# much do these overlap? With $A$ the pixels marked as cell and $B$ the pixels that are cell,
#
# $$\text{IoU} = \frac{|A \cap B|}{|A \cup B|}, \qquad \text{Dice} = \frac{2\,|A \cap B|}{|A| + |B|}$$
#
# Both are 1 for a perfect mask and 0 where nothing overlaps. Where there is no cell and none is marked, the mask is
# perfect: 1.


# %% answer="scores"
def iou(marked, truth):
    """Intersection over union of two masks: arrays (height, width) in which 0 is background, all else cell."""
    ### BEGIN SOLUTION
    marked, truth = marked > 0, truth > 0
    union = np.sum(marked | truth)
    return np.sum(marked & truth) / union if union else 1.0
    ### END SOLUTION


def dice(marked, truth):
    """Dice's score of two masks, as for iou."""
    ### BEGIN SOLUTION
    marked, truth = marked > 0, truth > 0
    whole = np.sum(marked) + np.sum(truth)
    return 2 * np.sum(marked & truth) / whole if whole else 1.0
    ### END SOLUTION


# %% grade="scores"
check("scores")

# %% [markdown]
# ### 4.2 Pixel-wise cross-entropy
#
# For each pixel the network gives a number for each class, $a_k(x)$; softmax over the *classes* makes probabilities of
# them. The loss is the mean over all *pixels* of
#
# $$-\,w(x) \cdot \log p_{\ell(x)}(x), \qquad p_k(x) = \frac{e^{a_k(x)}}{\sum_j e^{a_j(x)}}$$
#
# where $\ell(x)$ is the true class of pixel $x$ and $w(x)$ its weight. (Lecture L0 prints it without the minus sign and
# with a sum that runs over the classes. A loss without the minus sign would be *greatest* for the best network.)
#
# $e^{1000}$ is more than any float holds, and numbers of a network may be that large. Softmax does not change when the
# same number is taken from all $a_k$ of a pixel: take the largest of them, and no power is above $e^0 = 1$. Take the
# logarithm before you divide, for a probability of 0 has none.


# %% answer="loss"
def pixel_cross_entropy(logits, classes, weights):
    """The weighted loss of the text: one number, the mean over all pixels.

    logits: an array (height, width, classes), whose numbers may be large. classes: whole numbers (height, width).
    weights: an array (height, width).
    """
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    true = np.take_along_axis(log_p, classes[..., None], axis=-1)[..., 0]
    return -np.mean(weights * true)
    ### END SOLUTION


# %% grade="loss"
check("loss")

# %% [markdown]
# ### 4.3 The weight map: keep touching cells apart
#
# Between two cells that touch lies a line of background one pixel wide. It hardly counts in a mean over all pixels, and
# without it two cells become one. So U-Net weighs it:
#
# $$w(x) = w_c(x) + w_0 \cdot e^{-\frac{(d_1(x) + d_2(x))^2}{2 \sigma^2}}$$
#
# $d_1$ is the distance of the pixel to the nearest cell and $d_2$ that to the **second nearest cell**, another one than
# the first. In a narrow gap both are small. $w_0 = 10$ and $\sigma = 5$ pixels: in a gap with $d_1 + d_2 = 5$ the
# second term is $10 \cdot e^{-1/2} = 6.07$. $w_c$ balances the classes; write the second term.
#
# The formula by itself would weigh the rims of cells as well: inside a cell $d_1$ is 0, and near another cell $d_2$ is
# small. What shall be learned is the *gap*. So the second term belongs to the **background** alone, as the picture of a
# weight map in the U-Net paper shows it (Ronneberger, Fischer and Brox, 2015, figure 3d), and is 0 inside cells. Where
# there are fewer than two cells there is no gap, and it is 0 everywhere.
#
# `ndimage.distance_transform_edt(array)` gives for each pixel that is not 0 the distance to the nearest pixel that is
# 0.


# %% answer="weight-map"
def border_weights(mask, w0=10.0, sigma=5.0):
    """The second term of the weight map for each pixel.

    mask: whole numbers (height, width), 0 for background and a number for each cell; the numbers need not follow one
    another. Returns an array (height, width), 0 inside cells.
    """
    ### BEGIN SOLUTION
    cells = [number for number in np.unique(mask) if number]
    if len(cells) < 2:
        return np.zeros(mask.shape)
    distances = np.sort([ndimage.distance_transform_edt(mask != number) for number in cells], axis=0)
    return np.where(mask == 0, w0 * np.exp(-((distances[0] + distances[1]) ** 2) / (2 * sigma**2)), 0.0)
    ### END SOLUTION


# %% grade="weight-map"
check("weight-map")


# %%
def weight_map(mask, border=True):
    """Both terms, the second only if `border`: w_c gives cells and background the same sum."""
    share = np.mean(mask > 0)
    balance = np.where(mask > 0, 0.5 / share, 0.5 / (1 - share))
    return balance + border_weights(mask) if border else balance


picture(
    grids(
        [images[1, ..., 0], masks[1] > 0, weight_map(masks[1])],
        ["image", "mask", "weight map"],
        edge=3,
        colours=["gray", "cividis", "cividis"],
        bar="weight of a pixel",
    ),
    "An image, its mask, and the weight map with its scale: about 10 in the narrow gaps between cells that touch, "
    "about 1 inside cells and far from them.",
)

# %% [markdown]
# ## 5 Twelve images are enough
#
# A cell that is turned or mirrored is still a cell, and cells are soft: bent a little they are still cells. So each
# image stands for many. But **the mask has to go along**, pixel for pixel, and it holds numbers of cells, not
# amounts: between cell 3 and cell 5 there is no cell 4.
#
# ### 5.1 Turn, mirror, change the light
#
# A change of *place* (a quarter turn, a mirror) is done to image and mask alike. A change of *light* is done to the
# image alone.


# %% answer="augment"
def augment(image, mask, turns, mirror, light):
    """Image and mask, changed together.

    image: an array (edge, edge, 1). mask: whole numbers (edge, edge). turns: quarter turns, counterclockwise, as
    np.rot90 makes them. mirror: True swaps left and right, before turning. light: a factor for the image's numbers.

    Returns (image, mask).
    """
    ### BEGIN SOLUTION
    if mirror:
        image, mask = image[:, ::-1], mask[:, ::-1]
    return light * np.rot90(image, turns), np.rot90(mask, turns)
    ### END SOLUTION


# %% grade="augment"
check("augment")

# %% [markdown]
# ### 5.2 Bend it
#
# **Elastic distortion** moves every pixel a little, its neighbours about as much. It is given by two maps: the result
# at row $r$, column $c$ is taken from the image at row $r + dy(r, c)$, column $c + dx(r, c)$. That place is mostly
# *between* pixels. For the image take a mixture of the four around it (linear, `order=1` in `ndimage.map_coordinates`);
# for the mask take the nearest one (`order=0`). Beyond the edge, mirror (`mode="reflect"`).


# %% answer="elastic"
def elastic(image, mask, dy, dx):
    """Image and mask, distorted alike.

    image: an array (height, width, 1). mask: whole numbers (height, width). dy, dx: arrays (height, width), in pixels.

    Returns (image, mask), the mask still of whole numbers.
    """
    ### BEGIN SOLUTION
    rows, columns = np.indices(mask.shape)
    places = [rows + dy, columns + dx]  # given: the first picture bends an image so
    bent = ndimage.map_coordinates(image[..., 0], places, order=1, mode="reflect")[..., None]
    return bent, ndimage.map_coordinates(mask, places, order=0, mode="reflect")
    ### END SOLUTION


# %% grade="elastic"
check("elastic")

# %% [markdown]
# What goes wrong when a mask is mixed like an image? Numbers appear that nobody gave: cells that are not there, as a
# rim around those that are.

# %%
rng = np.random.default_rng(0)
dy, dx = (ndimage.zoom(rng.normal(0, 6, (4, 4)), np.array(masks[1].shape) / 4, order=3) for _ in range(2))
bent_image, bent_mask = elastic(images[1], masks[1], dy, dx)
rows, columns = np.indices(masks[1].shape)
mixed = ndimage.map_coordinates(masks[1], [rows + dy, columns + dx], order=1, mode="reflect")
invented = (mixed != bent_mask) & (mixed > 0)
picture(
    grids(
        [images[1, ..., 0], bent_image[..., 0], paint(masks[1]), paint(bent_mask), invented],
        ["image", "bent", "its mask", "bent mask", "wrong when mixed"],
        edge=2.2,
        colours="gray",
    ),
    "An image, the same bent as if drawn on rubber, its mask, each cell in a colour, the mask bent alike, and in white "
    "the pixels whose number would be wrong if the mask were mixed like an image: a rim around nearly every cell.",
)
print(f"{invented.sum()} pixels would belong to a cell that they do not belong to")

# %% [markdown]
# ## 6 Training
#
# Everything is there. `train` draws two images a step, changes them with *your* `augment` and `elastic`, and weighs
# the pixels with *your* weight map; Keras's own cross-entropy does the rest.


# %% locked="train"
def normalize(images):
    """Each image with mean 0 and deviation 1, so that the light of the lamp does not matter."""
    mean, deviation = images.mean(axis=(1, 2, 3), keepdims=True), images.std(axis=(1, 2, 3), keepdims=True)
    return (images - mean) / (deviation + 1e-6)


def changed(image, mask, weight, rng):
    """One image with its mask and weights, changed by chance; the weights go along as the mask does."""
    dy, dx = (ndimage.zoom(rng.normal(0, 4, (4, 4)), np.array(mask.shape) / 4, order=3) for _ in range(2))
    turns, mirror, light = int(rng.integers(4)), bool(rng.integers(2)), rng.uniform(0.7, 1.3)
    number = np.arange(mask.size).reshape(mask.shape)  # where each pixel came from
    image, number = elastic(*augment(image, number, turns, mirror, light), dy, dx)
    return image + rng.normal(0, 0.2), mask.ravel()[number], weight.ravel()[number]


def train(model, steps, seed=0, border=True, change=True):
    """Train a model of `build_unet` on the twelve images."""
    rng = np.random.default_rng(seed)
    inputs, classes = normalize(images), (masks > 0).astype("int32")
    weights = np.stack([weight_map(mask, border) for mask in masks])
    rate = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss)

    def batches():
        while True:
            chosen = rng.choice(len(inputs), 2, replace=False)
            batch = [(inputs[i], classes[i], weights[i]) for i in chosen]
            if change:
                batch = [changed(*one, rng) for one in batch]
            yield tuple(np.stack(part) for part in zip(*batch, strict=True))

    epoch = min(steps, 50)  # steps after which the loss is shown
    options = {"shuffle": False, "verbose": 0, "callbacks": [Progress()]}
    model.fit(batches(), steps_per_epoch=epoch, epochs=steps // epoch, **options)
    return model


# %% [markdown]
# Build and train `model`. The default `build_unet()` and 1800 steps are a good start, a minute or two; when you hand
# in, it is given images that nobody has seen. Full points from an IoU of 0.80 on, a part of them from 0.60 on.


# %% answer="trained"
model: keras.Model  # yours, once it is trained

### BEGIN SOLUTION
keras.utils.set_random_seed(0)  # given: so does the last network
model = train(build_unet(), steps=1800)
### END SOLUTION


# %% locked="segment"
def segment(images, network=None):
    """Masks of images in [0, 1], (n, height, width, 1): 1 where the network sees a cell."""
    logits = (network or model)(normalize(images), training=False)
    return np.argmax(ops.convert_to_numpy(logits), axis=-1)


# %% grade="trained"
check("trained")


# %%
def grown_together(parts, truth):
    """Share of the cells whose greater half lies in a part of the prediction that has another cell as well."""
    owners = []
    for image, (part, cells) in enumerate(zip(parts, truth, strict=True)):
        for number in range(1, cells.max() + 1):
            covered = np.bincount(part[cells == number])
            if covered.argmax() and 2 * covered.max() > covered.sum():
                owners.append((image, covered.argmax()))
            else:
                owners.append(None)
    return np.mean([owner is not None and owners.count(owner) > 1 for owner in owners])


def report(predicted, truth=test_masks):
    """IoU, Dice, share of wrong pixels, F1 of the cells found, share of the cells grown together, share of the cells'
    pixels that are marked.

    A cell counts as found where one connected part of the prediction has an IoU of 0.5 or more with it. F1 is Dice's
    score of the cells in place of the pixels: 2 * found / (parts + cells).
    """
    cells = cnnkit.segmentation.instances(predicted, smallest=10)
    match = cnnkit.segmentation.match_instances(cells, truth)
    pairs = list(zip(predicted, truth, strict=True))
    wrong, marked = np.mean((predicted > 0) != (truth > 0)), np.mean(predicted[truth > 0] > 0)
    scores = np.mean([iou(*pair) for pair in pairs]), np.mean([dice(*pair) for pair in pairs])
    return *scores, wrong, match.f1, grown_together(cells, truth), marked


predicted = segment(test_images)
shown = "IoU {:.3f}, Dice {:.3f}, wrong pixels {:.1%}, F1 of cells found {:.3f}, cells grown together {:.0%}"
print(shown.format(*report(predicted)))
verdicts = predicted + 2 * (test_masks > 0)
MARKED, MISSED, RIGHT = ORANGE, "#56b4e9", "0.45"
picture(
    grids(
        [*test_images[:5, ..., 0], *predicted[:5], *paint(verdicts[:5], ["black", MARKED, MISSED, RIGHT])],
        columns=5,
        edge=2,
        colours=["gray"] * 5 + ["cividis"] * 10,
        rows=["image", "predicted mask", "errors"],
        legend={"marked, and is background": MARKED, "missed, and is cell": MISSED, "rightly marked": RIGHT},
    ),
    "Five images that the network has not learned from, below each the mask that it makes, and below that its errors: "
    "orange where background was marked, blue where cell was missed. They lie on the rims of cells and in narrow gaps.",
)

# %% [markdown]
# ## 7 What is each part worth?
#
# Leave one part out, train again, and compare: that is an **ablation**. Since chance plays a part (which weights a
# network begins with, which images it draws), do it more than once and look at the spread as well. Here: three seeds
# for each of four networks, small ones, on forty images that none has seen. It takes two minutes. (Left out while
# grading.)

# %%
ABLATION = {
    "all parts": {},
    "without skips": {"skips": False},
    "without the border's weights": {"border": False},
    "without augmentation": {"change": False},
}
SEEDS, STEPS, FILTERS = (0, 1, 2), 350, 8
COLUMNS = {"IoU": 0, "F1 of cells found": 3, "cells grown together": 4, "cells' pixels marked": 5}
new_images, new_masks = cnnkit.datasets.cell_arrays(source=2, count=40, size=96)
new_images = new_images / 255
if not cnnkit.check.is_grading():
    found = {}
    for name, options in ABLATION.items():
        for seed in SEEDS:
            keras.utils.set_random_seed(seed)
            network = build_unet(filters=FILTERS, skips=options.get("skips", True))
            train(network, STEPS, seed, options.get("border", True), options.get("change", True))
            found.setdefault(name, []).append(report(segment(new_images, network), new_masks))
        scores = np.array(found[name])
        shown = (f"{title} {scores[:, k].mean():.3f} ± {scores[:, k].std():.3f}" for title, k in COLUMNS.items())
        print(f"{name:<28}", *shown, sep="  ")
    figure, panels = plt.subplots(1, 4, figsize=(12, 2.8), sharey=True, layout="constrained")
    for panel, (title, column) in zip(panels, COLUMNS.items(), strict=True):
        for place, name in enumerate(found):
            scores = np.array(found[name])[:, column]
            panel.plot(scores, [place] * len(scores), "o", color=BLUE, alpha=0.6)
            panel.plot(scores.mean(), place, "|", color=ORANGE, markersize=22, markeredgewidth=2)
        panel.set(title=title, yticks=range(len(found)), yticklabels=list(found), ylim=(3.5, -0.5))
    picture(
        figure,
        "Four strips of points, a point for each seed and a bar for the mean: how four networks score by IoU and by "
        "the cells found, where right is better, by the share of cells grown together, where left is better, and by "
        "the share of the cells' pixels that they mark.",
    )

# %% [markdown]
# Without skips the fewest cells grow together, and still that network is the worst. How can it be? What is not marked
# touches nothing: by the last column it misses a third of the cells' pixels, so that many cells are a small blob or
# missing altogether. A network that marks nothing at all would have no cells grown together. Read such a number
# beside one that tells what was missed.

# %% [markdown]
# ### In your own words: what is each part worth? (2 points)
#
# Copy the means of your table. (a) Which part matters most for the IoU? Is the difference larger than the spread over
# seeds? (b) Explain with part 3 what the network without skips cannot know. (c) Do the border's weights help to tell
# cells apart, and what happens to the IoU? How can both be?

# %% [markdown] manual="what-each-part-is-worth" points=2
# ### BEGIN SOLUTION
# (a) The skips: without them the IoU falls from 0.75 to 0.58, without augmentation to 0.69, with a spread over seeds
# of at most 0.02 of the IoU. Three seeds are few; a difference smaller than the spread shows nothing, and should be
# called that. (b) Below three poolings one number stands for 8x8 pixels. What the network knows at the bottom is what
# is there, not where in those 64 pixels its rim runs; the skips bring the map from before the pooling, at full detail.
# (c) They do: without them two cells of three grow together with another, with them one of four, and the F1 of cells
# rises from 0.47 to 0.65, though its spread is larger, up to 0.05. The IoU falls all the same, from 0.79 to 0.75, since
# a pixel in a gap counts up to eleven times: in doubt the network draws a gap, too wide or where there is none, and
# that costs pixels of cells. IoU counts pixels and F1 cells; which of the two is wanted depends on what the masks are
# for.
# ### END SOLUTION

# %% [markdown]
# ## 8 Images of any size
#
# A microscope takes images of 4,000 pixels and more, too large for the memory. So the image is taken through the
# network in **tiles**. But near its edge a tile lacks its surroundings, the network sees padding in their place, and
# its answers are worse there: the seams would show. The cure is overlap: each tile is larger than the part that is used
# by a `margin` on all sides, and beyond the border of the image its pixels are mirrored (`np.pad(...,
# mode="reflect")`).


# %% answer="tiling"
def tiled(function, image, tile, margin):
    """What the function makes of an image, tile by tile.

    function: takes an array (height, width) and returns one of the same shape; what it makes of a pixel depends on the
    pixels up to `margin` away. image: an array (rows, columns), both more than margin. tile: edge of the part that
    each call is for; the function gets it with the margin around it. Tiles at the right and the bottom may be smaller.

    Returns an array (rows, columns).
    """
    ### BEGIN SOLUTION
    padded = np.pad(image, margin, mode="reflect")
    result = np.zeros(image.shape)
    for top in range(0, image.shape[0], tile):
        for left in range(0, image.shape[1], tile):
            rows, columns = (min(tile, n - start) for n, start in zip(image.shape, (top, left), strict=True))
            part = function(padded[top : top + rows + 2 * margin, left : left + columns + 2 * margin])
            used = part[margin : margin + rows, margin : margin + columns]
            result[top : top + rows, left : left + columns] = used
    return result
    ### END SOLUTION


# %% locked="tiled-blur"
LARGEST_CALL = [0]


def blur(image):
    """The mean of the 7x7 pixels around each, zeros beyond the edge: as a network that sees 3 pixels far."""
    LARGEST_CALL[0] = max(LARGEST_CALL[0], image.size)
    return ndimage.uniform_filter(image.astype(float), 7, mode="constant")


def tiled_blur(image, tile, margin):
    """(the blurred image, tile by tile; the most pixels of one call)"""
    LARGEST_CALL[0] = 0
    return tiled(blur, image, tile, margin), LARGEST_CALL[0]


# %% grade="tiling"
check("tiling")

# %%
large, large_masks = cnnkit.datasets.cell_arrays(source=1, size=224)
large = normalize(large / 255)[0, ..., 0]


def cell_probability(part):
    """The network's probability of cell; sides that are no multiple of 8 are mirrored up to one."""
    more = [(0, -n % 8) for n in part.shape]
    logits = model(np.pad(part, more, mode="reflect")[None, ..., None], training=False)[0]
    return ops.convert_to_numpy(ops.softmax(logits))[: part.shape[0], : part.shape[1], 1]


whole = cell_probability(large)
shown_large = np.minimum(large, 3)  # dust is so bright that the cells would be dark
picture(
    grids(
        [shown_large, whole],
        ["image", "made at once"],
        columns=2,
        edge=3,
        colours=["gray", "cividis"],
        bar="probability of cell",
    ),
    "A larger image of many cells, and the probability of cell that the network gives to each pixel, made at once.",
)

# %% [markdown]
# How large a margin is large enough? The **receptive field** of an output pixel is the part of the image that its
# answer is computed from. `seen` follows it back through U-Net, from the output to the bottom and from there up to the
# image, along one edge.


# %%
def seen(pixel, depth=3):
    """The first and the last pixel of the image that U-Net's answer for this pixel is computed from."""
    first, last = pixel - 2, pixel + 2  # two 3x3 convolutions see 2 further on each side
    for _ in range(depth):  # a pixel that was doubled comes from the one at half its place
        first, last = first // 2 - 2, last // 2 + 2
    for _ in range(depth):  # a pixel that was pooled comes from two
        first, last = 2 * first - 2, 2 * last + 1 + 2
    return first, last


TILE = 56
print("pixel  sees  to the left  to the right")
for pixel in range(8):
    first, last = seen(pixel)
    print(f"{pixel:5} {last - first + 1:5} {pixel - first:12} {last - pixel:13}")
beyond = max(max(-seen(pixel)[0], seen(pixel)[1] - (TILE - 1)) for pixel in range(TILE))
print(f"a tile of {TILE} pixels needs {beyond} beyond its edge")

# %% [markdown]
# The field is not the same for all: pixels come from blocks of 8 that share a number at the bottom, and the numbers
# repeat from block to block. Some see 51 pixels to one side. But those lie inside their block, and a tile begins and
# ends with a whole block, so that past its edge none needs more than the last line says.
#
# **Predict:** which of the margins 0, 16, 32 and 48 is the first without seams? They are multiples of 8, as the tiles
# are, so that three poolings cut every tile as they cut the whole image.

# %%
MARGINS = (0, 16, 32, 48)
seams = [np.abs(tiled(cell_probability, large, TILE, margin) - whole) for margin in MARGINS]
picture(
    grids(seams, [f"margin {margin}" for margin in MARGINS], columns=4, edge=2.3, limits=(0, 0.3), bar="off by"),
    "How far four tilings are from it, on one scale: without a margin a grid of seams, with 16 pixels traces where the "
    "seams were, with 32 hardly any, with 48 none. What is left lies at the border of the image, where the tiles see "
    "mirrored pixels and the whole image saw zeros.",
)
for margin, seam in zip(MARGINS, seams, strict=True):
    print(f"margin {margin:2}: off by {seam[48:-48, 48:-48].max():.6f} at most, away from the border of the image")

# %% [markdown]
# With 48 nothing is left but the rounding of numbers. With 32 little is left, too, though the field is larger: at its
# rim a pixel hardly counts, as the next part shows.

# %% [markdown]
# ## 9 Other ways to see far, and ways without learning
#
# Pooling is one way to see a large part of the image. **Dilated** convolution is another: the filter gets gaps, and
# sees further with the same weights and without losing a pixel. **ASPP**, in DeepLab, looks with several gaps side by
# side.
#
# **Predict, then run the next cell.** U-Net's way down with its bottom has eight 3x3 convolutions, and three poolings
# between them. Take eight 3x3 convolutions without pooling, two each with the dilations 1, 2, 4 and 8. Which of the two
# sees further, and how much?

# %%
from cnnkit.counting import count, specs
from cnnkit.gradients import value_and_gradient

dilated = count([specs.Input((96, 96, 1)), *(specs.Conv2D(16, 3, dilation=d) for d in (1, 1, 2, 2, 4, 4, 8, 8))])
reach = dilated[-1].receptive_field[0] // 2
center = 114  # one of the pixels that see most
first, last = seen(center)
print(f"U-Net: {last - first + 1} pixels, dilated convolutions: {2 * reach + 1} pixels")


def lead_of_cell(image):
    logits = model(image, training=False)[0, center, center]
    return logits[1] - logits[0]


_, gradient = value_and_gradient(lead_of_cell, large[None, ..., None].astype("float32"))
influence = np.abs(ops.convert_to_numpy(gradient)[0, ..., 0])
figure = grids(
    [shown_large, np.log10(np.maximum(influence / influence.max(), 1e-5))],
    ["two receptive fields", "what your network looks at"],
    edge=3.4,
    colours=["gray", "cividis"],
    bar="influence of a pixel: 0 is the largest,\n-1 a tenth of it, -2 a hundredth, ...",
)
for axis in figure.axes[:2]:
    for start, edge, colour, line, name in (
        (first, last - first + 1, ORANGE, "-", "U-Net"),
        (center - reach, 2 * reach + 1, "white", "--", "dilated"),
    ):
        axis.add_patch(plt.Rectangle((start - 0.5,) * 2, edge, edge, fill=False, color=colour, linestyle=line))
        axis.text(start + 2, start - 3, name, color=colour, fontsize=9)
picture(
    figure,
    "A large image of cells with two squares around a pixel: the receptive field of U-Net, 100 pixels wide, and that "
    "of the dilated convolutions, 61. Beside it, how much each pixel of the image changes the answer of the network of "
    "part 6 for the pixel in the middle: most of all those near it, a thousand times less those towards the rim of the "
    "larger square, and none outside of it.",
)

# %% [markdown]
# At the bottom U-Net sees 68 pixels, and its way up adds more. The dilated convolutions see less and pay more: each of
# them works on all pixels of the image, where U-Net's lowest work on every 64th. What they save is the way up.

# %% [markdown]
# So let us put ASPP where U-Net has its two lower levels: one pooling only, and below it a look with gaps of 2, 4 and
# 6. It is trained as the U-Net of part 7 with the same seed. (Left out while grading.)

# %%
from cnnkit.layers import AtrousSpatialPyramidPooling2D


def build_aspp(filters=16):
    """One level down, ASPP, one level up."""
    x = inputs = keras.Input((None, None, 1))
    x = top = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(2 * filters, 3, padding="same", activation="relu")(x)
    x = AtrousSpatialPyramidPooling2D(4 * filters, rates=(2, 4, 6))(x)
    x = layers.Concatenate()([top, layers.UpSampling2D(2, interpolation="bilinear")(x)])
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return keras.Model(inputs, layers.Conv2D(2, 1)(x))


if not cnnkit.check.is_grading():
    keras.utils.set_random_seed(0)
    network = train(build_aspp(FILTERS), STEPS)
    for name, parameters, scores in (
        ("U-Net", build_unet(FILTERS).count_params(), found["all parts"][0]),
        ("ASPP", network.count_params(), report(segment(new_images, network), new_masks)),
    ):
        print(f"{name:<6} {parameters:>8,} parameters, IoU {scores[0]:.3f}, F1 of cells {scores[3]:.3f}")

# %% [markdown]
# And ways that learn nothing from masks. **k-means** sorts pixels by how bright they are; **mean-shift** looks for the
# peaks among the brightnesses; **SLIC** cuts the image into superpixels, each of one colour as far as can be;
# **watershed** floods the image from its dark places until the waters meet. Sorting by brightness works where cells are
# brighter than the rest. Here they are not, so each gets what tells a cell better: how fast the brightness changes.

# %%
from skimage import filters, segmentation
from sklearn.cluster import KMeans, MeanShift


def inside(image):
    """How fast the brightness changes around a pixel."""
    return filters.gaussian(np.abs(filters.sobel(image)), 2)


def brighter(labels, values):
    """The mask of the cluster with the greater mean."""
    return labels == np.argmax(ndimage.mean(values, labels, range(labels.max() + 1)))


def by_kmeans(image):
    values = inside(image)
    return brighter(KMeans(2, n_init=3, random_state=0).fit_predict(values.reshape(-1, 1)).reshape(image.shape), values)


def by_mean_shift(image):
    values = inside(image).reshape(-1, 1)
    shift = MeanShift(bandwidth=0.3 * values.std(), bin_seeding=True).fit(values[::7])
    background = np.argmin(shift.cluster_centers_)
    return (shift.predict(values) != background).reshape(image.shape)


def by_slic(image):
    pieces = segmentation.slic(image, 200, compactness=0.1, channel_axis=None, start_label=0)
    means = ndimage.mean(inside(image), pieces, range(pieces.max() + 1))
    return (means > filters.threshold_otsu(means))[pieces]


def by_watershed(image):
    values = inside(image)
    low, high = np.quantile(values, (0.3, 0.8))
    markers = np.where(values < low, 1, np.where(values > high, 2, 0))
    return segmentation.watershed(filters.sobel(values), markers) == 2


print(f"{'U-Net':<12} IoU {np.mean([iou(p, m) for p, m in zip(predicted, test_masks, strict=True)]):.3f}")
for method in (by_kmeans, by_mean_shift, by_slic, by_watershed):
    masks_found = [method(image[..., 0]) for image in test_images]
    score = np.mean([iou(*pair) for pair in zip(masks_found, test_masks, strict=True)])
    print(f"{method.__name__[3:]:<12} IoU {score:.3f}")

# %% [markdown]
# ### In your own words: where does it fail? (2 points)
#
# Look at your network's errors in part 6. (a) Describe one kind of error that it makes, and what in its training or its
# design may be the cause. (b) A colleague reports "98 % of the pixels are right" for a new image with a single small
# cell on it. Why does that say little, and what should they report?

# %% [markdown] manual="where-it-fails" points=2
# ### BEGIN SOLUTION
# (a) For example: in clumps, gaps between cells are filled and two cells become one, since a gap is one or two pixels
# wide, blurred, and hardly darker than its surroundings; more images with clumps, a larger w0 or more steps would help.
# Or: bright dust is marked as cell, since few of the twelve images show any. (b) If the cell covers 2 % of the image, a
# mask without any cell has 98 % of the pixels right, and an IoU of 0. They should report the IoU or Dice, and how many
# cells were found.
# ### END SOLUTION
