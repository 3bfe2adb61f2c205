import keras
import numpy as np
import pytest

from cnnkit.layers import ScaledTanh, scaled_tanh


def test_it_is_the_papers_formula():
    x = np.linspace(-5, 5, 101, dtype="float32").reshape(1, -1)
    expected = 1.7159 * np.tanh(2 / 3 * x.astype("float64"))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(scaled_tanh(x)), expected, atol=1e-6)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(ScaledTanh()(x)), expected, atol=1e-6)


def test_it_is_odd_and_keeps_plus_and_minus_one():
    values = keras.ops.convert_to_numpy(scaled_tanh(np.array([-2.0, -1.0, 0.0, 1.0, 2.0], "float32")))
    np.testing.assert_allclose(values, -values[::-1], atol=1e-7)
    np.testing.assert_allclose(values[[1, 3]], [-1, 1], atol=1e-4)


@pytest.mark.parametrize("shape", [(2,), (2, 3), (2, 3, 4, 5)])
def test_any_rank_keeps_its_shape(shape):
    layer = ScaledTanh()
    assert layer(np.zeros(shape, "float32")).shape == shape == layer.compute_output_shape(shape)


def test_keras_finds_it_by_its_name():
    dense = keras.layers.Dense(3, activation=scaled_tanh)
    again = keras.layers.deserialize(keras.layers.serialize(dense))
    assert again.activation is scaled_tanh
