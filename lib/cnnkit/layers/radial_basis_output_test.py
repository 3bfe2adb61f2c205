import keras
import numpy as np

from cnnkit.layers import RadialBasisOutput
from cnnkit.layers.testing import assert_close

CODES = np.random.default_rng(7).choice([-1.0, 1.0], size=(4, 6))


def test_it_is_the_negative_squared_distance():
    inputs = np.random.default_rng(0).normal(size=(5, 6)).astype("float32")
    expected = np.array([[-((row.astype("float64") - code) ** 2).sum() for code in CODES] for row in inputs])
    assert_close(RadialBasisOutput(CODES)(inputs), expected)


def test_a_code_is_nearest_to_itself():
    outputs = keras.ops.convert_to_numpy(RadialBasisOutput(CODES)(CODES.astype("float32")))
    assert (np.diag(outputs) == 0).all() and (outputs.argmax(axis=1) == np.arange(4)).all()


def test_it_has_no_parameters():
    layer = RadialBasisOutput(CODES)
    layer.build((None, 6))
    assert layer.count_params() == 0
