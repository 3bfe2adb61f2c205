"""Importing ahead what notebooks import, where a notebook cannot tell that it was."""

import builtins
import importlib
import os
import select
import signal
import sys
from collections.abc import Callable

from IPython.core.interactiveshell import InteractiveShell

from cnngrader.kernel.processes import children, processor_seconds, state_of
from cnngrader.sandbox.system import PR_SET_PDEATHSIG, prctl

IDLE_SECONDS = 30  # in which an import does nothing at all
COMPUTING_SECONDS = 300.0


def import_ahead(module: str) -> None:
    """Return in a child of this process that has imported it, and lasts as long as this one; or in this
    process, without it, where the notebook has to import it itself.

    That is where the import fails, prints, ends the process, never comes back, or does what would be lost in
    a kernel: starts a thread or a process, asks for IPython's shell, which is not there yet, or changes what
    a kernel changes. The caller has one thread, and standard output is a file.
    """
    if module in sys.modules:
        return
    reader, writer = os.pipe()
    parent, child = os.getpid(), os.fork()
    if child == 0:
        os.close(reader)
        prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
        why = _import(module)
        if why or os.getppid() != parent:
            print(f"{module} is not imported ahead: {why}", file=sys.stderr, flush=True)
            os._exit(1)
        os.write(writer, b"imported")
        os.close(writer)
        return
    os.close(writer)
    if _has_come(reader, child):
        os.close(reader)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reader)


def _import(module: str) -> str:
    """Import it; returns what a notebook would miss, '' where there is nothing."""
    hooks, printed = _hooks(), os.fstat(1).st_size
    asked: list[bool] = []
    initialized: Callable[[], bool] = InteractiveShell.initialized

    def ask() -> bool:
        asked.append(True)
        return initialized()

    InteractiveShell.initialized = ask
    try:
        importlib.import_module(module)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    finally:
        InteractiveShell.initialized = initialized
    sys.stdout.flush()
    if os.fstat(1).st_size != printed:
        return "it prints"
    if len(os.listdir("/proc/self/task")) > 1 or children(os.getpid()):
        return "it starts threads or processes"
    if asked:
        return "it asks for IPython's shell"
    now = _hooks()
    changed = [name for name, hook in hooks.items() if now.get(name) is not hook]
    return f"it changes {changed[0]}" if changed else ""


def _hooks() -> dict[str, object]:
    """What modules replace that act on a whole process, and so do kernels."""
    names = ("stdin", "stdout", "stderr", "displayhook", "excepthook", "breakpointhook")
    return {
        **vars(builtins),
        **{name: getattr(sys, name) for name in names},
        "the handling of interrupts": signal.getsignal(signal.SIGINT),
    }


def _has_come(reader: int, child: int) -> bool:
    """Whether the child has imported it; False where it has ended, or will not come back."""
    idle, before = 0, -1.0
    while not select.select([reader], [], [], 1.0)[0]:
        state, seconds = state_of(child), processor_seconds(child)
        idle = idle + 1 if (state, seconds) == ("S", before) else 0
        before = seconds
        if idle > IDLE_SECONDS or seconds > COMPUTING_SECONDS:
            print(f"an import took {seconds:g} s of computing and did not end", file=sys.stderr, flush=True)
            return False
    return os.read(reader, 1) != b""
