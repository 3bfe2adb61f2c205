# %% [markdown]
# # Counting a network, and finding what is misprinted
#
# How much memory does a network take, how many numbers does it learn, how much does it compute? Nobody needs to run
# it to know. You write the few formulas that tell, rebuild lecture L4's table of AlexNet with them, and see where its
# memory, its parameters and its work sit. Then you use them as a referee: the tables of the lectures hold errors, and
# so does a table that is made for you alone. You find them, and you say how they came about.
#
# How it works: where a cell says `YOUR CODE HERE`, put your code in place of that line and the next. Then run
# `check(...)`, as often as you like: it tells you what is wrong and costs nothing. Some tests run only when you hand
# in, with other numbers; code that does what the text says passes those as well.
#
# | part | points |
# |---|---|
# | 1 One convolution | 5 |
# | 2 A whole network | 3.5 |
# | 3 Three remarks | 2 |
# | 4 Cheaper convolutions | 2 |
# | 5 Blocks at equal cost | 2 |
# | 6 What does it see? | 1.5 |
# | 7 Misprints in the lectures | 3.5 |
# | 8 A table of your own | 4.5 |
# | two written questions | 4 |

# %% locked="setup"
import csv

import matplotlib.pyplot as plt
import numpy as np
from cnnkit.check import load_checks
from cnnkit.pictures import BLUE, ORANGE, picture
from IPython.display import HTML

check = load_checks("alexnet_counting")

# %% [markdown]
# ## 1 One convolution
#
# L4 counts AlexNet's first layer as an example. An image of 227x227 with 3 channels meets 64 filters of 11x11, which
# move by 4 pixels over an image padded by 2 zeros on each side. Keep it in mind: every formula below is tried on it.
#
# ### 1.1 The edge of the result
#
# A filter of $f$ pixels on an edge of $n$ pixels, padded by $p$ on both sides, moved by $s$, leaves this many numbers:
#
# $$n' = \left\lfloor \frac{n + 2p - f}{s} \right\rfloor + 1$$
#
# Here that is $\lfloor (227 + 4 - 11) / 4 \rfloor + 1 = 56$. Where the filter would hang over the edge there is no
# output, so the fraction is rounded down.
#
# A **dilated** filter has gaps: between two neighbouring weights lie $d - 1$ pixels that it does not look at. Three
# weights with $d = 2$ reach over five pixels. In general $f$ weights reach over $(f - 1) \cdot d + 1$ pixels, and that
# is what has to fit into the image.


# %% answer="output-size"
def conv_size(n, kernel, stride=1, pad=0, dilation=1):
    """The edge of the result: a whole number.

    n: edge of the image. kernel: weights on the filter's edge. stride: pixels from stop to stop.
    pad: zeros on each side. dilation: pixels from weight to weight; 1 for a filter without gaps.
    """
    ### BEGIN SOLUTION
    reach = (kernel - 1) * dilation + 1
    return (n + 2 * pad - reach) // stride + 1
    ### END SOLUTION


# %% grade="output-size"
check("output-size")

# %% [markdown]
# ### 1.2 What it learns
#
# Each filter reaches through all channels of its input, and it has one bias. AlexNet's first layer learns
# $64 \cdot 3 \cdot 11 \cdot 11 + 64 = 23{,}296$ numbers.
#
# The AlexNet of 2012 had to fit on two graphics cards. So its channels were cut into two **groups**, and a filter sees
# the channels of its own group alone. (So do its second, fourth and fifth convolutions; the third and the fully
# connected layers see both halves.) With $g$ groups, filters and channels are both divided into $g$ equal parts: the
# number of filters stays, but each of them reaches through $1/g$ of the channels.


# %% answer="parameters"
def conv_params(channels, filters, kernel, groups=1):
    """The numbers that a convolution learns, its biases among them.

    channels: of the input. filters: in all groups together. kernel: edge of a filter.
    """
    ### BEGIN SOLUTION
    return filters * (channels // groups) * kernel**2 + filters
    ### END SOLUTION


# %% grade="parameters"
check("parameters")

# %% [markdown]
# ### 1.3 What it keeps
#
# A layer's result has to be kept until the next layers have read it, and in training until the way back. A number is
# stored in 32 bits, which is 4 bytes, and a kilobyte is 1024 bytes (L4 counts so, and the rest of this notebook does).
# The first layer's result takes $56 \cdot 56 \cdot 64 \cdot 4 / 1024 = 784$ KB.
#
# L4's column "memory" is about results alone. What a layer has learned wants memory too: the first layer's 23,296
# numbers take $23{,}296 \cdot 4 / 1024 = 91$ KB. Part 3 compares the two for the whole network.


# %% answer="memory"
def memory_kb(shape):
    """KB for numbers of 32 bits in an array of this shape.

    shape: a tuple of any length: (56, 56, 64), or (4096,).
    """
    ### BEGIN SOLUTION
    return np.prod(shape) * 4 / 1024
    ### END SOLUTION


# %% grade="memory"
check("memory")

# %% [markdown]
# ### 1.4 What it computes
#
# Each number of the result is a sum of products, one for each weight of its filter: here $3 \cdot 11 \cdot 11 = 363$
# times "multiply and add". There are $64 \cdot 56 \cdot 56$ such numbers, so the layer takes
#
# $$64 \cdot 56 \cdot 56 \,\cdot\, 3 \cdot 11 \cdot 11 = 72{,}855{,}552$$
#
# multiply-adds (MACs). Mind the words. L4's tables call them "flop". Other texts count the multiplication and the
# addition apart and print twice as much, under the same name. And adding the bias is left out: it would be one
# addition for each number of the result. Here, one multiply-add is one operation, and biases are left out.


# %% answer="multiply-adds"
def conv_operations(channels, filters, kernel, size, groups=1):
    """Multiply-adds of a convolution.

    channels: of the input. filters: in all groups together. kernel: edge of a filter.
    size: edge of the result, which is a square.
    """
    ### BEGIN SOLUTION
    return filters * size**2 * (channels // groups) * kernel**2
    ### END SOLUTION


# %% grade="multiply-adds"
check("multiply-adds")

# %% [markdown]
# ## 2 A whole network
#
# A network is written as a list of its layers. Each is a dictionary, made by one of these functions:


# %% locked="layers"
def conv(name, filters, kernel, stride=1, pad=0, dilation=1, groups=1):
    window = {"kernel": kernel, "stride": stride, "pad": pad, "dilation": dilation}
    return {"name": name, "kind": "conv", "filters": filters, **window, "groups": groups}


def pool(name, kernel, stride, pad=0):
    return {"name": name, "kind": "pool", "kernel": kernel, "stride": stride, "pad": pad}


def gap(name):
    return {"name": name, "kind": "gap"}


def flatten(name):
    return {"name": name, "kind": "flatten"}


def fc(name, units):
    return {"name": name, "kind": "fc", "units": units}


ALEXNET = [
    conv("conv1", 64, 11, stride=4, pad=2),
    pool("pool1", 3, stride=2),
    conv("conv2", 192, 5, pad=2),
    pool("pool2", 3, stride=2),
    conv("conv3", 384, 3, pad=1),
    conv("conv4", 256, 3, pad=1),
    conv("conv5", 256, 3, pad=1),
    pool("pool5", 3, stride=2),
    flatten("flatten"),
    fc("fc6", 4096),
    fc("fc7", 4096),
    fc("fc8", 1000),
]

# %% [markdown]
# The layers that are not convolutions:
#
# | kind | result | learns | operations |
# |---|---|---|---|
# | `pool` | the edge shrinks as under a filter, channel by channel | nothing | one for each pixel of each window |
# | `gap`, global average pooling | one number a channel | nothing | one for each number of the *input* |
# | `flatten` | the same numbers in one row | nothing | none |
# | `fc`, fully connected | `units` numbers, each from all inputs | a weight a pair, a bias a unit | one a weight |
#
# Write the function that counts such a list. Go through the layers and remember the shape: what one layer returns is
# what the next one gets. Use your functions from part 1.


# %% answer="alexnet-table"
def count_network(layers, shape):
    """The table of a network: a list with a dictionary for each layer, in order.

    layers: made by conv, pool, gap, flatten and fc. shape: of the image, (height, width, channels), a square.

    Each dictionary has name, shape (of the layer's result, (n,) after flatten, gap and fc), memory_kb (of the
    result), params (biases among them) and operations.
    """
    ### BEGIN SOLUTION
    rows = []
    for layer in layers:
        params = operations = 0
        if layer["kind"] == "conv":  # given: the plot of fields asks so too
            height, _, channels = shape
            filters, kernel, groups = layer["filters"], layer["kernel"], layer["groups"]
            size = conv_size(height, kernel, layer["stride"], layer["pad"], layer["dilation"])
            shape = (size, size, filters)
            params = conv_params(channels, filters, kernel, groups)
            operations = conv_operations(channels, filters, kernel, size, groups)
        elif layer["kind"] == "pool":
            size = conv_size(shape[0], layer["kernel"], layer["stride"], layer["pad"])
            shape = (size, size, shape[2])
            operations = int(np.prod(shape)) * layer["kernel"] ** 2
        elif layer["kind"] == "gap":
            operations = int(np.prod(shape))
            shape = (shape[2],)
        elif layer["kind"] == "flatten":
            shape = (int(np.prod(shape)),)
        elif layer["kind"] == "fc":
            operations = shape[0] * layer["units"]
            params = operations + layer["units"]
            shape = (layer["units"],)
        row = {"name": layer["name"], "shape": shape, "memory_kb": memory_kb(shape)}
        rows.append({**row, "params": params, "operations": operations})
    return rows
    ### END SOLUTION


# %% grade="alexnet-table"
check("alexnet-table")


# %%
def show(rows):
    print(f"{'layer':<8} {'result':>12} {'KB':>9} {'params':>12} {'operations':>14}")
    for row in rows:
        result = "x".join(map(str, row["shape"]))
        print(f"{row['name']:<8} {result:>12} {row['memory_kb']:>9.2f} {row['params']:>12,} {row['operations']:>14,}")
    totals = [sum(row[column] for row in rows) for column in ("memory_kb", "params", "operations")]
    print(f"{'total':<8} {'':>12} {totals[0]:>9.2f} {totals[1]:>12,} {totals[2]:>14,}")


alexnet = count_network(ALEXNET, (227, 227, 3))
show(alexnet)

# %% [markdown]
# ## 3 Three remarks
#
# L4 draws three conclusions from this table: most of the **memory** of results is in the early convolutions, nearly all
# **parameters** are in the fully connected layers, and most **operations** are in the convolutions. Look for yourself:

# %%
figure, panels = plt.subplots(1, 3, figsize=(11, 3.6), sharey=True, layout="constrained")
names = [row["name"] for row in alexnet]
colours = [BLUE if name.startswith("conv") else ORANGE if name.startswith("fc") else "0.6" for name in names]
for panel, column, title in zip(
    panels,
    ("memory_kb", "params", "operations"),
    ("memory (KB)", "parameters (million)", "operations (million)"),
    strict=True,
):
    panel.barh(names, [row[column] / (1 if column == "memory_kb" else 1e6) for row in alexnet], color=colours)
    panel.set_title(title)
panels[0].invert_yaxis()
picture(
    figure,
    "Three bar charts over AlexNet's layers. Memory: conv1 and conv2 are longest, by far. Parameters: nearly all are "
    "in fc6 and fc7. Operations: the five convolutions have nearly all, conv2 most.",
)

# %% [markdown]
# Say it in numbers. `share` tells which part of the whole some layers have. `saved_params` tells how many parameters a
# network loses when layers are *taken out*. That is not always the sum of their own: the layer behind the gap now
# reads another input. L4 says that removing layer 7 saves 16 million parameters and removing 6 and 7 saves 50 million.


# %% answer="remarks"
def share(rows, column, names):
    """The part, 0 to 1, that the layers of these names have in the sum of a column.

    rows: as from count_network. column: "memory_kb", "params" or "operations". names: a list.
    """
    ### BEGIN SOLUTION
    return sum(row[column] for row in rows if row["name"] in names) / sum(row[column] for row in rows)
    ### END SOLUTION


def saved_params(layers, shape, names):
    """How many parameters fewer the network has without the layers of these names.

    layers, shape: as for count_network. names: a list.
    """
    ### BEGIN SOLUTION
    rest = [layer for layer in layers if layer["name"] not in names]
    before, after = (sum(row["params"] for row in count_network(some, shape)) for some in (layers, rest))
    return before - after
    ### END SOLUTION


# %% grade="remarks"
check("remarks")

# %%
early, dense = ["conv1", "conv2"], ["fc6", "fc7", "fc8"]
convolutions = ["conv1", "conv2", "conv3", "conv4", "conv5"]
print(f"memory in conv1 and conv2:      {share(alexnet, 'memory_kb', early):.1%}")
print(f"parameters in fc6, fc7, fc8:    {share(alexnet, 'params', dense):.1%}")
print(f"operations in the convolutions: {share(alexnet, 'operations', convolutions):.1%}")
for gone in (["fc7"], ["fc6", "fc7"]):
    print(f"without {' and '.join(gone)}: {saved_params(ALEXNET, (227, 227, 3), gone):,} parameters fewer")
results, learned = (sum(row[column] for row in alexnet) for column in ("memory_kb", "params"))
weights = memory_kb((learned,))
print(f"memory of the results: {results:,.0f} KB; of what is learned: {weights:,.0f} KB")
print(f"that is {weights / results:.0f} times as much")

# %% [markdown]
# The last line shows what the first remark leaves out: for one image, what AlexNet has *learned* takes about a hundred
# times the memory of all its results, and that sits in the fully connected layers. In training the results of every
# image of the batch are kept, so with some hundred images the two are alike.

# %% [markdown]
# ### In your own words: why there? (2 points)
#
# Give a reason for each of the three remarks, from the formulas of part 1: (a) Why is the memory in the early
# convolutions? (b) Why are the parameters in the fully connected layers? (c) Why are the operations in the
# convolutions, although they have so few parameters? One or two sentences each, with a number from your table.

# %% [markdown] manual="why-there" points=2
# ### BEGIN SOLUTION
# (a) Memory is height x width x channels. conv1's stride divides height x width by 16, each pooling by about four, and
# channels grow more slowly: conv1 keeps 56 * 56 * 64 numbers, conv5 only 13 * 13 * 256, a fifth. (b) A fully connected
# layer has a weight for every pair of input and output, 9,216 * 4,096 in fc6; a convolution has one small filter for
# all places. (c) Each of its few weights is used at every place: conv2's 307,200 weights are used at 27 * 27 = 729
# places and give 224 million multiply-adds, while each of fc6's 38 million weights is used once.
# ### END SOLUTION

# %% [markdown]
# ## 4 Cheaper convolutions
#
# ### 4.1 First squeeze, then look: 1x1
#
# A 1x1 convolution sees no neighbours. It mixes channels, and it can make them fewer. L4's example has a map of
# 28x28x192 and wants 32 filters of 5x5: $28 \cdot 28 \cdot 32 \,\cdot\, 5 \cdot 5 \cdot 192 \approx 120$ million
# multiply-adds. If a 1x1 convolution first squeezes the 192 channels to 16, the 5x5 filters reach through 16 channels
# only. What do both steps take together?


# %% answer="bottleneck"
def bottleneck_operations(channels, between, filters, kernel, size):
    """Multiply-adds of a 1x1 convolution to `between` channels and then a convolution to `filters`.

    channels: of the input. kernel: edge of the second convolution's filters.
    size: edge of the map, which both convolutions keep.
    """
    ### BEGIN SOLUTION
    squeeze = conv_operations(channels, between, 1, size)
    return squeeze + conv_operations(between, filters, kernel, size)
    ### END SOLUTION


# %% grade="bottleneck"
check("bottleneck")

# %%
for lecture, (channels, between, filters, kernel, size) in {
    "L4": (192, 16, 32, 5, 28),
    "L3": (256, 32, 64, 5, 128),
}.items():
    direct = conv_operations(channels, filters, kernel, size)
    squeezed = bottleneck_operations(channels, between, filters, kernel, size)
    print(f"{lecture}: {direct:,} at once, {squeezed:,} with 1x1 before it, {direct / squeezed:.1f} times as many")

# %% [markdown]
# ### 4.2 First look, then mix: depthwise-separable
#
# MobileNet takes a convolution apart in another way. First each channel gets *one* filter of its own and is not mixed
# with the others (**depthwise**: as many groups as channels). Then a 1x1 convolution mixes the channels
# (**pointwise**). L3 turns 6 channels into 3 with 3x3 filters: $3 \cdot 3 \cdot 6 \cdot 3 = 162$ weights as one
# convolution. How many are they apart? L4 gives the share of the cost for any numbers, $M$ channels in, $N$ out, a
# filter of $D_K$: $1/N + 1/D_K^2$. Neither counts biases here.


# %% answer="separable"
def separable_weights(channels, filters, kernel):
    """Weights of a depthwise convolution followed by a pointwise one, without biases."""
    ### BEGIN SOLUTION
    return channels * kernel**2 + channels * filters
    ### END SOLUTION


def separable_share(channels, filters, kernel):
    """Weights of the separable form, divided by those of one convolution: a number, mostly below 1."""
    ### BEGIN SOLUTION
    return separable_weights(channels, filters, kernel) / (channels * filters * kernel**2)
    ### END SOLUTION


# %% grade="separable"
check("separable")

# %%
counts = np.array([1, 2, 4, 8, 16, 32, 64, 128, 256])
figure, axis = plt.subplots(figsize=(5.5, 3), layout="constrained")
for kernel, colour, style in ((3, BLUE, "-"), (5, ORANGE, "--")):
    axis.plot(counts, [separable_share(64, n, kernel) for n in counts], style, color=colour, label=f"{kernel}x{kernel}")
    axis.axhline(1 / kernel**2, color=colour, linewidth=0.7)
axis.set_xscale("log", base=2)
axis.set(xlabel="filters N", ylabel="share of the cost", ylim=(0, 1.2))
axis.legend()
picture(
    figure,
    "The share of the cost against the number of filters, for 3x3 (solid) and 5x5 (dashed). Both fall steeply and "
    "flatten out at one ninth and one twenty-fifth: with many filters nearly all the cost is the pointwise step's.",
)

# %% [markdown]
# ## 5 Blocks at equal cost
#
# Deep networks repeat one block. Designers compare blocks *at equal cost*: what do I get if I spend the same number of
# weights otherwise?
#
# - **ResNet's bottleneck**: 256 channels, a 1x1 convolution to 64, 3x3 on 64, 1x1 back to 256; what came in is added.
#   Weights: $256 \cdot 64 + 9 \cdot 64 \cdot 64 + 64 \cdot 256 = 69{,}632$. (Two 3x3 convolutions on 256 channels
#   would take 1,179,648.)
# - **ResNeXt** splits the same block into $C$ paths side by side (the *cardinality*), each squeezing to $d$ channels:
#   1x1 from 256 to $d$, 3x3 on $d$, 1x1 back to 256, and all paths are added up. L4 lists 1 x 64d, 2 x 40d, 4 x 24d,
#   8 x 14d and 32 x 4d as equal in cost. `equal_width` finds those $d$: the whole number that brings the weights of $C$
#   paths nearest to those of the one path with $d = 64$.
# - **Inception** (GoogLeNet) runs four branches side by side: 1x1; 1x1 then 3x3; 1x1 then 5x5; pooling then 1x1.
#   Each convolution has biases.
# - **Squeeze-and-excitation** makes one number of each channel's mean and weighs the channels: two fully connected
#   layers, from $C$ to $C / r$ and back to $C$.


# %% answer="blocks"
def resnext_weights(cardinality, width, channels=256):
    """Weights of a ResNeXt block without biases: `cardinality` paths of `width` channels."""
    ### BEGIN SOLUTION
    return cardinality * (channels * width + 9 * width**2 + width * channels)
    ### END SOLUTION


def equal_width(cardinality):
    """The whole width whose block has a weight count nearest to that of one path of 64, at 256 channels."""
    ### BEGIN SOLUTION
    goal = resnext_weights(1, 64)
    return min(range(1, 65), key=lambda width: abs(resnext_weights(cardinality, width) - goal))
    ### END SOLUTION


def inception_params(channels, one, reduce3, three, reduce5, five, pooled):
    """Parameters of an inception module, biases among them.

    one, three, five, pooled: filters at the end of the four branches. reduce3, reduce5: of the 1x1
    convolutions before the 3x3 and the 5x5.
    """
    ### BEGIN SOLUTION
    branches = [(channels, one, 1), (channels, reduce3, 1), (reduce3, three, 3), (channels, reduce5, 1)]
    branches += [(reduce5, five, 5), (channels, pooled, 1)]
    return sum(conv_params(*branch) for branch in branches)
    ### END SOLUTION


def excitation_weights(channels, ratio=16):
    """Weights of the two fully connected layers of squeeze-and-excitation, without biases."""
    ### BEGIN SOLUTION
    return 2 * channels * (channels // ratio)
    ### END SOLUTION


# %% grade="blocks"
check("blocks")

# %% [markdown]
# ResNet-50 has 3, 4, 6 and 3 blocks of 256, 512, 1024 and 2048 channels. What does squeeze-and-excitation add to its
# 25.6 million parameters? And what did GoogLeNet save by pooling globally where VGG-16 has three fully connected
# layers?

# %%
excitation = sum(
    blocks * excitation_weights(channels) for blocks, channels in zip((3, 4, 6, 3), (256, 512, 1024, 2048), strict=True)
)
print(f"squeeze-and-excitation adds {excitation:,} weights to ResNet-50, {excitation / 25.6e6:.1%}")
heads = {
    "VGG-16": ([flatten("flatten"), fc("fc6", 4096), fc("fc7", 4096), fc("fc8", 1000)], (7, 7, 512)),
    "GoogLeNet": ([gap("average"), fc("fc", 1000)], (7, 7, 1024)),
}
for network, (head, shape) in heads.items():
    print(f"\n{network}, from {shape} to 1000 classes")
    show(count_network(head, shape))

# %% [markdown]
# ## 6 What does it see?
#
# One number deep in the network depends on a square of the image, its **receptive field**. Walk through the layers
# with two numbers: the field $r$, at first 1, and the distance $j$ in the image between two neighbours of the present
# map, at first 1. A layer whose filter reaches over $e$ numbers of the map widens the field by $(e - 1)$ steps of $j$
# pixels each. *Then* its stride makes the distance larger:
#
# $$r \leftarrow r + (e - 1) \cdot j, \qquad j \leftarrow j \cdot s$$
#
# For AlexNet: conv1 sees 11 pixels, its results are 4 apart; pool1 sees $11 + 2 \cdot 4 = 19$ pixels, 8 apart; and so
# on.


# %% answer="receptive-field"
def receptive_field(layers):
    """The edge, in pixels, of the square that one number of the last layer's result depends on.

    layers: made by conv (mind its dilation) and pool. The image is as large as it needs to be.
    """
    ### BEGIN SOLUTION
    field = distance = 1
    for layer in layers:
        reach = (layer["kernel"] - 1) * layer.get("dilation", 1) + 1
        field += (reach - 1) * distance
        distance *= layer["stride"]
    return field
    ### END SOLUTION


# %% grade="receptive-field"
check("receptive-field")

# %%
fields = [receptive_field(ALEXNET[: depth + 1]) for depth in range(8)]
figure, axis = plt.subplots(figsize=(5.2, 4.2), layout="constrained")
axis.set(xlim=(0, 290), ylim=(227, 0), aspect="equal", xticks=[0, 227], yticks=[0, 227])
axis.axvline(227, color="0.3", linewidth=0.8)
for place, (layer, field) in enumerate(zip(ALEXNET, fields, strict=False)):
    corner = (227 - field) / 2
    colour, style = (BLUE, "-") if layer["kind"] == "conv" else (ORANGE, "--")
    axis.add_patch(plt.Rectangle((corner, corner), field, field, fill=False, edgecolor=colour, linestyle=style))
    label = (235, 196 - 26 * place)
    line = {"arrowstyle": "-", "color": "0.7", "linewidth": 0.6}
    axis.annotate(f"{layer['name']} {field}", (corner + field, corner), label, fontsize=8, va="center", arrowprops=line)
picture(
    figure,
    "Nested squares in an image of 227 by 227, what one number sees: 11 pixels after conv1, 19, 51, 67, 99, 131, 163, "
    "and 195 after pool5. Solid squares are convolutions, dashed ones poolings.",
)

# %% [markdown]
# ## 7 Misprints in the lectures
#
# Here are three of L4's tables as they are printed. A printed number is right if it is the true one, rounded to the
# digits that are printed: 23 for 23.296, 254 for 253.5.
#
# AlexNet is here down to pool5. Below that L4 leaves the biases of fully connected layers out (it prints 37,749
# thousand for fc6, you count 37,753), which is a choice and no error, though another of its tables makes the other
# choice.

# %% locked="printed"
COLUMNS = ("in_channels", "in_size", "out_channels", "out_size", "memory_kb", "params_k", "operations_m")
PRINTED = {
    "alexnet": {  # lecture L4, AlexNet
        "conv1": (3, 227, 64, 56, 784, 23, 73),
        "pool1": (64, 56, 64, 27, 182, 0, 0),
        "conv2": (64, 27, 192, 27, 547, 307, 224),
        "pool2": (192, 27, 192, 13, 127, 0, 0),
        "conv3": (192, 13, 384, 13, 254, 664, 112),
        "conv4": (384, 13, 256, 13, 169, 885, 145),
        "conv5": (256, 13, 256, 13, 169, 590, 100),
        "pool5": (256, 13, 256, 6, 36, 0, 0),
    },
    "stem": {  # lecture L4, the beginning of GoogLeNet, from 224 to 28
        "conv1": (3, 224, 64, 112, 3136, 9, 118),
        "pool1": (64, 112, 64, 56, 784, 0, 2),
        "conv2a": (64, 56, 64, 56, 784, 4, 13),
        "conv2b": (64, 56, 192, 56, 2352, 111, 347),
        "pool2": (192, 56, 192, 28, 588, 0, 1),
    },
    "totals": {  # lecture L4, "total from 224 to 28 spatial resolution", (memory_mb, params_k, operations_m)
        "stem": (7.5, 124, 418),
        "vgg": (42.9, 1100, 7485),
    },
}
TOTALS = ("memory_mb", "params_k", "operations_m")
STEM = [
    conv("conv1", 64, 7, stride=2, pad=3),
    pool("pool1", 3, stride=2, pad=1),
    conv("conv2a", 64, 1),
    conv("conv2b", 192, 3, pad=1),
    pool("pool2", 3, stride=2, pad=1),
]
VGG = [  # VGG-16, the layers that bring 224 down to 28
    *(conv(f"conv1_{n}", 64, 3, pad=1) for n in (1, 2)),
    pool("pool1", 2, stride=2),
    *(conv(f"conv2_{n}", 128, 3, pad=1) for n in (1, 2)),
    pool("pool2", 2, stride=2),
    *(conv(f"conv3_{n}", 256, 3, pad=1) for n in (1, 2, 3)),
    pool("pool3", 2, stride=2),
]

# %% [markdown]
# List what is wrong as `(table, row, column, right)`, with the right number in the unit of its column: KB and MB of
# 1024, thousands of parameters, millions of operations. It may be rounded as the printed one is. So
# `("alexnet", "conv1", "params_k", 23.3)` would say that conv1's 23 is a misprint (it is not). Every misprint that you
# find counts; an entry for a number that is right takes one back. Find them by program, and leave the program in the
# cell: it is the proof.


# %% answer="errata"
errata = []
### BEGIN SOLUTION
for table, layers, edge in (("alexnet", ALEXNET[:8], 227), ("stem", STEM, 224)):
    shape = (edge, edge, 3)
    for row in count_network(layers, shape):
        numbers = (shape[2], shape[0], row["shape"][2], row["shape"][0])
        numbers += (row["memory_kb"], row["params"] / 1e3, row["operations"] / 1e6)
        for column, printed, right in zip(COLUMNS, PRINTED[table][row["name"]], numbers, strict=True):
            if abs(printed - right) > 0.5:
                errata.append((table, row["name"], column, right))
        shape = row["shape"]
for name, layers in (("stem", STEM), ("vgg", VGG)):
    rows = count_network(layers, (224, 224, 3))
    columns = ("memory_kb", "params", "operations")  # given: `show` adds them up
    memory, params, operations = (sum(row[column] for row in rows) for column in columns)
    for column, printed, right, digits in zip(
        TOTALS, PRINTED["totals"][name], (memory / 1024, params / 1e3, operations / 1e6), (0.05, 50, 0.5), strict=True
    ):
        if abs(printed - right) > digits:
            errata.append(("totals", name, column, right))
### END SOLUTION

# %% grade="errata"
check("errata")

# %% [markdown]
# ### In your own words: how did it come about? (2 points)
#
# The lecture concludes from the last two lines that VGG-16 takes 5.7 times the memory, 8.9 times the parameters and
# 17.8 times the operations of GoogLeNet's stem. (a) What are the right ratios? (b) VGG's printed numbers are no slips
# of the pen: they come from leaving something out. Find out what, and show that it gives the printed numbers.

# %% [markdown] manual="how-it-came-about" points=2
# ### BEGIN SOLUTION
# (a) 6.9 times the memory, 13.9 times the parameters, 19.4 times the operations (19.5 where VGG's convolutions alone
# are divided by the stem's alone). (b) The third convolution of the third block, conv3_3, and the results of the
# poolings were left out: 2 * 12,544 + 2 * 6,272 + 2 * 3,136 KB = 43,904 KB = 42.9 MB; 1,735,488 - 590,080 = 1,145,408
# parameters, 1.1 million; and 9,335 - 1,850 = 7,485 million multiply-adds.
# ### END SOLUTION

# %% [markdown]
# ## 8 A table of your own
#
# `table.csv` beside this notebook is a network that nobody else has. (The file that comes with the notebook is an
# example; your instructor gives you yours. When you hand in, your answers are held against *your* table.) In it are six
# misprints, each in a row of its own, in one of the columns `out_size`, `memory_kb`, `params` and `macs`. All other
# numbers are right. Columns are as in parts 1 and 2: parameters with all biases, multiply-adds of convolutions and
# fully connected layers alone, so 0 for pooling; memory in KB of 1024, to two digits.


# %% locked="table"
def number(text):
    return text if not text or text[0].isalpha() else float(text) if "." in text else int(text)


with open("table.csv", encoding="utf-8") as file:
    print(file.readline().strip())
    TABLE = [{key: number(value) for key, value in row.items()} for row in csv.DictReader(file)]

# Lying on its side: a row for each column of the file, so that all of it is seen at once.
lines = []
for column in TABLE[0]:
    tag = "th" if column == "layer" else "td"
    cells = "".join(f"<{tag}>{row[column]}</{tag}>" for row in TABLE)
    lines.append(f'<tr><th scope="row" style="text-align:left">{column}</th>{cells}</tr>')
HTML(f'<table style="font-size:75%">{"".join(lines)}</table>')

# %% [markdown]
# Say where each misprint is, what should stand there, and how it came about: `findings = [("conv2", "params", 307392,
# "bias"), ...]`. The causes are these; six of the eight have happened, once each:

# %% locked="causes"
CAUSES = {
    "bias": "the biases were left out",
    "groups": "the groups were ignored, as if there were one",
    "kilobyte": "a KB was taken for 1000 bytes",
    "rounding": "the edge of the result was rounded up",
    "two-per-mac": "a multiply-add was counted as two",
    "channels": "the output's channels were taken for the input's",
    "dilation": "the dilation was ignored",
    "input-size": "the input's edge was taken for the result's",
}

# %% [markdown]
# You may look through the table by hand, with your functions beside it. Or let a program try the causes: compute what
# *should* stand in a cell, and what each mistake *would* print there.


# %% answer="own-table"
findings = []


### BEGIN SOLUTION
def rights_and_wrongs(row):
    """{column: (what should stand there, {cause: what would stand there})} of a row."""
    kind, n, channels, outputs = row["kind"], row["in_size"], row["in_channels"], row["filters"] or row["out_channels"]
    size, params, macs = row["out_size"], 0, 0
    wrong = {"out_size": {}, "params": {}, "macs": {}}
    if kind in ("conv", "pool"):
        kernel, stride, pad, dilation = row["kernel"], row["stride"], row["pad"], row["dilation"] or 1
        size = conv_size(n, kernel, stride, pad, dilation)
        reach = (kernel - 1) * dilation + 1
        up = -((reach - n - 2 * pad) // stride) + 1
        wrong["out_size"] = {"rounding": up, "dilation": conv_size(n, kernel, stride, pad)}
    if kind == "conv":
        groups = row["groups"]
        params = conv_params(channels, outputs, kernel, groups)
        macs = conv_operations(channels, outputs, kernel, size, groups)
        wrong["params"]["groups"] = conv_params(channels, outputs, kernel)
        wrong["params"]["channels"] = conv_params(outputs, outputs, kernel, groups)
        wrong["macs"]["groups"] = conv_operations(channels, outputs, kernel, size)
        wrong["macs"]["channels"] = conv_operations(outputs, outputs, kernel, size, groups)
        wrong["macs"]["input-size"] = conv_operations(channels, outputs, kernel, n, groups)
    if kind == "fc":
        macs = channels * outputs
        params = macs + outputs
    wrong["params"]["bias"], wrong["macs"]["two-per-mac"] = params - outputs, 2 * macs
    memory = round(memory_kb((size, size, row["out_channels"])), 2)
    wrong["memory_kb"] = {"kilobyte": round(size**2 * row["out_channels"] * 4 / 1000, 2)}
    rights = {"out_size": size, "memory_kb": memory, "params": params, "macs": macs}
    return {column: (rights[column], wrong[column]) for column in rights}


for row in TABLE:
    for column, (right, wrongs) in rights_and_wrongs(row).items():
        if abs(row[column] - right) > 0.01:
            causes = [cause for cause, wrong in wrongs.items() if abs(row[column] - wrong) <= 0.01]
            if causes:
                findings.append((row["layer"], column, right, causes[0]))
### END SOLUTION

# %% grade="own-table"
check("own-table")

# %% [markdown]
# ## 9 The same by machine
#
# `cnnkit.counting` counts any network of this course, layer by layer, and writes the formula beside it. Compare:

# %%
from cnnkit.counting import count

theirs = count("alexnet_table", "lecture")
for mine in alexnet:
    row = theirs[mine["name"]]
    same = row.output == tuple(mine["shape"]) and row.operations.value == mine["operations"]
    print(f"{mine['name']:<8} {'the same' if same else 'differs'}   {row.formula}")

# %% [markdown]
# And Keras, which builds the network and can be asked (this cell takes some seconds, since it imports TensorFlow, which
# no browser runs):

# %%
import sys

if sys.platform == "emscripten":
    print("A browser's Python has no Keras: this cell counts with it where cnnkit is installed on a computer.")
else:
    import cnnkit

    cnnkit.quiet()  # before TensorFlow is imported, which is talkative

    from cnnkit.models import alexnet as build_alexnet

    model = build_alexnet("table")
    print(f"Keras {model.count_params():,}, you {sum(row['params'] for row in alexnet):,} parameters")
