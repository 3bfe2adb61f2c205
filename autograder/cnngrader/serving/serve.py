"""The server: one process, for whoever sits at this machine."""

import asyncio
import socket
from collections.abc import Callable

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.serving.access import Access
from cnngrader.serving.app import MOST_BYTES, make_app
from cnngrader.serving.runs import Runs

HERE = "127.0.0.1"
FIRST_PORT, PORTS = 8890, 20


def serve(course: Course, port: int | None, ready: Callable[[str], None], grader: str = "") -> None:
    """Answer until the process is interrupted; then end the run that was started here. ready: is told the address.

    port: None for the first that is free. grader: whose written answers are shown.
    Raises UsageError where no port is.
    """
    runs = Runs(course)
    try:
        asyncio.run(_serve(course, runs, port, ready, grader))
    finally:
        runs.end()


async def _serve(course: Course, runs: Runs, port: int | None, ready: Callable[[str], None], grader: str) -> None:
    sockets, access = bind(port), Access()
    port = sockets[0].getsockname()[1]
    server = HTTPServer(make_app(course, access, runs, port, grader), max_buffer_size=MOST_BYTES)
    server.add_sockets(sockets)
    ready(f"http://{HERE}:{port}/?token={access.token}")
    await asyncio.Event().wait()


def bind(port: int | None) -> list[socket.socket]:
    ports = range(FIRST_PORT, FIRST_PORT + PORTS) if port is None else [port]
    for each in ports:
        try:
            return bind_sockets(each, HERE)
        except OSError as error:
            reason = error.strerror
    raise UsageError(f"port {ports[0]}{f' to {ports[-1]}' * (len(ports) > 1)}: {reason}. Give another one with --port")
