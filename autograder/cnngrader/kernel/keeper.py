"""The keeper: the process between the warm parent and one kernel, which ends it and all it started.

It speaks with the grader by `cnngrader.kernel.protocol`.
"""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from pathlib import Path

from cnngrader.kernel.clock import Clock
from cnngrader.kernel.ipython import GPU_MB, run
from cnngrader.kernel.processes import children
from cnngrader.kernel.protocol import Command, Confined, Ending, Message, Request, Unconfined, Used, Why, write
from cnngrader.kernel.watch import Watch
from cnngrader.sandbox import namespaces
from cnngrader.sandbox.confine import Policy, confine
from cnngrader.sandbox.system import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, prctl

SWEEP_SECONDS = 60.0  # those that are killed need a core to end


def keep(connection: socket.socket, request: Request, channel: int, slower: float = 1.0) -> None:
    """Fork the kernel of a request and stay until it has ended. channel: descriptor that the
    kernel answers the grader's questions on. slower: see `cnngrader.kernel.machine`."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    policy = Policy(
        scratch=Path(request.scratch),
        readable=tuple(map(Path, request.readable)),
        devices=tuple(Path("/dev").glob("nvidia*")) if GPU_MB in os.environ else (),
        confined=request.confined,
        limits=request.limits,
    )
    apart = policy.confined and namespaces.enter()
    reader, writer = os.pipe()
    kernel = os.fork()
    if kernel == 0:
        connection.close()
        os.close(reader)
        _become_kernel(policy, apart, request, channel, writer)
    os.close(writer)
    os.close(channel)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        said = json.loads(pipe.readline() or '"the process ended while it was being confined"')
    _tell(connection, Unconfined(said) if isinstance(said, str) else Confined(said, channel, slower))
    why, status = _watch(connection, kernel, Watch(kernel, policy), Clock(policy.limits.threads, slower))
    _tell(connection, Ending(why, status, _sweep()))


def _become_kernel(policy: Policy, apart: bool, request: Request, channel: int, report: int) -> None:
    """Confine this process and run an ipykernel in it; never returns."""
    try:
        prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
        os.chdir(request.work)
        _move_home(policy.scratch)
        _redirect(policy.scratch / "log")
        layers = confine(policy, apart=apart)
        prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))  # again: Linux forgets it where a process becomes another user's
        os.set_inheritable(channel, False)
        os.write(report, (json.dumps(layers) + "\n").encode())
    except BaseException as error:
        os.write(report, (json.dumps(f"{type(error).__name__}: {error}") + "\n").encode())
        os._exit(1)
    os.close(report)
    try:
        run(request.connection_file, policy.limits.threads, confined=policy.confined)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def _move_home(scratch: Path) -> None:
    """What programs write for themselves is the kernel's own, and not among the student's files."""
    home, fonts = scratch / "home", scratch / "home" / ".config" / "matplotlib"
    fonts.mkdir(parents=True)
    for list_ in Path(os.environ["MPLCONFIGDIR"]).glob("fontlist-*.json"):
        shutil.copy(list_, fonts)  # a program that the notebook starts would look for fonts for seconds
    os.environ.update(
        HOME=str(home),
        TMPDIR=str(scratch / "tmp"),
        IPYTHONDIR=str(home / ".ipython"),
        KERAS_HOME=str(home / ".keras"),
        MPLCONFIGDIR=str(fonts),
        CNNKIT_GRADING="1",
    )
    tempfile.tempdir = None  # a module that the warm parent has imported may have asked for it there


def _redirect(log: Path) -> None:
    """Standard input from nothing, output and errors to a file of the kernel's own: the pipes that
    the warm parent has are not a student's to fill."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for source, target in ((nothing, 0), (file, 1), (file, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(file)


def _watch(connection: socket.socket, kernel: int, watch: Watch, clock: Clock) -> tuple[Why, int]:
    """Wait for the kernel's end, or cause it; returns why it came, and its status."""
    descriptor = os.pidfd_open(kernel)
    poller = select.poll()
    poller.register(connection, select.POLLIN)
    poller.register(descriptor, select.POLLIN)
    why: Why | None = None
    while why is None:
        ready = [source for source, _ in poller.poll(watch.milliseconds)]
        if descriptor in ready:
            why = Why.ENDED
        elif connection.fileno() in ready:
            for command in connection.recv(64) or Command.KILL.value:
                if command == ord(Command.INTERRUPT.value):
                    os.kill(kernel, signal.SIGINT)
                elif command == ord(Command.USED.value):
                    _tell(connection, Used(clock.read(), round(watch.most_kb / 1024, 1)))
                else:
                    why = Why.KILLED
        else:
            _reap([child for child in children(os.getpid()) if child != kernel])
            why = watch.exceeded()
            clock.read()
    signal.pidfd_send_signal(descriptor, signal.SIGKILL)
    _, status = os.waitpid(kernel, 0)
    return why, os.waitstatus_to_exitcode(status)


def _sweep() -> list[int]:
    """End what the kernel left behind: as the subreaper, this process has inherited it. Returns the
    process ids of those that are still there SWEEP_SECONDS later."""
    deadline = time.monotonic() + SWEEP_SECONDS
    while found := children(os.getpid()):
        if time.monotonic() > deadline:
            return found
        for child in _reap(found):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        time.sleep(0.001)
    return []


def _reap(processes: list[int]) -> list[int]:
    """Forget those that have ended; returns the others."""
    return [process for process in processes if os.waitpid(process, os.WNOHANG) == (0, 0)]


def _tell(connection: socket.socket, what: Message) -> None:
    with contextlib.suppress(OSError):  # the grader is gone; nobody is left to tell
        connection.sendall(write(what))
