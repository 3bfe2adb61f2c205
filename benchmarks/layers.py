"""Speed of the layer library, each thing side by side with what is used in its place.

Ours and the other run in turn; a ratio is the median over these pairs, a time the median of its runs.
What both compute is compared before it is timed.

    python benchmarks/layers.py [--quick] [--only weight_map ...]
"""

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from scipy.ndimage import affine_transform, distance_transform_edt, map_coordinates, zoom
from scipy.spatial import KDTree

from cnnkit.augment import RandomColorCast, RandomElasticDistortion, RandomTranspose, augmented
from cnnkit.layers import (
    AtrousSpatialPyramidPooling2D,
    LocalResponseNormalization,
    MaxPoolingWithIndices2D,
    MaxUnpooling2D,
)
from cnnkit.losses import weight_map

RNG = np.random.default_rng(0)


def row(name: str, ours: Callable[[], object], theirs: Callable[[], object], pairs: int) -> None:
    """A line of the table: milliseconds of both, and how many times as fast ours is."""
    times: list[tuple[float, float]] = []
    for _ in range(pairs):
        begun = time.perf_counter()
        ours()
        between = time.perf_counter()
        theirs()
        times.append((between - begun, time.perf_counter() - between))
    one, other = (statistics.median(column) * 1e3 for column in zip(*times, strict=True))
    ratio = statistics.median(their / our for our, their in times)
    print(f"| {name} | {one:.1f} | {other:.1f} | {ratio:.2f} |", flush=True)


def round_cells(count: int, size: int = 512) -> np.ndarray:
    """An instance mask of `count` discs of about the same area in all, many of which touch."""
    centres = RNG.uniform(0, size, (count, 2))
    distance, nearest = KDTree(centres).query(np.indices((size, size)).reshape(2, -1).T)
    radius = RNG.uniform(0.25, 0.55, count) * size / count**0.5
    return np.where(distance < radius[nearest], nearest + 1, 0).reshape(size, size)


def weight_map_by_cell(labels: np.ndarray, w0: float = 10.0, sigma: float = 5.0) -> np.ndarray:
    """The same map as public U-Net codes make it: one distance transform a cell, the two smallest kept."""
    first = second = np.full(labels.shape, np.inf)
    for cell in np.unique(labels[labels > 0]):
        distance = distance_transform_edt(labels != cell)
        first, second = np.minimum(first, distance), np.minimum(second, np.maximum(first, distance))
    share = np.count_nonzero(labels) / labels.size
    balance = np.where(labels > 0, 0.5 / share, 0.5 / (1 - share))
    return (balance + w0 * np.exp(-((first + second) ** 2) / (2 * sigma**2))).astype("float32")


def bench_weight_map(quick: bool) -> None:
    for count in (25, 200) if quick else (25, 50, 100, 200, 400):
        labels = round_cells(count)
        difference = np.abs(weight_map(labels, border="everywhere") - weight_map_by_cell(labels)).max()
        assert difference <= 1e-6, difference
        name = f"weight map, 512x512, {count} cells, against a transform a cell (differ by {difference:.0e})"
        ours, theirs = partial(weight_map, labels, border="everywhere"), partial(weight_map_by_cell, labels)
        row(name, ours, theirs, 3 if quick else 7)


def augment_pair(image: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One image and its mask as ImageDataGenerator does it: NumPy and SciPy, an image at a time."""
    if RNG.random() < 0.5:
        image, mask = image[:, ::-1], mask[:, ::-1]
    if RNG.random() < 0.5:
        image, mask = image[::-1], mask[::-1]
    if RNG.random() < 0.5:
        image, mask = image.swapaxes(0, 1), mask.swapaxes(0, 1)
    channels, shape = range(image.shape[2]), np.array(mask.shape)
    angle, scale = RNG.uniform(-0.2, 0.2) * np.pi, RNG.uniform(0.9, 1.1)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / scale
    shift = (shape - 1) / 2 - turn @ (shape - 1) / 2
    image = np.stack([affine_transform(image[..., i], turn, shift, order=1, mode="reflect") for i in channels], -1)
    mask = affine_transform(mask, turn, shift, order=0, mode="reflect")
    places = np.indices(shape) + [zoom(RNG.normal(0, 10, (3, 3)), shape / 3, order=3) for _ in range(2)]
    image = np.stack([map_coordinates(image[..., i], places, order=1, mode="reflect") for i in channels], -1)
    mask = map_coordinates(mask, places, order=0, mode="reflect")
    cast = np.where(RNG.random(len(channels)) < 0.5, RNG.uniform(-0.1, 0.1, len(channels)), 0)
    return np.clip(image + cast, 0, 1, dtype="float32"), mask


def bench_augmentation(quick: bool) -> None:
    count = 32 if quick else 64
    images = RNG.random((count, 256, 256, 1), dtype="float32")
    masks = RNG.integers(0, 3, (count, 256, 256), dtype="uint8")
    pairs = tf.data.Dataset.from_tensor_slices((images, masks)).batch(8)
    flips = [keras.layers.RandomFlip("horizontal"), keras.layers.RandomFlip("vertical"), RandomTranspose()]
    cast = RandomColorCast(0.1, value_range=(0, 1))
    chains = {
        "one resampling": [*flips, RandomElasticDistortion(rotation=0.1, scale=0.1), cast],
        "Keras's rotation and zoom, then elastic": [
            *flips,
            keras.layers.RandomRotation(0.1),
            keras.layers.RandomZoom(0.1),
            RandomElasticDistortion(),
            cast,
        ],
    }
    for name, chain in chains.items():
        dataset = augmented(pairs, chain)

        def ours(dataset: tf.data.Dataset = dataset) -> None:
            assert sum(len(batch) for batch, _ in dataset) == count

        def theirs() -> None:
            for image, mask in zip(images, masks, strict=True):
                augment_pair(image, mask)

        ours()
        row(f"augmentation, {count} pairs 256x256, {name}, against SciPy by image", ours, theirs, 3 if quick else 7)


def bench_layer(
    name: str, ours: Callable, theirs: Callable, inputs: np.ndarray, quick: bool, compiled: bool = True
) -> None:
    """Output and gradient for the inputs, in a TensorFlow graph, and in one that XLA compiles.

    On a CPU Keras compiles with XLA only where it is told to. compiled: False where XLA cannot take one of both.
    """
    tensor = tf.constant(inputs)

    def step(function: Callable, xla: bool) -> Callable[[], list[np.ndarray]]:
        @tf.function(autograph=False, jit_compile=xla)
        def output_and_gradient(tensor: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            with tf.GradientTape() as tape:
                tape.watch(tensor)
                output = function(tensor)
                energy = tf.reduce_sum(output * output)
            return output, tape.gradient(energy, tensor)

        return lambda: [array.numpy() for array in output_and_gradient(tensor)]

    for xla in (False, True) if compiled else (False,):
        one, other = step(ours, xla), step(theirs, xla)
        for mine, its in zip(one(), other(), strict=True):
            assert np.linalg.norm(mine - its) <= 1e-4 * np.linalg.norm(its), "more than rounding"
        row(f"{name}, {'x'.join(map(str, inputs.shape))}{', XLA' if xla else ''}", one, other, 5 if quick else 21)


def bench_normalization(quick: bool) -> None:
    def pooled_along_channels(x: tf.Tensor) -> tf.Tensor:
        line = tf.pad(tf.reshape(tf.square(x), (1, -1, x.shape[3], 1)), [[0, 0], [0, 0], [2, 2], [0, 0]])
        sums = tf.reshape(5 * tf.nn.avg_pool2d(line, (1, 5), 1, "VALID"), tf.shape(x))
        return x * tf.exp(-0.75 * tf.math.log(2.0 + 1e-4 * sums))

    others = {
        "tf.nn.local_response_normalization": lambda x: tf.nn.local_response_normalization(x, 2, 2.0, 1e-4, 0.75),
        "tf.nn.avg_pool2d along the channels": pooled_along_channels,
    }
    for shape in ((8, 55, 55, 96), (8, 27, 27, 256)):  # AlexNet's
        images = RNG.normal(scale=30, size=shape).astype("float32")
        for name, other in others.items():
            bench_layer(f"LRN against {name}", LocalResponseNormalization(), other, images, quick)


def bench_unpooling(quick: bool) -> None:
    def pool_and_scatter(x: tf.Tensor) -> tf.Tensor:
        maxima, argmax = tf.nn.max_pool_with_argmax(x, 2, 2, "VALID", include_batch_in_index=True)
        flat = tf.scatter_nd(tf.reshape(argmax, (-1, 1)), tf.reshape(maxima, (-1,)), [tf.size(x, tf.int64)])
        return tf.reshape(flat, x.shape)

    pool, unpool = MaxPoolingWithIndices2D(2), MaxUnpooling2D(2)
    images = RNG.normal(size=(4, 128, 128, 32)).astype("float32")
    bench_layer(
        "pool and unpool against tf.nn.max_pool_with_argmax and scatter",
        lambda x: unpool(list(pool(x))),
        pool_and_scatter,
        images,
        quick,
        compiled=False,  # max_pool_with_argmax
    )


def bench_pyramid(quick: bool) -> None:
    images = RNG.normal(size=(2, 32, 32, 128)).astype("float32")
    aspp = AtrousSpatialPyramidPooling2D(64)
    aspp(images)
    convolutions = {
        "keras.ops.conv": lambda x, kernel, rate: keras.ops.conv(x, kernel, padding="same", dilation_rate=rate),
        "tf.nn.conv2d": lambda x, kernel, rate: tf.nn.conv2d(x, kernel, 1, "SAME", dilations=rate),
    }
    for name, convolution in convolutions.items():
        bench_layer(f"ASPP against {name}", aspp, aspp_of_operations(aspp, convolution), images, quick)


def aspp_of_operations(layer: AtrousSpatialPyramidPooling2D, convolution: Callable) -> Callable[[tf.Tensor], tf.Tensor]:
    """The layer written in the backend's own operations, with the layer's weights."""
    weights = [tf.constant(weight) for weight in layer.get_weights()]
    branches = [weights[first : first + 5] for first in range(0, len(weights), 5)]

    def branch(x: tf.Tensor, which: int, rate: int = 1) -> tf.Tensor:
        kernel, scale, offset, mean, variance = branches[which]
        normal = tf.nn.batch_normalization(convolution(x, kernel, rate), mean, variance, offset, scale, 1e-3)
        return tf.nn.relu(normal)

    def pyramid(x: tf.Tensor) -> tf.Tensor:
        views = [branch(x, 0), *(branch(x, 1 + i, rate) for i, rate in enumerate(layer.rates))]
        image = branch(tf.reduce_mean(x, (1, 2), keepdims=True), len(views))
        views.append(tf.broadcast_to(image, tf.shape(views[0])))
        return branch(tf.concat(views, -1), len(views))

    return pyramid


BENCHMARKS = {
    "weight_map": bench_weight_map,
    "augmentation": bench_augmentation,
    "normalization": bench_normalization,
    "unpooling": bench_unpooling,
    "pyramid": bench_pyramid,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer and smaller runs")
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, default=list(BENCHMARKS), help="some of them")
    arguments = parser.parse_args()
    packages = ", ".join(f"{name} {version(name)}" for name in ("tensorflow", "keras", "numpy", "scipy"))
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {packages}\n")
    print("| what | ours, ms | other, ms | times as fast |\n|---|---|---|---|")
    for name in arguments.only:
        BENCHMARKS[name](arguments.quick)


if __name__ == "__main__":
    main()
