"""Specs of a Keras model, read from its graph."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cnnkit.counting.errors import CountingError
from cnnkit.counting.keras_layers import specs_of_layer
from cnnkit.counting.specs import Reuse, Shape, Spec


def from_keras(model: Any) -> list[Spec]:
    """The specs of a functional or a built sequential model, with the names of its layers.

    An activation that a layer holds becomes a spec of its own, conv1 and conv1_relu. A nested model becomes its layers,
    their names after its own: encoder/conv1. A layer that is used again is conv1#2 there, and has its weights once.

    Args:
        model: functional, or sequential and built.

    Raises:
        CountingError: for a model that has no graph or no sizes, for a layer that is not known, and where shapes or
            parameters are not those that Keras has.

    Example:

    >>> import keras
    >>> layers = [keras.Input((8, 8, 3)), keras.layers.Conv2D(4, 3, activation="relu", name="conv1")]
    >>> [spec.name for spec in from_keras(keras.Sequential(layers))][1:]
    ['conv1', 'conv1_relu']
    """
    import keras

    if not isinstance(model, keras.Model):
        raise CountingError(
            "count takes the name of a network, a list of specs (cnnkit.counting.specs) or a Keras model, and "
            f"received {type(model).__name__}"
        )
    reader = _Reader()
    reader.read(model)
    return reader.specs


class _Reader:
    """Walks a model and the models in it, and holds what each layer becomes against what Keras says of it."""

    def __init__(self) -> None:
        self.specs: list[Spec] = []
        self.shapes: dict[str, Shape] = {}
        self.uses: Counter[str] = Counter()

    def read(self, model: Any, prefix: str = "", given: Sequence[str] = ()) -> list[str]:
        """Adds the specs of a model; returns the names of its outputs. given: names of what a nested one takes."""
        import keras

        from cnnkit import graph

        try:
            nodes = graph.nodes(model, "count")
        except ValueError as error:
            raise CountingError(str(error)) from None
        made = {id(tensor): name for tensor, name in zip(model.inputs, given, strict=False)}
        for node in nodes:
            if id(node.output_tensors[0]) in made:
                continue  # an input of a nested model
            layer, name = node.operation, prefix + node.operation.name
            inputs = [made[id(tensor)] for tensor in graph.sources(node)]
            if isinstance(layer, keras.Model):
                outputs = self.read(layer, f"{name}/", inputs)
            else:
                outputs = [self.add(layer, name, inputs, node.output_tensors[0])] * len(node.output_tensors)
            made.update((id(tensor), output) for tensor, output in zip(node.output_tensors, outputs, strict=True))
        return [made[id(tensor)] for tensor in model.outputs]

    def add(self, layer: Any, name: str, inputs: Sequence[str], tensor: Any) -> str:
        """Adds the specs of one use of a layer; returns the name of the last."""
        size = tuple(tensor.shape[1:])
        if None in size:
            raise CountingError(
                f"layer {name!r} has an output of unknown size, {tuple(tensor.shape)}; build the model from a "
                "keras.Input of known height and width"
            )
        self.uses[name] += 1
        again = self.uses[name] > 1
        own = f"{name}#{self.uses[name]}" if again else name
        try:
            specs = specs_of_layer(layer, own, inputs, [self.shapes[source] for source in inputs], size)
            if again:
                specs = [Reuse(replace(spec, inputs=()), name=spec.name, inputs=spec.inputs) for spec in specs]
            parameters = sum(self._measure(spec) for spec in specs)
        except CountingError as error:
            raise CountingError(f"layer {name!r}: {error}") from None
        self.specs += specs
        counted, last = self.shapes[specs[-1].name], specs[-1].name
        expected = 0 if again or not hasattr(layer, "count_params") else layer.count_params()
        if counted != size or parameters != expected:
            raise CountingError(
                f"layer {name!r}: {type(layer).__name__} would be counted with output {counted} and {parameters:,} "
                f"parameters, where Keras has {size} and {expected:,}; it uses an option that cannot be counted"
            )
        return last

    def _measure(self, spec: Spec) -> int:
        """Notes the shape of a spec's output; returns its parameters."""
        shapes = [self.shapes[source] for source in spec.inputs]
        self.shapes[spec.name] = spec.output(*shapes)
        return sum(part(*shapes).value for part in (spec.weights, spec.biases, spec.fixed))
