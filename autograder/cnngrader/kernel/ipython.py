"""Running an ipykernel in a process that was forked from the warm parent, so that a notebook cannot tell
it from one that Jupyter has started."""

import multiprocessing.process
import os
import random
import sys
from pathlib import Path
from typing import Any

GPU_MB = "CNNKIT_GPU_MB"
QUIET = ["--HistoryManager.enabled=False", "--Session.check_pid=False", "--log-level=ERROR"]
STREAM = "--IPKernelApp.outstream_class=cnngrader.kernel.shown_stream.ShownStream"


def run(connection_file: str, threads: int, *, confined: bool) -> None:
    """Serve the notebook until the kernel is told to end."""
    import ipykernel
    from ipykernel import compiler, kernelapp
    from ipykernel.iostream import IOPubThread
    from ipykernel.zmqshell import ZMQInteractiveShell

    from cnngrader.kernel.programs import without_terminal
    from cnngrader.kernel.shown_stream import ShownStream
    from cnngrader.sandbox.seccomp import refuse_binding

    def without_pipe(socket: Any, pipe: bool, session: Any) -> Any:
        # The pipe, for output of child processes, is a TCP socket, and there is no network here.
        return IOPubThread(socket, pipe=False, session=session)

    kernelapp.IOPubThread = without_pipe
    ZMQInteractiveShell.ask_exit = _stay
    compiler.get_tmp_directory = lambda: f"/tmp/ipykernel_{os.getpid()}"  # a name that warnings show
    sys.argv = [str(Path(ipykernel.__file__).parents[1] / "ipykernel_launcher.py"), "-f", connection_file]
    multiprocessing.process.ORIGINAL_DIR = os.getcwd()  # type: ignore[attr-defined]  # where a new process looks
    _draw_anew()
    _use_threads(threads)
    _share_gpu()
    application = kernelapp.IPKernelApp.instance()
    application.initialize(["-f", connection_file, STREAM, *QUIET])
    application.shell.events.register("post_execute", ShownStream.show_all)
    without_terminal()
    if confined:
        refuse_binding()
    _forget_grader()
    application.start()


def _stay(shell: Any) -> None:
    """What quit() does: it would end the kernel a tenth of a second later, in whichever cell that is."""
    shell.payload_manager.write_payload({"source": "ask_exit", "keepkernel": True})
    print("quit() does not end a notebook that is graded.", file=sys.stderr)


def _draw_anew() -> None:
    """Keras and TensorFlow draw their seeds from Python's generator, or the system's."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "torch" in sys.modules:
        sys.modules["torch"].seed()


def _use_threads(threads: int) -> None:
    """The libraries are loaded but have computed nothing yet, so the number can still be set."""
    if "tensorflow" in sys.modules:
        threading = sys.modules["tensorflow"].config.threading
        threading.set_intra_op_parallelism_threads(threads)
        threading.set_inter_op_parallelism_threads(max(threads, 2))
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)


def _share_gpu() -> None:
    """Bound what TensorFlow and PyTorch take of a card, which no process has touched yet. JAX reads its bound
    from the environment by itself."""
    megabytes = os.environ.get(GPU_MB)
    if megabytes and "tensorflow" in sys.modules:
        config = sys.modules["tensorflow"].config
        for card in config.list_physical_devices("GPU"):
            config.set_logical_device_configuration(
                card, [config.LogicalDeviceConfiguration(memory_limit=int(megabytes))]
            )
    if megabytes and "torch" in sys.modules:
        cuda = sys.modules["torch"].cuda
        for card in range(cuda.device_count()):
            whole = cuda.get_device_properties(card).total_memory
            cuda.set_per_process_memory_fraction(min(1.0, int(megabytes) * 2**20 / whole), card)


def _forget_grader() -> None:
    """What walks through all modules, as %autoreload does, must not come upon files that it may not read."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("cnngrader", "__mp_main__")]:
        del sys.modules[name]
