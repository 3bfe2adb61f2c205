"""Plain data as bytes and back: what may cross between a student's code and its grader.

A message is a JSON header and the raw bytes of its arrays. Only None, bool, int, float, str, list,
tuple, set, dict and arrays of numbers cross, rebuilt as exactly those types: an object with an `__eq__`
of its own, a generator or a pickle never does, and of a subclass what it holds does.
"""

import json
import struct
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

MAX_BYTES = 64 * 2**20
MAX_HEADER = 4 * 2**20
MAX_DEPTH = 20
MAX_DIMS = 16
DTYPES = frozenset("bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64".split())
_LENGTH = struct.Struct(">Q")
_PLAIN = (bool, int, float, str)
_SEVERAL: dict[str, Any] = {"list": list, "tuple": tuple, "set": set}


class NotPlainData(ValueError):
    """The value cannot cross; the message says what was received, in words for a student."""


class BadMessage(ValueError):
    """The bytes are no message of this codec."""


def encode(value: Any) -> bytes:
    """Bytes of a plain value; tensors become NumPy arrays, and those of no dimensions numbers.

    Raises NotPlainData for any other type, for more than 20 levels and for more than 64 MiB.
    """
    buffers: list[bytes] = []
    tree = _flatten(value, buffers, 0)
    try:
        header = json.dumps(tree, separators=(",", ":")).encode()
    except ValueError:  # Python writes no int of more than 4300 digits
        raise NotPlainData("an integer of thousands of digits") from None
    for size, limit, what in (
        (len(header), MAX_HEADER, "lists and text (an array may be larger)"),
        (len(header) + sum(map(len, buffers)), MAX_BYTES, "data"),
    ):
        if size > limit:
            raise NotPlainData(f"about {size / 2**20:.0f} MiB of {what}, more than the {limit >> 20} MiB allowed")
    return b"".join([_LENGTH.pack(len(header)), header, *buffers])


def decode(message: bytes) -> Any:
    """The value of `encode`d bytes. Raises BadMessage for anything else, whatever it holds."""
    if not _LENGTH.size <= len(message) <= MAX_BYTES + _LENGTH.size:
        raise BadMessage(f"a message of {len(message)} bytes")
    (length,) = _LENGTH.unpack_from(message)
    start = _LENGTH.size + length
    if length > MAX_HEADER or start > len(message):
        raise BadMessage(f"a header of {length} bytes in a message of {len(message)}")
    try:
        tree = json.loads(message[_LENGTH.size : start])
        value, end = _rebuild(tree, message, start, 0)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadMessage(f"{type(error).__name__}: {error}") from None
    if end != len(message):
        raise BadMessage(f"{len(message) - end} bytes too many")
    return value


def _flatten(value: Any, buffers: list[bytes], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise NotPlainData(f"data nested more than {MAX_DEPTH} levels deep (does it contain itself?)")
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, np.generic | np.ndarray) or (hasattr(value, "__array__") and not isinstance(value, type)):
        return _flatten_array(value, buffers, depth)
    for kind, name in ((list, "list"), (tuple, "tuple"), (set | frozenset, "set")):
        if isinstance(value, kind):
            return {name: [_flatten(item, buffers, depth + 1) for item in value]}
    if isinstance(value, range) and len(value) <= MAX_HEADER:
        return {"list": list(value)}
    if isinstance(value, dict):
        pairs = [[_flatten(key, [], depth + 1), item] for key, item in value.items()]
        if any(type(key) not in _PLAIN for key, _ in pairs):
            raise NotPlainData("a dict with keys that are not strings or numbers")
        return {"dict": [[key, _flatten(item, buffers, depth + 1)] for key, item in pairs]}
    return _flatten_number(value)


def _flatten_number(value: Any) -> Any:
    """A number or text of a class of its own, as the built-in that it is."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, Fraction | Decimal):
        try:
            return float(value)
        except OverflowError:
            raise NotPlainData("a number that is too large") from None
    hint = "; take its .real" if isinstance(value, complex) else ""
    raise NotPlainData(f"a {type(value).__name__}, not a number, text, list, tuple, dict or array{hint}")


def _flatten_array(value: Any, buffers: list[bytes], depth: int) -> Any:
    """An array or a tensor; of no dimensions it is a number, and of texts or objects a list."""
    nbytes = getattr(value, "nbytes", 0)
    if isinstance(nbytes, int) and nbytes > MAX_BYTES:
        raise NotPlainData(f"an array of {nbytes / 2**20:.0f} MiB, more than the {MAX_BYTES >> 20} MiB allowed")
    if np.ma.is_masked(value):
        raise NotPlainData(f"an array of which {np.sum(np.ma.getmaskarray(value))} values are masked")
    if hasattr(value, "detach"):  # a torch tensor that still needs its gradient
        value = value.detach().cpu()
        value = value.float() if str(value.dtype) == "torch.bfloat16" else value
    array = np.asarray(value)
    if array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        array = array.astype(np.float64)
    if array.ndim > MAX_DIMS:
        raise NotPlainData(f"an array of {array.ndim} dimensions, more than the {MAX_DIMS} allowed")
    if array.dtype.kind in "OUT":
        return _flatten(array.tolist(), buffers, depth + 1)
    if array.dtype.name not in DTYPES:
        hint = "; take its .real" if array.dtype.kind == "c" else ""
        raise NotPlainData(f"an array of dtype {array.dtype}, not of numbers{hint}")
    if array.ndim == 0:
        return array.item()
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).reshape(array.shape)
    buffers.append(little.tobytes())
    return {"array": [little.dtype.name, list(little.shape)]}


def _rebuild(tree: Any, message: bytes, offset: int, depth: int) -> tuple[Any, int]:
    """The value of a tree whose arrays begin at `offset`, and where they end."""
    if depth > MAX_DEPTH + 1:
        raise BadMessage("nested too deep")
    if tree is None or type(tree) in (bool, int, float, str):
        return tree, offset
    if type(tree) is not dict or len(tree) != 1:
        raise BadMessage("not a value")
    ((kind, body),) = tree.items()
    if kind == "array":
        return _rebuild_array(body, message, offset)
    if kind in _SEVERAL:
        items = []
        for branch in body:
            item, offset = _rebuild(branch, message, offset, depth + 1)
            items.append(item)
        return _SEVERAL[kind](items), offset
    if kind == "dict":
        pairs = {}
        for key, branch in body:
            pairs[key], offset = _rebuild(branch, message, offset, depth + 1)
        return pairs, offset
    raise BadMessage(f"unknown kind {kind!r}")


def _rebuild_array(body: Any, message: bytes, offset: int) -> tuple[np.ndarray, int]:
    name, shape = body
    if name not in DTYPES or len(shape) > MAX_DIMS or any(type(n) is not int or n < 0 for n in shape):
        raise BadMessage(f"an array of {name} and shape {shape}")
    count = 1
    for n in shape:
        count *= n
    end = offset + count * np.dtype(name).itemsize
    if end > len(message):
        raise BadMessage("an array larger than its message")
    flat = np.frombuffer(message, dtype=np.dtype(name).newbyteorder("<"), count=count, offset=offset)
    if name == "bool" and flat.view(np.uint8).max(initial=0) > 1:
        raise BadMessage("a truth value that is neither 0 nor 1")
    return flat.reshape(shape).astype(name), end
