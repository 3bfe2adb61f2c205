"""The transport of a submission's calls to a confined kernel."""

import select
import time

from cnngrader.kernel.clock import LOOK, Deadline, Patience, Time
from cnngrader.kernel.warm_kernel import WarmKernel
from cnnkit.check.codec import BadMessage, encode
from cnnkit.check.serve import receive, send
from cnnkit.check.submission import Transport

GRACE_SECONDS = 3.0  # that a call may run on after it was interrupted


class Remote:
    """Carries requests to the kernel's channel. A call that takes too long by the submission's own clock
    is interrupted, and the kernel is ended where it does not heed that, or where all calls together take
    too long.

    total_seconds: for all calls. `stopped` says why no more calls are possible; `out_of_time`
    whether that is because of the time.
    """

    def __init__(self, kernel: WarmKernel, stopped: str = "", *, total_seconds: float = float("inf")):
        self.kernel = kernel
        self.stopped = stopped
        self.out_of_time = False
        self._total, self._spent = total_seconds, Time()
        kernel.channel.setblocking(False)

    def within(self, seconds: float) -> Transport:
        """The transport whose calls may each take so long."""

        def ask(request: bytes) -> bytes:
            if self.stopped:
                return _stopped(self.stopped)
            left = self._total - self._spent.counted
            call = _Call(self.kernel, Deadline(self.kernel.clock, min(seconds, left)))
            try:
                send(self.kernel.channel, request, call.wait_to_send)
                return receive(self.kernel.channel, call.wait_to_receive)
            except TimeoutError:
                return self._late(call) if seconds <= left else self._over(call)
            except (EOFError, OSError, BadMessage) as error:
                return self._lost("it ended in the middle of a call", error)
            finally:
                self._spent += call.deadline.spent()

        return ask

    def _late(self, call: "_Call") -> bytes:
        taken = call.deadline.spent().words(call.deadline.seconds)
        self.kernel.interrupt_kernel()
        try:
            receive(self.kernel.channel, _Call(self.kernel, Patience(self.kernel.clock, GRACE_SECONDS)).wait_to_receive)
        except TimeoutError:
            return self._end(f"an earlier call took more than {taken}, and could not be interrupted")
        except (EOFError, OSError, BadMessage) as error:
            return self._lost("it ended in the middle of a call", error)
        return encode({"error": "late", "text": taken, "line": ""})

    def _over(self, call: "_Call") -> bytes:
        taken = (self._spent + call.deadline.spent()).words(self._total)
        return self._end(f"the notebook's functions took more than {taken}, all calls together")

    def _end(self, why: str) -> bytes:
        self.out_of_time, self.stopped = True, why
        self.kernel.shutdown_kernel()
        return _stopped(why)

    def _lost(self, why: str, error: Exception) -> bytes:
        if isinstance(error, BadMessage):
            why = "it sent what cannot be read"
        self.stopped = f"the notebook's process had stopped ({why})"
        self.kernel.shutdown_kernel()
        return _stopped(self.stopped)


class _Call:
    """Waits for the kernel's channel until a deadline; each wait raises TimeoutError when it has passed."""

    def __init__(self, kernel: WarmKernel, deadline: Deadline):
        self.deadline = deadline
        self._channel = kernel.channel
        self._next_look = time.monotonic() + LOOK

    def wait_to_send(self) -> None:
        while not select.select([], [self._channel], [], self._pause())[1]:
            pass

    def wait_to_receive(self) -> None:
        while not select.select([self._channel], [], [], self._pause())[0]:
            pass

    def _pause(self) -> float:
        """Seconds until the clock is to be looked at again."""
        if time.monotonic() >= self._next_look:
            if self.deadline.passed():
                raise TimeoutError
            self._next_look = time.monotonic() + LOOK
        return max(0.0, self._next_look - time.monotonic())


def _stopped(why: str) -> bytes:
    return encode({"error": "stopped", "text": why, "line": ""})
