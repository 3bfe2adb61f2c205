"""What the tests of `cnnkit.visualize` and `cnnkit.attack` share: small networks whose answers are known."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import keras
import numpy as np
from keras import layers, ops


def random_images(count: int = 3, shape: tuple[int, ...] = (10, 14, 3), seed: int = 0) -> np.ndarray:
    """From 0.1 to 0.9."""
    return np.random.default_rng(seed).uniform(0.1, 0.9, (count, *shape)).astype("float32")


def linear(
    shape: tuple[int, ...] = (6, 9, 2), classes: int = 3, end: str | None = "softmax", seed: int = 0
) -> tuple[keras.Model, np.ndarray, np.ndarray]:
    """A linear network, and its weights: (classes, *shape), and biases."""
    rng = np.random.default_rng(seed)
    weights, biases = rng.normal(size=(classes, *shape)), rng.normal(size=classes)
    model = keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(classes, activation=end)])
    model.set_weights([weights.reshape(classes, -1).T.astype("float32"), biases.astype("float32")])
    return model, weights.astype("float32"), biases.astype("float32")


def convolutional(
    shape: tuple[int, ...] = (10, 14, 3), classes: int = 4, end: str | None = "softmax", seed: int = 0
) -> keras.Model:
    """With random weights, of which the biases are not 0."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input(shape),
            layers.Conv2D(6, 3, padding="same", activation="relu", name="first"),
            layers.MaxPooling2D(name="pool"),
            layers.Conv2D(8, 3, activation="relu", name="second"),
            layers.GlobalAveragePooling2D(name="features"),
            layers.Dense(classes, activation=end, name="classes"),
        ]
    )
    rng = np.random.default_rng(seed)
    model.set_weights([weight + rng.normal(0, 0.2, weight.shape) for weight in model.get_weights()])
    return model


# One for all tests that leave it as it is, since each network is compiled anew.
network, linear_network = cache(convolutional), cache(linear)


@contextmanager
def unchanged(model: keras.Model, images: Any) -> Iterator[None]:
    """Asserts that weights, outputs and activations of the model are afterwards what they are before."""

    def state() -> tuple[list[Any], ...]:
        activations = [getattr(layer, "activation", None) for layer in model._flatten_layers()]
        calls = [layer.call for layer in model._flatten_layers()]
        nodes = [len(layer._inbound_nodes) for layer in model._flatten_layers()]
        return activations, calls, nodes, [layer.name for layer in model._flatten_layers()]

    before, weights = state(), [weight.copy() for weight in model.get_weights()]
    outputs = ops.convert_to_numpy(model(images, training=False)).copy()
    yield
    assert state() == before
    for weight, now in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, now)
    np.testing.assert_array_equal(outputs, ops.convert_to_numpy(model(images, training=False)))
