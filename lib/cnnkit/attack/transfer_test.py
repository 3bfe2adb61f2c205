"""Images made to fool one network, shown to others."""

import numpy as np

from cnnkit import attack
from cnnkit.visualize import logits
from cnnkit.visualize.testing import linear, random_images


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
