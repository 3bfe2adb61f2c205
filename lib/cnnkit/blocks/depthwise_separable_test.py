import keras
import numpy as np
import pytest

from cnnkit.blocks import depthwise_separable
from cnnkit.models.testing import images_for, randomize, run


def built(channels, filters, size=3, strides=1):
    x = keras.Input((8, 10, channels))
    return keras.Model(x, depthwise_separable(x, filters, size, strides, name="block"))


def kernels(model):
    return [weight for weight in model.trainable_weights if "kernel" in weight.name]


def test_72_weights_against_162():
    """L3: six channels to three by 3x3."""
    separable = sum(int(np.prod(weight.shape)) for weight in kernels(built(6, 3)))
    full = keras.layers.Conv2D(3, 3, use_bias=False)
    full.build((None, 8, 8, 6))
    assert (separable, full.count_params()) == (72, 162)


@pytest.mark.parametrize(("channels", "filters", "size"), [(6, 3, 3), (4, 16, 5)])
def test_the_share_of_the_weights(channels, filters, size):
    """L4: 1/N + 1/Dk**2 of those of a convolution."""
    separable = sum(int(np.prod(weight.shape)) for weight in kernels(built(channels, filters, size)))
    assert separable / (size**2 * channels * filters) == pytest.approx(1 / filters + 1 / size**2)


def test_its_formula():
    model = built(4, 5)
    randomize(model, 0.5)
    images = images_for(model).astype("float64")
    depthwise, pointwise = (keras.ops.convert_to_numpy(weight).astype("float64") for weight in kernels(model))
    padded = np.pad(images, [(0, 0), (1, 1), (1, 1), (0, 0)])
    x = sum(padded[:, r : r + 8, c : c + 10] * depthwise[r, c, :, 0] for r in range(3) for c in range(3))
    x = relu_of_norm(x, model.get_layer("block_depthwise_norm")) @ pointwise[0, 0]
    x = relu_of_norm(x, model.get_layer("block_pointwise_norm"))
    outputs = run(model, images.astype("float32"))
    assert np.linalg.norm(outputs - x) <= 1e-5 * np.linalg.norm(x)


def relu_of_norm(x, layer):
    scale, offset, mean, variance = layer.get_weights()
    return np.maximum((x - mean) / np.sqrt(variance + layer.epsilon) * scale + offset, 0)


def test_strides():
    assert built(4, 5, strides=2).output_shape == (None, 4, 5, 5)
