import numpy as np
import pytest
from keras import ops

from cnnkit.layers import StochasticPooling2D
from cnnkit.layers.testing import arrays, assert_close, input_gradient

WINDOW = np.reshape([1.0, 0.0, 2.0, 5.0], (1, 2, 2, 1)).astype("float32")


def windows(images, edge):
    n, height, width, channels = images.shape
    blocks = images.reshape(n, height // edge, edge, width // edge, edge, channels)
    return np.moveaxis(blocks, 2, 3).reshape(n, height // edge, width // edge, edge**2, channels)


@pytest.mark.parametrize("edge", [1, 2, 3])
def test_in_use_it_is_the_mean_weighted_by_probability(edge):
    images = np.random.default_rng(0).normal(size=(2, 6, 12, 3)).astype("float32")
    a = np.maximum(windows(images.astype("float64"), edge), 0)
    total = a.sum(axis=3)
    expected = (a**2).sum(axis=3) / np.where(total > 0, total, 1)
    assert_close(StochasticPooling2D(edge)(images), expected)


def test_draws_have_the_probabilities_and_the_mean():
    """100,000 draws: shares within 4 standard deviations of p = 1/8, 0, 1/4, 5/8."""
    draws, p = 100_000, np.array([1, 0, 2, 5]) / 8
    images = np.tile(WINDOW, (100, 1, draws // 100, 1))
    drawn = ops.convert_to_numpy(StochasticPooling2D(seed=1)(images, training=True)).ravel()
    shares = np.array([(drawn == value).mean() for value in (1, 0, 2, 5)])
    assert (np.abs(shares - p) <= 4 * np.sqrt(p * (1 - p) / draws)).all() and shares.sum() == 1
    mean = float(ops.convert_to_numpy(StochasticPooling2D()(WINDOW))[0, 0, 0, 0])
    assert mean == 30 / 8 and abs(drawn.mean() - mean) < 4 * drawn.std() / draws**0.5


def test_every_drawn_value_is_one_of_its_window():
    images = np.random.default_rng(1).random((3, 6, 8, 4), dtype="float32")
    drawn = ops.convert_to_numpy(StochasticPooling2D(seed=0)(images, training=True))
    assert (windows(images, 2) == drawn[:, :, :, None]).any(axis=3).all()


def test_a_seed_repeats_the_draws_and_each_call_draws_anew():
    images = np.random.default_rng(2).random((2, 8, 10, 3), dtype="float32")
    one, other, third = StochasticPooling2D(seed=5), StochasticPooling2D(seed=5), StochasticPooling2D(seed=6)
    first, second = (arrays(one(images, training=True))[0] for _ in range(2))
    np.testing.assert_array_equal(arrays(other(images, training=True))[0], first)
    assert (first != second).any() and (first != arrays(third(images, training=True))[0]).any()


@pytest.mark.parametrize("training", [False, True])
def test_a_window_without_a_positive_value_gives_zero_and_a_finite_gradient(training):
    images = -np.arange(8, dtype="float32").reshape(1, 2, 4, 1)
    layer = StochasticPooling2D()
    assert_close(layer(images, training=training), np.zeros((1, 1, 2, 1)), 0)
    gradient = input_gradient(lambda x: layer(x, training=training), images, np.ones((1, 1, 2, 1)))
    assert (gradient == 0).all()


def test_in_training_the_gradient_goes_to_the_drawn_value():
    images = np.random.default_rng(3).random((1, 4, 6, 2), dtype="float32")
    drawn = arrays(StochasticPooling2D(seed=4)(images, training=True))[0]
    layer, upstream = StochasticPooling2D(seed=4), np.random.default_rng(4).random(drawn.shape)
    gradient = windows(input_gradient(lambda x: layer(x, training=True), images, upstream), 2)
    assert_close(gradient, np.where(windows(images, 2) == drawn[:, :, :, None], upstream[:, :, :, None], 0))
