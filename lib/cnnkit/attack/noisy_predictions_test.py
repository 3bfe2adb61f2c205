"""Votes under noise."""

import numpy as np

from cnnkit import attack
from cnnkit.visualize import logits
from cnnkit.visualize.testing import linear, random_images


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
