"""What the commands print: rich on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cnngrader.plain_text import plain_lines

T = TypeVar("T")

_HOW: dict[str, Any] = {"highlight": False, "soft_wrap": True}
screen = Console(stderr=True, force_interactive=True, **_HOW)
"""The terminal. What is shown live stays below the lines of this one console, and is overwritten by any other's."""


class Stream:
    """sys.stdout or sys.stderr: lines for the screen, where both are a terminal, and else for where it leads."""

    def __init__(self, name: str):
        self._name = name
        self._plain = Console(stderr=name == "stderr", **_HOW)

    def print(self, *objects: Any, **options: Any) -> None:
        """As `rich.console.Console.print`, but what stands in a text does nothing else to a terminal than show."""
        console = screen if on_screen() and getattr(sys, self._name).isatty() else self._plain
        console.print(*(plain_lines(o) if isinstance(o, str) else o for o in objects), **options)


out, err = Stream("stdout"), Stream("stderr")


def on_screen() -> bool:
    """Whether there is a person to show something live."""
    return sys.stderr.isatty() and not screen.is_dumb_terminal


@contextmanager
def shown(what: RenderableType) -> Iterator[None]:
    """On the screen, below all lines, until the block is left; nowhere where there is none."""
    if not on_screen():
        yield
        return
    # Lines for a file or a pipe must go there, and not where the table is.
    with Live(what, console=screen, transient=True, redirect_stdout=sys.stdout.isatty()):
        yield


class Bar:
    """A progress bar that can be told its total later, and steps."""

    def __init__(self, progress: Progress, what: str):
        self._progress = progress
        self._task = progress.add_task(what, total=None)

    def total(self, count: int) -> None:
        self._progress.update(self._task, total=count)

    def step(self) -> None:
        self._progress.advance(self._task)

    def follow(self, things: Iterable[T]) -> Iterator[T]:
        """The things, a step for each that was taken."""
        for thing in things:
            yield thing
            self.step()


@contextmanager
def bar(what: str) -> Iterator[Bar]:
    """Progress of `what`, on the screen."""
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    progress = Progress(*columns, console=screen)
    with shown(progress):
        yield Bar(progress, what)
