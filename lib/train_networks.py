"""Trains the networks that come with the kit, on data that needs no network connection.

    python lib/train_networks.py [photographs] [digits] [--epochs N]

Writes data/networks/NAME.weights.h5 and NAME.json, the record of what was done. Two minutes on two cores.
"""

import argparse
import json
import platform
import time
from importlib.metadata import version
from pathlib import Path

import keras
import numpy as np

from cnnkit.datasets.digits import digit_arrays
from cnnkit.photographs import CLASSES, photograph_patches
from cnnkit.pretrained import NAMES, untrained

SEED = 6
EPOCHS = {"photographs": 16, "digits": 30}
FOLDER = Path(__file__).resolve().parents[1] / "data" / "networks"
Data = tuple[np.ndarray, np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(NAMES)}; all by default")
    parser.add_argument("--epochs", type=int, help="passes over the training images")
    arguments = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in arguments.names or NAMES:
        begun = time.perf_counter()
        epochs = arguments.epochs or EPOCHS[name]
        model = train(name, epochs)
        images, labels = test_images(name)
        accuracy = float(np.mean(model.predict(images, verbose=0).argmax(axis=1) == labels))
        record = {
            "command": f"python lib/train_networks.py {name} --epochs {epochs}",
            "seed": SEED,
            "epochs": epochs,
            "seconds": round(time.perf_counter() - begun),
            "parameters": model.count_params(),
            "classes": classes(name),
            "test_images": len(images),
            "test_accuracy": round(accuracy, 4),
            "versions": {"python": platform.python_version()} | {p: version(p) for p in ("keras", "tensorflow")},
        }
        trained = untrained(name)  # without the state of the optimizer
        trained.set_weights(model.get_weights())
        trained.save_weights(FOLDER / f"{name}.weights.h5")
        (FOLDER / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        print(f"{name}: {accuracy:.1%} of {len(images)} test images, after {record['seconds']} s")


def train(name: str, epochs: int) -> keras.Model:
    """The network, trained for so many passes; the learning rate falls to 0 along a half cosine."""
    keras.utils.set_random_seed(SEED)
    model = untrained(name)
    images, labels = training_images(name)
    batch = 64
    steps = epochs * -(-len(images) // batch)
    rate = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    model.compile(keras.optimizers.AdamW(rate, weight_decay=1.0), "sparse_categorical_crossentropy")
    rng = np.random.default_rng(SEED)
    for _ in range(epochs):
        model.fit(varied(images, rng, turned=name == "photographs"), labels, batch_size=batch, verbose=0)
    return model


def training_images(name: str) -> Data:
    if name == "photographs":
        return photograph_patches("train", 5600, seed=SEED)
    return _floats(*digit_arrays("train"))


def test_images(name: str) -> Data:
    if name == "photographs":
        return photograph_patches("test", 1400, seed=SEED)
    return _floats(*digit_arrays("test"))


def classes(name: str) -> list[str]:
    return list(CLASSES) if name == "photographs" else [str(digit) for digit in range(10)]


def varied(images: np.ndarray, rng: np.random.Generator, turned: bool) -> np.ndarray:
    """Each image with its own contrast and brightness of each channel; all moved by up to two pixels.

    turned: half of them mirrored along the diagonal, so that edges of both directions are learned.
    """
    contrast = rng.uniform(0.75, 1.25, (len(images), 1, 1, 1)).astype("float32")
    brightness = rng.uniform(-0.1, 0.1, (len(images), 1, 1, images.shape[3])).astype("float32")
    moved = np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0)), mode="edge")
    down, right = rng.integers(0, 5, 2)
    moved = moved[:, down : down + images.shape[1], right : right + images.shape[2]]
    if turned:
        moved = np.where(rng.random((len(images), 1, 1, 1)) < 0.5, moved.swapaxes(1, 2), moved)
    return np.clip((moved - 0.5) * contrast + 0.5 + brightness, 0, 1)


def _floats(images: np.ndarray, labels: np.ndarray) -> Data:
    return images.astype("float32") / 255, labels


if __name__ == "__main__":
    main()
