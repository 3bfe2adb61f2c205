"""What the tests of layers share, on any backend: a sample of a layer, numbers and gradients."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from keras import ops

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Sample:
    """A layer, and what it takes and refuses.

    make: gives a new layer. shape: of an input, images not square. positions: for a layer that also
    takes whole numbers below this one, in an array of the same shape. refuses: arguments that are
    errors, one by one. refuses_shapes: sizes that are errors. exempt: a check's name, and why the
    layer cannot pass it.
    """

    make: Callable[[], keras.layers.Layer]
    shape: tuple[int, ...]
    positions: int | None = None
    refuses: Sequence[dict[str, Any]] = ()
    refuses_shapes: Sequence[tuple[int, ...]] = ()
    exempt: dict[str, str] = field(default_factory=dict)

    def inputs(self, shape: tuple[int, ...] | None = None) -> list[np.ndarray]:
        """Values from -2 to 2 in random order, so far apart that small steps change no order and no sign."""
        shape = shape or self.shape
        rng, count = np.random.default_rng(0), int(np.prod(shape))
        values = (rng.permutation(count) - count / 2 + 0.5) * 4 / count
        positions = [] if self.positions is None else [rng.integers(0, self.positions, shape, "int32")]
        return [values.reshape(shape).astype("float32"), *positions]

    def symbols(self, shape: Shape) -> list[keras.KerasTensor]:
        """Inputs of a functional model; None for free sizes."""
        types = ["float32"] if self.positions is None else ["float32", "int32"]
        return [keras.Input(batch_shape=shape, dtype=dtype) for dtype in types]

    def model(self, layer: keras.layers.Layer, shape: Shape) -> keras.Model:
        symbols = self.symbols(shape)
        return keras.Model(symbols, call(layer, symbols))

    def built(self, **changes: Any) -> keras.layers.Layer:
        """A new layer with these changes of its arguments, and with weights that are not its first ones."""
        layer = self.make()
        if changes:
            layer = type(layer)(**{**layer.get_config(), **changes})
        call(layer, self.symbols((None, *self.shape[1:])))
        randomize(layer)
        return layer


def call(layer: keras.layers.Layer, inputs: Sequence[Any], **kwargs: Any) -> Any:
    """The layer's outputs for one input, or for a list of several."""
    return layer(inputs[0] if len(inputs) == 1 else list(inputs), **kwargs)


def randomize(layer: keras.layers.Layer) -> None:
    """Weights from -0.9 to 0.9, those of variances positive: the same in every run, on every backend."""
    rng = np.random.default_rng(1)
    for weight in layer.weights:
        values = rng.uniform(-0.9, 0.9, weight.shape)
        weight.assign(np.abs(values) + 0.1 if "variance" in weight.path else values)


def several(outputs: Any) -> list[Any]:
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def arrays(outputs: Any) -> list[np.ndarray]:
    return [np.array(ops.convert_to_numpy(output)) for output in several(outputs)]


def assert_close(outputs: Any, expected: Any, tolerance: float = 1e-5) -> None:
    """|output - expected| <= tolerance * |expected| in Euclidean norm, for one output or for each of several."""
    for output, wanted in zip(arrays(outputs), several(expected), strict=True):
        wanted = np.asarray(wanted, "float64")
        assert output.shape == wanted.shape, f"shape {output.shape} in place of {wanted.shape}"
        error, norm = np.linalg.norm(output.astype("float64") - wanted), np.linalg.norm(wanted)
        assert error <= tolerance * norm, f"off by {error}, where the norm is {norm}"


def gradients(function: Callable[[list[Any]], Any], values: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The gradient of function(values), a scalar, for each of the values."""
    backend = keras.config.backend()
    tensors = [ops.convert_to_tensor(np.asarray(value, "float32")) for value in values]
    if backend == "tensorflow":
        import tensorflow

        with tensorflow.GradientTape() as tape:
            tape.watch(tensors)
            result = function(tensors)
        return arrays(tape.gradient(result, tensors))
    if backend == "jax":
        import jax

        return arrays(jax.grad(function)(tensors))
    import torch

    tensors = [tensor.requires_grad_() for tensor in tensors]
    return arrays(torch.autograd.grad(function(tensors), tensors))


def input_gradient(function: Callable[[Any], Any], inputs: np.ndarray, upstream: np.ndarray) -> np.ndarray:
    """What `upstream`, the gradient for function(inputs), becomes for the inputs."""
    upstream = upstream.astype("float32")
    return gradients(lambda values: ops.sum(ops.multiply(upstream, function(values[0]))), [inputs])[0]
