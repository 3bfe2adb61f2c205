"""What a person has graded and need not look at again."""

from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from cnngrader.cells import id_of, mark_of


def unchanged(before: str, now: str) -> tuple[str, ...]:
    """Names of the graded cells that are in `now` as they were in `before`, both texts of autograded notebooks:
    of a written answer its words and points, of a check its points, what its tests found, and all code."""
    former, present = nbformat.v4.reads(before), nbformat.v4.reads(now)
    same_code = _code(former) == _code(present)
    grounds = _grounds(former)
    return tuple(
        name
        for name, ground in _grounds(present).items()
        if grounds.get(name) == ground and (ground.written or same_code)
    )


def _code(notebook: NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


class _Ground(NamedTuple):
    """What a cell's points are given for. written: whether people grade it. shown: what its tests found."""

    written: bool
    points: float
    source: str
    shown: str


def _grounds(notebook: NotebookNode) -> dict[str, _Ground]:
    found = {}
    for cell in notebook.cells:
        if is_grade(cell):
            written = is_solution(cell)
            shown = "" if written else "".join(str(output.get("text", "")) for output in cell.get("outputs", ()))
            found[id_of(cell)] = _Ground(written, float(mark_of(cell).points), cell.source, shown)
    return found
