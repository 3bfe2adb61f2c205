"""The grader's handle of one confined kernel, in the shape that nbclient wants of a kernel manager."""

import asyncio
import contextlib
import json
import secrets
import select
import socket
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from queue import Empty
from types import TracebackType
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient

from cnngrader.errors import CnnkitError, ConfinementError
from cnngrader.files import write_content
from cnngrader.kernel.clock import Time
from cnngrader.kernel.hearing_channel import HearingChannel
from cnngrader.kernel.protocol import LOST, Command, Confined, Ending, Message, Request, Unconfined, Used, read, write
from cnngrader.kernel.remove_folder import remove_folder
from cnngrader.sandbox.limits import Limits

MAX_MESSAGE = 32 * 2**20
MAX_QUEUE = 16
# A moment is usual, and who has ended is seen at once.
ANSWER_SECONDS = 600
START_SECONDS = 600
FOLDERS = ("own", "home", "tmp")  # of a kernel, beside its work: for its sockets, HOME and TMPDIR


class WarmKernel:
    """A kernel forked from the warm parent at `address`; a context manager, which ends it.

    limits: its bounds. readable: paths it may read beside the Python installation.
    files: {name: content} laid into `work`, the folder where it starts, which is called `name`.
    settings: the same, laid into its HOME.
    confined: False runs it with the grader's own rights.

    channel: connected socket on which the kernel answers questions, once told to, and `answers_on`
    its end of it, a descriptor. layers: what confines it. slower: how many times slower than the
    reference machine this one is.
    Raises ConfinementError where a layer that must hold does not.
    """

    has_kernel = True  # nbclient asks its manager this, and starts one where it is false

    def __init__(
        self,
        address: str,
        limits: Limits,
        *,
        name: str = "notebook",
        readable: Sequence[Path] = (),
        files: Mapping[str, bytes] | None = None,
        settings: Mapping[str, bytes] | None = None,
        confined: bool = True,
    ):
        self.scratch = Path(tempfile.mkdtemp(prefix="k", dir=Path(address).parent))
        self.work = self.scratch / "work" / name  # nothing of ours lies where what was handed in does
        self._ending: Ending | None = None
        self._used = Used()
        self._lines = b""
        self.channel, theirs = socket.socketpair()
        self._connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._lay(files or {}, settings or {})
            self._connection.connect(address)
            self._connection_info = self._connection_file()
            request = Request(
                scratch=str(self.scratch),
                work=str(self.work),
                readable=[str(Path(path).resolve()) for path in readable],
                confined=confined,
                limits=limits,
                connection_file=str(self.scratch / "own" / "kernel.json"),
            )
            report = self._report(request, theirs)
            if isinstance(report, Unconfined):
                raise ConfinementError(
                    f"a student's process could not be confined: {report.error}. "
                    "`cnnkit doctor` tells what this machine lacks."
                )
        except BaseException:
            self._close()
            raise
        finally:
            theirs.close()
        self.layers, self.answers_on, self.slower = report.layers, report.channel, report.slower

    def _lay(self, files: Mapping[str, bytes], settings: Mapping[str, bytes]) -> None:
        for folder in (self.work, *(self.scratch / name for name in FOLDERS)):
            folder.mkdir(parents=True)
        for name, content in settings.items():
            write_content(self.scratch / "home" / name, content)
        for name, content in files.items():
            path = self.work / name
            if not path.resolve().is_relative_to(self.work.resolve()):
                raise CnnkitError(f"a file beside a notebook is called {name!r}, outside its folder")
            write_content(path, content)

    def _connection_file(self) -> dict[str, Any]:
        ports = dict(
            zip(("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"), range(1, 6), strict=True)
        )
        info: dict[str, Any] = {
            "transport": "ipc",
            "ip": str(self.scratch / "own" / "k"),
            "key": secrets.token_hex(16),
            "signature_scheme": "hmac-sha256",
            **ports,
        }
        (self.scratch / "own" / "kernel.json").write_text(json.dumps(info), encoding="utf-8")
        return info

    def client(self) -> AsyncKernelClient:
        """A client whose sockets queue few messages, and take no part of one above 32 MiB. How many
        parts a message has ZeroMQ does not bound: a process that must not end on them bounds its own
        memory, as those of `cnngrader.workers.pool` do."""
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE)
        context.setsockopt(zmq.RCVHWM, MAX_QUEUE)
        context.setsockopt(zmq.RECONNECT_IVL, 5)  # ms; we connect before the kernel listens
        client = _Client(context=context)
        client.kernel = self
        client.load_connection_info({**self._connection_info, "key": self._connection_info["key"].encode()})
        return client

    def is_alive(self) -> bool:
        return self.ending(0.0) is None

    def interrupt_kernel(self) -> None:
        self._command(Command.INTERRUPT)

    def shutdown_kernel(self, now: bool = True) -> None:
        self._command(Command.KILL)

    def clock(self) -> Time:
        """What the submission's own clock shows, which stops when the kernel ends. All interrupts that were
        asked for before have reached the kernel."""
        return self.used().time

    def used(self) -> Used:
        """Time and memory, until it ended."""
        if self._ending is None:
            self._command(Command.USED)
            said = self._heard(ANSWER_SECONDS) or LOST
            if isinstance(said, Used):
                self._used = said
            else:
                self._ending = said
        return self._used

    def cleanup_resources(self) -> None:
        """For nbclient, which calls it where a kernel gives no sign of life."""

    def log(self) -> str:
        """What the kernel wrote past its streams."""
        try:
            return (self.scratch / "log").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def ending(self, seconds: float = ANSWER_SECONDS) -> Ending | None:
        """How the kernel ended; None where it has not within `seconds`."""
        if self._ending is None:
            said = self._heard(seconds)
            assert not isinstance(said, Used)
            self._ending = said
        return self._ending

    def _report(self, request: Request, theirs: socket.socket) -> Confined | Unconfined:
        """What the keeper tells first, or why it tells nothing."""
        try:
            socket.send_fds(self._connection, [write(request)], [theirs.fileno()])
            said = self._read(ANSWER_SECONDS)
        except (EOFError, ConnectionError):
            return Unconfined("the process that was to confine it has ended")
        if isinstance(said, Confined | Unconfined):
            return said
        return Unconfined(f"no answer within {ANSWER_SECONDS:g} s")

    def _command(self, command: Command) -> None:
        with contextlib.suppress(OSError):  # it has ended already
            self._connection.sendall(command.value)

    def _heard(self, seconds: float) -> Used | Ending | None:
        """What the keeper tells next, LOST where it has gone, None where nothing comes in time."""
        try:
            said = self._read(seconds)
        except (EOFError, ConnectionError):
            return LOST
        assert said is None or isinstance(said, Used | Ending)
        return said

    def _read(self, seconds: float) -> Message | None:
        """The keeper's next line; None where none comes in time."""
        while b"\n" not in self._lines:
            if not select.select([self._connection], [], [], seconds)[0]:
                return None
            data = self._connection.recv(65536)
            if not data:
                raise EOFError
            self._lines += data
        line, self._lines = self._lines.split(b"\n", 1)
        return read(line)

    def _close(self) -> None:
        self._connection.close()
        self.channel.close()
        remove_folder(self.scratch)

    def __enter__(self) -> "WarmKernel":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown_kernel()
        self.ending()
        self._close()


class _Client(AsyncKernelClient):
    """Asks the keeper, not a heartbeat, whether the kernel lives; ready at its first answer."""

    kernel: WarmKernel
    shell_channel_class = HearingChannel

    def start_channels(self, *_: bool, **__: bool) -> None:
        super().start_channels(stdin=False, hb=False, control=False)

    async def is_alive(self) -> bool:
        return self.kernel.is_alive()

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Until it answers, and its outputs are sure to reach us: it welcomes a subscriber (JEP 65).
        Raises CnnkitError where it does not."""
        try:
            async with asyncio.timeout(timeout):
                asked = self.kernel_info()
                while (await self._next(self.get_shell_msg))["parent_header"].get("msg_id") != asked:
                    pass
                while (await self._next(self.get_iopub_msg))["msg_type"] != "iopub_welcome":
                    pass
        except TimeoutError:
            raise self._not_started(f"it gave no answer for {timeout:g} s") from None

    async def _next(self, message: Callable[..., Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """The next message, while the kernel lives."""
        while True:
            with contextlib.suppress(Empty):
                return await message(timeout=1)
            if not await self.is_alive():
                raise self._not_started(str(self.kernel.ending(0.0)))

    def _not_started(self, why: str) -> CnnkitError:
        words = self.kernel.log().strip().splitlines()[-1:] or ["no message"]
        told = "Nothing was graded by it; the same command tries again."
        return CnnkitError(f"a kernel did not start ({why}; {words[0]}). {told}")
