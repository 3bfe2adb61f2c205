"""The loop by which a student's kernel answers its grader, over a connected socket."""

import os
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from cnnkit.check.codec import MAX_BYTES, BadMessage, decode
from cnnkit.check.namespace import Namespace

_LENGTH = struct.Struct(">Q")
_AT_ONCE = 2**20


Wait = Callable[[], None]
"""Returns when the next bytes can go through the channel, or raises."""


def send(channel: socket.socket, message: bytes, wait: Wait | None = None) -> None:
    """One message, with its length before it. wait: is called before bytes are sent, on a channel
    that does not block."""
    for part in (_LENGTH.pack(len(message)), message):
        if wait is None:
            channel.sendall(part)
        else:
            left = memoryview(part)
            while left:
                wait()
                with suppress(BlockingIOError):
                    left = left[channel.send(left[:_AT_ONCE]) :]


def receive(channel: socket.socket, wait: Wait | None = None) -> bytes:
    """The next message. Raises EOFError at the end, BadMessage for one larger than any may be, and
    what `wait` raises, which is called before bytes are received."""
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size, wait))
    if length > MAX_BYTES + _LENGTH.size:
        raise BadMessage(f"a message of {length} bytes")
    return _exactly(channel, length, wait)


def _exactly(channel: socket.socket, count: int, wait: Wait | None) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        if wait is not None:
            wait()
        part = channel.recv(min(count - len(parts), _AT_ONCE))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def serve(variables: dict[str, Any], descriptor: int) -> None:
    """Answer requests about a notebook's variables until the grader hangs up."""
    namespace = Namespace(variables)
    with socket.socket(fileno=os.dup(descriptor)) as channel:
        while True:
            try:
                send(channel, namespace.handle(decode(receive(channel))))
            except KeyboardInterrupt:
                continue  # an interrupt that came when the call had just ended
            except (EOFError, OSError, BadMessage):
                return
