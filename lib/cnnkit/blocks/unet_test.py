"""U-Net's steps down and up."""

import keras
import numpy as np
import pytest

from cnnkit.blocks import double_convolution, unet_down, unet_up
from cnnkit.models.testing import randomize, run


def test_down_pools_its_own_features():
    x = keras.Input((12, 16, 2))
    model = keras.Model(x, list(unet_down(x, 3)))
    randomize(model, 0.5)
    features, pooled = run(model, np.random.default_rng(0).random((1, 12, 16, 2), dtype="float32"))
    assert features.shape == (1, 8, 12, 3) and features.max() > 0
    np.testing.assert_array_equal(pooled, features.reshape(1, 4, 2, 6, 2, 3).max(axis=(2, 4)))


@pytest.mark.parametrize(("padding", "size"), [("valid", (8, 12)), ("same", (12, 16))])
def test_two_convolutions(padding, size):
    x = keras.Input((12, 16, 2))
    model = keras.Model(x, double_convolution(x, 3, padding))
    assert model.output_shape == (None, *size, 3)
    assert model.count_params() == (9 * 2 + 1) * 3 + (9 * 3 + 1) * 3


def step_up(height, width):
    x, features = keras.Input((4, 6, 8)), keras.Input((height, width, 4))
    model = keras.Model([x, features], unet_up(x, features, 4, name="up"))
    randomize(model, 0.5)
    return model


def test_up_crops_alike_on_both_sides():
    model = step_up(12, 14)
    rng = np.random.default_rng(0)
    inputs = [rng.random((1, *tensor.shape[1:]), dtype="float32") for tensor in model.inputs]
    cropped, joined, base = run(
        keras.Model(model.inputs, [model.get_layer(f"up_{n}").output for n in ("crop", "concatenate")] + model.outputs),
        inputs,
    )
    np.testing.assert_array_equal(cropped, inputs[1][:, 2:-2, 1:-1])
    np.testing.assert_array_equal(joined[..., :4], cropped)
    assert base.shape == (1, 4, 8, 4)

    margin, inside = inputs[1].copy(), inputs[1].copy()
    margin[:, :2] += 1
    inside[:, 5:7, 6:8] += 1
    np.testing.assert_array_equal(run(model, [inputs[0], margin]), base)
    assert (run(model, [inputs[0], inside]) != base).any()


def test_features_of_the_right_size_are_not_cropped():
    assert "up_crop" not in {layer.name for layer in step_up(8, 12).layers}


@pytest.mark.parametrize("size", [(9, 12), (8, 11), (6, 12), (None, 12)])
def test_features_that_cannot_be_cropped_are_named(size):
    with pytest.raises(ValueError, match=r"alike on both sides to \(8, 12\).*received"):
        step_up(*size)


def test_features_that_cannot_be_halved_are_named():
    with pytest.raises(ValueError, match=r"even; from an input of shape \(None, 11, 16, 2\)"):
        unet_down(keras.Input((11, 16, 2)), 3)
