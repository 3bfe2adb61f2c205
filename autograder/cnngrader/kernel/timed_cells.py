"""An nbclient that bounds each cell by the submission's own clock."""

import asyncio
import math
from collections.abc import Coroutine
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode
from traitlets import Integer

from cnngrader.kernel.clock import LOOK, Deadline, Patience, Time

GRACE = 5.0  # seconds that a cell may run on after it was interrupted
AGAIN = 1.0  # of its own time between two interrupts
OUTPUT_SECONDS = 2.0  # in which what a cell has printed comes after its end, unless the notebook has cut that off
WALL_SECONDS = 600


class TimedCells(NotebookClient):
    """Interrupts a cell that takes longer than its limit, again and again, and ends the kernel of one that
    does not heed that. nbclient would go by the clock on the wall.

    km: a WarmKernel. spent: by all cells. unheeding: whether the kernel was ended. silent: whether the outputs
    of a cell did not come to their end; those of later ones are waited for less long.
    """

    iopub_timeout = Integer(WALL_SECONDS)
    km: Any
    spent: Time
    unheeding: bool
    silent: bool
    _late: bool
    _tasks: list[asyncio.Task[Any]]

    def reset_execution_trackers(self) -> None:
        super().reset_execution_trackers()
        self.spent, self.unheeding, self.silent = Time(), False, False

    def cell_limit(self, cell: NotebookNode) -> float:
        """Seconds for the cell that begins."""
        limit: int | None = super()._get_timeout(cell)
        return math.inf if limit is None else limit

    def cell_is_late(self, shown: Time) -> None:
        """The limit of the cell that runs has passed. shown: what it took by then."""

    async def own_seconds(self, seconds: float) -> None:
        """Until so many have passed on the submission's own clock."""
        await _passed(Deadline(self.km.clock, seconds))

    def while_it_runs(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do something beside the cell that runs; it is given up when that has ended."""
        task = asyncio.ensure_future(work)
        self._tasks.append(task)
        return task

    async def _async_poll_for_reply(
        self, msg_id: str, cell: NotebookNode, timeout: int | None, outputs: Any, alive: Any
    ) -> dict[str, Any]:
        self._late, self._tasks = False, []
        deadline = Deadline(self.km.clock, self.cell_limit(cell))
        self.while_it_runs(self._watch(deadline))
        shown = self._shown(outputs)
        try:
            reply: dict[str, Any] = await super()._async_poll_for_reply(msg_id, cell, None, shown, alive)
        finally:
            shown.close()
            self._give_up()
            self.spent += deadline.spent()  # and no interrupt of this cell can meet the next
        if self._late and self.error_on_timeout:
            reply["content"] = {**self.error_on_timeout, "status": "error"}
        return reply

    async def _shown(self, outputs: asyncio.Task[None]) -> None:
        """nbclient waits for this when the cell has ended: until all that it printed has come."""
        self._give_up()
        waits = Deadline if self.silent else Patience
        patience = self.while_it_runs(_passed(waits(self.km.clock, OUTPUT_SECONDS)))
        await asyncio.wait({outputs, patience}, return_when=asyncio.FIRST_COMPLETED)
        if not outputs.done():
            self.silent = True
            outputs.cancel()
            raise TimeoutError

    def _give_up(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _get_timeout(self, cell: NotebookNode | None) -> int | None:
        return None

    async def _watch(self, deadline: Deadline) -> None:
        await _passed(deadline)
        self._late = True
        self.cell_is_late(deadline.spent())
        patience = Patience(self.km.clock, GRACE)
        while not patience.passed():
            self.km.interrupt_kernel()
            await self.own_seconds(AGAIN)
        self.unheeding = True
        self.km.shutdown_kernel()


async def _passed(deadline: Deadline) -> None:
    while not deadline.passed():
        await asyncio.sleep(LOOK)
