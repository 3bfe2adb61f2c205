"""ReLU with the backward pass of guided backpropagation, throughout a network."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import keras
from keras import ops

from cnnkit.layers import guided_relu
from cnnkit.model_view.operations import operations_within
from cnnkit.replaced import replaced


@contextmanager
def guided(model: keras.Model) -> Iterator[None]:
    """Each ReLU of the model, in whatever form, passes the gradient back as `guided_relu` does, within.

    A ReLU layer that is another layer's `activation=` is in the list of operations by itself.
    """
    with ExitStack() as stack:
        for operation in operations_within(model):
            for name, value in _guiding(operation).items():
                stack.enter_context(replaced(operation, name, value))
        yield


def _guiding(operation: Any) -> dict[str, Any]:
    """What of the operation becomes what."""
    activation = getattr(operation, "activation", None)
    if activation is keras.activations.relu:
        return {"activation": guided_relu}
    if activation is keras.activations.relu6:
        return {"activation": _guided_up_to(6.0)}
    if isinstance(operation, keras.layers.ReLU):
        is_plain = operation.negative_slope == 0 and operation.threshold == 0
        return {"call": _guided_up_to(operation.max_value)} if is_plain else {}
    if type(operation).__name__ in ("Relu", "Relu6") and not isinstance(operation, keras.layers.Layer):
        return {"call": _guided_up_to(6.0 if type(operation).__name__ == "Relu6" else None)}
    return {}


def _guided_up_to(most: float | None) -> Callable[[Any], Any]:
    return guided_relu if most is None else lambda x: ops.minimum(guided_relu(x), most)
