"""The keeper: the process between the warm parent and one kernel, which ends it and all it started.

It speaks with the grader over a connection: first a line of JSON that tells whether the kernel is
confined, then it obeys "interrupt" and "kill" (a hung-up connection means kill), and at the end it
sends a line that tells how the kernel ended.
"""

import contextlib
import json
import os
import select
import signal
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from cnngrader.kernel.ipython import GPU_MB, run
from cnngrader.kernel.watch import Watch
from cnngrader.sandbox import namespaces
from cnngrader.sandbox.confine import Limits, Policy, confine
from cnngrader.sandbox.system import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, prctl

SWEEP_SECONDS = 5.0


def keep(connection: socket.socket, request: dict[str, Any], channel: int) -> None:
    """Fork the kernel of a request and stay until it has ended. channel: descriptor that the
    kernel answers the grader's questions on."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    policy = Policy(
        scratch=Path(request["scratch"]),
        readable=tuple(map(Path, request["readable"])),
        devices=tuple(Path("/dev").glob("nvidia*")) if GPU_MB in os.environ else (),
        confined=request["confined"],
        limits=Limits(**request["limits"]),
    )
    apart = policy.confined and namespaces.enter()
    reader, writer = os.pipe()
    kernel = os.fork()
    if kernel == 0:
        connection.close()
        os.close(reader)
        _become_kernel(policy, request["connection_file"], channel, writer)
    os.close(writer)
    os.close(channel)
    with os.fdopen(reader) as pipe:
        report = json.loads(pipe.readline() or '{"error": "the process ended while it was being confined"}')
    if apart and "layers" in report:
        report["layers"].append("namespaces")
    report["channel"] = channel
    _tell(connection, report)
    reason = _watch(connection, kernel, Watch(kernel, policy))
    _sweep(kernel)
    _tell(connection, reason)


def _become_kernel(policy: Policy, connection_file: str, channel: int, report: int) -> None:
    """Confine this process and run an ipykernel in it; never returns."""
    try:
        prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
        os.chdir(policy.scratch)
        home = str(policy.scratch)
        os.environ.update(HOME=home, TMPDIR=home, KERAS_HOME=home, CNNKIT_GRADING="1")
        _redirect(policy.scratch / "kernel.log")
        layers = confine(policy)
        os.set_inheritable(channel, False)
        os.write(report, (json.dumps({"layers": layers}) + "\n").encode())
    except BaseException as error:
        os.write(report, (json.dumps({"error": f"{type(error).__name__}: {error}"}) + "\n").encode())
        os._exit(1)
    os.close(report)
    try:
        run(connection_file, policy.limits.threads)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def _redirect(log: Path) -> None:
    """Standard input from nothing, output and errors to a file of the kernel's own: the pipes that
    the warm parent has are not a student's to fill."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for source, target in ((nothing, 0), (file, 1), (file, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(file)


def _watch(connection: socket.socket, kernel: int, watch: Watch) -> dict[str, Any]:
    """Wait for the kernel's end, or cause it; returns {"why": ..., "exit": ...}."""
    descriptor = os.pidfd_open(kernel)
    poller = select.poll()
    poller.register(connection, select.POLLIN)
    poller.register(descriptor, select.POLLIN)
    why = ""
    while not why:
        ready = [source for source, _ in poller.poll(watch.milliseconds)]
        if descriptor in ready:
            why = "ended"
        elif connection.fileno() in ready:
            for command in connection.recv(64) or b"k":
                if command == ord("i"):
                    os.kill(kernel, signal.SIGINT)
                else:
                    why = "killed"
        else:
            why = watch.exceeded()
    signal.pidfd_send_signal(descriptor, signal.SIGKILL)
    _, status = os.waitpid(kernel, 0)
    return {"why": why, "exit": os.waitstatus_to_exitcode(status)}


def _sweep(kernel: int) -> None:
    """End what the kernel left behind: as the subreaper, this process has inherited it."""
    deadline = time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < deadline:
        try:
            children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            for child in children:
                os.kill(int(child), signal.SIGKILL)
            os.waitpid(-1, 0)
        except (ChildProcessError, FileNotFoundError):
            return
        except ProcessLookupError:
            continue


def _tell(connection: socket.socket, what: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # the grader is gone; nobody is left to tell
        connection.sendall((json.dumps(what) + "\n").encode())
