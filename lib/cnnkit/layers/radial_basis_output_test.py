import keras
import numpy as np
import pytest

from cnnkit.layers import RadialBasisOutput
from cnnkit.layers.testing import assert_gradients, assert_saves_and_loads, assert_symbolic_shape

CODES = np.random.default_rng(7).choice([-1.0, 1.0], size=(4, 6))


def test_it_is_the_negative_squared_distance():
    inputs = np.random.default_rng(0).normal(size=(5, 6)).astype("float32")
    expected = [[-((row.astype("float64") - code) ** 2).sum() for code in CODES] for row in inputs]
    np.testing.assert_allclose(keras.ops.convert_to_numpy(RadialBasisOutput(CODES)(inputs)), expected, rtol=1e-5)


def test_a_code_is_nearest_to_itself():
    outputs = keras.ops.convert_to_numpy(RadialBasisOutput(CODES)(CODES.astype("float32")))
    assert (np.diag(outputs) == 0).all() and (outputs.argmax(axis=1) == np.arange(4)).all()


def test_it_has_no_parameters():
    layer = RadialBasisOutput(CODES)
    layer.build((None, 6))
    assert layer.count_params() == 0


@pytest.mark.parametrize("shape", [(None, 6), (3, 6)])
def test_symbolic_and_eager_shapes_agree(shape):
    assert_symbolic_shape(RadialBasisOutput(CODES), shape)


def test_save_and_load():
    assert_saves_and_loads(RadialBasisOutput(CODES), (6,))


def test_gradients():
    assert_gradients(RadialBasisOutput(CODES), (3, 6))


@pytest.mark.parametrize("shape", [(6,), (2, 5), (2, 3, 6)])
def test_an_input_of_another_shape_is_named(shape):
    with pytest.raises(ValueError, match=r"takes \(batch, 6\), and received shape"):
        RadialBasisOutput(CODES)(keras.KerasTensor(shape))


@pytest.mark.parametrize("codes", [[1.0, -1.0], np.zeros((0, 4)), np.zeros((1, 2, 3))])
def test_bad_codes_are_named(codes):
    with pytest.raises(ValueError, match="table .classes, features."):
        RadialBasisOutput(codes)
