"""One step along the signs of the gradient."""

import numpy as np
import pytest

from cnnkit import attack
from cnnkit.visualize import gradient, logits
from cnnkit.visualize.testing import linear, random_images


@pytest.mark.parametrize("end", ["sigmoid", "linear"])
@pytest.mark.parametrize("epsilon", [0.01, 0.09])
def test_fgsm_moves_the_logit_of_a_linear_model_by_epsilon_times_the_sum_of_its_weights(end, epsilon):
    model, weights, _ = linear(classes=1, end=end)
    images = random_images(3, (6, 9, 2))
    for method in (attack.fgsm, attack.pgd):
        attacked = method(model, images, 1, epsilon)
        fall = logits(model, images)[:, 1] - logits(model, attacked)[:, 1]
        np.testing.assert_allclose(fall, epsilon * np.abs(weights).sum(), rtol=1e-4)
        towards = method(model, images, 1, epsilon, targeted=True)
        rise = logits(model, towards)[:, 1] - logits(model, images)[:, 1]
        np.testing.assert_allclose(rise, epsilon * np.abs(weights).sum(), rtol=1e-4)


def test_a_network_that_is_sure_is_attacked_all_the_same():
    """The gradient of its cross-entropy is 0 in float32."""
    model, weights, biases = linear(classes=2)
    images = random_images(3, (6, 9, 2))
    model.set_weights([model.get_weights()[0], biases + np.array([200, 0], "float32")])
    attacked = attack.fgsm(model, images, 0, 0.01)
    np.testing.assert_array_equal(np.sign(attacked - images), np.sign(weights[1] - weights[0])[None].repeat(3, 0))


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
