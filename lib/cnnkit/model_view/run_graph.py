"""Computing a functional model's graph, use by use, so that one use of a layer can be another than the rest."""

from collections.abc import Callable, Sequence
from typing import Any

from keras import tree

from cnnkit import graph

Path = tuple[Any, ...]  # nodes: the use of a nested model, of a model in that, and so on to the use of an operation
Call = Callable[..., Any]  # (path, operation, *args, **kwargs) -> what the operation gives


def run_graph(model: Any, inputs: Sequence[Any], call: Call, within: Path = ()) -> list[Any]:
    """The model's outputs at inference, each operation computed by `call`.

    inputs: a tensor for each of the model's inputs, used in the type that it has: where the model
    would make whole numbers of it, no gradient would pass.
    """
    network = graph.of(model)
    known = dict(zip(map(id, network.inputs), network._adjust_input_rank(list(inputs)), strict=True))
    for node in graph.nodes(model):
        if node.is_input or any(id(tensor) not in known for tensor in node.input_tensors):
            continue
        args, kwargs = node.arguments.fill_in(known)
        path = (*within, node)
        given = [tensor for tensor in tree.flatten((args, kwargs)) if tensor is not None]  # a mask that is not there
        inner = graph.of(node.operation)
        if inner is not None and len(given) == len(inner.inputs):
            outputs = run_graph(node.operation, given, call, path)
        else:
            if "training" in getattr(node.operation, "_call_context_args", {}):
                kwargs["training"] = False
            outputs = tree.flatten(call(path, node.operation, *args, **kwargs))
        known |= dict(zip(map(id, node.outputs), outputs, strict=True))
    return [known[id(output)] for output in network.outputs]


def last_path(model: Any, number: int = 0, within: Path = ()) -> Path:
    """The use of the operation that makes this output of the model, be it in a nested model."""
    operation, node_index, tensor_index = graph.of(model).outputs[number]._keras_history
    path = (*within, operation._inbound_nodes[node_index])
    return path if graph.of(operation) is None else last_path(operation, tensor_index, path)
