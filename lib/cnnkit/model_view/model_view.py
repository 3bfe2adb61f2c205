"""A network that can be looked into, up to its logits, while it stays as it is."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from weakref import WeakKeyDictionary, proxy, ref

import keras
import numpy as np
from keras import ops

from cnnkit import graph
from cnnkit.gradients import compiled
from cnnkit.model_view.ends import ends_in, with_end, without_end
from cnnkit.model_view.given import check_classes, check_images, check_layer
from cnnkit.model_view.guided import guided as guiding
from cnnkit.model_view.operations import check_model, operations_within, output_shapes
from cnnkit.model_view.run_graph import last_path, run_graph
from cnnkit.replaced import replaced

BATCH = 64  # images that are computed at once

_views: WeakKeyDictionary[keras.Model, dict[bool, "ModelView"]] = WeakKeyDictionary()


def view_of(model: keras.Model, guided: bool = False) -> "ModelView":
    """The view of this model; the same one each time, so that what it compiled is used again.

    A new one where the model has since got other layers, activations or settings. It goes when the model goes.

    Args:
        model: a Keras model with one input and one output, with or without a softmax or sigmoid at its end.
        guided: as of `ModelView`.

    Raises:
        TypeError: for what is no Keras model.
        ValueError: for one that cannot be used.
    """
    check_model(model)
    views = _views.setdefault(model, {})
    settings = _settings(model)
    if guided not in views or not _same(views[guided].settings, settings):
        views[guided] = ModelView(model, guided, settings)
    return views[guided]


class ModelView:
    """What `model` computes, before its softmax or sigmoid, by its own layers and with the weights that it has.

    A softmax or sigmoid at the end, be it a layer, an `activation=`, an operation or the end of a nested model, is left
    out where it makes the output, and nowhere else. One output z, of a network for two classes, becomes the two logits
    -z and z. Images go in as they are: where the model takes whole numbers, they are not rounded. A model without a
    graph, a subclass of keras.Model, is used as it is: it has to end in logits, and its layers cannot be reached.

    No layer is copied: what a configuration does not tell, the mean of an adapted `Normalization`, is there. While a
    function is being compiled, a layer's activation may be another one; threads must not share a model then.

    Args:
        model: with one input and one output.
        guided: each ReLU passes the gradient back as `guided_relu` does.
        settings: the model's operations, each with its settings, by which `view_of` sees that they changed.
    """

    def __init__(self, model: keras.Model, guided: bool, settings: list[Any]):
        self.name, self.settings, self.guided = model.name, settings, guided
        self.network = proxy(model)  # a view holds nothing that would keep its model alive
        self.has_graph = graph.of(model) is not None
        self.takes = tuple(model.inputs[0].shape) if self.has_graph else None
        self.end = ends_in(last_path(model)[-1].operation) if self.has_graph else ""
        if guided:
            self._need_graph("guided backpropagation")
        self._weights = model.weights
        self._compiled: dict[Any, Callable[..., Any]] = {}
        self._is_known_to_end_in_logits = False

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
        return ops.sigmoid(outputs) if self.end == "sigmoid" else ops.softmax(outputs)

    def scores(self, x: Any, classes: Any) -> Any:
        """The logit of one class for each image: (n,)."""
        return ops.take_along_axis(self.logits(x), ops.expand_dims(classes, 1), axis=1)[:, 0]

    def outputs_of(self, x: Any, layer: str) -> Any:
        """What the layer of this name gives for x."""
        return self._tapped(layer, lambda: self._run(x))[0]

    def scores_with(self, x: Any, classes: Any, layer: str, outputs: Any) -> Any:
        """`scores`, had the layer given these outputs."""
        return self._tapped(layer, lambda: self.scores(x, classes), outputs)[1]

    # ---- how they are run

    def run(self, function: Callable[..., Any], *arrays: Any, **options: Any) -> Any:
        """function(self, *tensors, **options), compiled once for each set of shapes and options."""
        key = (function, *sorted(options.items()))
        if key not in self._compiled:
            self._compiled[key] = compiled(
                lambda *tensors: function(self, *tensors, **options), self._weights, self._weights
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
        return check_images(images, self.name, self.takes, spatial)

    def check_logits(self, images: np.ndarray) -> int:
        """The number of classes. Raises ValueError where the network gives NaN, and where what it gives before
        its end is not the logits, as far as can be told."""
        outputs = self.run(_logits, images[:1])
        if not np.isfinite(outputs).all():
            raise ValueError(f"{self.name} gives NaN or infinity: look at its weights")
        if not self._is_known_to_end_in_logits:
            if self.end in ("softmax", "sigmoid"):
                self._compare_ends(images[:8])
            elif self.end != "linear":
                self._refuse_probabilities(images[:8])
            self._is_known_to_end_in_logits = True
        return int(outputs.shape[1])

    def classes(self, classes: Any, images: np.ndarray) -> np.ndarray:
        """A class for each image: those predicted where None, one for all, or one each."""
        count = self.check_logits(images)
        if classes is None:
            return self.run_in_batches(_logits, images).argmax(axis=1).astype("int32")
        return check_classes(classes, len(images), self.name, count)

    def layer(self, name: str | None, spatial: bool = False) -> str:
        """The name, found to be a layer's; where None, that of the last layer that gives images of more than a pixel.

        spatial: the layer has to give (n, height, width, channels).
        """
        self._need_graph("to look at a layer")
        return check_layer(name, self.name, output_shapes(self.network), spatial)

    def input_shape(self) -> tuple[int, ...]:
        """Of one image; raises ValueError where it is not known."""
        shape = self.takes[1:] if self.takes else (None,)
        if None in shape:
            raise ValueError(f"{self.name} has no fixed input size, which is needed here: {shape}")
        return shape

    def output_shape(self, layer: str | None) -> tuple[int | None, ...]:
        """(None, classes) where the layer is None."""
        if layer is not None:
            return output_shapes(self.network)[layer]
        batch, classes = self.network.outputs[0].shape
        return batch, max(classes, 2)

    # ---- within

    def _outputs(self, x: Any) -> Any:
        outputs = self._run(x)
        if len(outputs.shape) != 2:
            raise ValueError(f"{self.name} gives {tuple(outputs.shape)}, where (n, classes) is needed")
        return ops.cast(outputs, "float32")

    def _run(self, x: Any) -> Any:
        if not self.has_graph:
            return self.network(x, training=False)
        last = last_path(self.network) if self.end in ("softmax", "sigmoid") else ()

        def call(path: Any, operation: Any, *args: Any, **kwargs: Any) -> Any:
            return without_end(operation, *args, **kwargs) if path == last else operation(*args, **kwargs)

        with guiding(self.network) if self.guided else nullcontext():
            return run_graph(self.network, [x], call)[0]

    def _tapped(self, layer: str, compute: Callable[[], Any], replacement: Any = None) -> tuple[Any, Any]:
        """What the layer gave, and what `compute` did; the layer gives the replacement, where there is one."""
        operation = next(one for one in operations_within(self.network) if one.name == layer)
        seen: list[Any] = []
        call = operation.call

        def tapped(*args: Any, **kwargs: Any) -> Any:
            seen.append(call(*args, **kwargs))
            return seen[-1] if replacement is None else replacement

        with replaced(operation, "call", tapped):
            result = compute()
        if replacement is not None and len(seen) > 1:
            raise ValueError(
                f"layer {layer} is used {len(seen)} times in {self.name}, and gives something else each time: "
                "look at a layer that is used once"
            )
        return seen[-1], result

    def _compare_ends(self, images: np.ndarray) -> None:
        without, whole = self.run(_both_ends, images)
        atol = 1e-4 if self.network.compute_dtype in ("float32", "float64") else 0.02
        if without.shape != whole.shape or not np.allclose(without, whole, atol=atol):
            raise ValueError(
                f"{self.name} ends in a {self.end}, and gives something else than the {self.end} of what it gives "
                "without: give a model that ends in logits"
            )

    def _refuse_probabilities(self, images: np.ndarray) -> None:
        """Whatever a sigmoid is shown, it gives numbers from 0 to 1; logits leave them where images are enlarged."""
        tries = [self.run(_logits, images * np.float32(factor)) for factor in (1, -1, 1e3, -1e3)]
        outputs = np.concatenate(tries)
        if outputs.shape[1] == 2 and np.array_equal(outputs[:, 0], -outputs[:, 1]):
            outputs = outputs[:, 1]
        outputs = outputs[np.isfinite(outputs)]
        if outputs.min() >= -1e-3 and outputs.max() <= 1 + 1e-3 and outputs.any():
            raise ValueError(
                f"{self.name} gives probabilities, and no softmax or sigmoid was found at its end that could be left "
                "out: whatever it is shown, its numbers are from 0 to 1. Give a model that ends in logits"
            )

    def _need_graph(self, what: str) -> None:
        if not self.has_graph:
            raise ValueError(
                f"{what} needs a functional or sequential model, and received {self.network.__class__.__name__}"
            )


def _logits(view: ModelView, x: Any) -> Any:
    return view.logits(x)


def _both_ends(view: ModelView, x: Any) -> Any:
    """The end of what the view gives, and what the network itself gives."""
    return with_end(view.end, view._outputs(x)), ops.cast(view.network(x, training=False), "float32")


def logits(model: keras.Model, images: Any, batch_size: int = BATCH) -> np.ndarray:
    """What the model gives before its softmax.

    Args:
        model: a Keras model with one input and one output, with or without a softmax or sigmoid at its end.
        images: a batch that the model takes.
        batch_size: how many images are computed at once.

    Returns:
        float32 (n, classes); two classes, with the logits -z and z, for a model with one output.

    Raises:
        ValueError: for arguments that do not fit, and where the model gives NaN.

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "softmax", kernel_initializer="identity")])
    >>> logits(model, np.array([[3.0, -1.0]])).tolist()
    [[3.0, -1.0]]
    """
    view = view_of(model)
    images = view.images(images)
    view.check_logits(images)
    return view.run_in_batches(_logits, images, batch_size=batch_size)


def _settings(model: keras.Model) -> list[tuple[Any, dict[str, Any]]]:
    """What weights do not tell: the operations, each with what it was set to and with arrays that it holds, as an
    adapted `Normalization` does. Weak references: a layer may know the model that the view is kept for."""
    return [
        (ref(operation), {name: value for name, value in vars(operation).items() if _is_setting(name, value)})
        for operation in operations_within(model)
    ]


def _is_setting(name: str, value: Any) -> bool:
    is_plain = isinstance(value, (bool, int, float, str, tuple, np.ndarray, np.generic)) or ops.is_tensor(value)
    return name == "activation" or (is_plain and not name.startswith("_"))


def _same(one: list[Any], other: list[Any]) -> bool:
    """Whether these are the same operations with the same settings; arrays where it is the same array."""
    return [operation for operation, _ in one] == [operation for operation, _ in other] and all(
        before.keys() == now.keys()
        and all(before[name] is now[name] or (_is_scalar(now[name]) and before[name] == now[name]) for name in now)
        for (_, before), (_, now) in zip(one, other, strict=True)
    )


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (bool, int, float, str, tuple))
