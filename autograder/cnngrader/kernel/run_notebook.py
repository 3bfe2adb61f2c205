"""Executing a student's notebook in a confined kernel, cell by cell, within its limits."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from cnngrader.cells import is_check
from cnngrader.errors import CnnkitError
from cnngrader.kernel.clock import LOOK, Time
from cnngrader.kernel.limited_output import LimitedOutput, note
from cnngrader.kernel.warm_kernel import START_SECONDS, WarmKernel
from cnngrader.sandbox.limits import Limits

SEND_MS = 60_000  # a moment is usual
UNHEEDING = "[The cell took too long and could not be interrupted, so its process was ended.]\n"
QUIT = "quit() was passed over, and the cells after it were run"


@dataclass
class Run:
    """What happened.

    ended: '' where every cell was run that was to be, "time" where the time of all was over, else why
    the kernel stopped. spent: by all of them then. late: by each cell that took too long alone.
    unheeding: whether the last one could not be interrupted, so that its kernel was ended.
    """

    ended: str = ""
    last_cell: int = -1
    spent: Time = field(default_factory=Time)
    late: dict[int, Time] = field(default_factory=dict)
    unheeding: bool = False
    errors: dict[int, str] = field(default_factory=dict)

    @property
    def can_answer(self) -> bool:
        """Whether its kernel is there, and was told to answer questions."""
        return self.ended in ("", "time") and not self.unheeding


def run_notebook(
    notebook: NotebookNode,
    kernel: WarmKernel,
    limits: Limits,
    on_cell: Callable[[int], None] | None = None,
    *,
    before: int | None = None,
) -> Run:
    """Execute the notebook's code cells in place, check cells apart, then have the kernel answer
    questions on its channel. A cell that fails or is interrupted does not stop those after it.

    before: the number of a cell; neither it nor what comes after it is run.
    """
    run = Run()
    client = _Client(
        notebook,
        km=kernel,
        allow_errors=True,
        record_timing=False,
    )
    client.log.setLevel("CRITICAL")
    client.run, client.limits, client.on_cell = run, limits, on_cell
    client.output_mb, client.outputs_mb = limits.output_mb, limits.outputs_mb
    client.before = len(notebook.cells) if before is None else before
    asyncio.run(_run(client, notebook, kernel, run))
    return run


async def _run(client: "_Client", notebook: NotebookNode, kernel: WarmKernel, run: Run) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # of what reads messages that are none
    client.kc = kernel.client()
    client.kc.start_channels()
    try:
        await client.kc.wait_for_ready(START_SECONDS)  # raises CnnkitError: no code of the student's has run yet
        client.kc.allow_stdin = False
        await client.async_execute()
        code = f"__import__('cnnkit.check.serve').check.serve.serve(globals(), {kernel.answers_on})"
        client.kc.execute(code, silent=True, store_history=False)
        await asyncio.sleep(0)
    except DeadKernelError:
        if (task := asyncio.current_task()) and task.cancelling():  # Ctrl-C, which nbclient takes for a dead kernel
            raise asyncio.CancelledError from None
        if client.unheeding:
            notebook.cells[run.last_cell].outputs.append(note(UNHEEDING))
        run.unheeding = client.unheeding
        run.ended = run.ended if client.unheeding else "died"
    except CnnkitError:
        raise
    except Exception as error:  # messages of a student's making can break nbclient anywhere
        run.ended = f"spoke no protocol ({type(error).__name__})"
    finally:
        client.kc.stop_channels()
        client.kc.context.destroy(linger=SEND_MS if run.can_answer else 0)


class _Client(LimitedOutput):
    """Skips check cells and notes what went wrong."""

    run: Run
    limits: Limits
    on_cell: Callable[[int], None] | None
    before: int

    @asynccontextmanager
    async def async_setup_kernel(self, **_: Any) -> AsyncIterator[None]:
        """There is nothing to set up; nbclient's own takes Ctrl-C and SIGTERM away from the command line."""
        yield

    async def async_execute_cell(
        self, cell: NotebookNode, cell_index: int, execution_count: int | None = None, store_history: bool = True
    ) -> NotebookNode:
        if cell_index >= self.before:
            return cell
        if not self.run.ended and self._left < LOOK:  # an interrupt would meet a cell that has not begun
            self.run.ended, self.run.spent = "time", self.spent
        if cell.cell_type == "code" and (is_check(cell) or self.run.ended):
            cell.outputs, cell.execution_count = [], None
            return cell
        self.run.last_cell = cell_index
        if self.on_cell is not None:
            self.on_cell(cell_index)
        return await super().async_execute_cell(cell, cell_index, execution_count, store_history)

    def cell_limit(self, cell: NotebookNode) -> float:
        return min(self.limits.cell_seconds, self._left)

    @property
    def _left(self) -> float:
        return self.limits.total_seconds - self.spent.counted

    def cell_is_late(self, shown: Time) -> None:
        if self._left <= self.limits.cell_seconds:
            self.run.ended, self.run.spent = "time", self.spent + shown
        else:
            self.run.late[self.run.last_cell] = shown

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        if msg["msg_type"] == "error":
            error = f"{msg['content']['ename']}: {msg['content']['evalue']}"[:300]
            self.run.errors.setdefault(cell_index, error)
        return super().process_message(msg, cell, cell_index)

    def on_cell_executed(self, cell_index: int, execute_reply: dict[str, Any], **_: Any) -> None:
        payload = execute_reply["content"].get("payload")
        if isinstance(payload, list) and any(isinstance(p, dict) and p.get("source") == "ask_exit" for p in payload):
            self.run.errors.setdefault(cell_index, QUIT)

    def stop_output(self, cell: NotebookNode, cell_index: int) -> None:
        super().stop_output(cell, cell_index)
        self.run.errors[cell_index] = "the output went past its limit"
