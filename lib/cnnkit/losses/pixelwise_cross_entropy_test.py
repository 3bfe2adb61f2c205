import keras
import numpy as np
import pytest

from cnnkit.losses import PixelwiseCrossEntropy, weight_map


def example(classes=3, scale=1.0):
    """(labels, logits, weights) of two images of 4x5 pixels."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, classes, (2, 4, 5))
    logits = rng.normal(size=(2, 4, 5, classes), scale=scale).astype("float32")
    return labels, logits, rng.uniform(0.5, 10, (2, 4, 5)).astype("float32")


def energies(labels, logits):
    """-log p of each pixel's label, in float64."""
    logits = logits.astype("float64")
    top = logits.max(axis=-1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, labels[..., None], axis=-1)[..., 0]


@pytest.mark.parametrize("scale", [1, 30, 1e4])
@pytest.mark.parametrize("classes", [2, 3, 7])
def test_it_is_the_weighted_sum_over_the_pixels(classes, scale):
    labels, logits, weights = example(classes, scale)
    expected = weights * energies(labels, logits)
    for reduction, value in (("sum", expected.sum()), ("sum_over_batch_size", expected.mean()), ("none", expected)):
        loss = PixelwiseCrossEntropy(reduction=reduction)(labels, logits, sample_weight=weights)
        np.testing.assert_allclose(keras.ops.convert_to_numpy(loss), value, rtol=1e-5, atol=1e-6)


def test_without_weights_it_is_keras_sparse_categorical_crossentropy():
    labels, logits, _ = example()
    theirs = float(keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, logits))
    assert float(PixelwiseCrossEntropy()(labels, logits)) == pytest.approx(theirs)
    assert float(PixelwiseCrossEntropy()(labels, logits, sample_weight=np.ones(labels.shape))) == pytest.approx(theirs)


def test_probabilities_give_what_their_logits_give():
    labels, logits, weights = example()
    probabilities = keras.ops.softmax(logits)
    ours = PixelwiseCrossEntropy(from_logits=False)(labels, probabilities, sample_weight=weights)
    assert float(ours) == pytest.approx(float(PixelwiseCrossEntropy()(labels, logits, sample_weight=weights)), rel=1e-5)


@pytest.mark.parametrize("ignored", [255, -1, 1])
def test_an_ignored_pixel_counts_neither_in_the_sum_nor_in_the_number(ignored):
    labels, logits, weights = example()
    expected = weights * energies(labels, logits)
    labels[0, :2] = ignored
    counts = labels != ignored
    loss = PixelwiseCrossEntropy(ignore_label=ignored)
    assert float(loss(labels, logits, sample_weight=weights)) == pytest.approx(expected[counts].mean(), rel=1e-5)
    loss = PixelwiseCrossEntropy(ignore_label=ignored, reduction="sum")
    assert float(loss(labels, logits, sample_weight=weights)) == pytest.approx(expected[counts].sum(), rel=1e-5)


def test_all_pixels_ignored_is_zero():
    labels, logits, _ = example()
    assert float(PixelwiseCrossEntropy(ignore_label=9)(np.full(labels.shape, 9), logits)) == 0


class Logits(keras.layers.Layer):
    """A network whose outputs are its one weight."""

    def build(self, input_shape):
        self.logits = self.add_weight(shape=(1, 4, 5, 3), initializer="zeros", name="logits")

    def call(self, images):
        return self.logits + 0 * images


def fitted(labels, logits, weights, loss):
    """The logits after one step of gradient descent at rate 1 in `model.fit`."""
    model = keras.Sequential([keras.Input((4, 5, 1)), Logits()])
    model.set_weights([logits])
    model.compile(keras.optimizers.SGD(1.0), loss)
    history = model.fit(np.zeros((1, 4, 5, 1)), labels, sample_weight=weights, verbose=0)
    return model.get_weights()[0], history.history["loss"][0]


def test_fit_takes_the_weight_map_and_its_gradient_is_the_finite_difference():
    labels, logits, weights = (array[:1] for array in example())
    after, reported = fitted(labels, logits, weights, PixelwiseCrossEntropy(reduction="sum"))
    gradient = logits - after
    assert reported == pytest.approx((weights * energies(labels, logits)).sum(), rel=1e-5)
    for pixel in np.ndindex(logits.shape):
        step = np.zeros(logits.shape)
        step[pixel] = 1e-4
        ends = [(weights * energies(labels, logits + sign * step)).sum() for sign in (1, -1)]
        assert gradient[pixel] == pytest.approx((ends[0] - ends[1]) / 2e-4, abs=2e-5)


def test_an_ignored_pixel_has_no_gradient():
    labels, logits, weights = (array[:1] for array in example())
    labels[0, 1, 2] = 255
    after, _ = fitted(labels, logits, weights, PixelwiseCrossEntropy(ignore_label=255))
    moved = np.abs(after - logits).max(axis=-1) > 1e-4
    assert not moved[0, 1, 2] and moved.sum() == 19


def test_a_label_that_is_no_class_shows_in_fit():
    labels, logits, weights = (array[:1] for array in example())
    labels[0, 0, 0] = 3
    if keras.backend.backend() == "torch":  # whose steps are not compiled
        with pytest.raises(ValueError, match="received 3 to 3 in 1 pixels"):
            fitted(labels, logits, weights, PixelwiseCrossEntropy())
    else:
        assert np.isnan(fitted(labels, logits, weights, PixelwiseCrossEntropy())[1])


def test_weights_for_images_and_for_classes_multiply():
    """Also where there are as many images as columns."""
    labels, logits, weights = example()
    labels, logits, weights = (np.concatenate([array[:1]] * 5) for array in (labels, logits, weights))
    of_images, of_classes = np.array([1.0, 2.0, 0.0, 4.0, 5.0]), [0.5, 3.0, 2.0]
    exact = energies(labels, logits)
    loss = PixelwiseCrossEntropy(reduction="sum")
    np.testing.assert_allclose(
        float(loss(labels, logits, sample_weight=of_images)), (exact * of_images[:, None, None]).sum(), rtol=1e-5
    )
    loss = PixelwiseCrossEntropy(reduction="sum", class_weights=of_classes)
    chosen = exact * np.take(of_classes, labels)
    np.testing.assert_allclose(float(loss(labels, logits)), chosen.sum(), rtol=1e-5)
    np.testing.assert_allclose(float(loss(labels, logits, sample_weight=weights)), (chosen * weights).sum(), rtol=1e-5)
    with pytest.raises(ValueError, match="has 2 class_weights, and received outputs of 3 classes"):
        PixelwiseCrossEntropy(class_weights=[1, 2])(labels, logits)


def test_a_network_learns_with_weights():
    keras.utils.set_random_seed(0)
    masks = np.zeros((8, 16, 16), int)
    masks[:, 3:8, 3:12], masks[:, 9:14, 3:12] = 1, 2
    images = (masks[..., None] > 0) + np.random.default_rng(0).normal(size=(8, 16, 16, 1), scale=0.1)
    weights = np.stack([weight_map(mask) for mask in masks])
    model = keras.Sequential([keras.Input((None, None, 1)), keras.layers.Conv2D(2, 3, padding="same")])
    model.compile(keras.optimizers.Adam(0.1), PixelwiseCrossEntropy())
    losses = model.fit(images, (masks > 0)[..., None], sample_weight=weights, epochs=20, verbose=0).history["loss"]
    assert losses[-1] < 0.3 * losses[0]


def test_configuration_round_trip():
    loss = PixelwiseCrossEntropy(from_logits=False, ignore_label=255, reduction="sum", name="e")
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert type(again) is PixelwiseCrossEntropy and again.get_config() == loss.get_config()


@pytest.mark.parametrize(
    ("labels", "logits"),
    [((2, 4), (2, 4, 5, 3)), ((2, 4, 5), (2, 4, 5)), ((2, 4, 4), (2, 4, 5, 3)), ((2, 4, 5, 3), (2, 4, 5, 3))],
)
def test_other_shapes_are_named(labels, logits):
    with pytest.raises(ValueError, match=r"received labels of shape \(2, 4.* outputs of shape \(2, 4"):
        PixelwiseCrossEntropy()(np.zeros(labels), np.zeros(logits))


@pytest.mark.parametrize(("wrong", "received"), [(3, "3 to 3"), (-1, "-1 to -1"), (0.5, "0.5 to 0.5"), (255, "255")])
def test_a_label_that_is_no_class_is_named(wrong, received):
    labels, logits, _ = example()
    labels = labels.astype("float32")
    labels[1, 2, 3] = wrong
    with pytest.raises(ValueError, match=f"labels from 0 to 2, .* received {received}"):
        PixelwiseCrossEntropy()(labels, logits)
