"""The graph of a functional Keras model: uses of layers, and which needs which."""

from typing import Any


def of(model: Any) -> Any:
    """The functional graph that a model computes; None for a layer, and for a subclass of Model with its own `call`."""
    import keras  # here: a browser's Python has none

    if not isinstance(model, keras.Model) or not model.__class__.call.__module__.startswith("keras."):
        return None
    if isinstance(model, keras.Sequential):
        return model._functional
    return model if hasattr(model, "_nodes_by_depth") else None


def nodes(model: Any, reader: str = "this") -> list[Any]:
    """Each use of a layer, a Keras node, in an order in which what it needs comes first.

    model: a functional or a built sequential one. reader: who asks, for the error.

    Raises ValueError for a model that has no graph.
    """
    if (graph := of(model)) is None:
        raise ValueError(
            f"{reader} takes a functional model, whose graph is known, and received {type(model).__name__}; build a "
            "Sequential from its keras.Input on, and write a subclass of Model with the functional API"
        )
    return [node for depth in sorted(graph._nodes_by_depth, reverse=True) for node in graph._nodes_by_depth[depth]]


def sources(node: Any) -> list[Any]:
    """The tensors that a use of a layer takes: none for an input."""
    return [] if node.is_input else list(node.input_tensors)
