"""What the commands print: rich on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class Bar:
    """A progress bar that can be told its total later, and steps."""

    def __init__(self, progress: Progress, what: str):
        self._progress = progress
        self._task = progress.add_task(what, total=None)

    def total(self, count: int) -> None:
        self._progress.update(self._task, total=count)

    def step(self) -> None:
        self._progress.advance(self._task)


@contextmanager
def bar(what: str) -> Iterator[Bar]:
    """Progress on standard error while it is a terminal, nothing where it is not."""
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=err, transient=True, disable=not sys.stderr.isatty()) as progress:
        yield Bar(progress, what)
