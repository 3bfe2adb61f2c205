"""The loop by which a student's kernel answers its grader, over a connected socket."""

import os
import socket
import struct
import time
from typing import Any

from cnnkit.check.codec import MAX_BYTES, BadMessage, decode
from cnnkit.check.namespace import Namespace

_LENGTH = struct.Struct(">Q")


def send(channel: socket.socket, message: bytes) -> None:
    """One message, with its length before it."""
    channel.sendall(_LENGTH.pack(len(message)))
    channel.sendall(message)


def receive(channel: socket.socket, seconds: float | None = None) -> bytes:
    """The next message. Raises EOFError at the end, TimeoutError when it is not whole after
    `seconds`, BadMessage for one larger than any may be."""
    deadline = None if seconds is None else time.monotonic() + seconds
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size, deadline))
    if length > MAX_BYTES + _LENGTH.size:
        raise BadMessage(f"a message of {length} bytes")
    return _exactly(channel, length, deadline)


def _exactly(channel: socket.socket, count: int, deadline: float | None) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError
        channel.settimeout(left)
        part = channel.recv(min(count - len(parts), 2**20))
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
