"""The answers of a notebook's functions, each within a time."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from types import FrameType
from typing import NoReturn

from cnnkit.check.codec import decode, encode
from cnnkit.check.submission import Transport

PATIENCE = 3  # times the seconds that an answer may take when it is graded: this machine may be a slower one


class TimedAnswers:
    """A transport that notes the seconds of the answer that took longest, and stops one that does not end.

    seconds: how long one may take when it is graded. In a browser, which delivers no signals, and wherever else there
    are none, and beside the main thread, none is stopped.
    """

    def __init__(self, transport: Transport, seconds: float):
        self._transport, self._seconds = transport, seconds
        self.longest = 0.0

    def __call__(self, request: bytes) -> bytes:
        begun, late = perf_counter(), threading.Event()
        try:
            with _stopped_after(PATIENCE * self._seconds, late):
                reply = self._transport(request)
        finally:
            self.longest = max(self.longest, perf_counter() - begun)
        if late.is_set() and "error" in decode(reply):
            return encode({"error": "late", "text": f"{PATIENCE * self._seconds:g} s", "line": ""})
        return reply


@contextmanager
def _stopped_after(seconds: float, late: threading.Event) -> Iterator[None]:
    signals = hasattr(signal, "setitimer") and sys.platform != "emscripten"
    if not signals or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        late.set()
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, former)
