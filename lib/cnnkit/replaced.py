"""An attribute of a layer that is another one for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def replaced(layer: Any, name: str, value: Any) -> Iterator[None]:
    """The layer's own attribute of this name is `value` within. Set past what Keras and the backends track, so that
    nothing is added to the layer, and taken away as it came."""
    own = vars(layer)
    had, before = name in own, own.get(name)
    object.__setattr__(layer, name, value)
    try:
        yield
    finally:
        if had:
            object.__setattr__(layer, name, before)
        else:
            object.__delattr__(layer, name)
