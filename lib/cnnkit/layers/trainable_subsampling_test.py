import keras
import numpy as np
import pytest

from cnnkit.layers import TrainableSubsampling, scaled_tanh
from cnnkit.layers.testing import arrays, assert_close


def reference(images, coefficient, bias, pool):
    n, height, width, maps = images.shape
    rows, columns = height // pool, width // pool
    out = np.zeros((n, rows, columns, maps))
    for row in range(rows):
        for column in range(columns):
            window = images[:, row * pool : (row + 1) * pool, column * pool : (column + 1) * pool]
            out[:, row, column] = window.astype("float64").sum(axis=(1, 2)) * coefficient + bias
    return out


@pytest.mark.parametrize(("shape", "pool"), [((2, 6, 8, 3), 2), ((1, 7, 5, 2), 2), ((3, 9, 7, 1), 3)])
def test_it_is_the_weighted_sum_of_each_window(shape, pool):
    rng = np.random.default_rng(0)
    images, weights = rng.normal(size=shape).astype("float32"), rng.normal(size=(2, shape[3]))
    layer = TrainableSubsampling(pool)
    layer.build(shape)
    layer.set_weights(list(weights))
    expected = reference(images, *weights, pool)
    assert_close(layer(images), expected)


def test_it_begins_as_average_pooling():
    images = np.random.default_rng(1).random((2, 6, 10, 4), dtype="float32")
    average = keras.layers.AveragePooling2D(2, data_format="channels_last")(images)
    ours = TrainableSubsampling()(images)
    assert_close(ours, arrays(average))


def test_s2_of_lenet_has_twelve_parameters():
    layer = TrainableSubsampling()
    layer.build((None, 28, 28, 6))
    assert layer.count_params() == 12 and len(layer.trainable_weights) == 2


def test_the_activation_comes_last():
    images = np.random.default_rng(2).normal(size=(1, 4, 4, 2)).astype("float32")
    plain, curved = TrainableSubsampling()(images), TrainableSubsampling(activation=scaled_tanh)(images)
    assert_close(curved, arrays(scaled_tanh(plain)))
