import keras
import numpy as np
import pytest

from cnnkit.models import Bilinear
from cnnkit.models.testing import run


@pytest.mark.parametrize("strides", [2, 8, 32])
def test_it_upsamples_bilinearly_away_from_the_border(strides):
    layer = keras.layers.Conv2DTranspose(
        3, 2 * strides, strides=strides, padding="same", use_bias=False, kernel_initializer=Bilinear()
    )
    images = np.random.default_rng(0).random((1, 4, 5, 3), dtype="float32")
    bilinear = keras.layers.UpSampling2D(strides, interpolation="bilinear")
    inside = np.s_[:, strides // 2 : -strides // 2, strides // 2 : -strides // 2]
    np.testing.assert_allclose(run(layer, images)[inside], run(bilinear, images)[inside], atol=1e-5)


def test_its_weights_sum_to_one_at_every_output():
    kernel = keras.ops.convert_to_numpy(Bilinear()((8, 8, 1, 1)))[:, :, 0, 0]
    np.testing.assert_allclose(kernel.reshape(2, 4, 2, 4).sum(axis=(0, 2)), 1, atol=1e-6)


@pytest.mark.parametrize("shape", [(4, 2, 3, 3), (4, 4, 3, 2)])
def test_other_kernels_are_named(shape):
    with pytest.raises(ValueError, match=r"square kernels .* not \(4, "):
        Bilinear()(shape)
