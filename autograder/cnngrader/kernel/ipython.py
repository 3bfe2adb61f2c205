"""Running an ipykernel in a process that was forked from the warm parent."""

import os
import sys
from typing import Any

GPU_MB = "CNNKIT_GPU_MB"
QUIET = ["--HistoryManager.enabled=False", "--Session.check_pid=False", "--log-level=ERROR"]


def run(connection_file: str, threads: int) -> None:
    """Serve the notebook until the kernel is told to end."""
    from ipykernel import kernelapp
    from ipykernel.iostream import IOPubThread, OutStream
    from ipykernel.zmqshell import ZMQInteractiveShell

    def without_pipe(socket: Any, pipe: bool, session: Any) -> Any:
        # The pipe, for output of child processes, is a TCP socket, and there is no network here.
        return IOPubThread(socket, pipe=False, session=session)

    kernelapp.IOPubThread = without_pipe
    ZMQInteractiveShell.ask_exit = _stay
    OutStream.flush_interval = 0.02  # printing without end must not gather into one huge message
    _use_threads(threads)
    _share_gpu()
    application = kernelapp.IPKernelApp.instance()
    application.initialize(["-f", connection_file, *QUIET])
    application.start()


def _stay(shell: Any) -> None:
    """What quit() does: it would end the kernel a tenth of a second later, in whichever cell that is."""
    shell.payload_manager.write_payload({"source": "ask_exit", "keepkernel": True})
    print("quit() does not end a notebook that is graded.", file=sys.stderr)


def _use_threads(threads: int) -> None:
    """The libraries are loaded but have computed nothing yet, so the number can still be set."""
    if "tensorflow" in sys.modules:
        threading = sys.modules["tensorflow"].config.threading
        threading.set_intra_op_parallelism_threads(threads)
        threading.set_inter_op_parallelism_threads(max(threads, 2))
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)


def _share_gpu() -> None:
    """Bound what TensorFlow takes of a card, which no process has touched yet. JAX reads its bound
    from the environment by itself."""
    megabytes = os.environ.get(GPU_MB)
    if megabytes and "tensorflow" in sys.modules:
        config = sys.modules["tensorflow"].config
        for card in config.list_physical_devices("GPU"):
            config.set_logical_device_configuration(
                card, [config.LogicalDeviceConfiguration(memory_limit=int(megabytes))]
            )
