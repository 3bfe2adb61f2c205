import keras
import numpy as np
import pytest
from keras import layers

from cnnkit.visualize import activation_maps, activation_maximization, feature_map_maximization, logits
from cnnkit.visualize.testing import linear, network, random_images, unchanged


def norms(images):
    return np.linalg.norm(images.reshape(len(images), -1), axis=1)


@pytest.mark.parametrize("rho", [0.5, 10.0])
def test_of_a_linear_unit_it_is_its_weights_at_the_norm(rho):
    model, weights, _ = linear()
    with unchanged(model, random_images(1, (6, 9, 2))):
        found = activation_maximization(model, [0, 1, 2], rho=rho)
    expected = rho * weights / norms(weights).reshape(3, 1, 1, 1)
    np.testing.assert_allclose(found, expected, atol=1e-3 * rho)


@pytest.mark.parametrize("options", [{}, {"jitter": 2}, {"blur": 0.7}, {"jitter": 1, "blur": 1.0, "center": 0.5}])
def test_the_norm_is_held_and_the_score_climbs(options):
    model = network()
    found = activation_maximization(model, [0, 3], rho=4, steps=60, **options)
    np.testing.assert_allclose(norms(found - options.get("center", 0)), 4, rtol=1e-5)
    start = activation_maximization(model, [0, 3], rho=4, steps=0, **options)
    assert (np.diag(logits(model, found)[:, [0, 3]]) > np.diag(logits(model, start)[:, [0, 3]])).all()


def test_units_side_by_side_are_units_one_by_one_and_seeds_fix_them():
    model, options = network(), {"steps": 20, "jitter": 2, "seed": 3}
    together = activation_maximization(model, [2, 0, 1], batch_size=2, **options)
    alone = [activation_maximization(model, unit, **options) for unit in (2, 0, 1)]
    np.testing.assert_allclose(together, alone, atol=1e-3)
    np.testing.assert_array_equal(together, activation_maximization(model, [2, 0, 1], batch_size=2, **options))
    assert not np.allclose(alone[0], activation_maximization(model, 2, **{**options, "seed": 4}), atol=0.1)


def test_a_unit_of_a_linear_map_is_its_kernel_in_its_place():
    model = keras.Sequential([keras.Input((7, 8, 1)), layers.Conv2D(2, 3, name="c"), layers.Flatten(), layers.Dense(2)])
    found = activation_maximization(model, (2, 4, 1), "c", rho=1)
    kernel = model.get_weights()[0][..., 1]
    expected = np.zeros((7, 8, 1))
    expected[2:5, 4:7] = kernel / np.linalg.norm(kernel)
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_a_channel_is_climbed_in_the_mean_over_its_map():
    model = network()
    found = activation_maximization(model, [1, 4], "second", rho=5, steps=50)
    start = activation_maximization(model, [1, 4], "second", rho=5, steps=0)
    means = [activation_maps(model, images, "second").mean(axis=(1, 2)) for images in (found, start)]
    assert (np.diag(means[0][:, [1, 4]]) > np.diag(means[1][:, [1, 4]])).all()


def test_blur_makes_it_smoother():
    model, _, _ = linear()
    rough, smooth = (activation_maximization(model, 0, blur=blur) for blur in (0.0, 1.0))
    assert np.abs(np.diff(smooth, axis=1)).sum() < 0.5 * np.abs(np.diff(rough, axis=1)).sum()


@pytest.mark.parametrize("channel", [None, 3])
def test_an_image_is_climbed_from_and_keeps_its_norm(channel):
    model, images = network(), random_images()
    with unchanged(model, images):
        found = feature_map_maximization(model, images, "second", channel, center=0.5)
    np.testing.assert_allclose(norms(found - 0.5), norms(images - 0.5), rtol=1e-5)
    before, after = (activation_maps(model, x, "second") for x in (images, found))
    if channel is None:
        assert ((after**2).mean(axis=(1, 2, 3)) > (before**2).mean(axis=(1, 2, 3))).all()
    else:
        assert (after[..., 3].mean(axis=(1, 2)) > before[..., 3].mean(axis=(1, 2))).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: activation_maximization(m, 4), r"are channels or one number, and received 4"),
        (lambda m: activation_maximization(m, (0, 0, 8), "second"), r"are channels or \(row, column, channel\)"),
        (lambda m: activation_maximization(m, [1, 2.5]), "received"),
        (lambda m: activation_maximization(m, 0, "secnd"), "near it are second"),
        (lambda m: activation_maximization(m, 0, rho=0), "rho and the images' norms more than 0"),
        (lambda m: feature_map_maximization(m, np.zeros((1, 10, 14, 3)), "second"), "norms more than 0"),
        (lambda m: feature_map_maximization(m, np.zeros((10, 14, 3)), "second"), r"give images\[None\]"),
    ],
)
def test_impossible_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call(network())


def test_a_model_without_a_size_is_refused():
    model = keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(2, 3), layers.GlobalAveragePooling2D()])
    with pytest.raises(ValueError, match="has no fixed input size"):
        activation_maximization(model, 0)
    with pytest.raises(ValueError, match="jitter and blur need images"):
        activation_maximization(linear((6,))[0], 0, jitter=1)
