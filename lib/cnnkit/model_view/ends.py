"""How a network ends: in a softmax or a sigmoid that can be left out, or not."""

from typing import Any

import keras
from keras import ops

from cnnkit.replaced import replaced

_FUNCTIONS = {
    keras.activations.softmax: "softmax",
    keras.ops.softmax: "softmax",
    keras.activations.sigmoid: "sigmoid",
    keras.ops.sigmoid: "sigmoid",
    keras.activations.linear: "linear",
    None: "linear",
}
# Layers that give their `activation` of what they compute; others, an LSTM among them, use it elsewhere.
_ENDED_BY_ACTIVATION = (
    keras.layers.Dense,
    keras.layers.EinsumDense,
    keras.layers.Conv1D.__base__,
    keras.layers.Conv1DTranspose.__base__,
    keras.layers.DepthwiseConv1D.__base__,
    keras.layers.SeparableConv1D.__base__,
)


def ends_in(operation: Any) -> str:
    """The end: "softmax" over the last axis, "sigmoid", "linear" where neither is there, "" where it is not known."""
    if isinstance(operation, _ENDED_BY_ACTIVATION):
        return _kind(operation.activation)
    return _kind(operation).replace("linear", "")


def _kind(function: Any) -> str:
    """Of an activation: a function, a layer or an operation."""
    if isinstance(function, keras.layers.Layer):
        if type(function) is keras.layers.Activation:
            return _kind(function.activation)
        return "softmax" if type(function) is keras.layers.Softmax and function.axis == -1 else ""
    if isinstance(function, keras.Operation):  # what keras.ops leaves in a graph
        name = type(function).__name__.lower() if type(function).__module__.startswith("keras.") else ""
        return name if name == "sigmoid" or (name == "softmax" and function.axis == -1) else ""
    try:
        return _FUNCTIONS.get(function, "")
    except TypeError:  # what cannot be hashed
        return ""


def without_end(operation: Any, *args: Any, **kwargs: Any) -> Any:
    """What the operation gives, its softmax or sigmoid left out."""
    if isinstance(operation, (*_ENDED_BY_ACTIVATION, keras.layers.Activation)):
        with replaced(operation, "activation", keras.activations.linear):
            return operation(*args, **kwargs)
    return args[0] if args else next(iter(kwargs.values()))


def with_end(kind: str, outputs: Any) -> Any:
    """The probabilities, or whatever the network gives, of what it gives without its end."""
    return {"softmax": ops.softmax, "sigmoid": ops.sigmoid}.get(kind, lambda x: x)(outputs)
