"""The way to the nearest boundary."""

import numpy as np
import pytest

from cnnkit import attack
from cnnkit.visualize import logits
from cnnkit.visualize.testing import linear, network, random_images, unchanged


def change(images, attacked):
    return attacked.astype("float64") - images


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
