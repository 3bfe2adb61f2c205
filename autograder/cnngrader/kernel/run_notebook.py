"""Executing a student's notebook in a confined kernel, cell by cell, within its limits."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from cnngrader.errors import CnnkitError
from cnngrader.kernel.limited_output import LimitedOutput
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.sandbox.confine import Limits

START_SECONDS = 60.0
QUIT = "quit() was passed over, and the cells after it were run"


@dataclass
class Run:
    """What happened: `ended` is '' where every cell was run, else why the kernel stopped."""

    ended: str = ""
    last_cell: int = -1
    timed_out: list[int] = field(default_factory=list)
    errors: dict[int, str] = field(default_factory=dict)


def run_notebook(
    notebook: NotebookNode, kernel: WarmKernel, limits: Limits, on_cell: Callable[[int], None] | None = None
) -> Run:
    """Execute the notebook's code cells in place, check cells apart, then have the kernel answer
    questions on its channel. A cell that fails or is interrupted does not stop those after it."""
    run = Run()
    client = _Client(
        notebook,
        km=kernel,
        allow_errors=True,
        timeout=limits.cell_seconds,
        interrupt_on_timeout=True,
        iopub_timeout=2,
        store_widget_state=False,
        record_timing=False,
    )
    client.log.setLevel("CRITICAL")
    client.run, client.on_cell = run, on_cell
    client.output_mb, client.outputs_mb = limits.output_mb, limits.outputs_mb
    asyncio.run(_within(client, kernel, run, limits.total_seconds))
    return run


async def _within(client: "_Client", kernel: WarmKernel, run: Run, seconds: float) -> None:
    client.kc = kernel.client()
    client.kc.start_channels()
    try:
        await _ready(client.kc, kernel)
        try:
            await asyncio.wait_for(client.async_execute(), seconds)
        except TimeoutError:  # what was finished by then still counts
            run.ended = "time"
            kernel.interrupt_kernel()
        code = f"__import__('cnnkit.check.serve').check.serve.serve(globals(), {kernel.answers_on})"
        client.kc.execute(code, silent=True, store_history=False)
        await asyncio.sleep(0)
    except DeadKernelError:
        run.ended = "died"
    except CnnkitError:
        raise
    except Exception as error:  # messages of a student's making can break nbclient anywhere
        run.ended = f"spoke no protocol ({type(error).__name__})"
    finally:
        client.kc.stop_channels()
        client.kc.context.destroy(linger=1000)


async def _ready(client: Any, kernel: WarmKernel) -> None:
    """Raises CnnkitError where the kernel does not answer: no code of the student's has run yet."""
    try:
        await client.wait_for_ready(timeout=START_SECONDS)
        client.allow_stdin = False
    except (TimeoutError, RuntimeError, Empty):
        ending = kernel.ending(0.0)
        words = kernel.log().strip().splitlines()[-1:] or ["no message"]
        raise CnnkitError(
            f"a kernel did not start within {START_SECONDS:g} s ({ending or 'it is still running'}; {words[0]}). "
            "Nothing was graded by it; the same command tries again."
        ) from None


class _Client(LimitedOutput):
    """Skips check cells and notes what went wrong."""

    run: Run
    on_cell: Callable[[int], None] | None
    _cell: int = -1

    async def async_execute_cell(
        self, cell: NotebookNode, cell_index: int, execution_count: int | None = None, store_history: bool = True
    ) -> NotebookNode:
        if cell.cell_type == "code" and is_check(cell):
            cell.outputs, cell.execution_count = [], None
            return cell
        self.run.last_cell = self._cell = cell_index
        if self.on_cell is not None:
            self.on_cell(cell_index)
        return await super().async_execute_cell(cell, cell_index, execution_count, store_history)

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

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> None:
        self.run.timed_out.append(self._cell)
        self.km.interrupt_kernel()


def is_check(cell: NotebookNode) -> bool:
    """A locked grade cell: what it stands for is done outside the kernel."""
    mark = cell.metadata.get("nbgrader", {})
    return bool(mark.get("grade") and not mark.get("solution"))
