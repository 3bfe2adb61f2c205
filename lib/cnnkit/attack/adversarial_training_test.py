"""Training on attacked images."""

import keras
import numpy as np
import pytest
from keras import layers

from cnnkit import attack
from cnnkit.visualize.testing import convolutional, linear, random_images, unchanged


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


def test_adversarial_training_tells_callbacks_of_each_epoch():
    told = []
    model, _, _ = linear()
    model.compile("sgd", "sparse_categorical_crossentropy")
    callback = keras.callbacks.LambdaCallback(
        on_train_begin=lambda logs: told.append("begin"),
        on_epoch_end=lambda epoch, logs: told.append((epoch, logs["loss"])),
        on_train_end=lambda logs: told.append(callback.params["epochs"]),
    )
    images, labels = random_images(6, (6, 9, 2)), np.arange(6) % 3
    losses = attack.adversarial_training(model, images, labels, 0.01, epochs=2, callbacks=[callback])
    assert told == ["begin", *enumerate(losses), 2]
