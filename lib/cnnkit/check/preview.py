"""What the grader will see of a notebook's file, shown in the notebook: what `cnnkit preview` tells."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnkit.check.check_result import ASIDE, WRONG, Line, block, items_of
from cnnkit.check.run_cells import note_runs
from cnnkit.check.saved_notebook import find_notebook

RUNS: Line = (ASIDE, "…", "running it from its start, in a kernel of its own")
OTHERWISE = "Restart the kernel, run all cells, and look at what `check()` says"
COMMAND = """
import sys
from importlib.metadata import entry_points

(cnnkit,) = entry_points(group="console_scripts", name="cnnkit")
sys.exit(cnnkit.load()())
"""
LONGEST_SHOWN = 60  # characters of a cell that is named by what it begins with


@dataclass(frozen=True)
class Preview:
    """What a preview shows."""

    lines: Sequence[Line]

    def __repr__(self) -> str:
        return "\n".join(f"{mark} {text}".lstrip() for _, mark, text in self.lines)

    def _repr_html_(self) -> str:
        return block(items_of(self.lines))


def show_preview(assignment: str, variables: dict[str, Any]) -> None:
    """Shows it line by line, as it comes. The running notebook stays as it is.

    Args:
        assignment: its id.
        variables: of the notebook.
    """
    from IPython.display import display

    handle = display(Preview([RUNS]), display_id=True)  # none where no notebook runs
    show: Callable[[Preview], object] = handle.update if handle else print
    lines: list[Line] = []
    try:
        for line in _preview(assignment, variables):
            lines.append(line)
            if handle:
                show(Preview([*lines, RUNS]))
    except KeyboardInterrupt:
        lines.append((WRONG, "!", "It was stopped"))
    show(Preview(lines))


def _preview(assignment: str, variables: dict[str, Any]) -> Iterator[Line]:
    if sys.platform == "emscripten":
        yield (
            WRONG,
            "!",
            f"A browser's Python cannot run a notebook anew. {OTHERWISE}; then Download, in the file's menu",
        )
        return
    notebook = find_notebook(assignment, variables)
    if notebook is None:
        yield (
            WRONG,
            "!",
            f"There is no {assignment}.ipynb in {Path.cwd()}: is it kept elsewhere, as on Colab? {OTHERWISE}; then "
            "download it",
        )
        return
    if unsaved := _unsaved(notebook):
        begins = unsaved[-1].splitlines()[0][:LONGEST_SHOWN] if unsaved[-1] else ""
        yield (
            WRONG,
            "!",
            f"{notebook.name} is not saved: the file lacks what you have run, last the cell that begins `{begins}`. "
            "Save it, then run this cell again",
        )
        return
    yield from _ask_command(notebook)


def _unsaved(notebook: Path) -> list[str]:
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return note_runs(shell).unsaved(notebook) if shell is not None else []


def _ask_command(notebook: Path) -> Iterator[Line]:
    """What `cnnkit preview` tells, in a process of its own."""
    command = [sys.executable, "-P", "-c", COMMAND, "preview", "--json", str(notebook)]
    said = ""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace"
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if told := _line(line):
                    yield told
                else:
                    said = line.strip() or said
        except BaseException:  # it was interrupted
            process.terminate()
            raise
    if process.returncode:
        yield WRONG, "!", said.removeprefix("cnnkit: ") or f"cnnkit preview ended with {process.returncode}"


def _line(text: str) -> Line | None:
    """None of what is said beside."""
    try:
        kind, mark, words = json.loads(text)
    except (ValueError, TypeError):
        return None
    return str(kind), str(mark), str(words)
