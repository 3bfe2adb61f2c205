import keras
import numpy as np
import pytest

from cnnkit.layers import PartiallyConnectedConv2D
from cnnkit.layers.testing import arrays, assert_close
from cnnkit.models import LENET5_C3

TABLE = [[1, 0, 1], [1, 1, 0]]


def reference(images, filters, bias, table, edge):
    """Connection by connection, in float64; filters in the order of the table's ones, row by row."""
    n, height, width, _ = images.shape
    out = np.zeros((n, height - edge + 1, width - edge + 1, len(table[0]))) + bias
    ones = [(i, o) for i, row in enumerate(table) for o, one in enumerate(row) if one]
    for k, (source, target) in enumerate(ones):
        for row in range(out.shape[1]):
            for column in range(out.shape[2]):
                window = images[:, row : row + edge, column : column + edge, source].astype("float64")
                out[:, row, column, target] += (window * filters[:, :, k]).sum(axis=(1, 2))
    return out


@pytest.mark.parametrize(
    ("shape", "table", "edge"),
    [((2, 6, 8, 2), TABLE, 3), ((1, 5, 5, 2), TABLE, 1), ((1, 6, 7, 6), LENET5_C3, 5)],
)
def test_it_is_the_sum_over_the_connections(shape, table, edge):
    rng = np.random.default_rng(0)
    images = rng.normal(size=shape).astype("float32")
    layer = PartiallyConnectedConv2D(table, edge)
    layer.build(shape)
    weights = [rng.normal(size=weight.shape) for weight in layer.weights]
    layer.set_weights(weights)
    expected = reference(images, *weights, table, edge)
    assert_close(layer(images), expected)


def test_with_every_connection_it_is_conv2d():
    images = np.random.default_rng(1).normal(size=(2, 7, 6, 3)).astype("float32")
    ours = PartiallyConnectedConv2D(np.ones((3, 4)), 3)
    full = keras.layers.Conv2D(4, 3, data_format="channels_last")
    expected = full(images)
    ours.build(images.shape)
    ours.set_weights([np.reshape(full.get_weights()[0], (3, 3, 12)), full.get_weights()[1]])
    assert_close(ours(images), arrays(expected))


def test_what_is_not_connected_has_no_influence():
    layer = PartiallyConnectedConv2D(TABLE, 3)
    images = np.random.default_rng(2).normal(size=(1, 5, 5, 2)).astype("float32")
    before = keras.ops.convert_to_numpy(layer(images))
    images[..., 0] += 1
    changed = np.abs(keras.ops.convert_to_numpy(layer(images)) - before).max(axis=(0, 1, 2))
    assert changed[1] == 0 and (changed[[0, 2]] > 1e-3).all()


def test_c3_of_lenet_has_1516_parameters():
    layer = PartiallyConnectedConv2D(LENET5_C3, 5)
    layer.build((None, 14, 14, 6))
    assert layer.count_params() == 1516 == sum(np.prod(w.shape) for w in layer.trainable_weights)


def test_the_initializer_is_that_of_the_full_convolution():
    layer = PartiallyConnectedConv2D(LENET5_C3, 5, kernel_initializer=keras.initializers.GlorotUniform(3))
    layer.build((None, 14, 14, 6))
    full = keras.ops.convert_to_numpy(keras.initializers.GlorotUniform(3)((5, 5, 6, 16)))
    kernel = keras.ops.convert_to_numpy(layer.full_kernel())
    np.testing.assert_array_equal(kernel, full * np.array(LENET5_C3))
