"""The side of a check that stands in the student's kernel: it calls their functions."""

import linecache
import math
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any, NoReturn

import numpy as np

from cnnkit.check.codec import NotPlainData, encode

_COLOURS = re.compile("\x1b" r"\[[0-9;]*m")
_CALLING = re.compile(r"Exception encountered when calling (\w+)\.call\(\)")
_NODE = re.compile(r"\s*for '\{\{node .*")  # TensorFlow's name of the place in its graph


class Namespace:
    """A notebook's variables, answering the requests of a `Submission`.

    A request is a dict of plain data with an "op": `call`, `value`, `model`, `predict` or
    `set_weights`. The reply is {"value": ...} or {"error": kind, "text": ..., "line": ...}.
    """

    def __init__(self, variables: dict[str, Any]):
        self.variables = variables
        self.models: list[Any] = []

    def handle(self, request: dict[str, Any]) -> bytes:
        """The encoded reply; an exception of the student's code becomes an error reply."""
        try:
            value = getattr(self, f"_{request['op']}")(**{k: v for k, v in request.items() if k != "op"})
            return encode({"value": value})
        except _Refused as refusal:
            return encode({"error": refusal.args[0], "text": refusal.args[1], "line": ""})
        except NotPlainData as error:
            return encode({"error": "unsupported", "text": str(error), "line": ""})
        except BaseException as error:  # whatever class of exception the student invented
            if stub := unwritten(error):
                return encode({"error": "not written", "text": stub, "line": ""})
            kind = "interrupted" if isinstance(error, KeyboardInterrupt) else "raised"
            return encode({"error": kind, "text": _summary(error), "line": _line(error)})

    def _find(self, name: str) -> Any:
        if name not in self.variables:
            raise _Refused("missing", name)
        return self.variables[name]

    def _call(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        function = self._find(name)
        if not callable(function):
            raise _Refused("not callable", type(function).__name__)
        with _exit_raises(self.variables):
            answer = function(*args, **kwargs)
        if answer is None and "GradientTape" in _names(getattr(function, "__code__", None)):
            raise _Refused("no gradient", name)
        return answer

    def _value(self, name: str) -> Any:
        return self._find(name)

    def _model(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        found = self._find(name)
        model = found if hasattr(found, "layers") else self._call(name, args, kwargs)
        if not hasattr(model, "layers") or not hasattr(model, "predict"):
            raise _Refused("not a model", type(model).__name__)
        own = not type(model).__module__.startswith("keras.")
        if own and getattr(model, "input_shape", None) is None:
            raise _Refused("without shapes", type(model).__name__)
        if not getattr(model, "built", True) or getattr(model, "input_shape", None) is None:
            raise _Refused("not built", type(model).__name__)
        self.models.append(model)
        return {
            "handle": len(self.models) - 1,
            "made": model is not found,
            "input_shape": list(model.input_shape),
            "output_shape": list(model.output_shape),
            "parameters": int(model.count_params()),
            "trainable": sum(math.prod(weight.shape) for weight in model.trainable_weights),
            "weights": [list(weight.shape) for weight in model.weights],
            "layers": [_describe(layer) for layer in _leaves(model)],
        }

    def _predict(self, handle: int, images: np.ndarray, batch_size: int) -> np.ndarray:
        return np.asarray(self.models[handle].predict(images, batch_size=batch_size, verbose=0))

    def _set_weights(self, handle: int, weights: list[np.ndarray]) -> None:
        self.models[handle].set_weights(weights)


class _Refused(Exception):
    """The request cannot be met: (kind, what was found)."""


@contextmanager
def _exit_raises(variables: dict[str, Any]) -> Iterator[None]:
    """IPython's own exit() and quit() go on as if nothing were, and end the kernel later."""
    theirs = {name: variables.get(name) for name in ("exit", "quit")}
    theirs = {
        name: value for name, value in theirs.items() if type(value).__module__.startswith(("IPython.", "ipykernel."))
    }
    variables.update(dict.fromkeys(theirs, _exit))
    try:
        yield
    finally:
        variables.update({name: value for name, value in theirs.items() if variables.get(name) is _exit})


def _exit(*_: Any, **__: Any) -> NoReturn:
    raise SystemExit


def _names(code: CodeType | None) -> set[str]:
    """The names that a function uses, also in functions inside it."""
    if code is None:
        return set()
    return set(code.co_names).union(*(_names(part) for part in code.co_consts if isinstance(part, CodeType)))


def _leaves(model: Any) -> Iterator[Any]:
    """The layers in their order, those of models inside the model in place of these."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from _leaves(layer)
        else:
            yield layer


def _describe(layer: Any) -> dict[str, Any]:
    activation = getattr(layer, "activation", None)
    output = getattr(getattr(layer, "output", None), "shape", None)
    return {
        "class": type(layer).__name__,
        "name": str(layer.name),
        "parameters": int(layer.count_params()),
        "output_shape": None if output is None else list(output),
        "activation": getattr(activation, "__name__", None),
    }


def _summary(error: BaseException) -> str:
    """The kind of the exception, the first line that tells a reason, and Keras's layer, which it tells first, in
    colours."""
    try:
        lines = [line.strip() for line in _COLOURS.sub("", str(error)).splitlines()]
        layers = [found[1] for line in lines if (found := _CALLING.match(line))]
        lines = [line for line in lines if line and not _CALLING.match(line)]
        if lines and lines[0] == "in user code:":  # a traceback in words, by TensorFlow: it ends with the reason
            return lines[-1][:300]
    except Exception:  # an exception with a faulty __str__ of its own
        lines, layers = [], []
    kind = " in ".join([type(error).__name__, *layers[:1]])
    return (f"{kind}: {_NODE.sub('', lines[0])}" if lines else kind)[:300]


def unwritten(error: BaseException) -> str:
    """The function of the notebook that still raises NotImplementedError; "" where something else was raised, or
    a library raised it."""
    trace = error.__traceback__
    if not isinstance(error, NotImplementedError) or trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    return code.co_qualname.partition(".<locals>")[0] if _in_notebook(code.co_filename) else ""


def _in_notebook(filename: str) -> bool:
    return "ipykernel_" in filename or filename.startswith("<")


def _line(error: BaseException) -> str:
    """The student's own line that raised, without the frames of libraries called from it."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if _in_notebook(frame.filename):
            source = frame.line or linecache.getline(frame.filename, frame.lineno or 0)
            return f"in {frame.name}, line {frame.lineno}: {source.strip()}"[:300]
    return ""
