"""From the author's percent file and rubric to nbgrader's source notebook."""

import hashlib
import re
from dataclasses import asdict

import nbformat
from nbformat import NotebookNode

from cnngrader.assignment import Assignment
from cnngrader.authoring.read_cells import read_cells
from cnngrader.authoring.release_digest import BEGIN, END, read_source, release_digest
from cnngrader.authoring.rubric import Rubric
from cnngrader.cells import OF_ANSWERS, OF_LOCKED, mark_of
from cnngrader.errors import AuthorError

MARKS = ("answer", "grade", "manual", "locked")
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
INSTALLATION = """\
# Where cnnkit is missing, as on Colab, this installs it and fetches the assignment's files. Elsewhere it does nothing.
import importlib.util
import subprocess
import sys
from pathlib import Path

if importlib.util.find_spec("cnnkit") is None:
    print("Installing cnnkit, which takes some minutes ...")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", {cnnkit!r}])
if not Path("checks.py").exists():
    place = ["--from", {assignments!r}, "--into", ".", "--no-open"]
    subprocess.run([sys.executable, "-m", "cnngrader", "start", {id!r}, *place])
"""
HAND_IN = """\
## Hand in

Save the notebook, then run the cell below. It runs the file that you have saved from its start, as the grader will, and
shows what the grader will see. That takes about as long as running all cells, and changes nothing here. Then hand in
that file, {id}.ipynb, itself."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_LOADING = re.compile(r"(\bload_checks)\(([^()]*)\)")


def build_notebook(assignment: Assignment, rubric: Rubric) -> NotebookNode:
    """The notebook with solutions, marked as nbgrader wants it. The same files give the same bytes.

    Raises AuthorError, naming cell and file, where marks and rubric do not fit each other.
    """
    notebook = read_cells(read_source(assignment))
    builder = _Builder(assignment, rubric)
    given = _with_handing_in(_with_installation(notebook.cells, assignment), assignment)
    cells = [builder.cell(cell) for cell in given]
    builder.finish()
    _tell_limits(cells, assignment)
    built = nbformat.v4.new_notebook(cells=cells, metadata=KERNEL)
    nbformat.validate(built)
    return built


def _with_installation(cells: list[NotebookNode], assignment: Assignment) -> list[NotebookNode]:
    """Before the first code, where course.toml says from where."""
    if not assignment.students.assignments:
        return cells
    source = INSTALLATION.format(id=assignment.id, **asdict(assignment.students))
    cell = nbformat.v4.new_code_cell(source, metadata={"locked": "cnnkit"})
    first = next((place for place, cell in enumerate(cells) if cell.cell_type == "code"), len(cells))
    return [*cells[:first], cell, *cells[first:]]


def _with_handing_in(cells: list[NotebookNode], assignment: Assignment) -> list[NotebookNode]:
    """At the end, where there are checks."""
    if not any("grade" in cell.metadata for cell in cells):
        return cells
    text = nbformat.v4.new_markdown_cell(HAND_IN.format(id=assignment.id))
    return [*cells, text, nbformat.v4.new_code_cell("check.preview()")]


def _tell_limits(cells: list[NotebookNode], assignment: Assignment) -> None:
    """At the end of what the notebook begins with: its students should know before."""
    limits = assignment.limits
    told = (
        f"When this is graded, a cell may take {limits.cell_seconds:g} s and all cells together "
        f"{limits.total_seconds:g} s. What your code computes and what it sleeps counts, on one core of a current "
        "server (a slower machine gives more); what a busy machine lets it wait does not."
    )
    if cells and cells[0].cell_type == "markdown" and not mark_of(cells[0]):
        cells[0].source += f"\n\n{told}"
    else:
        cells.insert(0, nbformat.v4.new_markdown_cell(told, id="limits"))


class _Builder:
    def __init__(self, assignment: Assignment, rubric: Rubric):
        self.id = assignment.id
        self.source = assignment.source
        self.rubric = assignment.rubric
        self.points = rubric.points()
        self.release = release_digest(assignment, rubric)
        self.grade_ids: set[str] = set()
        self.cell_ids: set[str] = set()

    def error(self, message: str) -> AuthorError:
        return AuthorError(f"{self.source}: {message}")

    def cell(self, cell: NotebookNode) -> NotebookNode:
        marks = [mark for mark in MARKS if mark in cell.metadata]
        if len(marks) > 1:
            raise self.error(f"a cell is both {marks[0]!r} and {marks[1]!r}; split it")
        mark = marks[0] if marks else ""
        name = str(cell.metadata[mark]) if mark else ""
        if mark and not _NAME.fullmatch(name):
            raise self.error(f'{mark}="{name}": an id is letters, digits, "-" and "_"')
        grade_id = {"answer": f"{OF_ANSWERS}{name}", "locked": f"{OF_LOCKED}{name}"}.get(mark, name)
        metadata = self._nbgrader(cell, mark, name, grade_id) if mark else {}
        if cell.cell_type == "code":
            cell.source = _LOADING.sub(self._with_release, cell.source)
        new = {"markdown": nbformat.v4.new_markdown_cell, "raw": nbformat.v4.new_raw_cell}.get(
            cell.cell_type, nbformat.v4.new_code_cell
        )
        built = new(source=cell.source, metadata={"nbgrader": metadata} if metadata else {})
        built.id = self._cell_id(grade_id, cell.source)
        return built

    def _with_release(self, call: re.Match[str]) -> str:
        """`load_checks("id")`, with the release that the notebook is of."""
        if call[2] != f'"{self.id}"':
            raise self.error(f'{call[0]} must be load_checks("{self.id}")')
        return f'{call[1]}("{self.id}", "{self.release}")'

    def _nbgrader(self, cell: NotebookNode, mark: str, name: str, grade_id: str) -> dict[str, object]:
        if grade_id in self.grade_ids:
            raise self.error(f'{mark}="{name}" is there twice')
        self.grade_ids.add(grade_id)
        if mark in ("answer", "manual") and (BEGIN in cell.source) != (END in cell.source):
            raise self.error(f'{mark}="{name}": {BEGIN!r} and {END!r} come in pairs')
        if mark == "answer" and BEGIN not in cell.source:
            raise self.error(f'answer="{name}" has no {BEGIN!r}: students would lose the whole cell, its signature too')
        if mark not in ("answer", "manual") and BEGIN in cell.source:
            raise self.error(f'{mark}="{name}" holds a solution; only answer= and manual= cells may')
        metadata: dict[str, object] = {
            "schema_version": 3,
            "grade_id": grade_id,
            "cell_type": cell.cell_type,
            "grade": mark in ("grade", "manual"),
            "solution": mark in ("answer", "manual"),
            "locked": mark in ("grade", "locked"),
            "task": False,
        }
        if mark == "grade":
            if name not in self.points:
                known = ", ".join(self.points)
                raise self.error(f'grade="{name}": {self.rubric} has no test of this check; it has {known}')
            if cell.cell_type != "code":
                raise self.error(f'grade="{name}" is a {cell.cell_type} cell, and a check must be code')
            if cell.source.strip() != f'check("{name}")':
                raise self.error(f'grade="{name}" must hold check("{name}") alone, not {cell.source.strip()[:60]!r}')
            metadata["points"] = self.points[name]
        if mark == "manual":
            points = cell.metadata.get("points")
            if not isinstance(points, int | float) or points <= 0:
                raise self.error(f'manual="{name}" needs points=N above 0, not {points!r}')
            metadata["points"] = float(points)
        return metadata

    def _cell_id(self, grade_id: str, source: str) -> str:
        """The mark's id, or one made from the text, so that building twice gives the same."""
        name = grade_id or "text-" + hashlib.sha256(source.encode()).hexdigest()[:10]
        unique, count = name[:56], 1
        while unique in self.cell_ids:
            count += 1
            unique = f"{name[:56]}-{count}"
        self.cell_ids.add(unique)
        return unique

    def finish(self) -> None:
        for check in self.points:
            if check not in self.grade_ids:
                raise self.error(f'{self.rubric} tests {check!r}, and no cell is marked grade="{check}"')
