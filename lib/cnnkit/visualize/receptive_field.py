"""Which pixels a unit sees."""

import difflib
from typing import Any, NamedTuple

import keras

Range = tuple[int, int]  # first and last, on one axis
Box = tuple[Range, Range]  # rows and columns


class ReceptiveField(NamedTuple):
    """Pixels of the image, `bottom` and `right` excluded; below 0 or past the image where padding is seen."""

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

    model: a functional or sequential model on images (height, width, channels). Their height and
    width have to be known where a layer with padding "same" and a stride comes before.
    layer: name of a layer that gives maps, also in a nested model. row, column: the unit's place.

    At the border, padding counts as if the image went on: the part of the box within the image is
    what is seen, and its size is that of any other unit. A layer that is used several times is
    looked at in its last use. Layers that are not known to look at windows, Flatten and subclasses
    of your own among them, are taken to see everything; an `activation=`, to look at one place alone.
    Raises ValueError for a wrong name or place, for a size that has to be known, and for channels
    that come first.

    Source: lectures L1 and L4, receptive field.

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


def _graph(model: Any) -> Any:
    if isinstance(model, keras.Sequential):
        return model._functional
    return model if hasattr(model, "_nodes_by_depth") else None


def _names(model: Any) -> list[str]:
    graph = _graph(model)
    if graph is None:
        raise ValueError(f"receptive fields need a functional or sequential model, and received {type(model).__name__}")
    names: list[str] = []
    for operation in graph.operations:
        names += _names(operation) if _graph(operation) else [operation.name]
    return names


def _nodes(graph: Any) -> list[Any]:
    """Each use of a layer in this graph, the last first. A layer itself may know uses in other graphs."""
    return [node for depth in sorted(graph._nodes_by_depth) for node in reversed(graph._nodes_by_depth[depth])]


def _through(model: Any, layer: str, box: Box) -> dict[int, Box] | None:
    """What a layer's unit sees of each of the model's inputs, by their number; None where there is no such layer."""
    graph = _graph(model)
    for node in _nodes(graph):
        if _graph(node.operation):
            if (inner := _through(node.operation, layer, box)) is not None:
                return _back(graph, {id(node.input_tensors[number]): seen for number, seen in inner.items()})
        elif node.operation.name == layer:
            tensor = node.output_tensors[0]
            if len(tensor.shape) != 4:
                raise ValueError(f"layer {layer} gives {tensor.shape}, where (n, height, width, channels) is needed")
            for place, size, axis in zip(box, tensor.shape[1:3], ("row", "column"), strict=True):
                if place[0] < 0 or (size is not None and place[0] >= size):
                    raise ValueError(f"layer {layer} has the {axis}s 0 to {size and size - 1}, and received {place[0]}")
            return _back(graph, {id(tensor): box})
    return None


def _back(graph: Any, boxes: dict[int, Box]) -> dict[int, Box]:
    """From boxes on tensors of the graph, by id, to what they see of its inputs, by their number."""
    for node in _nodes(graph):
        seen = {number: boxes[id(t)] for number, t in enumerate(node.output_tensors) if id(t) in boxes}
        if not seen or not node.input_tensors:
            continue
        for tensor, box in _inputs_of(node, seen):
            boxes[id(tensor)] = _union(boxes[id(tensor)], box) if id(tensor) in boxes else box
    return {number: boxes[id(tensor)] for number, tensor in enumerate(graph.inputs) if id(tensor) in boxes}


def _inputs_of(node: Any, seen: dict[int, Box]) -> list[tuple[Any, Box]]:
    """Each tensor that the node takes, with what is seen of it."""
    operation = node.operation
    if inner := _graph(operation):
        boxes = _back(inner, {id(inner.outputs[number]): box for number, box in seen.items()})
        return [(node.input_tensors[number], box) for number, box in boxes.items()]
    (box, *others) = seen.values()
    for other in others:
        box = _union(box, other)
    return [(tensor, _seen(operation, tensor, node.output_tensors[0], box)) for tensor in node.input_tensors]


def _seen(operation: Any, given: Any, gives: Any, box: Box) -> Box:
    """What a layer sees of `given`, where a box of `gives` is looked at."""
    if getattr(operation, "data_format", None) == "channels_first":
        raise ValueError(f"{operation.name} has its channels first; models with data_format 'channels_last' are needed")
    if len(given.shape) != 4:
        return (0, 0), (0, 0)  # has no rows and columns: what it is made of is seen as a whole
    maps = len(gives.shape) == 4
    rows, columns = (
        _axis(operation, axis, given.shape[1 + axis], gives.shape[1 + axis], box[axis])
        if maps
        else _whole(operation, given.shape[1 + axis])
        for axis in (0, 1)
    )
    return rows, columns


def _axis(operation: Any, axis: int, length: int | None, made: int | None, seen: Range) -> Range:
    """On one axis, of whose length `made` is made."""
    kind, (first, last) = _kind(operation), seen
    if kind in ("Conv2D", "PaddedConv2D", "DepthwiseConv2D", "SeparableConv2D"):
        return _window(operation, _span(operation, axis), operation.strides[axis], length, seen)
    if kind in ("MaxPooling2D", "AveragePooling2D"):
        return _window(operation, operation.pool_size[axis], operation.strides[axis], length, seen)
    if kind == "ZeroPadding2D":
        return first - operation.padding[axis][0], last - operation.padding[axis][0]
    if kind == "Cropping2D":
        return first + operation.cropping[axis][0], last + operation.cropping[axis][0]
    if kind == "UpSampling2D" and operation.interpolation == "nearest":
        return first // operation.size[axis], last // operation.size[axis]
    if kind == "Conv2DTranspose" and operation.output_padding is None:
        span, stride = _span(operation, axis), operation.strides[axis]
        # Output o has the input i where o = i * stride + k - before, for k from 0 to span - 1.
        before = max(span - stride, 0) // 2 if operation.padding == "same" else 0
        return -(-(first + before - span + 1) // stride), (last + before) // stride
    if kind in _POINTWISE or (kind in _ALONG_AXES and 1 + axis not in _axes(operation)):
        return (0, 0) if length == 1 != made else seen  # one row is broadcast
    return _whole(operation, length)


# Layers, and functions of keras.ops, whose output in a place depends on their inputs in this place alone.
_POINTWISE = (
    "Activation ReLU LeakyReLU PReLU ELU GuidedReLU ScaledTanh BatchNormalization LocalResponseNormalization Rescaling "
    "Normalization Dropout SpatialDropout2D GaussianNoise GaussianDropout AlphaDropout ActivityRegularization Identity "
    "Dense Add Average Maximum Minimum Multiply Subtract Divide TrueDivide Relu Relu6 Sigmoid Silu Tanh Gelu Elu "
    "HardSigmoid HardSilu Softplus Square Exp"
).split()
# And those that are so but along the axes they are given: they put together, or weigh up, what lies along these.
_ALONG_AXES = "Concatenate LayerNormalization RMSNormalization UnitNormalization Softmax LogSoftmax".split()


def _kind(operation: Any) -> str:
    """The name of a layer or function of Keras or cnnkit; "" for what is somebody's own, be its name the same."""
    return type(operation).__name__ if type(operation).__module__.startswith(("keras.", "cnnkit.layers.")) else ""


def _axes(operation: Any) -> list[int]:
    axis = operation.axis
    return [0, 1, 2, 3] if axis is None else [one % 4 for one in (axis if isinstance(axis, (list, tuple)) else [axis])]


def _whole(operation: Any, length: int | None) -> Range:
    if length is None:
        raise ValueError(f"what {operation.name} sees depends on the image's size: give the model a fixed input size")
    return 0, length - 1


def _span(operation: Any, axis: int) -> int:
    """Of a kernel, with the gaps that dilation makes."""
    return (operation.kernel_size[axis] - 1) * operation.dilation_rate[axis] + 1


def _window(operation: Any, window: int, stride: int, length: int | None, seen: Range) -> Range:
    before = getattr(operation, "pad", 0)  # of PaddedConv2D
    if operation.padding == "same":
        if stride == 1:
            before = (window - 1) // 2
        elif length is None:
            raise ValueError(
                f'{operation.name} pads "same" with stride {stride}, so what it sees depends on the image\'s size: '
                "give the model a fixed input size"
            )
        else:
            before = max((-(-length // stride) - 1) * stride + window - length, 0) // 2
    return seen[0] * stride - before, seen[1] * stride - before + window - 1


def _union(one: Box, other: Box) -> Box:
    rows, columns = ((min(a[0], b[0]), max(a[1], b[1])) for a, b in zip(one, other, strict=True))
    return rows, columns
