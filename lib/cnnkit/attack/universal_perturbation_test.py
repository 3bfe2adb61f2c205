"""One change for all images."""

import numpy as np

from cnnkit import attack
from cnnkit.visualize.testing import linear, random_images, unchanged


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
