"""Many steps, each brought back."""

import numpy as np
from keras import ops

from cnnkit import attack
from cnnkit.visualize import logits
from cnnkit.visualize.testing import linear, network, random_images

CLASSES = np.array([0, 3, 2])


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
        ops.convert_to_numpy(attack.margin(logits(model, method(model, images, predicted, 0.1)), predicted)).mean()
        for method in (attack.fgsm, attack.pgd)
    ]
    assert reached[1] > reached[0] > ops.convert_to_numpy(attack.margin(logits(model, images), predicted)).mean()
