"""Attacks do not depend on the scale of the logits, and go nowhere where there is no slope."""

import keras
import numpy as np
import pytest
from keras import layers

from cnnkit import attack
from cnnkit.visualize.testing import convolutional, linear, random_images


def scaled(factor):
    """The same network, of which the logits are multiplied."""
    model = convolutional(end=None)
    *others, kernel, bias = model.get_weights()
    model.set_weights([*others, kernel * factor, bias * factor])
    return model


@pytest.mark.parametrize("factor", [1e-7, 1e-15, 1e4])
def test_the_scale_of_the_logits_has_no_say(factor):
    images = random_images()
    plain, other = scaled(1.0), scaled(factor)
    near, same = attack.deepfool(plain, images), attack.deepfool(other, images)
    np.testing.assert_allclose(same.distances, near.distances, rtol=1e-2)
    np.testing.assert_array_equal(same.fooled, near.fooled)
    assert near.fooled.all()
    climbs = [attack.targeted_climb(model, images, 1, steps=5) for model in (plain, other)]
    np.testing.assert_allclose(climbs[0].images, climbs[1].images, atol=1e-4)


@pytest.mark.parametrize("factor", [1e-7, 1e-15, 1e-25])
def test_pgd_goes_as_far_on_a_tiny_gradient(factor):
    model, weights, _ = linear((6, 9, 2), 2, None)
    model.set_weights([weight * factor for weight in model.get_weights()])
    images = random_images(2, (6, 9, 2))
    changed = attack.pgd(model, images, 0, 0.1, norm="l2", value_range=(-9, 9))
    np.testing.assert_allclose(np.linalg.norm((changed - images).reshape(2, -1), axis=1), 0.1, rtol=1e-4)
    towards = (weights[1] - weights[0]) / np.linalg.norm(weights[1] - weights[0])
    np.testing.assert_allclose((changed - images)[0], 0.1 * towards, atol=1e-4)


def dead_relu():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, "relu"), layers.Dense(2)])
    model.set_weights([np.ones((4, 3)), np.full(3, -100.0), np.ones((3, 2)), np.array([1.0, 0.0])])
    return model


def zeros():
    return keras.Sequential([keras.Input((4,)), layers.Dense(2, kernel_initializer="zeros")])


@pytest.mark.parametrize("make", [dead_relu, zeros])
@pytest.mark.parametrize("images", [np.zeros((2, 4)), np.full((2, 4), 0.5)])
def test_without_a_slope_nothing_moves_and_nobody_is_fooled(make, images):
    near = attack.deepfool(make(), images)
    np.testing.assert_array_equal(near.images, images)
    assert not near.fooled.any() and not near.distances.any()
    climb = attack.targeted_climb(make(), images, 1, steps=3)
    np.testing.assert_array_equal(climb.images, images)
    assert not climb.fooled.any()
    np.testing.assert_array_equal(attack.pgd(make(), images, 0, 0.1, norm="l2"), images.astype("float32"))
