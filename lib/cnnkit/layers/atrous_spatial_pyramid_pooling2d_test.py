import keras
import numpy as np
import pytest
from keras import ops

from cnnkit.layers import AtrousSpatialPyramidPooling2D
from cnnkit.layers.testing import assert_close, randomize

EPSILON = 1e-3


def convolution(images, kernel, rate):
    """3x3 or 1x1, dilated, padded to the same size, in float64."""
    edge = kernel.shape[0]
    reach = edge // 2 * rate
    padded = np.pad(images, ((0, 0), (reach, reach), (reach, reach), (0, 0)))
    height, width = images.shape[1:3]
    return sum(
        padded[:, y * rate : y * rate + height, x * rate : x * rate + width] @ kernel[y, x]
        for y, x in np.ndindex(edge, edge)
    )


def branch(images, weights, rate=1):
    kernel, gamma, beta, mean, variance = weights
    outputs = convolution(images, kernel.astype("float64"), rate)
    return np.maximum(gamma * (outputs - mean) / np.sqrt(variance + EPSILON) + beta, 0)


def test_it_is_the_branches_side_by_side_and_their_projection():
    images = np.random.default_rng(0).normal(size=(2, 9, 7, 3)).astype("float32")
    layer = AtrousSpatialPyramidPooling2D(4, rates=(2, 3, 12))
    layer.build(images.shape)
    randomize(layer)
    weights = {name: [np.array(w) for w in part.get_weights()] for name, part in _parts(layer).items()}
    inputs = images.astype("float64")
    views = [branch(inputs, weights[str(place)], rate) for place, rate in enumerate((1, 2, 3, 12))]
    image = branch(inputs.mean(axis=(1, 2), keepdims=True), weights["image"])
    views.append(np.broadcast_to(image, views[0].shape))
    expected = branch(np.concatenate(views, axis=3), weights["projection"])
    assert (expected > 0).mean() > 0.1
    assert_close(layer(images), expected)


def _parts(layer):
    numbered = {str(place): part for place, part in enumerate(layer.branches)}
    return {**numbered, "image": layer.image_branch, "projection": layer.projection}


def test_batch_normalization_learns_in_training_alone():
    images = np.random.default_rng(1).normal(size=(2, 6, 5, 3)).astype("float32")
    layer = AtrousSpatialPyramidPooling2D(2, rates=(1,))
    layer(images)
    before = [np.array(w) for w in layer.get_weights()]
    layer(images, training=False)
    assert all((a == b).all() for a, b in zip(before, layer.get_weights(), strict=True))
    layer(images, training=True)
    assert sum((a != b).any() for a, b in zip(before, layer.get_weights(), strict=True)) == 2 * 4


def test_the_parameters_are_the_docstrings_count():
    filters, channels, rates = 256, 2048, (6, 12, 18)
    layer = AtrousSpatialPyramidPooling2D()
    layer.build((None, None, None, channels))
    convolutions = filters * (channels * (2 + 9 * len(rates)) + filters * (2 + len(rates)))
    normalizations = (len(rates) + 3) * 4 * filters
    assert layer.count_params() == convolutions + normalizations
    assert len(layer.trainable_weights) == 3 * (len(rates) + 3)


@pytest.mark.parametrize("size", [(5, 9), (33, 20)])
def test_a_constant_image_gives_the_image_branch_everywhere(size):
    layer = AtrousSpatialPyramidPooling2D(3, rates=(1,))
    views = layer.image_branch(ops.ones((1, 1, 1, 2)))
    assert tuple(views.shape) == (1, 1, 1, 3)
    assert tuple(layer(keras.ops.ones((1, *size, 2))).shape) == (1, *size, 3)
