"""Why a notebook was not graded, or a cell of it was stopped, in a line for whoever grades."""

import re
import traceback
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.nbgraderformat import SchemaTooOldError

from cnngrader.cells import id_of
from cnngrader.errors import CnnkitError
from cnngrader.plain_text import plain

OUTPUT_ERROR = "OutputLimitError"
# What a cell meets that is confined or passes a limit, and what a library makes of that.
STOPPING = re.compile(
    rf"\b({OUTPUT_ERROR}|CellTimeoutError|MemoryError|PermissionError|Permission denied|Operation not permitted|"
    r"Network is unreachable|File too large|No space left|Resource temporarily unavailable|can't start new thread)"
)
LONGEST = 300


def why_failed(error: Exception, notebook: Path | None = None) -> str:
    """An exception in one line; notebook: the file that nbgrader was at."""
    if isinstance(error, SchemaTooOldError) and notebook and (twice := _cells_twice(notebook)):
        words = f"the cell {twice[0]!r} is there twice, which nbgrader cannot grade. Take one out of what was handed in"
    elif isinstance(error, CnnkitError):
        words = str(error)
    else:
        words = "".join(traceback.format_exception_only(error))
    return plain(f"{notebook.stem}: {words}" if notebook else words, LONGEST)


def stopped_cells(notebook: NotebookNode, late: Mapping[int, str]) -> list[str]:
    """A line for each cell that met its confinement or a limit. late: what those took that took too long."""
    found = []
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and STOPPING.search(
                words := f"{output.ename}: {output.evalue}".strip(": ")
            ):
                timeout = number in late and output.ename == "CellTimeoutError"
                told = f"took more than {late[number]}" if timeout else words
                found.append(plain(f"{cell_name(notebook, number)}: {told}", LONGEST))
                break
    return found


def cell_name(notebook: NotebookNode, number: int) -> str:
    """As a person counts cells; number: from 0."""
    id = id_of(notebook.cells[number])
    return f"cell {number + 1} ({id})" if id else f"cell {number + 1}"


def _cells_twice(path: Path) -> list[str]:
    cells = nbformat.read(path, as_version=4).cells
    ids = Counter(map(id_of, cells))
    return [id for id, times in ids.items() if id and times > 1]
