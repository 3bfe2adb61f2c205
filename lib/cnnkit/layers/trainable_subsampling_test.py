import keras
import numpy as np
import pytest

from cnnkit.layers import TrainableSubsampling, scaled_tanh
from cnnkit.layers.testing import assert_gradients, assert_saves_and_loads, assert_symbolic_shape


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
    np.testing.assert_allclose(keras.ops.convert_to_numpy(layer(images)), expected, atol=1e-5)


def test_it_begins_as_average_pooling():
    images = np.random.default_rng(1).random((2, 6, 10, 4), dtype="float32")
    average = keras.layers.AveragePooling2D(2, data_format="channels_last")(images)
    ours = TrainableSubsampling()(images)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(ours), keras.ops.convert_to_numpy(average), atol=1e-6)


def test_s2_of_lenet_has_twelve_parameters():
    layer = TrainableSubsampling()
    layer.build((None, 28, 28, 6))
    assert layer.count_params() == 12 and len(layer.trainable_weights) == 2


def test_the_activation_comes_last():
    images = np.random.default_rng(2).normal(size=(1, 4, 4, 2)).astype("float32")
    plain, curved = TrainableSubsampling()(images), TrainableSubsampling(activation=scaled_tanh)(images)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(scaled_tanh(plain)), keras.ops.convert_to_numpy(curved), atol=1e-6
    )


@pytest.mark.parametrize("shape", [(None, None, None, 3), (None, 7, None, 3), (2, 7, 9, 3)])
def test_symbolic_and_eager_shapes_agree(shape):
    assert_symbolic_shape(TrainableSubsampling(), shape)


def test_save_and_load():
    assert_saves_and_loads(TrainableSubsampling(3, activation=scaled_tanh), (7, 8, 2))


def test_gradients():
    assert_gradients(TrainableSubsampling(activation="tanh"), (2, 4, 5, 2))


@pytest.mark.parametrize("shape", [(2, 4, 3), (1, 2, 4, 4, 3), (2, 4, 4, None)])
def test_an_input_that_is_no_image_is_named(shape):
    with pytest.raises(ValueError, match="received shape"):
        TrainableSubsampling()(keras.KerasTensor(shape))


def test_an_input_smaller_than_the_window_is_named():
    with pytest.raises(ValueError, match=r"window of 4x4 does not fit .*\(1, 8, 3, 2\)"):
        TrainableSubsampling(4)(np.zeros((1, 8, 3, 2), "float32"))


def test_another_number_of_maps_is_an_error():
    layer = TrainableSubsampling()
    layer(np.zeros((1, 4, 4, 2), "float32"))
    with pytest.raises(ValueError, match="incompatible"):
        layer(np.zeros((1, 4, 4, 3), "float32"))


@pytest.mark.parametrize("pool", [0, -1, 2.0, "2", True])
def test_pool_size_is_a_positive_whole_number(pool):
    with pytest.raises(ValueError, match="pool_size"):
        TrainableSubsampling(pool)
