"""Gradients and compiled functions under TensorFlow, JAX and torch. What differs between them is here alone.

Keras is imported where it computes: this module itself can be imported where there is none, as in a browser's Python.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np


def value_and_gradient(function: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    """function(x), and the gradient for x of the sum of its values.

    Args:
        function: gives a number for each row of x. Where a row's number depends on that row alone, the gradient's row
            is that of this number.
        x: an array or a tensor of floats, of any shape.

    Returns:
        Tensors: the values, and the gradient in x's shape, 0 where function does not depend on x.

    Example:

    >>> from keras import ops
    >>> values, gradient = value_and_gradient(lambda x: ops.sum(x * x, axis=1), ops.array([[1.0, 2.0], [3.0, 0.0]]))
    >>> ops.convert_to_numpy(values).tolist(), ops.convert_to_numpy(gradient).tolist()
    ([5.0, 9.0], [[2.0, 4.0], [6.0, 0.0]])
    """
    import keras
    from keras import ops

    x = ops.convert_to_tensor(x)
    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with _in_words():
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(x)
                values = function(x)
            return values, tape.gradient(values, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    if backend == "jax":
        import jax

        values, pull_back = jax.vjp(function, x)
        return values, pull_back(ops.ones_like(values))[0]
    import torch

    with torch.enable_grad():
        x = x.detach().requires_grad_()
        values = function(x)
        gradient = torch.autograd.grad(values.sum(), x, allow_unused=True)[0] if values.requires_grad else None
    return values.detach(), torch.zeros_like(x) if gradient is None else gradient


def length(x: Any) -> Any:
    """The Euclidean norm of each row, (n, 1, ..., 1), of however small numbers: a square would be 0 in float32.

    Args:
        x: (n, ...).
    """
    largest, scaled = _scaled(x)
    return largest * _norm(scaled)


def direction(x: Any) -> Any:
    """Each row scaled to the Euclidean norm 1, however small it is; 0 where it is 0.

    Args:
        x: (n, ...).

    Example:

    >>> from keras import ops
    >>> ops.convert_to_numpy(direction(ops.array([[3e-30, 4e-30], [0.0, 0.0]]))).round(4).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    from keras import ops

    scaled = _scaled(x)[1]
    return scaled / ops.maximum(_norm(scaled), 0.5)  # it is 1 at least, or 0


def _scaled(x: Any) -> tuple[Any, Any]:
    """The largest magnitude of each row, and the row divided by it."""
    from keras import ops

    largest = ops.max(ops.abs(x), axis=tuple(range(1, len(x.shape))), keepdims=True)
    return largest, x / ops.where(largest > 0, largest, ops.ones_like(largest))


def _norm(x: Any) -> Any:
    from keras import ops

    return ops.sqrt(ops.sum(ops.square(x), axis=tuple(range(1, len(x.shape))), keepdims=True))


def compiled(function: Callable[..., Any], variables: Sequence[Any], sources: Sequence[Any]) -> Callable[..., Any]:
    """`function` compiled: once for each set of shapes and types, by TensorFlow and JAX; torch runs it as it is.

    Args:
        function: of tensors, to a tensor or a tuple of them.
        variables: the Keras variables it uses.
        sources: variables from which these take their values at each call, one for each; both may be the same. Neither
            is changed.

    Returns:
        A function of arrays, or of lists of arrays, to an array or a tuple of them, float32 for half precision.

    Example:

    >>> import keras
    >>> weight = keras.Variable([2.0])
    >>> double = compiled(lambda x: x * weight, [weight], [weight])
    >>> double([3.0]).tolist(), weight.assign([5.0]) is None, double([3.0]).tolist()
    ([6.0], False, [15.0])
    """
    import keras
    from keras import ops

    backend = keras.config.backend()

    def with_values(values: list[Any], *tensors: Any) -> Any:
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return function(*tensors)

    if backend == "tensorflow":
        import tensorflow as tf

        _hush_retracing()
        # The values are read inside, so that the graph holds the variables and not their values.
        in_graph = tf.function(
            lambda *tensors: with_values([source.value for source in sources], *tensors), autograph=False
        )
        run = _in_words()(in_graph)
    elif backend == "jax":
        import jax

        jitted = jax.jit(with_values)
        run = lambda *tensors: jitted([source.value for source in sources], *tensors)  # noqa: E731
    else:
        import torch

        @torch.no_grad()
        def run(*tensors: Any) -> Any:
            return with_values([source.value.detach() for source in sources], *tensors)

    def of_arrays(*arrays: Any) -> Any:
        outputs = run(*(ops.convert_to_tensor(_narrow(array)) for array in arrays))
        if isinstance(outputs, (list, tuple)):
            return tuple(_array(output) for output in outputs)
        return _array(outputs)

    return of_arrays


@contextmanager
def _in_words() -> Iterator[None]:
    """Tells what TensorFlow's kernels for the CPU cannot do, and what can. Raises ValueError."""
    import tensorflow as tf

    try:
        yield
    except tf.errors.InvalidArgumentError as error:
        if "CPU implementations do not yet support dilation" not in str(error):
            raise
        raise ValueError(
            "TensorFlow computes no Conv2DTranspose with a dilation_rate on this processor without oneDNN: set "
            "TF_ENABLE_ONEDNN_OPTS=1 in the environment before TensorFlow is imported"
        ) from None


@cache
def _hush_retracing() -> None:
    """TensorFlow warns of a function that it compiles often; these are, once for each network and batch size."""
    logging.getLogger("tensorflow").addFilter(lambda record: "<function compiled.<locals>" not in record.getMessage())


def _array(tensor: Any) -> np.ndarray:
    """float32 for half precision, in which nobody's arithmetic on arrays would be good enough."""
    import keras
    from keras import ops

    half = keras.backend.standardize_dtype(tensor.dtype) in ("float16", "bfloat16")
    return np.array(ops.convert_to_numpy(ops.cast(tensor, "float32") if half else tensor))


def _narrow(array: Any) -> np.ndarray:
    """float32 or int32: what every backend computes in, so that a number's type never compiles anew."""
    array = np.asarray(array)
    return array.astype("float32" if array.dtype.kind == "f" else "int32", copy=False)
