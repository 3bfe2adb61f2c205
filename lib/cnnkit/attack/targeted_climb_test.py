"""Gradient ascent until a class is predicted."""

import numpy as np

from cnnkit import attack
from cnnkit.visualize import logits
from cnnkit.visualize.testing import linear, network, random_images, unchanged


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
