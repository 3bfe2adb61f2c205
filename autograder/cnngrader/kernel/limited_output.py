"""An nbclient that keeps no more of a cell's output than a limit."""

from typing import Any

from nbformat import NotebookNode, v4

from cnngrader.kernel.timed_cells import TimedCells

TOO_MUCH = "\n[The output went past {limit:g} MB. What came after is left out.]\n"
TOO_MUCH_IN_ALL = "\n[The outputs of all cells went past {limit:g} MB. What came after is left out.]\n"
A_LITTLE = 10_000  # bytes that each cell keeps whatever those before it printed: its error, its result
NOT_KEPT = ("status", "execute_input", "clear_output")
LONG_PIECE = 2**16
PATIENCE = 0.3  # seconds of the cell's own; an interrupt that meets the end of a cell takes its last messages away


class LimitedOutput(TimedCells):
    """Keeps a cell's messages up to `output_mb`, and interrupts the cell where it goes on after that.
    Of all cells together it keeps `outputs_mb`, and what is past them is no cell's fault.

    A message counts with all that it holds: data, metadata, a traceback, the state of a widget; one
    that changes displays counts for each place that shows them.
    """

    output_mb: float
    outputs_mb: float
    _printed: int = 0
    _printing: int = -1
    _kept: int = 0  # of all cells
    _room: float = 0.0  # of the cell that is printing, in what all may keep

    def reset_execution_trackers(self) -> None:
        super().reset_execution_trackers()
        self._printing, self._kept = -1, 0

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        content = msg["content"]
        if not isinstance(content.get("execution_count", 0), int):  # it would be kept, whatever it is
            content["execution_count"] = None
        if msg["msg_type"] not in NOT_KEPT:
            if cell_index != self._printing:
                self._printing, self._printed = cell_index, 0
                self._room = max(A_LITTLE, self.outputs_mb * 1e6 - self._kept)
            limit = self.output_mb * 1e6
            before, self._printed = self._printed, self._printed + len(str(content)) * self._places(content)
            if before > limit:
                return None
            if self._printed > limit:
                self.stop_output(cell, cell_index)
                return None
            if self._printed > self._room:
                if before <= self._room:
                    cell.outputs.append(note(TOO_MUCH_IN_ALL.format(limit=self.outputs_mb)))
                if msg["msg_type"] == "error":  # nbgrader takes a cell without one for right
                    cell.outputs.append(_in_short(content))
                return None
            self._kept += self._printed - before
        return super().process_message(msg, cell, cell_index)

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Pieces of one stream are put together: how many they are is a matter of time."""
        out = super().output(outs, msg, display_id, cell_index)
        if out is not None and out.output_type == "stream" and not display_id and len(outs) > 1:
            former = outs[-2]
            if former.get("name") == out.name and len(former.text) < LONG_PIECE:
                former.text += outs.pop().text
        return out

    def stop_output(self, cell: NotebookNode, cell_index: int) -> None:
        """The cell has just passed the limit."""
        self.while_it_runs(self._stop())
        cell.outputs.append(note(TOO_MUCH.format(limit=self.output_mb)))

    async def _stop(self) -> None:
        await self.own_seconds(PATIENCE)
        self.km.interrupt_kernel()

    def _places(self, content: dict[str, Any]) -> int:
        display = (content.get("transient") or {}).get("display_id")
        return max(1, sum(map(len, self._display_id_map.get(display, {}).values())))


def note(text: str) -> NotebookNode:
    return v4.new_output("stream", name="stderr", text=text)


def _in_short(error: dict[str, Any]) -> NotebookNode:
    name, value = str(error.get("ename"))[:100], str(error.get("evalue"))[:300]
    return v4.new_output("error", ename=name, evalue=value, traceback=[f"{name}: {value}"])
