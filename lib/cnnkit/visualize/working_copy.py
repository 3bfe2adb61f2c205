"""A copy of a network that can be looked into and changed, while the network itself stays as it is."""

import difflib
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary, proxy, ref

import keras
import numpy as np
from keras import ops

from cnnkit.gradients import compiled
from cnnkit.layers import guided_relu

BATCH = 64  # images that are computed at once


_copies: WeakKeyDictionary[keras.Model, dict[bool, "WorkingCopy"]] = WeakKeyDictionary()


def working_copy(model: keras.Model, guided: bool = False) -> "WorkingCopy":
    """The copy of this model; the same one each time, so that what it compiled is used again.

    A new one where the model has since got other layers or activations. It goes when the model goes.

    Raises TypeError for what is no Keras model and ValueError for one that cannot be used.
    """
    check_model(model)
    copies = _copies.setdefault(model, {})
    if guided not in copies or copies[guided].structure != _structure(model):
        copies[guided] = WorkingCopy(model, guided)
    return copies[guided]


def _structure(model: keras.Model) -> list[tuple[Any, Any]]:
    """What weights do not tell. Weak references: a layer may know the model that it is kept for."""
    return [(ref(operation), getattr(operation, "activation", None)) for operation in operations_within(model)]


class WorkingCopy:
    """A copy of `model` that ends in logits, and computes with the weights that `model` has at the time.

    model: with one input and one output. guided: each ReLU passes the gradient back as `guided_relu` does.

    A softmax or sigmoid at the end, be it a layer, an `activation=`, an operation or the end of a
    nested model, is taken off the copy. One output z, of a network for two classes, becomes the
    two logits -z and z. A model without a graph, a subclass of keras.Model, is used as it is: it
    has to end in logits, and its layers cannot be reached.
    """

    def __init__(self, model: keras.Model, guided: bool = False):
        self.name, self.sources, self.structure = model.name, model.weights, _structure(model)
        self.has_graph = getattr(model, "inputs", None) is not None
        self.takes = tuple(model.inputs[0].shape) if self.has_graph else None
        self.network = proxy(model)  # a copy holds nothing that would keep its model alive
        self.ends_in_sigmoid = False
        if self.has_graph:
            graph = keras.Model(model.inputs, model.outputs)
            self.network, self.sources = _clone(graph), graph.weights
            ended_in = _end_in_logits(self.network)
            self.ends_in_sigmoid = ended_in == "sigmoid"
        if guided:
            self._need_graph("guided backpropagation")
            for operation in self._operations():
                _guide(operation)
        self._compiled: dict[Any, Callable[..., Any]] = {}
        self._known_to_end_in_logits = self.has_graph and bool(ended_in or _is_linear(_last(self.network)))

    # ---- what functions of tensors use

    def logits(self, x: Any) -> Any:
        """(n, classes), two at least."""
        outputs = self._outputs(x)
        return ops.concatenate([-outputs, outputs], axis=1) if outputs.shape[1] == 1 else outputs

    def probabilities(self, x: Any) -> Any:
        """(n, classes): by sigmoid where the model has one output or ends in sigmoid, else by softmax."""
        outputs = self._outputs(x)
        if outputs.shape[1] == 1:
            return ops.sigmoid(ops.concatenate([-outputs, outputs], axis=1))
        return ops.sigmoid(outputs) if self.ends_in_sigmoid else ops.softmax(outputs)

    def scores(self, x: Any, classes: Any) -> Any:
        """The logit of one class for each image: (n,)."""
        return ops.take_along_axis(self.logits(x), ops.expand_dims(classes, 1), axis=1)[:, 0]

    def outputs_of(self, x: Any, layer: str) -> Any:
        """What the layer of this name gives for x."""
        return self._tapped(layer, lambda: self.network(x, training=False))[0]

    def scores_with(self, x: Any, classes: Any, layer: str, outputs: Any) -> Any:
        """`scores`, had the layer given these outputs."""
        return self._tapped(layer, lambda: self.scores(x, classes), outputs)[1]

    # ---- how they are run

    def run(self, function: Callable[..., Any], *arrays: Any, **options: Any) -> Any:
        """function(self, *tensors, **options), compiled once for each set of shapes and options."""
        key = (function, *sorted(options.items()))
        if key not in self._compiled:
            self._compiled[key] = compiled(
                lambda *tensors: function(self, *tensors, **options), self.network.weights, self.sources
            )
        return self._compiled[key](*arrays)

    def run_in_batches(
        self, function: Callable[..., Any], *arrays: Any, batch_size: int = BATCH, **options: Any
    ) -> Any:
        """`run` on the rows of the arrays, `batch_size` at a time; an array without rows goes with each batch."""
        rows = [np.ndim(array) > 0 for array in arrays]
        count = max(len(array) for array, has in zip(arrays, rows, strict=True) if has)
        parts = [
            self.run(
                function,
                *(array[first : first + batch_size] if has else array for array, has in zip(arrays, rows, strict=True)),
                **options,
            )
            for first in range(0, count, batch_size)
        ]
        if isinstance(parts[0], tuple):
            return tuple(np.concatenate(column) for column in zip(*parts, strict=True))
        return np.concatenate(parts)

    # ---- what users give

    def images(self, images: Any, spatial: bool = False) -> np.ndarray:
        """The images as float32, found to be a batch that the model takes.

        spatial: they have to be (n, height, width, channels).
        """
        array = np.asarray(images)
        wanted = self.takes or (None,) * max(array.ndim, 2)
        if spatial and len(wanted) != 4:
            raise ValueError(f"{self.name} takes inputs {wanted}, where images (n, height, width, channels) are needed")
        shown = f"{self.name} takes a batch of shape {wanted}"
        if array.dtype.kind not in "fiub":
            raise ValueError(f"{shown}, and received {array.dtype} {array.shape}")
        if array.ndim == len(wanted) - 1:
            raise ValueError(f"{shown}, and received one of shape {array.shape}: give images[None]")
        fits = array.ndim == len(wanted) and all(n in (None, m) for n, m in zip(wanted, array.shape, strict=True))
        if not fits or not array.size:
            raise ValueError(f"{shown}, and received {array.shape}")
        array = array.astype("float32")
        if not np.isfinite(array).all():
            raise ValueError(f"{self.name} received images that hold NaN or infinity")
        return array

    def check_logits(self, images: np.ndarray) -> None:
        """Raises ValueError where the copy gives probabilities all the same."""
        if self._known_to_end_in_logits:
            return
        outputs = self.run(_logits, images[:8])
        if outputs.min() >= 0 and np.allclose(outputs.sum(axis=1), 1, atol=1e-4):
            raise ValueError(
                f"{self.name} gives probabilities, and no softmax was found at its end that could be taken off: "
                "give a model that ends in logits"
            )
        self._known_to_end_in_logits = True

    def classes(self, classes: Any, images: np.ndarray) -> np.ndarray:
        """A class for each image: those predicted where None, one for all, or one each."""
        self.check_logits(images)
        logits = self.run_in_batches(_logits, images) if classes is None else self.run(_logits, images[:1])
        if classes is None:
            return logits.argmax(axis=1).astype("int32")
        array, count = np.asarray(classes), logits.shape[1]
        if array.dtype.kind not in "iu" or array.shape not in ((), (len(images),)):
            raise ValueError(
                f"classes are one whole number, or one for each of the {len(images)} images, and received {classes!r}"
            )
        if array.min() < 0 or array.max() >= count:
            raise ValueError(f"{self.name} has the classes 0 to {count - 1}, and received {classes!r}")
        return np.broadcast_to(array, (len(images),)).astype("int32")

    def layer(self, name: str | None, spatial: bool = False) -> str:
        """The name, found to be a layer's; where None, that of the last layer that gives images.

        spatial: the layer has to give (n, height, width, channels).
        """
        self._need_graph("to look at a layer")
        layers = self._layers()
        if name is None:
            names = [key for key, layer in layers.items() if len(_shape(layer)) == 4]
            if not names:
                raise ValueError(f"{self.name} has no layer that gives (n, height, width, channels)")
            return names[-1]
        if name not in layers:
            near = difflib.get_close_matches(str(name), layers, n=3, cutoff=0.4) or list(layers)
            raise ValueError(f"{self.name} has no layer {name!r}; near it are {', '.join(near)}")
        shape = _shape(layers[name])
        if spatial and len(shape) != 4:
            raise ValueError(f"layer {name} gives {shape}, where (n, height, width, channels) is needed")
        return name

    def input_shape(self) -> tuple[int, ...]:
        """Of one image; raises ValueError where it is not known."""
        shape = self.takes[1:] if self.takes else (None,)
        if None in shape:
            raise ValueError(f"{self.name} has no fixed input size, which is needed here: {shape}")
        return shape

    def output_shape(self, layer: str | None) -> tuple[int | None, ...]:
        """(None, classes) where the layer is None."""
        if layer is not None:
            return _shape(self._layers()[layer])
        batch, classes = self.network.outputs[0].shape
        return batch, max(classes, 2)

    # ---- within

    def _outputs(self, x: Any) -> Any:
        outputs = self.network(x, training=False)
        if len(outputs.shape) != 2:
            raise ValueError(f"{self.name} gives {tuple(outputs.shape)}, where (n, classes) is needed")
        return ops.cast(outputs, "float32")

    def _need_graph(self, what: str) -> None:
        if not self.has_graph:
            raise ValueError(
                f"{what} needs a functional or sequential model, and received {self.network.__class__.__name__}"
            )

    def _operations(self) -> list[Any]:
        return operations_within(self.network)

    def _layers(self) -> dict[str, Any]:
        return {operation.name: operation for operation in self._operations() if _shape(operation)}

    def _tapped(self, layer: str, compute: Callable[[], Any], replacement: Any = None) -> tuple[Any, Any]:
        """What the layer gave, and what `compute` did; the layer gives the replacement, where there is one."""
        operation, seen = self._layers()[layer], []
        call = operation.call

        def tapped(*args: Any, **kwargs: Any) -> Any:
            seen.append(call(*args, **kwargs))
            return seen[-1] if replacement is None else replacement

        operation.call = tapped
        try:
            result = compute()
        finally:
            operation.call = call
        return seen[-1], result


def _logits(copy: WorkingCopy, x: Any) -> Any:
    return copy.logits(x)


def logits(model: keras.Model, images: Any, batch_size: int = BATCH) -> np.ndarray:
    """What the model gives before its softmax.

    images: a batch that the model takes. Returns float32 (n, classes); two classes, with the logits
    -z and z, for a model with one output.

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "softmax", kernel_initializer="identity")])
    >>> logits(model, np.array([[3.0, -1.0]])).tolist()
    [[3.0, -1.0]]
    """
    copy = working_copy(model)
    images = copy.images(images)
    copy.check_logits(images)
    return copy.run_in_batches(_logits, images, batch_size=batch_size)


def check_model(model: Any) -> None:
    if not isinstance(model, keras.Model):
        raise TypeError(f"a Keras model is needed, and received {type(model).__name__}")
    if not model.built or (isinstance(model, keras.Sequential) and not model._functional):
        raise ValueError(f"{model.name} is not built: give it keras.Input(shape) as its first layer, or call it once")
    for kind in ("inputs", "outputs"):
        tensors = getattr(model, kind, None)
        if tensors is not None and len(tensors) != 1:
            raise ValueError(f"{model.name} has {len(tensors)} {kind}, where one is needed")


def _clone(graph: keras.Model) -> keras.Model:
    def clone(layer: Any) -> Any:
        if isinstance(layer, keras.layers.Lambda):  # its configuration is not read back
            return keras.layers.Lambda(layer.function, mask=layer.mask, arguments=layer.arguments, name=layer.name)
        try:
            return type(layer).from_config(layer.get_config())
        except Exception as error:
            raise ValueError(f"layer {layer.name} cannot be made from its configuration: {error}") from error

    return keras.models.clone_model(graph, clone_function=clone, recursive=True)


def _is_model(operation: Any) -> bool:
    return isinstance(operation, keras.Model) and getattr(operation, "inputs", None) is not None


def operations_within(network: keras.Model) -> list[Any]:
    """Layers and operations in their order, those of nested models and inside layers among them."""
    found: list[Any] = []
    for operation in network.operations if hasattr(network, "operations") else network.layers:
        if isinstance(operation, keras.layers.InputLayer):
            continue
        if _is_model(operation):
            found += operations_within(operation)
        elif isinstance(operation, keras.layers.Layer):
            found += [inner for inner in operation._flatten_layers(include_self=False) if inner is not operation]
        found.append(operation)
    return found


def _shape(operation: Any) -> tuple[int | None, ...]:
    """Of what it gives; () where it is in no graph or gives several things."""
    try:
        return tuple(operation.output.shape)
    except (AttributeError, ValueError):
        return ()


def _last(network: keras.Model) -> Any:
    """The layer or operation that makes the output, be it in a nested model."""
    operation = network.outputs[0]._keras_history.operation
    return _last(operation) if _is_model(operation) else operation


def _is_linear(operation: Any) -> bool:
    return isinstance(operation, keras.layers.Dense) and operation.activation is keras.activations.linear


def _end_in_logits(network: keras.Model) -> str:
    """Turns the softmax or sigmoid at the end into the identity, and tells which it was; "" where there is none."""
    operation = _last(network)
    last = getattr(operation, "activation", operation)
    if last not in (keras.activations.softmax, keras.activations.sigmoid) and not isinstance(last, keras.Operation):
        return ""
    kind = last.__name__ if callable(last) and hasattr(last, "__name__") else type(last).__name__.lower()
    if kind not in ("softmax", "sigmoid"):
        return ""
    if isinstance(last, keras.Operation):
        last.call = lambda x, *args, **kwargs: x
    else:
        operation.activation = keras.activations.linear
    return kind


def _guide(operation: Any) -> None:
    """Gives ReLU, in whatever form, the backward pass of guided backpropagation.

    A ReLU layer that is another layer's `activation=` is in the list of operations by itself.
    """
    activation = getattr(operation, "activation", None)
    if activation is keras.activations.relu:
        operation.activation = guided_relu
    elif activation is keras.activations.relu6:
        operation.activation = _guided_up_to(6.0)
    elif _is_relu(operation):
        operation.call = _guided_up_to(operation.max_value)
    elif type(operation).__name__ in ("Relu", "Relu6") and not isinstance(operation, keras.layers.Layer):
        operation.call = _guided_up_to(6.0 if type(operation).__name__ == "Relu6" else None)


def _is_relu(layer: Any) -> bool:
    return isinstance(layer, keras.layers.ReLU) and layer.negative_slope == 0 and layer.threshold == 0


def _guided_up_to(most: float | None) -> Callable[[Any], Any]:
    return guided_relu if most is None else lambda x: ops.minimum(guided_relu(x), most)
