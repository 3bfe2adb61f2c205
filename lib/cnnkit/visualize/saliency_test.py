"""What holds of each saliency method, and of several together."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from cnnkit import visualize
from cnnkit.layers import guided_relu
from cnnkit.visualize.testing import linear, network, random_images, unchanged

METHODS = {
    "gradient": visualize.gradient,
    "guided": visualize.guided_backpropagation,
    "times": visualize.input_times_gradient,
    "smooth": lambda *a, **k: visualize.smooth_grad(*a, samples=5, **k),
    "integrated": lambda *a, **k: visualize.integrated_gradients(*a, steps=7, **k),
    "cam": visualize.grad_cam,
    "occlusion": lambda *a, **k: visualize.occlusion(*a, window=(3, 4), stride=(2, 3), **k),
}


@pytest.mark.parametrize("name", METHODS)
def test_the_model_stays_as_it_is_and_twice_is_the_same(name):
    model, images = network(), random_images()
    with unchanged(model, images):
        first = METHODS[name](model, images, [0, 3, 2])
        np.testing.assert_array_equal(METHODS[name](model, images, [0, 3, 2]), first)
    assert first.dtype == "float32" and np.abs(first).max() > 0


@pytest.mark.parametrize("name", METHODS)
def test_a_batch_is_the_images_one_by_one(name):
    model, images, classes = network(), random_images(5), np.array([0, 3, 2, 1, 1])
    together = METHODS[name](model, images, classes, batch_size=2)
    alone = [METHODS[name](model, images[i : i + 1], classes[i])[0] for i in range(5)]
    np.testing.assert_allclose(together, alone, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("name", METHODS)
def test_without_classes_it_is_the_predicted_ones(name):
    model, images = network(), random_images()
    predicted = visualize.logits(model, images).argmax(axis=1)
    np.testing.assert_array_equal(METHODS[name](model, images), METHODS[name](model, images, predicted))


@pytest.mark.parametrize("end", ["softmax", "linear"])
def test_of_a_linear_model_the_gradient_is_its_weights(end):
    model, weights, _ = linear(end=end)
    images = random_images(3, (6, 9, 2))
    for name in ("gradient", "guided", "smooth"):
        np.testing.assert_allclose(METHODS[name](model, images, [2, 0, 1]), weights[[2, 0, 1]], rtol=1e-4, atol=1e-6)
    for name in ("times", "integrated"):
        np.testing.assert_allclose(METHODS[name](model, images, 1), images * weights[1], rtol=1e-4, atol=1e-6)


def test_the_gradient_is_the_scores_slope():
    x = keras.Input((8, 9, 2))
    y = layers.Flatten()(layers.AveragePooling2D(2)(layers.Conv2D(4, 3, activation="tanh")(x)))
    model = keras.Model(x, layers.Dense(3, activation="softmax")(y))
    images = random_images(2, (8, 9, 2))
    direction = np.random.default_rng(1).normal(size=images.shape).astype("float32")
    found = (visualize.gradient(model, images, 2) * direction).sum(axis=(1, 2, 3))
    ends = [visualize.logits(model, images + sign * 1e-2 * direction)[:, 2].astype("float64") for sign in (1, -1)]
    np.testing.assert_allclose(found, (ends[0] - ends[1]) / 2e-2, rtol=0.01, atol=1e-3)


def test_smooth_grad_without_noise_is_the_gradient():
    model, images = network(), random_images()
    smooth = visualize.smooth_grad(model, images, 1, sigma=0, samples=3)
    np.testing.assert_allclose(smooth, visualize.gradient(model, images, 1), rtol=1e-4, atol=1e-7)


def test_smooth_grad_differs_by_its_seed_and_less_with_more_samples():
    model, images = network(), random_images(1)
    few, many = (
        np.std([visualize.smooth_grad(model, images, 0, samples=count, seed=seed) for seed in range(4)], axis=0).mean()
        for count in (2, 64)
    )
    assert 0 < many < 0.5 * few


@pytest.mark.parametrize("end", ["softmax", "sigmoid"])
def test_integrated_gradients_sum_to_the_difference_of_scores(end):
    model, images = network(end=end), random_images()
    baseline = random_images(1, seed=5)[0]
    sums = visualize.integrated_gradients(model, images, 1, baseline=baseline, steps=300).sum(axis=(1, 2, 3))
    scores = visualize.logits(model, images)[:, 1] - visualize.logits(model, baseline[None])[:, 1]
    np.testing.assert_allclose(sums, scores, atol=2e-3)
    assert np.abs(scores).min() > 0.01


FORMS = {
    "argument": lambda: [layers.Conv2D(4, 3, activation="relu")],
    "activation": lambda: [layers.Conv2D(4, 3), layers.Activation("relu")],
    "layer": lambda: [layers.Conv2D(4, 3), layers.ReLU()],
    "layer as argument": lambda: [layers.Conv2D(4, 3, activation=layers.ReLU())],
    "operation": lambda: [layers.Conv2D(4, 3), ops.relu],
    "nested": lambda: [layers.Conv2D(4, 3), keras.Sequential([layers.Activation("relu")])],
    "time distributed": lambda: [
        layers.Reshape((1, 8, 9, 2)),
        layers.TimeDistributed(layers.Conv2D(4, 3, activation="relu")),
    ],
}


def relu_model(first, second):
    x = y = keras.Input((8, 9, 2))
    for layer in (*first, layers.Flatten(), layers.Dense(6), *second, layers.Dense(3, activation="softmax")):
        y = layer(y)
    model = keras.Model(x, y)
    rng = np.random.default_rng(3)
    model.set_weights([rng.normal(size=weight.shape).astype("float32") for weight in model.get_weights()])
    return model


@pytest.mark.parametrize("form", FORMS)
def test_guided_backpropagation_sees_relu_in_every_form(form):
    model, images = relu_model(FORMS[form](), [layers.ReLU()]), random_images(2, (8, 9, 2))
    reference = relu_model([layers.Conv2D(4, 3, activation=guided_relu)], [layers.Activation(guided_relu)])
    with unchanged(model, images):
        found = visualize.guided_backpropagation(model, images, 1)
    np.testing.assert_allclose(found, visualize.gradient(reference, images, 1), rtol=1e-4, atol=1e-5)
    assert not np.allclose(found, visualize.gradient(model, images, 1), rtol=0.1)


@pytest.mark.parametrize(
    "form", [lambda: layers.ReLU(max_value=6.0), lambda: layers.Activation("relu6"), lambda: ops.relu6]
)
def test_relu6_is_guided_below_6_and_passes_nothing_above(form):
    x = keras.Input((3,))
    model = keras.Model(x, layers.Dense(2, use_bias=False)(form()(x)))
    model.set_weights([np.array([[1, 0], [-1, 0], [1, 0]])])
    assert visualize.guided_backpropagation(model, [[2.0, 2.0, 7.0]], 0).tolist() == [[1, 0, 0]]


def test_without_relu_guided_backpropagation_is_the_gradient():
    x = keras.Input((8, 9, 2))
    y = layers.LeakyReLU()(layers.Conv2D(3, 3, activation="tanh")(x))
    model = keras.Model(x, layers.Dense(3)(layers.Flatten()(y)))
    images = random_images(2, (8, 9, 2))
    guided = visualize.guided_backpropagation(model, images, 1)
    np.testing.assert_array_equal(guided, visualize.gradient(model, images, 1))


def planted(shape=(24, 36, 1)):
    """A network that sees a bright 3x3 spot, for class 1, and a dark one, for class 0."""
    model = keras.Sequential(
        [
            keras.Input(shape),
            layers.Conv2D(2, 3, padding="same", activation="relu", name="spots"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    spot = np.full((3, 3, 1), 1 / 9)
    kernel = np.stack([-spot, spot], axis=-1)
    model.set_weights([kernel, np.full(2, -0.4), 50 * np.eye(2), np.zeros(2)])
    images = np.zeros((2, *shape), "float32")
    images[0, 4:7, 25:28], images[1, 15:18, 8:11] = 1, 1
    return model, images, [(5, 26), (16, 9)]


@pytest.mark.parametrize("name", ["gradient", "guided", "times", "integrated", "cam"])
def test_what_was_planted_is_found(name):
    model, images, places = planted()
    saliency = METHODS[name](model, images, 1)
    if saliency.ndim == 4:
        saliency = np.abs(saliency).sum(axis=3)
    for array, (row, column) in zip(saliency, places, strict=True):
        near = array[row - 3 : row + 4, column - 3 : column + 4].sum()
        assert near >= 0.99 * array.sum() > 0


def test_occlusion_finds_what_was_planted_in_pixels():
    model, images, places = planted()
    falls = visualize.occlusion(model, images, 1, window=5, stride=2, fill=0)
    maps = visualize.occlusion_map(falls, (24, 36), window=5, stride=2)
    for array, place in zip(maps, places, strict=True):
        found = np.unravel_index(array.argmax(), array.shape)
        assert np.abs(np.subtract(found, place)).max() <= 1


def test_grad_cam_by_hand_where_maps_are_averaged():
    """After an average over places, the weight of a map is the last layer's weight over the number of places."""
    model, images = network(end="linear"), random_images()
    maps, kernel = visualize.activation_maps(model, images, "second"), model.get_weights()[-2]
    places = maps.shape[1] * maps.shape[2]
    expected = np.maximum((maps * kernel[:, 3]).sum(axis=3) / places, 0)
    found = visualize.grad_cam(model, images, 3, layer="second", upsample=False)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-6)
    assert visualize.grad_cam(model, images, 3).shape == images.shape[:3]


def test_grad_cam_sees_what_goes_around_the_layer_as_fixed():
    """f = sum(c * x) with c = conv(x): for the layer's output alone the gradient is x."""
    x = keras.Input((4, 5, 1))
    maps = layers.Conv2D(1, 1, name="maps")(x)
    model = keras.Model(x, layers.Dense(2, use_bias=False)(layers.Flatten()(layers.multiply([maps, x]))))
    model.set_weights([np.full((1, 1, 1, 1), 3.0), np.zeros(1), np.ones((20, 2))])
    images = random_images(1, (4, 5, 1))
    found = visualize.grad_cam(model, images, 0, layer="maps", upsample=False)
    np.testing.assert_allclose(found, images.mean() * 3 * images[..., 0], rtol=1e-5)


def test_impossible_arguments():
    model, images = network(), random_images()
    with pytest.raises(ValueError, match="sigma is 0 or more"):
        visualize.smooth_grad(model, images, sigma=-1)
    with pytest.raises(ValueError, match="steps is 1 or more"):
        visualize.integrated_gradients(model, images, steps=0)
    with pytest.raises(ValueError, match="baseline is a number or like one image"):
        visualize.integrated_gradients(model, images, baseline=np.zeros((3, 3)))
