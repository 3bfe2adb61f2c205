"""What holds of each attack, and of several together."""

import numpy as np
import pytest

from cnnkit import attack
from cnnkit.visualize.testing import network, random_images, unchanged

CLASSES = np.array([0, 3, 2])
METHODS = {
    "fgsm": attack.fgsm,
    "pgd": attack.pgd,
    "pgd, random start": lambda *a, **k: attack.pgd(*a, random_start=True, **k),
    "pgd l2": lambda *a, **k: attack.pgd(*a, norm="l2", **k),
    "pgd l2, random start": lambda *a, **k: attack.pgd(*a, norm="l2", random_start=True, **k),
}


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
