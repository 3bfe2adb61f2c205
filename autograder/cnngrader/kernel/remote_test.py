"""How long a student's functions may take."""

import socket
import threading
import time
from contextlib import suppress
from types import SimpleNamespace

import pytest

from cnngrader.kernel.remote import Remote
from cnnkit.check.codec import BadMessage, decode, encode
from cnnkit.check.serve import receive, send


@pytest.fixture
def kernel():
    """A stand-in that answers each question after 0.2 s, until it is shut down."""
    ours, theirs = socket.socketpair()
    calls = []

    def answer():
        with suppress(EOFError, OSError, BadMessage):
            while True:
                receive(theirs, 10.0)
                time.sleep(0.2)
                send(theirs, encode({"value": 1}))

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    kernel = SimpleNamespace(channel=ours, calls=calls, shutdown_kernel=lambda: calls.append("shutdown"))
    kernel.interrupt_kernel = lambda: calls.append("interrupt")
    yield kernel
    ours.close()
    thread.join()
    theirs.close()


def test_calls_that_are_short_but_many_end_with_the_time_of_all(kernel):
    remote = Remote(kernel, total_seconds=0.5)
    ask = remote.within(10.0)
    replies = [decode(ask(b"question")) for _ in range(4)]
    assert [reply.get("value") for reply in replies] == [1, 1, None, None]
    assert (remote.out_of_time, kernel.calls) == (True, ["shutdown"])
    assert replies[2]["text"] == replies[3]["text"] == remote.stopped
    assert "0.5 s, all calls together" in remote.stopped


def test_a_call_that_is_too_long_alone_is_interrupted_and_the_next_one_asked(kernel):
    remote = Remote(kernel, total_seconds=10.0)
    assert decode(remote.within(0.1)(b"question"))["error"] == "interrupted"
    assert decode(remote.within(1.0)(b"question")) == {"value": 1}
    assert (remote.out_of_time, remote.stopped, kernel.calls) == (False, "", ["interrupt"])
