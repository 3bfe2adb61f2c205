"""What a process that grades notebook after notebook starts once."""

import atexit
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Resource = TypeVar("Resource", bound=AbstractContextManager[Any])


class Shared(Generic[Key, Resource]):
    """Called with a key, it gives what `make` makes of it: what it gave last where the key is the same,
    else a new one in its place. What it holds is closed when the process ends."""

    def __init__(self, make: Callable[[Key], Resource]):
        self.make = make
        self._lock = threading.Lock()
        self._held: tuple[Key, Resource] | None = None
        atexit.register(self.close)

    def __call__(self, key: Key) -> Resource:
        with self._lock:
            if self._held is None or self._held[0] != key:
                self._close()
                self._held = key, self.make(key)
            return self._held[1]

    def close(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._held is not None:
            held, self._held = self._held[1], None
            held.__exit__(None, None, None)
