"""What fails for a whole class is the course's own."""

from collections.abc import Iterable

from nbformat import NotebookNode

from cnngrader.cells import is_answer, is_check, name_of
from cnngrader.plain_text import plain

UNWRITTEN = "NotImplementedError"
"""What a given cell meets that uses an answer which is not written yet."""


def course_fault(template: NotebookNode, executed: Iterable[NotebookNode]) -> str:
    """The first of the cells that students are given as they are, code for data or setting up, that failed in
    every notebook, and how it failed in the last one; "" where there is none, or one notebook alone.

    executed: is read no further than is needed, which mostly is one notebook.
    """
    given = {
        cell.source.strip(): f"cell {number} {_name(cell)}".strip()
        for number, cell in reversed(list(enumerate(template.cells, 1)))
        if cell.cell_type == "code" and not is_answer(cell) and not is_check(cell)
    }
    failing, notebooks = dict.fromkeys(reversed(given), ""), 0
    for notebook in executed:
        notebooks += 1
        errors = {cell.source.strip(): error for cell in notebook.cells if (error := _error(cell))}
        failing = {source: errors[source] for source in failing if source in errors}
        if not failing:
            return ""
    if notebooks < 2:
        return ""
    source, error = next(iter(failing.items()))
    return plain(f"{given[source]}: {error}", 300)


def _name(cell: NotebookNode) -> str:
    name = name_of(cell)
    return f"({name})" if name else ""


def _error(cell: NotebookNode) -> str:
    errors = [output for output in cell.get("outputs", ()) if output.output_type == "error"]
    return f"{errors[0].ename}: {errors[0].evalue}" if errors and errors[0].ename != UNWRITTEN else ""
