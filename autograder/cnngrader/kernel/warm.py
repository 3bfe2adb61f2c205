"""The warm parent: a process that has imported what notebooks import, and forks a kernel on demand.

It runs no student's code and knows no secret, since its children inherit all of its memory.
Started as `python -m cnngrader.kernel.warm SOCKET READY NEEDED WANTED DATASETS`, lists with commas; says
"ready" on the descriptor READY, ends when its standard input does.
"""

import gc
import importlib
import os
import select
import signal
import socket
import sys
import traceback

MAX_REQUEST = 65536


def preload(needed: list[str], wanted: list[str], datasets: list[str]) -> None:
    """Import what a kernel needs and, where they are there, what notebooks want; prepare data sets."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # half of a kernel's start, and nobody debugs here
    for module in needed:
        importlib.import_module(module)
    _patch_pdb()
    from cnngrader.kernel.import_ahead import import_ahead

    for module in wanted:
        import_ahead(module)
    for name in datasets:
        _prepare(name)
    gc.collect()
    gc.freeze()  # a child that collects garbage must not copy the parent's pages


def _patch_pdb() -> None:
    """As a kernel does when it starts: what derives from pdb, as doctest does, must find it so."""
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp().init_pdb()


def _prepare(dataset: str) -> None:
    """In a child: preparing runs TensorFlow, whose threads no later fork would survive."""
    child = os.fork()
    if child == 0:
        try:
            importlib.import_module("cnnkit.datasets").builder(dataset)
            os._exit(0)
        except BaseException as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(1)
    if os.waitpid(child, 0)[1] != 0:
        sys.exit(1)


def serve(address: str, ready: int, life: int) -> None:
    """Fork a keeper for each connection, until the descriptor `life` ends."""
    from cnngrader.kernel import machine
    from cnngrader.kernel.keeper import keep
    from cnngrader.kernel.protocol import Request, read
    from cnngrader.sandbox import namespaces

    namespaces.allowed()  # known to every keeper from now on
    slower = machine.slower()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(address)
        listener.listen(64)
        os.write(ready, b"ready\n")
        os.close(ready)
        while True:
            if life in select.select([listener.fileno(), life], [], [])[0]:
                return
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                os.close(life)
                try:
                    data, descriptors, _, _ = socket.recv_fds(connection, MAX_REQUEST, 1)
                    request = read(data)
                    assert isinstance(request, Request)
                    keep(connection, request, descriptors[0], slower)
                except BaseException:
                    traceback.print_exc()  # to the warm parent's log
                    sys.stderr.flush()
                    os._exit(1)
                os._exit(0)
            connection.close()


def _leave_streams() -> int:
    """What is imported may read and print what it likes. Returns the descriptor that was standard input."""
    life = os.dup(0)
    printed = os.memfd_create("printed")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(printed, 1)
    os.close(nothing)
    os.close(printed)
    return life


if __name__ == "__main__":
    sys.path.remove(os.getcwd())  # as ipykernel does; the shell adds '' in its place
    address, ready, *lists = sys.argv[1:]
    life = _leave_streams()
    preload(*[names.split(",") if names else [] for names in lists])
    serve(address, int(ready), life)
