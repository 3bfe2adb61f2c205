import keras
import numpy as np
import pytest

from cnnkit.blocks import conv_norm
from cnnkit.models.testing import images_for, randomize, run


@pytest.mark.parametrize("options", [{}, {"strides": 2}, {"kernel_size": 5, "dilation_rate": 2}, {"groups": 3}])
def test_sizes_and_parameters(options):
    x = keras.Input((7, 10, 6))
    model = keras.Model(x, conv_norm(x, 12, name="block", **options))
    strides, size = options.get("strides", 1), options.get("kernel_size", 3)
    assert model.output_shape == (None, -(-7 // strides), -(-10 // strides), 12)
    assert model.count_params() == size**2 * 6 // options.get("groups", 1) * 12 + 4 * 12
    assert [layer.name for layer in model.layers[1:]] == ["block_conv", "block_norm", "block_activation"]


def test_the_activation_comes_last():
    x = keras.Input((5, 6, 2))
    plain, positive = keras.Model(x, conv_norm(x, 4, activation=None)), keras.Model(x, conv_norm(x, 4))
    randomize(plain)
    positive.set_weights(plain.get_weights())
    outputs = run(plain, images_for(plain))
    assert (outputs < 0).any()
    np.testing.assert_array_equal(run(positive, images_for(plain)), np.maximum(outputs, 0))


def test_even_kernels_are_named():
    with pytest.raises(ValueError, match="is odd.* received 4"):
        conv_norm(keras.Input((8, 8, 3)), 2, kernel_size=4)
