"""Which pixels a unit sees."""

import difflib
from collections.abc import Sequence
from typing import Any, NamedTuple

import keras

from cnnkit import graph
from cnnkit.counting.errors import CountingError
from cnnkit.counting.keras_layers import specs_of_layer
from cnnkit.counting.specs import Spec
from cnnkit.counting.specs.reach import Seen

Box = tuple[Seen, Seen]  # rows and columns
Shape = tuple[int | None, ...]


class ReceptiveField(NamedTuple):
    """Pixels of the image; below 0 or past the image where padding is seen.

    Args:
        top, left: the first row and column.
        bottom, right: those after the last.
    """

    top: int
    left: int
    bottom: int
    right: int

    @property
    def size(self) -> tuple[int, int]:
        """(height, width), padding included."""
        return self.bottom - self.top, self.right - self.left


def receptive_field(model: keras.Model, layer: str, row: int = 0, column: int = 0) -> ReceptiveField:
    """The pixels on which a unit can depend, from kernels, strides, dilations and paddings on all ways to it.

    At the border, padding counts as if the image went on: the part of the box within the image is what is seen, and its
    size is that of any other unit. A layer that is used several times is looked at in its last use. Layers that
    `cnnkit.counting` does not know, subclasses of your own among them, are taken to see everything, as Flatten does; an
    `activation=`, to look at one place alone.

    Args:
        model: a functional or sequential model on images (height, width, channels). Their height and width have to be
            known where a layer with padding "same" and a stride comes before.
        layer: name of a layer that gives maps, also in a nested model.
        row, column: the unit's place.

    Returns:
        A `ReceptiveField`.

    Raises:
        ValueError: for a wrong name or place, for a size that has to be known, and for channels that come first.

    References:
        Lectures L1 and L4, receptive field.

    Example:

    >>> convolutions = [keras.layers.Conv2D(4, 3, padding="same", name=f"c{i}") for i in range(3)]
    >>> model = keras.Sequential([keras.Input((32, 32, 1)), *convolutions])
    >>> field = receptive_field(model, "c2", row=10, column=0)
    >>> field, field.size
    (ReceptiveField(top=7, left=-3, bottom=14, right=4), (7, 7))
    """
    names = _names(model)
    shapes = [tuple(tensor.shape) for tensor in model.inputs]
    if len(shapes) != 1 or len(shapes[0]) != 4:
        raise ValueError(f"{model.name} takes {shapes}, where one batch (n, height, width, channels) is needed")
    boxes = _through(model, layer, ((row, row), (column, column)))
    if boxes is None:
        near = difflib.get_close_matches(str(layer), names, n=3, cutoff=0.4) or names
        raise ValueError(f"{model.name} has no layer {layer!r}; near it are {', '.join(near)}")
    (top, bottom), (left, right) = boxes[0]
    return ReceptiveField(top, left, bottom + 1, right + 1)


def _names(model: Any) -> list[str]:
    if graph.of(model) is None:
        raise ValueError(
            f"receptive fields need a functional or sequential model, and received {model.__class__.__name__}"
        )
    names: list[str] = []
    for operation in {id(node.operation): node.operation for node in graph.nodes(model)}.values():
        names += _names(operation) if graph.of(operation) is not None else [operation.name]
    return names


def _through(model: Any, layer: str, box: Box) -> dict[int, Box] | None:
    """What a layer's unit sees of each of the model's inputs, by their number; None where there is no such layer."""
    for node in reversed(graph.nodes(model)):
        if graph.of(node.operation) is not None:
            if (inner := _through(node.operation, layer, box)) is not None:
                return _back(model, {id(node.input_tensors[number]): seen for number, seen in inner.items()})
        elif node.operation.name == layer:
            tensor = node.output_tensors[0]
            if len(tensor.shape) != 4:
                raise ValueError(f"layer {layer} gives {tensor.shape}, where (n, height, width, channels) is needed")
            for place, size, axis in zip(box, tensor.shape[1:3], ("row", "column"), strict=True):
                if place[0] < 0 or (size is not None and place[0] >= size):
                    raise ValueError(f"layer {layer} has the {axis}s 0 to {size and size - 1}, and received {place[0]}")
            return _back(model, {id(tensor): box})
    return None


def _back(model: Any, boxes: dict[int, Box]) -> dict[int, Box]:
    """From boxes on tensors of the model's graph, by id, to what they see of its inputs, by their number."""
    for node in reversed(graph.nodes(model)):
        seen = {number: boxes[id(t)] for number, t in enumerate(node.output_tensors) if id(t) in boxes}
        if not seen or not node.input_tensors:
            continue
        for tensor, box in _inputs_of(node, seen):
            boxes[id(tensor)] = _union(boxes.get(id(tensor)), box)
    inputs = graph.of(model).inputs
    return {number: boxes[id(tensor)] for number, tensor in enumerate(inputs) if id(tensor) in boxes}


def _inputs_of(node: Any, seen: dict[int, Box]) -> list[tuple[Any, Box]]:
    """Each tensor that the node takes, with what is seen of it."""
    operation = node.operation
    if (inner := graph.of(operation)) is not None:
        boxes = _back(operation, {id(inner.outputs[number]): box for number, box in seen.items()})
        return [(node.input_tensors[number], box) for number, box in boxes.items()]
    joint: Box | None = None
    for box in seen.values():
        joint = _union(joint, box)
    return [(tensor, _seen(operation, tensor, node.output_tensors[0], joint)) for tensor in node.input_tensors]


def _seen(operation: Any, given: Any, gives: Any, box: Any) -> Box:
    """What a layer sees of `given`, where a box of `gives` is looked at."""
    if getattr(operation, "data_format", None) == "channels_first":
        raise ValueError(f"{operation.name} has its channels first; models with data_format 'channels_last' are needed")
    takes, makes = tuple(given.shape[1:]), tuple(gives.shape[1:])
    if len(takes) == 3 == len(makes):
        try:
            specs = specs_of_layer(operation, operation.name, ["given"], [takes], makes)
            return _through_specs(specs, takes, box)
        except TypeError:  # a size that is not known was computed with
            pass
        except CountingError as error:
            if "depends on the image's size" in str(error):
                raise ValueError(f"{operation.name} {error}") from None
    return _whole(operation.name, takes, 0), _whole(operation.name, takes, 1)


def _through_specs(specs: Sequence[Spec], takes: Shape, box: Box) -> Box:
    """What the last of these specs, the parts of one layer, sees of what the layer takes."""
    shapes: dict[str, Shape] = {"given": takes}
    for spec in specs[:-1]:
        shapes[spec.name] = spec.output(*(shapes[source] for source in spec.inputs))  # type: ignore[arg-type]
    boxes = {specs[-1].name: box}
    for spec in reversed(specs):
        reach = spec.reach(*(shapes[source] for source in spec.inputs))  # type: ignore[arg-type]
        for source in spec.inputs:
            lengths = shapes[source]
            rows, columns = (
                _whole(spec.name, lengths, axis)
                if reach.whole[axis] or len(lengths) != 3 or lengths[axis] == 1
                else reach.back(axis, boxes[spec.name][axis])
                for axis in (0, 1)
            )
            boxes[source] = _union(boxes.get(source), (rows, columns))
    return boxes["given"]


def _whole(name: str, shape: Shape, axis: int) -> Seen:
    """All places of an axis; of what has no rows and columns, the one that stands for all."""
    length = shape[axis] if len(shape) == 3 else 1
    if length is None:
        raise ValueError(f"what {name} sees depends on the image's size: give the model a fixed input size")
    return 0, length - 1


def _union(one: Box | None, other: Box) -> Box:
    if one is None:
        return other
    rows, columns = ((min(a[0], b[0]), max(a[1], b[1])) for a, b in zip(one, other, strict=True))
    return rows, columns
