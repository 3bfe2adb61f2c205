"""What the tests ask of every network, on any backend."""

import contextlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np


@contextlib.contextmanager
def without_weights() -> Iterator[None]:
    """Networks built in here have weights with shapes and no values: 138 million take no memory.

    They are gone from Keras's memory afterwards, which would else fill them at its next chance.
    """
    with keras.StatelessScope(initialize_variables=False):
        yield
    keras.utils.clear_session()


def parameters(model: keras.Model) -> tuple[int, int]:
    """Numbers of trainable parameters, and of all others: moving statistics, and what is fixed."""
    trainable, others = (
        sum(math.prod(weight.shape) for weight in weights)
        for weights in (model.trainable_weights, model.non_trainable_weights)
    )
    return trainable, others


def shape(model: keras.Model, layer: str) -> tuple[int | None, ...]:
    """Output shape of a layer, without the batch."""
    return tuple(model.get_layer(layer).output.shape[1:])


def run(model: keras.Model, images: np.ndarray) -> Any:
    """The model's outputs for images, in NumPy, without tracing a graph."""
    return keras.tree.map_structure(keras.ops.convert_to_numpy, model(images, training=False))


def images_for(model: keras.Model, count: int = 4) -> np.ndarray:
    return np.random.default_rng(0).random((count, *model.input_shape[1:]), dtype="float32")


def randomize(model: keras.Model, scale: float = 0.1) -> None:
    """Random values for all weights, also those that begin as zeros; variances stay above 0."""
    rng = np.random.default_rng(0)
    for weight in model.weights:
        values = rng.normal(size=weight.shape, scale=scale)
        weight.assign(np.abs(values) + 0.5 if "variance" in weight.name else values)


def assert_learns(model: keras.Model) -> None:
    """A step against the gradient lowers the loss, by about as much as the gradient says.

    The step is so long that the loss should fall by a thousandth. For all outputs of the model, in
    training mode, on the images whose gradient it was.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0  # the same network before and after
    images = images_for(model)
    outputs = run(model, images)
    targets = keras.tree.map_structure(_a_class_for_each_image, outputs)
    losses = keras.tree.map_structure(
        lambda output: keras.losses.SparseCategoricalCrossentropy(from_logits=output.ndim > 2), outputs
    )
    eager = keras.backend.backend() == "tensorflow"  # a graph for two steps costs more than it saves
    model.compile(keras.optimizers.SGD(1.0), loss=losses, run_eagerly=eager, jit_compile=False)

    def step() -> float:
        model.reset_metrics()
        return float(np.ravel(model.train_on_batch(images, targets))[0])

    start = model.get_weights()
    learned = [any(weight is one for one in model.trainable_weights) for weight in model.weights]
    before = step()
    gradient = [(a - b) * at for a, b, at in zip(start, model.get_weights(), learned, strict=True)]
    rate = 0.001 * before / sum(float(np.sum(np.square(g, dtype="float64"))) for g in gradient)
    model.set_weights([a - rate * g for a, g in zip(start, gradient, strict=True)])
    assert 0.998 * before < step() < 0.9995 * before


def _a_class_for_each_image(outputs: np.ndarray) -> np.ndarray:
    count, *sizes, classes = outputs.shape
    return np.broadcast_to(np.arange(count).reshape(-1, *(1 for _ in sizes)) % classes, (count, *sizes)).copy()


def assert_saves_and_loads(model: keras.Model, folder: Path) -> None:
    """The model comes back from its file with the same outputs."""
    model.save(folder / "model.keras")
    again = keras.saving.load_model(folder / "model.keras")
    images = images_for(model)
    keras.tree.map_structure(np.testing.assert_array_equal, run(again, images), run(model, images))
