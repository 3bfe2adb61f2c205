"""What the tests ask of every layer, on any backend: shapes, gradients, saving."""

import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops


def assert_symbolic_shape(layer: keras.layers.Layer, shape: tuple[int | None, ...]) -> None:
    """The symbolic output shape of `shape`, whose None are free sizes, fits what the layer computes."""
    symbolic = tuple(layer(keras.KerasTensor(shape)).shape)
    assert symbolic == tuple(layer.compute_output_shape(shape))
    assert symbolic.count(None) == shape.count(None)
    for free in (9, 12):
        sizes = tuple(size or free for size in shape)
        eager = tuple(layer(np.zeros(sizes, "float32")).shape)
        assert eager == tuple(layer.compute_output_shape(sizes))
        assert all(known in (None, size) for known, size in zip(symbolic, eager, strict=True))


def assert_saves_and_loads(layer: keras.layers.Layer, shape: tuple[int, ...]) -> None:
    """A model of the layer comes back from its file with the same configuration and outputs."""
    model = keras.Sequential([keras.Input(shape), layer])
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=weight.shape) for weight in model.weights])
    images = rng.normal(size=(2, *shape)).astype("float32")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        again = keras.saving.load_model(path)
    assert again.layers[-1].get_config() == layer.get_config()
    np.testing.assert_array_equal(again.predict(images, verbose=0), model.predict(images, verbose=0))


class _Offset(keras.layers.Layer):
    """Inputs plus a weight of their shape, so that the gradient for inputs is one for a weight."""

    def build(self, input_shape: tuple[int, ...]) -> None:
        self.offset = self.add_weight(shape=input_shape, name="offset")

    def call(self, inputs: Any) -> Any:
        return inputs + self.offset


def assert_gradients(layer: keras.layers.Layer, shape: tuple[int, ...]) -> None:
    """One step of gradient descent moves inputs and weights by their finite differences."""
    rng = np.random.default_rng(0)
    model = keras.Sequential([keras.Input(batch_shape=shape), _Offset(), layer])
    start = [rng.normal(size=weight.shape, scale=0.5) for weight in model.weights]
    inputs = np.zeros(shape, "float32")
    scale = rng.normal(size=model.output_shape)

    def loss(weights: list[np.ndarray]) -> float:
        model.set_weights(weights)
        return float(np.sum(scale * np.asarray(model.predict_on_batch(inputs), "float64")))

    model.compile(keras.optimizers.SGD(1.0), loss=lambda scale, outputs: ops.sum(scale * outputs))
    model.set_weights(start)
    model.train_on_batch(inputs, scale.astype("float32"))
    gradients = [before - after for before, after in zip(start, model.get_weights(), strict=True)]
    for which, gradient in enumerate(gradients):
        direction = rng.normal(size=gradient.shape)
        ends = []
        for sign in (1, -1):
            moved = list(start)
            moved[which] = start[which] + sign * 1e-2 * direction
            ends.append(loss(moved))
        slope = (ends[0] - ends[1]) / 2e-2
        assert abs(slope) > 1e-3, "the test's own direction must not be flat"
        np.testing.assert_allclose(np.sum(gradient * direction), slope, rtol=1e-2, atol=1e-3)
