"""What holds of each attack, and of several together."""

from functools import cache

import keras
import numpy as np
import pytest
from keras import layers, ops

from cnnkit import attack
from cnnkit.visualize import gradient, logits
from cnnkit.visualize.testing import convolutional, linear, random_images, unchanged

CLASSES = np.array([0, 3, 2])
network = cache(convolutional)  # one for all tests that leave it as it is, since each network is compiled anew
METHODS = {
    "fgsm": attack.fgsm,
    "pgd": attack.pgd,
    "pgd, random start": lambda *a, **k: attack.pgd(*a, random_start=True, **k),
    "pgd l2": lambda *a, **k: attack.pgd(*a, norm="l2", **k),
    "pgd l2, random start": lambda *a, **k: attack.pgd(*a, norm="l2", random_start=True, **k),
}


def change(images, attacked):
    return attacked.astype("float64") - images


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("targeted", [False, True])
def test_the_model_stays_as_it_is_and_twice_is_the_same(name, targeted):
    model, images = network(), random_images()
    with unchanged(model, images):
        first = METHODS[name](model, images, CLASSES, 0.05, targeted=targeted)
        np.testing.assert_array_equal(METHODS[name](model, images, CLASSES, 0.05, targeted=targeted), first)
    assert first.dtype == "float32" and not np.array_equal(first, images)


@pytest.mark.parametrize("name", ["fgsm", "pgd", "pgd l2"])
def test_a_batch_is_the_images_one_by_one(name):
    model, images, classes = network(), random_images(5), np.array([0, 3, 2, 1, 1])
    together = METHODS[name](model, images, classes, 0.05, batch_size=2)
    alone = [METHODS[name](model, images[i : i + 1], classes[i], 0.05)[0] for i in range(5)]
    np.testing.assert_allclose(together, alone, atol=2e-6)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("epsilon", [0.0, 1e-9, 1e-4, 8 / 255, 0.1, 0.3, 1.0, 3.0])
@pytest.mark.parametrize("value_range", [(0.0, 1.0), (-0.1, 0.9), (0.0, 255.0)])
def test_epsilon_and_the_range_of_pixels_are_held_exactly(name, epsilon, value_range):
    """In float32 and in float64, without any tolerance."""
    low, high = value_range
    span = 255.0 if high == 255 else 1.0
    images = np.clip(random_images(4) * span, low, high).astype("float32")
    images[0, 0], images[1, 0] = np.float32(max(low, 0)), np.nextafter(np.float32(high), np.float32(0))
    epsilon *= span
    attacked = METHODS[name](network(), images, 1, epsilon, value_range=value_range)
    for exact in ("float64", "float32"):
        moved = attacked.astype(exact) - images.astype(exact)
        if "l2" in name:
            assert (np.linalg.norm(moved.reshape(4, -1), axis=1) <= epsilon).all()
        else:
            assert (np.abs(moved) <= epsilon).all() and np.abs(moved).max() >= 0.99 * min(
                epsilon, 0.1 * span
            ) - 1e-7 * span
    assert attacked.astype("float64").min() >= low and attacked.astype("float64").max() <= high


@pytest.mark.parametrize("end", ["sigmoid", "linear"])
@pytest.mark.parametrize("epsilon", [0.01, 0.09])
def test_fgsm_moves_the_logit_of_a_linear_model_by_epsilon_times_the_sum_of_its_weights(end, epsilon):
    model, weights, _ = linear(classes=1, end=end)
    images = random_images(3, (6, 9, 2))
    for name in ("fgsm", "pgd"):
        attacked = METHODS[name](model, images, 1, epsilon)
        fall = logits(model, images)[:, 1] - logits(model, attacked)[:, 1]
        np.testing.assert_allclose(fall, epsilon * np.abs(weights).sum(), rtol=1e-4)
        towards = METHODS[name](model, images, 1, epsilon, targeted=True)
        rise = logits(model, towards)[:, 1] - logits(model, images)[:, 1]
        np.testing.assert_allclose(rise, epsilon * np.abs(weights).sum(), rtol=1e-4)


def test_l2_moves_it_by_epsilon_times_the_norm():
    model, weights, _ = linear(classes=1, end="sigmoid")
    images = random_images(3, (6, 9, 2))
    fall = logits(model, images)[:, 1] - logits(model, attack.pgd(model, images, 1, 0.09, norm="l2"))[:, 1]
    np.testing.assert_allclose(fall, 0.09 * np.linalg.norm(weights), rtol=1e-4)


def test_one_step_from_the_image_is_fgsm():
    model, images = network(), random_images()
    np.testing.assert_array_equal(
        attack.pgd(model, images, CLASSES, 0.03, steps=1), attack.fgsm(model, images, CLASSES, 0.03)
    )


def test_logits_and_probabilities_are_attacked_alike():
    images = random_images()
    one, other = (attack.pgd(network(end=end), images, CLASSES, 0.03) for end in ("softmax", "linear"))
    np.testing.assert_array_equal(one, other)


def test_many_steps_reach_further_than_one():
    model, images = network(), random_images(16)
    predicted = logits(model, images).argmax(axis=1)
    reached = [
        ops.convert_to_numpy(
            attack.margin(logits(model, METHODS[name](model, images, predicted, 0.1)), predicted)
        ).mean()
        for name in ("fgsm", "pgd")
    ]
    assert reached[1] > reached[0] > ops.convert_to_numpy(attack.margin(logits(model, images), predicted)).mean()


def test_a_network_that_is_sure_is_attacked_all_the_same():
    """The gradient of its cross-entropy is 0 in float32."""
    model, weights, biases = linear(classes=2)
    images = random_images(3, (6, 9, 2))
    model.set_weights([model.get_weights()[0], biases + np.array([200, 0], "float32")])
    attacked = attack.fgsm(model, images, 0, 0.01)
    np.testing.assert_array_equal(np.sign(attacked - images), np.sign(weights[1] - weights[0])[None].repeat(3, 0))


def test_the_margin_has_the_direction_of_the_cross_entropys_gradient():
    from keras import ops

    from cnnkit.gradients import value_and_gradient

    values = ops.convert_to_tensor(np.random.default_rng(0).normal(size=(6, 5)).astype("float32"))
    classes = ops.convert_to_tensor(np.array([0, 1, 2, 3, 4, 0], "int32"))
    _, ours = value_and_gradient(lambda z: attack.margin(z, classes), values)
    _, theirs = value_and_gradient(
        lambda z: keras.losses.sparse_categorical_crossentropy(classes, z, from_logits=True), values
    )
    ours, theirs = (ops.convert_to_numpy(tensor) for tensor in (ours, theirs))
    ratio = (ours / theirs).astype("float64")
    np.testing.assert_allclose(ratio, ratio[:, :1] * np.ones(5), rtol=1e-3)
    assert (ratio > 0).all()


# ---- the targeted climb


def test_the_climb_stops_where_it_fools_and_is_straight_on_a_linear_model():
    model, weights, _ = linear()
    images = random_images(4, (6, 9, 2))
    with unchanged(model, images):
        climb = attack.targeted_climb(model, images, [0, 1, 2, 0], step_size=0.02, value_range=(-9, 9))
    assert climb.fooled.all() and (logits(model, climb.images).argmax(axis=1) == [0, 1, 2, 0]).all()
    for image, moved, steps, target in zip(images, climb.images, climb.steps, [0, 1, 2, 0], strict=True):
        direction = weights[target] / np.linalg.norm(weights[target])
        np.testing.assert_allclose(moved, image + 0.02 * steps * direction, atol=1e-5)
        if steps:
            before = image + 0.02 * (steps - 1) * direction
            assert logits(model, before[None]).argmax() != target


def test_a_climb_that_is_too_short_says_so_and_stays_within_the_range():
    model, images = network(), random_images(8)
    least = logits(model, images).argmin(axis=1)
    climb = attack.targeted_climb(model, images, least, step_size=0.01, steps=2)
    assert not climb.fooled.all() and (climb.steps[~climb.fooled] == 2).all()
    climb = attack.targeted_climb(model, images, least, step_size=5.0, steps=20)
    assert climb.images.min() >= 0 and climb.images.max() <= 1


# ---- DeepFool


@pytest.mark.parametrize("classes", [1, 2, 3])
def test_deepfool_on_an_affine_classifier_gives_the_exact_distance(classes):
    model, weights, _ = linear(classes=classes, end="sigmoid" if classes == 1 else "softmax")
    images = random_images(6, (6, 9, 2))
    with unchanged(model, images):
        found = attack.deepfool(model, images, value_range=None)
    scores = logits(model, images)
    if classes == 1:
        expected = np.abs(scores[:, 1]) / np.linalg.norm(weights)
    else:
        first = scores.argmax(axis=1)
        gaps = scores.max(axis=1, keepdims=True) - scores
        slopes = np.array([[np.linalg.norm(weights[c] - weights[k]) for k in range(classes)] for c in first])
        expected = np.min(np.where(slopes > 0, gaps / np.maximum(slopes, 1e-9), np.inf), axis=1)
    np.testing.assert_allclose(found.distances, expected, rtol=1e-4, atol=1e-5)
    assert found.fooled.all()
    moved = np.linalg.norm(change(images, found.images).reshape(6, -1), axis=1)
    np.testing.assert_allclose(moved, 1.02 * found.distances, rtol=1e-4)


def test_deepfool_crosses_the_boundary_of_a_network_and_needs_less_than_fgsm():
    model, images = network(), random_images(8)
    predicted = logits(model, images).argmax(axis=1)
    found = attack.deepfool(model, images)
    assert (attack.fooled(model, found.images, predicted) == found.fooled).all() and found.fooled.any()
    assert found.images.min() >= 0 and found.images.max() <= 1
    for epsilon in (0.005, 0.02, 0.08):
        attacked = attack.fgsm(model, images, predicted, epsilon)
        lengths = np.linalg.norm(change(images, attacked).reshape(8, -1), axis=1)
        hit = attack.fooled(model, attacked, predicted) & found.fooled
        assert (1.0 * found.distances[hit] <= lengths[hit] * 1.02).all()


# ---- one change for all images


def test_a_universal_perturbation_of_a_linear_model_is_the_sign_of_its_weights():
    model, weights, _ = linear(classes=1, end="sigmoid")
    images = random_images(9, (6, 9, 2))
    with unchanged(model, images):
        delta = attack.universal_perturbation(model, images, 1, 0.05, batch_size=4)
    np.testing.assert_allclose(delta, -0.05 * np.sign(weights[0]), rtol=1e-6)
    assert np.abs(delta.astype("float64")).max() <= 0.05
    for exact in ("float64", "float32"):
        moved = attack.perturbed(images, delta, 0.05).astype(exact) - images.astype(exact)
        assert np.abs(moved).max() <= 0.05


# ---- transfer and defences


def test_an_attack_transfers_fully_to_the_same_network_and_not_to_one_that_sees_something_else():
    rng = np.random.default_rng(0)
    models = {}
    for name, rows in (("upper", slice(0, 3)), ("lower", slice(3, 6))):
        model, _, _ = linear(classes=1, end="sigmoid")
        kernel = np.zeros((6, 9, 2), "float32")
        kernel[rows] = rng.normal(size=(3, 9, 2))
        model.set_weights([kernel.reshape(-1, 1), [-0.5 * kernel.sum()] * np.ones(1)])
        models[name] = model
    images = random_images(40, (6, 9, 2))
    labels = logits(models["upper"], images).argmax(axis=1)
    shares = attack.transfer(models, images, labels, lambda m, x, y: attack.fgsm(m, x, y, 0.4))
    assert shares["upper"] == {"upper": 1.0, "lower": 0.0}


def test_adversarial_training_makes_a_network_robust():
    """Class 1 has a strong feature, and many weak ones that an attack can reverse."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 600)
    signs = 2 * labels[:, None] - 1
    strong = 0.5 + 0.4 * signs * np.where(rng.random((600, 1)) < 0.9, 1, -1)
    weak = 0.5 + 0.05 * signs + 0.1 * rng.normal(size=(600, 60))
    images = np.clip(np.concatenate([strong, weak], axis=1), 0, 1).astype("float32")
    right = {}
    for epsilon in (0.0, 0.1):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((61,)), layers.Dense(2, activation="softmax")])
        model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
        losses = attack.adversarial_training(model, images, labels, epsilon, epochs=12, clean=0.0)
        assert losses[-1] < losses[0] and len(losses) == 12
        right[epsilon] = 1 - attack.fooled(model, attack.fgsm(model, images, labels, 0.1), labels).mean()
    assert right[0.1] > right[0.0] + 0.3


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("clean", [0.0, 0.5, 0.6, 0.99])
def test_adversarial_training_takes_any_number_of_images(count, clean):
    model, _, _ = linear()
    model.compile("sgd", "sparse_categorical_crossentropy")
    images, labels = random_images(count, (6, 9, 2)), np.arange(count) % 3
    losses = attack.adversarial_training(model, images, labels, 0.01, clean=clean, batch_size=4)
    assert len(losses) == 1 and losses[0] > 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"images": random_images(0)}, r"received \(0, 10, 14, 3\)"),
        ({"images": np.concatenate([random_images(4), 2 * random_images(1)])}, "pixels are from 0.0 to 1.0"),
        ({"labels": [0, 1, 2, 3, 4]}, "has the classes 0 to 3"),
        ({"epsilon": -1}, "epsilon is a number from 0 on"),
        ({"batch_size": -2}, "epochs and batch_size are 1 or more"),
        ({"epochs": 0}, "epochs and batch_size are 1 or more"),
    ],
)
def test_adversarial_training_refuses_before_it_trains(wrong, message):
    model = convolutional()
    model.compile("sgd", "sparse_categorical_crossentropy")
    arguments = {"images": random_images(5), "labels": [0, 1, 2, 3, 0], "epsilon": 0.1, "batch_size": 1, **wrong}
    with (
        unchanged(model, random_images()),
        pytest.raises(ValueError, match=message),
    ):
        attack.adversarial_training(model, **arguments)


def test_noisy_predictions_are_the_gaussian_integral_of_a_linear_model():
    """The share of noisy copies on one side is Phi(f / (sigma |w|))."""
    from scipy.stats import norm

    model, weights, _ = linear(classes=1, end="sigmoid")
    images = random_images(4, (6, 9, 2))
    sigma = np.abs(logits(model, images)[:, 1]).mean() / np.linalg.norm(weights)
    shares = attack.noisy_predictions(model, images, sigma, samples=2000)
    expected = norm.cdf(logits(model, images)[:, 1] / (sigma * np.linalg.norm(weights)))
    np.testing.assert_allclose(shares[:, 1], expected, atol=0.04)
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-6)
    still = attack.noisy_predictions(model, images, 0.0, samples=2)
    np.testing.assert_array_equal(still.argmax(axis=1), logits(model, images).argmax(axis=1))


# ---- what cannot be


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m, x: attack.fgsm(m, 255 * x, 0, 0.1), "pixels are from 0.0 to 1.0, and received some from"),
        (lambda m, x: attack.fgsm(m, x, 0, -0.1), "epsilon is a number from 0 on"),
        (lambda m, x: attack.fgsm(m, x, 9, 0.1), "has the classes 0 to 3"),
        (lambda m, x: attack.fgsm(m, x[0], 0, 0.1), r"give images\[None\]"),
        (lambda m, x: attack.fgsm(m, x, 0, 0.1, value_range=(1, 0)), "value_range is"),
        (lambda m, x: attack.pgd(m, x, 0, 0.1, norm="l1"), 'norm is "linf" or "l2"'),
        (lambda m, x: attack.pgd(m, x, 0, 0.1, steps=0), "steps is 1 or more"),
        (lambda m, x: attack.targeted_climb(m, x, 0, step_size=0), "step_size is more than 0"),
        (lambda m, x: attack.deepfool(m, x, candidates=1), "candidates 2 or more"),
        (lambda m, x: attack.adversarial_training(m, x, [0, 1, 2], 0.1), "is not compiled"),
        (lambda m, x: attack.noisy_predictions(m, x, -1), "sigma is 0 or more"),
        (lambda m, x: attack.fooled(m, x, [0, 1]), "one for each of 3 images"),
        (lambda m, x: attack.draw_attack(x, x[:2], "text"), "are alike"),
        (lambda m, x: attack.draw_attack(x, x, " "), "takes a text"),
    ],
)
def test_impossible_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call(network(), random_images())


def test_the_linear_explanation_tells_the_epsilon_that_is_needed():
    """f / |w|_1, of the tangent: exact for a linear model."""
    model, _, _ = linear(classes=1, end="sigmoid")
    images = random_images(5, (6, 9, 2))
    slopes = np.abs(gradient(model, images, 1)).sum(axis=(1, 2, 3))
    needed = np.abs(logits(model, images)[:, 1]) / slopes
    predicted = logits(model, images).argmax(axis=1)
    for i, epsilon in enumerate(needed.astype("float64")):
        for share, expected in ((0.99, False), (1.01, True)):
            attacked = attack.fgsm(model, images[i : i + 1], predicted[i], share * epsilon, value_range=(-9, 9))
            assert attack.fooled(model, attacked, predicted[i]).item() is expected
