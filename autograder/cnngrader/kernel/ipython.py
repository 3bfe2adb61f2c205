"""Running an ipykernel in a process that was forked from the warm parent."""

import sys
from typing import Any

QUIET = ["--HistoryManager.enabled=False", "--Session.check_pid=False", "--log-level=ERROR"]


def run(connection_file: str, threads: int) -> None:
    """Serve the notebook until the kernel is told to end."""
    from ipykernel import kernelapp
    from ipykernel.iostream import IOPubThread, OutStream

    def without_pipe(socket: Any, pipe: bool, session: Any) -> Any:
        # The pipe, for output of child processes, is a TCP socket, and there is no network here.
        return IOPubThread(socket, pipe=False, session=session)

    kernelapp.IOPubThread = without_pipe
    OutStream.flush_interval = 0.02  # printing without end must not gather into one huge message
    _use_threads(threads)
    application = kernelapp.IPKernelApp.instance()
    application.initialize(["-f", connection_file, *QUIET])
    application.start()


def _use_threads(threads: int) -> None:
    """The libraries are loaded but have computed nothing yet, so the number can still be set."""
    if "tensorflow" in sys.modules:
        threading = sys.modules["tensorflow"].config.threading
        threading.set_intra_op_parallelism_threads(threads)
        threading.set_inter_op_parallelism_threads(max(threads, 2))
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)
