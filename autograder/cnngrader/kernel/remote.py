"""The transport of a submission's calls to a confined kernel."""

import time

from cnngrader.kernel.warm_kernel import WarmKernel
from cnnkit.check.codec import BadMessage, encode
from cnnkit.check.serve import receive, send
from cnnkit.check.submission import Transport

GRACE_SECONDS = 3.0


class Remote:
    """Carries requests to the kernel's channel. A call that takes too long is interrupted, and the
    kernel is ended where it does not heed that, or where all calls together take too long.

    total_seconds: for all calls. `stopped` says why no more calls are possible; `out_of_time`
    whether that is because of all together.
    """

    def __init__(self, kernel: WarmKernel, stopped: str = "", *, total_seconds: float = float("inf")):
        self.kernel = kernel
        self.stopped = stopped
        self.out_of_time = False
        self._total = self._left = total_seconds

    def within(self, seconds: float) -> Transport:
        """The transport whose calls may each take so long."""

        def ask(request: bytes) -> bytes:
            if self.stopped:
                return _stopped(self.stopped)
            allowed = min(seconds, self._left)
            begun = time.monotonic()
            try:
                self.kernel.channel.settimeout(allowed)
                send(self.kernel.channel, request)
                return receive(self.kernel.channel, allowed)
            except TimeoutError:
                return self._interrupted(seconds) if allowed == seconds else self._over()
            except (EOFError, OSError, BadMessage) as error:
                return self._lost("it ended in the middle of a call", error)
            finally:
                self._left = max(0.001, self._left - (time.monotonic() - begun))

        return ask

    def _interrupted(self, seconds: float) -> bytes:
        self.kernel.interrupt_kernel()
        try:
            receive(self.kernel.channel, GRACE_SECONDS)
        except (TimeoutError, EOFError, OSError, BadMessage) as error:
            return self._lost(f"an earlier call did not end within {seconds:g} s", error)
        return encode({"error": "interrupted", "text": "", "line": ""})

    def _over(self) -> bytes:
        self.out_of_time = True
        self.stopped = f"the notebook's functions took more than {self._total:g} s, all calls together"
        self.kernel.shutdown_kernel()
        return _stopped(self.stopped)

    def _lost(self, why: str, error: Exception) -> bytes:
        if isinstance(error, BadMessage):
            why = "it sent what cannot be read"
        self.stopped = f"the notebook's process had stopped ({why})"
        self.kernel.shutdown_kernel()
        return _stopped(self.stopped)


def _stopped(why: str) -> bytes:
    return encode({"error": "stopped", "text": why, "line": ""})
