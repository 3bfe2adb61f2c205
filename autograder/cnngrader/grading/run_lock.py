"""One `cnnkit grade` of an assignment at a time."""

import fcntl
import os
import socket
import weakref
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from cnngrader.errors import UsageError


class RunLock:
    """Held from its making until it is released or its process ends, however that ends.

    Raises UsageError where another process holds it.
    """

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)  # no program that this one starts inherits it
        self.release = weakref.finalize(self, os.close, lock)
        try:
            _take(lock)
        except BlockingIOError:
            holder = os.read(lock, 200).decode(errors="replace").strip()
            self.release()
            raise UsageError(
                f"{path.stem} is being graded already{holder and f' by {holder}'}. Wait for that to end, or end it: "
                "what it has graded is kept."
            ) from None
        with suppress(OSError):  # a full disk takes no name, and the lock holds without
            os.ftruncate(lock, 0)
            os.write(lock, f"process {os.getpid()} on {socket.gethostname()}\n".encode())

    def __enter__(self) -> "RunLock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def find_holder(path: Path) -> str | None:
    """Who holds the lock, as they have told it; None where nobody does. Keeps nobody from taking it."""
    try:
        lock = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.read(lock, 200).decode(errors="replace").strip() or "another process"
    finally:
        os.close(lock)
    return None


def _take(lock: int) -> None:
    """Raises BlockingIOError where a run holds it. Who only looks shares it, and for an instant."""
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            fcntl.flock(lock, fcntl.LOCK_UN)
