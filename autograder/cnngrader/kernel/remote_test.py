"""How long a student's functions may take."""

import socket
import threading
from contextlib import ExitStack, closing, suppress

import pytest

from cnngrader.kernel import remote as module
from cnngrader.kernel.clock import Time
from cnngrader.kernel.remote import Remote
from cnnkit.check.codec import BadMessage, decode, encode
from cnnkit.check.serve import receive, send


class Kernel:
    """A stand-in whose calls take `seconds` of its own time each; one takes for ever until it is interrupted,
    or where it is `deaf`, until it is shut down."""

    def __init__(self, seconds: float, *, endless: int = -1, deaf: bool = False):
        self.channel, self._theirs = socket.socketpair()
        self.seconds, self.endless, self.deaf = seconds, endless, deaf
        self.calls: list[str] = []
        self._time = Time()
        self._runs, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()

    def clock(self) -> Time:
        """Time passes while a call that never ends is waited for."""
        if self._runs.is_set():
            self._time += Time(1.0, 1.0, 1.0)
        return self._time

    def interrupt_kernel(self) -> None:
        self.calls.append("interrupt")
        if not self.deaf:
            self._runs.clear()
            self._stopped.set()

    def shutdown_kernel(self) -> None:
        self.calls.append("shutdown")
        self._runs.clear()
        self._stopped.set()

    def close(self) -> None:
        self.channel.close()
        self._stopped.set()
        self._thread.join()
        self._theirs.close()

    def _answer(self) -> None:
        with suppress(EOFError, OSError, BadMessage):
            while True:
                receive(self._theirs)
                if self.endless == 0:
                    self._runs.set()
                    self._stopped.wait()
                self.endless -= 1
                self._time += Time(self.seconds, self.seconds, self.seconds)
                send(self._theirs, encode({"value": 1}))


@pytest.fixture
def a_kernel(monkeypatch):
    monkeypatch.setattr(module, "LOOK", 0.001)
    with ExitStack() as kernels:
        yield lambda *how, **more: kernels.enter_context(closing(Kernel(*how, **more)))


def test_calls_that_are_short_but_many_end_with_the_time_of_all(a_kernel):
    kernel = a_kernel(0.2, endless=2)
    remote = Remote(kernel, total_seconds=0.5)
    ask = remote.within(10.0)
    replies = [decode(ask(b"question")) for _ in range(4)]
    assert [reply.get("value") for reply in replies] == [1, 1, None, None]
    assert (remote.out_of_time, kernel.calls) == (True, ["shutdown"])
    assert replies[2]["text"] == replies[3]["text"] == remote.stopped
    assert "0.5 s of its own time, all calls together" in remote.stopped


def test_a_call_that_is_too_long_alone_is_interrupted_and_the_next_one_asked(a_kernel):
    kernel = a_kernel(0.2, endless=0)
    remote = Remote(kernel, total_seconds=100.0)
    reply = decode(remote.within(3.0)(b"question"))
    assert (reply["error"], reply["text"]) == ("late", "3 s of its own time")
    assert decode(remote.within(1.0)(b"question")) == {"value": 1}
    assert (remote.out_of_time, remote.stopped, kernel.calls) == (False, "", ["interrupt"])


def test_a_call_that_heeds_no_interrupt_ends_with_its_kernel_for_want_of_time(a_kernel):
    kernel = a_kernel(0.2, endless=0, deaf=True)
    remote = Remote(kernel, total_seconds=100.0)
    assert decode(remote.within(3.0)(b"question"))["error"] == "stopped"
    assert (remote.out_of_time, kernel.calls) == (True, ["interrupt", "shutdown"])
    assert remote.stopped == "an earlier call took more than 3 s of its own time, and could not be interrupted"


def test_large_messages_cross_whole(a_kernel):
    kernel = a_kernel(0.0)
    assert decode(Remote(kernel).within(1.0)(bytes(10_000_000))) == {"value": 1}
