"""What is left to do in a notebook, as it lies beside its checks."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

UNANSWERED = "*Write your answer here.*"
"""What a written answer says before a student has written one."""


def find_notebook(assignment: str, variables: Mapping[str, Any]) -> Path | None:
    """The file of the running notebook, where its editor tells it: JupyterLab in the kernel's environment, VS Code in a
    variable; else the one of the assignment's name in this folder."""
    told = os.environ.get("JPY_SESSION_NAME"), variables.get("__vsc_ipynb_file__"), f"{assignment}.ipynb"
    paths = (Path(name) for name in told if isinstance(name, str) and name.endswith(".ipynb"))
    return next((path for path in paths if path.is_file()), None)


def sources_of(path: Path) -> list[str]:
    """Of the code cells in a notebook's file; none where it cannot be read."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [_text(cell) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []


def find_left(path: Path) -> list[str]:
    """What is left to do in a notebook's file, in lines for its student; nothing where it cannot be read."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [line for line in (_unanswered(cells), _unrun(cells), _out_of_order(cells)) if line]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []


def _unanswered(cells: list[dict[str, Any]]) -> str:
    waiting = [
        _mark(cell).get("grade_id", "")
        for cell in cells
        if cell["cell_type"] == "markdown" and _mark(cell).get("solution") and _text(cell) in ("", UNANSWERED)
    ]
    return f"not answered yet, as last saved: {', '.join(waiting)}" if waiting else ""


def _unrun(cells: list[dict[str, Any]]) -> str:
    numbers = [number for number, cell in _code(cells) if cell.get("execution_count") is None]
    return f"not run yet, as last saved: {_cells(numbers)}" if numbers else ""


def _out_of_order(cells: list[dict[str, Any]]) -> str:
    """The first cell that was run before one above it: run from top to bottom it may do something else."""
    last = 0
    for number, cell in _code(cells):
        count = cell.get("execution_count")
        if isinstance(count, int):
            if count < last:
                return (
                    f"cell {number} was run before one above it, as last saved. Restart and run all before handing in"
                )
            last = count
    return ""


def _code(cells: list[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """(number as a person counts, cell) of the code that does anything."""
    return [(n, cell) for n, cell in enumerate(cells, 1) if cell["cell_type"] == "code" and _text(cell)]


def _cells(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:6]))
    more = f" and {len(numbers) - 6} more" if len(numbers) > 6 else ""
    return f"cell{'s' * (len(numbers) > 1)} {shown}{more}"


def _mark(cell: dict[str, Any]) -> dict[str, Any]:
    found = cell["metadata"].get("nbgrader", {})
    return found if isinstance(found, dict) else {}


def _text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"]).strip()
