"""What a person sees while a class is graded: how far it is, and who is slow."""

import time
from collections.abc import Callable, Mapping

from rich.table import Table
from rich.text import Text

from cnngrader.plain_text import plain

SLOWEST = 6


class LiveTable:
    """Done, running and waiting submissions, the rate, the time left and the slowest that run.

    total: submissions to grade. running: gives {student: seconds}, the slowest first.
    """

    def __init__(self, total: int, running: Callable[[], Mapping[str, float]], note: str = ""):
        self.total, self.running, self.note = total, running, note
        self.done = 0
        self._begun = time.monotonic()

    def step(self) -> None:
        self.done += 1

    def __rich__(self) -> Table:
        running = self.running()
        seconds = time.monotonic() - self._begun
        waiting = max(0, self.total - self.done - len(running))
        table = Table.grid(padding=(0, 2))
        table.add_row(f"{self.done} done", f"{len(running)} running", f"{waiting} waiting", pace(self, seconds))
        for student, since in list(running.items())[:SLOWEST]:
            table.add_row("", Text(f"{since:.0f} s"), Text(plain(student, 60)))
        if self.note:
            table.add_row(Text(self.note))
        return table


def pace(table: LiveTable, seconds: float) -> str:
    """The rate and the time left, once they can be told."""
    if not table.done or not seconds:
        return ""
    minutes, rest = divmod(round((table.total - table.done) * seconds / table.done), 60)
    return f"{table.done / seconds * 60:.1f} a minute, {minutes}:{rest:02} left"
