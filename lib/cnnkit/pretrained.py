"""Small trained networks that come with the kit. `lib/train_networks.py` trained them."""

import json
from pathlib import Path
from typing import Any

import keras
from keras import layers

from cnnkit.datasets.home import networks_home

NAMES = ("photographs", "digits")


def pretrained(name: str = "photographs") -> keras.Model:
    """A trained network, to be looked into and to be fooled. Needs no network connection.

    Args:
        name: "photographs", for patches (n, 64, 64, 3) of `cnnkit.photographs`, 14 classes; or "digits", for the images
            (n, 28, 28, 1) of the data set digits28, 10 classes. Pixels are in [0, 1].

    Returns:
        The model, which ends in softmax.

    Raises:
        ValueError: for another name.
        FileNotFoundError: where its weights are missing.

    Example:

    >>> pretrained("digits").output_shape
    (None, 10)
    """
    model = untrained(name)
    model.load_weights(_file(name, ".weights.h5"))
    return model


def training_record(name: str = "photographs") -> dict[str, Any]:
    """How the network was trained: command, seed, number of parameters, and its accuracy on images it never saw.

    Args:
        name: as for `pretrained`.

    Example:

    >>> sorted(training_record("digits"))
    ['classes', 'command', 'epochs', 'parameters', 'seconds', 'seed', 'test_accuracy', 'test_images', 'versions']
    """
    return json.loads(_file(name, ".json").read_text(encoding="utf-8"))


def untrained(name: str) -> keras.Model:
    """The same network with fresh weights.

    Args:
        name: as for `pretrained`.

    Example:

    >>> untrained("photographs").output_shape
    (None, 14)
    """
    if name == "photographs":
        stack = [
            keras.Input((64, 64, 3)),
            layers.Conv2D(16, 7, padding="same", activation="relu", name="conv1"),
            layers.MaxPooling2D(name="pool1"),
            layers.Conv2D(32, 3, padding="same", activation="relu", name="conv2"),
            layers.MaxPooling2D(name="pool2"),
            layers.Conv2D(48, 3, padding="same", activation="relu", name="conv3"),
            layers.MaxPooling2D(name="pool3"),
            layers.Conv2D(64, 3, padding="same", activation="relu", name="conv4"),
            layers.GlobalAveragePooling2D(name="features"),
            layers.Dense(14, activation="softmax", name="classes"),
        ]
    elif name == "digits":
        stack = [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, 5, padding="same", activation="relu", name="conv1"),
            layers.MaxPooling2D(name="pool1"),
            layers.Conv2D(32, 3, padding="same", activation="relu", name="conv2"),
            layers.MaxPooling2D(name="pool2"),
            layers.Flatten(name="flat"),
            layers.Dense(64, activation="relu", name="features"),
            layers.Dense(10, activation="softmax", name="classes"),
        ]
    else:
        raise ValueError(f"network {name!r}: there are {', '.join(NAMES)}")
    return keras.Sequential(stack, name=name)


def _file(name: str, suffix: str) -> Path:
    if name not in NAMES:
        raise ValueError(f"network {name!r}: there are {', '.join(NAMES)}")
    file = networks_home() / f"{name}{suffix}"
    if not file.is_file():
        raise FileNotFoundError(f"{file} is missing; `python lib/train_networks.py {name}` makes it")
    return file
