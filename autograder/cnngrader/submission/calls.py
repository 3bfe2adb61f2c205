"""What a test asked of a submission and what it was answered, in words for a TA."""

import hashlib
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnngrader.plain_text import plain
from cnnkit.check.codec import BadMessage, decode
from cnnkit.check.submission import Transport

WHOLE = 9  # numbers of an array up to which it is shown as it is


@dataclass(frozen=True)
class Call:
    """asked: the call, as in Python, with large values in short. answered: what it returned, or what went wrong.
    digest: of both, whole."""

    test: str
    asked: str
    answered: str
    digest: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "asked", plain(self.asked))
        object.__setattr__(self, "answered", plain(self.answered))


def recorded(transport: Transport, test: str, calls: list[Call]) -> Transport:
    """The transport, which puts into `calls` what goes through it."""

    def ask(request: bytes) -> bytes:
        reply = transport(request)
        digest = hashlib.sha256(len(request).to_bytes(8, "big") + request + reply).hexdigest()
        calls.append(Call(test, _asked(decode(request)), _answered(reply), digest))
        return reply

    return ask


def _asked(request: Mapping[str, Any]) -> str:
    match request:
        case {"op": "value", "name": name}:
            return str(name)
        case {"op": "predict", "handle": handle, "images": images}:
            return f"model {handle}.predict({_shown(images)})"
        case {"op": "set_weights", "handle": handle, "weights": weights}:
            return f"model {handle}.set_weights({_shown(weights)})"
    named = (f"{name}={_shown(value)}" for name, value in request["kwargs"].items())
    return f"{request['name']}({', '.join([*map(_shown, request['args']), *named])})"


def _answered(reply: bytes) -> str:
    try:
        match decode(reply):
            case {"value": value}:
                return _shown(value)
            case {"error": kind, "text": text, "line": line}:
                return ", ".join(filter(None, (f"{kind}: {text}", line)))
    except BadMessage:
        pass
    return "what cannot be read"


class _Short(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxlist, self.maxtuple, self.maxdict = 5, 9, 9, 12
        self.maxstring = self.maxother = self.maxlong = 100

    def repr_ndarray(self, array: np.ndarray, level: int) -> str:
        kind = f"{array.dtype} {array.shape}"
        if array.size <= WHOLE:
            return f"{kind} {array.tolist()}"
        with np.errstate(all="ignore"):
            bounds = f"{array.min()} to {array.max()}, mean {array.mean():.6g}"
        return f"{kind} {array.ravel()[:3].tolist()}… ({bounds})".replace("]…", ", …]")


_shown = _Short().repr
