"""What a network is made of, and whether it can be looked into."""

from typing import Any

import keras

from cnnkit import graph


def check_model(model: Any) -> None:
    """Checks that a model can be looked into.

    Args:
        model: anything.

    Raises:
        TypeError: for what is no Keras model.
        ValueError: for one that cannot be used.
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"a Keras model is needed, and received {type(model).__name__}")
    if not model.built or (isinstance(model, keras.Sequential) and not model._functional):
        raise ValueError(f"{model.name} is not built: give it keras.Input(shape) as its first layer, or call it once")
    for kind in ("inputs", "outputs"):
        tensors = getattr(model, kind, None)
        if tensors is not None and len(tensors) != 1:
            raise ValueError(f"{model.name} has {len(tensors)} {kind}, where one is needed")


def uses_within(model: Any) -> list[tuple[Any, list[Any]]]:
    """Each operation with the tensors that it gives, in the order of their uses, those of nested models and inside
    layers among them. What is inside a layer gives what it gave when the layer was last built."""
    if graph.of(model) is None:
        return [(layer, []) for layer in model.layers]
    found = []
    for node in graph.nodes(model):
        operation = node.operation
        if node.is_input:
            continue
        if graph.of(operation) is not None:
            found += uses_within(operation)
        elif isinstance(operation, keras.layers.Layer):
            inner = [layer for layer in operation._flatten_layers(include_self=False) if layer is not operation]
            found += [
                (layer, layer._inbound_nodes[-1].output_tensors if layer._inbound_nodes else []) for layer in inner
            ]
        found.append((operation, node.output_tensors))
    return found


def operations_within(model: Any) -> list[Any]:
    """Layers and operations in the order of their uses, each once.

    Args:
        model: a Keras model, or what stands in for one.
    """
    return list({id(operation): operation for operation, _ in uses_within(model)}.values())


def output_shapes(model: Any) -> dict[str, tuple[int | None, ...]]:
    """{name: shape} of each operation that gives one tensor, in the order of their uses."""
    return {operation.name: tuple(given[0].shape) for operation, given in uses_within(model) if len(given) == 1}
