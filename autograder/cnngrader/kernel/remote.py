"""The transport of a submission's calls to a confined kernel."""

from cnngrader.kernel.warm_kernel import WarmKernel
from cnnkit.check.codec import BadMessage, encode
from cnnkit.check.serve import receive, send
from cnnkit.check.submission import Transport

GRACE_SECONDS = 3.0


class Remote:
    """Carries requests to the kernel's channel. A call that takes too long is interrupted, and the
    kernel is ended where it does not heed that. `stopped` says why no more calls are possible."""

    def __init__(self, kernel: WarmKernel, stopped: str = ""):
        self.kernel = kernel
        self.stopped = stopped

    def within(self, seconds: float) -> Transport:
        """The transport whose calls may each take so long."""

        def ask(request: bytes) -> bytes:
            if self.stopped:
                return _stopped(self.stopped)
            try:
                self.kernel.channel.settimeout(seconds)
                send(self.kernel.channel, request)
                return receive(self.kernel.channel, seconds)
            except TimeoutError:
                return self._interrupted(seconds)
            except (EOFError, OSError, BadMessage) as error:
                return self._lost("it ended in the middle of a call", error)

        return ask

    def _interrupted(self, seconds: float) -> bytes:
        self.kernel.interrupt_kernel()
        try:
            receive(self.kernel.channel, GRACE_SECONDS)
        except (TimeoutError, EOFError, OSError, BadMessage) as error:
            return self._lost(f"an earlier call did not end within {seconds:g} s", error)
        return encode({"error": "interrupted", "text": "", "line": ""})

    def _lost(self, why: str, error: Exception) -> bytes:
        if isinstance(error, BadMessage):
            why = "it sent what cannot be read"
        self.stopped = f"the notebook's process had stopped ({why})"
        self.kernel.shutdown_kernel()
        return _stopped(self.stopped)


def _stopped(why: str) -> bytes:
    return encode({"error": "stopped", "text": why, "line": ""})
