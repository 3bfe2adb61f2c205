"""The side of a check that a rubric sees: the student's functions, wherever they run."""

from collections.abc import Callable
from typing import Any

import numpy as np

from cnnkit.check._expect import CheckFailed, fail
from cnnkit.check.codec import BadMessage, NotPlainData, decode, encode
from cnnkit.check.namespace import Namespace

Transport = Callable[[bytes], bytes]
LONGEST = 500  # characters of an error of the student's own that a message repeats


def local(variables: dict[str, Any]) -> Transport:
    """A transport to functions of this very process, through the same bytes as to another."""
    namespace = Namespace(variables)
    return lambda request: namespace.handle(decode(request))


class Submission:
    """The student's notebook. `submission.conv2d(image, kernel)` calls their `conv2d`.

    Arguments and results are plain data (see `cnnkit.check.codec`), copied on the way. What goes wrong on the student's
    side (no such function, an exception, no answer, an answer that is no plain data) raises CheckFailed with a message
    for the student.

    The names `value`, `model`, `rng` and `variant` are the proxy's own.

    Args:
        transport: takes a request's bytes and returns the reply's.
        rng: a NumPy generator for fresh inputs, seeded anew for each hidden test.
        variant: answers that are this student's own, where the assignment has variants; None in a student's notebook,
            so that hidden tests alone use it.
    """

    def __init__(self, transport: Transport, rng: np.random.Generator | None = None, variant: Any = None):
        self._transport = transport
        self.rng = rng if rng is not None else np.random.default_rng(0)
        self.variant = variant

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._ask(name, op="call", name=name, args=list(args), kwargs=kwargs)

        return call

    def value(self, name: str) -> Any:
        """The plain-data variable of this name."""
        return self._ask(name, op="value", name=name)

    def model(self, name: str, *args: Any, **kwargs: Any) -> "RemoteModel":
        """The Keras model of this name, or the one that the function of this name returns."""
        return RemoteModel(self, name, self._ask(name, op="model", name=name, args=list(args), kwargs=kwargs))

    def _ask(self, subject: str, /, who: str = "", **request: Any) -> Any:
        """subject: the name that is asked. who: what the messages call it, where it is not that name itself."""
        who = who or f"`{subject}`"
        try:
            reply = decode(self._transport(encode(request)))
        except BadMessage:
            fail(f"{who} sent no answer that could be read.")
        except NotPlainData as error:
            raise TypeError(f"the test passes `{subject}` {error}") from None
        if not isinstance(reply, dict) or not ("value" in reply or "error" in reply):
            fail(f"{who} sent no answer that could be read.")
        if "value" in reply:
            return reply["value"]
        kind, text, line = (str(reply.get(key, ""))[:LONGEST] for key in ("error", "text", "line"))
        gives = "holds" if request["op"] == "value" else "returned"
        raise CheckFailed(_explain(subject, who, gives, kind, text, line))


class RemoteModel:
    """A Keras model of the student's: what it reports of itself, and what it predicts.

    input_shape, output_shape: with None for free sizes. parameters, trainable: counts.
    weights: shapes. layers: dicts of class, name, parameters, output_shape and activation, also of those
    in models inside the model. made: whether a function made it just now, so that nothing has trained it.
    What a model reports is its own word; `predict` after `set_weights` shows what it computes.
    """

    def __init__(self, submission: Submission, name: str, report: Any):
        self._submission = submission
        self._name = name
        try:
            self._handle = int(report["handle"])
            self.made = bool(report["made"])
            self.input_shape = tuple(report["input_shape"])
            self.output_shape = tuple(report["output_shape"])
            self.parameters = int(report["parameters"])
            self.trainable = int(report["trainable"])
            self.weights = [tuple(shape) for shape in report["weights"]]
            self.layers = [dict(layer) for layer in report["layers"]]
        except (LookupError, TypeError, ValueError, OverflowError):
            fail(f"`{name}` is not a Keras model that can be read.")

    def predict(self, images: np.ndarray, batch_size: int = 256) -> np.ndarray:
        """The model's output for images (n, height, width, channels), as an array of n rows."""
        answer = self._submission._ask(
            self._name,
            who=f"{self._who}, given images of shape {np.shape(images)},",
            op="predict",
            handle=self._handle,
            images=images,
            batch_size=batch_size,
        )
        if not isinstance(answer, np.ndarray) or answer.ndim == 0 or len(answer) != len(images):
            fail(f"{self._who} predicted something else than one row for each of {len(images)} images.")
        return answer

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """Give the model these weights, in the order of `weights`."""
        self._submission._ask(
            self._name, who=f"{self._who}, given weights,", op="set_weights", handle=self._handle, weights=weights
        )

    @property
    def _who(self) -> str:
        return f"the model of `{self._name}`" if self.made else f"`{self._name}`"


def _explain(name: str, who: str, gives: str, kind: str, text: str, line: str) -> str:
    """What went wrong with `name`, called `who`, in words for the student. gives: what it does with the value."""
    if kind == "not written" and text == name:
        return f"`{name}` is not written yet: it still raises NotImplementedError."
    if kind == "raised" and text.partition(":")[0] == "SystemExit":
        return f"{who} called exit(). A function ends with `return`."
    if kind == "raised":
        undefined = text.startswith("NameError") and ". Is it misspelt, or did the cell that makes it not run?"
        return f"{who} raised {text}" + (f" ({line})" if line else "") + (undefined or "")
    return {
        "missing": f"there is no `{name}` in the notebook. Was its cell run, and is the name unchanged?",
        "not written": f"{who} needs `{text}`, which is not written yet.",
        "no gradient": f"`{name}` returned None. A tape gives None for what it does not watch, and so does a function "
        "without `return`.",
        "not callable": f"`{name}` is a {text}, and should be a function.",
        "not a model": f"`{name}` gave a {text}, and should give a Keras model.",
        "not built": f"`{name}` gave a model without an input shape. Did you forget keras.Input?",
        "without shapes": f"`{name}` gave a {text}, a class of your own, which does not tell its shapes. Build it as "
        "keras.Sequential([keras.Input(...), ...]) or keras.Model(inputs, outputs).",
        "unsupported": f"{who} {gives} {text}.",
        "interrupted": f"{who} took too long and was stopped.",
        "late": f"{who} took more than {text}, and was stopped.",
        "stopped": f"{who} could not be asked: {text}.",
    }.get(kind, f"{who}: {kind}")
