"""Making a submitted notebook gradable: the release tells which cells there must be.

Cells are matched by grade id, then by content, since other editors lose metadata, and people
delete, copy and retype cells. What was done is reported; a student's own code is never lost.
"""

import ast
import json
from collections import Counter

import nbformat
from nbformat import NotebookNode

from cnngrader.errors import NotebookError

MAX_BYTES = 100 * 2**20
ALIKE = 0.6
MAX_CELLS = 2000


def read_notebook(data: bytes) -> NotebookNode:
    """A submitted file as a version 4 notebook, without outputs. Raises NotebookError, in words for
    staff and student."""
    if not data.strip():
        raise NotebookError("no notebook of the assignment's name was handed in, or an empty file")
    if len(data) > MAX_BYTES:
        raise NotebookError(
            f"the file has {len(data) >> 20} MiB, more than {MAX_BYTES >> 20}: clear its outputs and save it again"
        )
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotebookError(f"the file is no notebook (not JSON: {str(error)[:80]})") from None
    if not isinstance(raw, dict) or not (isinstance(raw.get("cells"), list) or isinstance(raw.get("worksheets"), list)):
        raise NotebookError("the file is JSON, but no notebook: it has no list of cells")
    try:
        for cell in raw.get("cells", []):
            if isinstance(cell, dict) and "outputs" in cell:
                cell["outputs"] = []  # nothing of them is graded, and they may be huge or broken
        if raw.get("nbformat", 4) < 4:
            raw = nbformat.convert(nbformat.from_dict(raw), 4)
        notebook = nbformat.from_dict(raw)
        cells = [_clean(cell) for cell in notebook.cells if isinstance(cell, dict)]
    except Exception as error:  # nbformat's converters fail in many ways on what is no notebook
        raise NotebookError(
            f"the file is no notebook that can be read ({type(error).__name__}: {str(error)[:80]})"
        ) from None
    if len(cells) > MAX_CELLS:
        raise NotebookError(f"the notebook has {len(cells)} cells, more than {MAX_CELLS}")
    metadata = notebook.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    named = _text(kernel.get("name", "python3"))[:40] if isinstance(kernel, dict) else "python3"
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": named, "display_name": named}})


def _clean(cell: NotebookNode) -> NotebookNode:
    """A cell with what grading needs and nothing else."""
    source = cell.get("source") or ""
    source = _text("".join(map(str, source)) if isinstance(source, list) else source)
    kind = cell.get("cell_type", "code")
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    kept = {"nbgrader": {"grade_id": _text(mark["grade_id"])}} if isinstance(mark, dict) and "grade_id" in mark else {}
    new = {
        "code": nbformat.v4.new_code_cell,
        "markdown": nbformat.v4.new_markdown_cell,
    }.get(kind, nbformat.v4.new_raw_cell)
    return new(source=source, metadata=kept)


def _text(value: object) -> str:
    """A text that can be written as UTF-8: JSON may hold halves of characters."""
    return str(value).encode("utf-8", "replace").decode()


def repair(submitted: NotebookNode, template: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The submitted notebook with every cell of the template in its place, and what was repaired.

    Locked cells get the template's text. Answers keep the student's; one that is missing is put
    back empty, so that it scores 0. Further cells stay where the student put them.
    """
    return _Repair(submitted, template).result()


class _Repair:
    def __init__(self, submitted: NotebookNode, template: NotebookNode):
        self.cells = list(submitted.cells)
        self.wanted = [cell for cell in template.cells if "nbgrader" in cell.metadata]
        self.template = template
        self.notes: list[str] = []
        self.match: dict[str, int] = {}  # grade id -> place in the submitted notebook
        kernel = submitted.metadata.get("kernelspec", {}).get("name", "python3")
        if "python" not in kernel.lower():
            self.notes.append(f"The notebook names the kernel {kernel!r}; it was run with Python all the same.")

    def result(self) -> tuple[NotebookNode, list[str]]:
        self._by_id()
        for cell in self.wanted:
            if _id(cell) not in self.match:
                self._by_content(cell)
        cells = self._assemble()
        notebook = nbformat.v4.new_notebook(cells=cells, metadata=self.template.metadata)
        _distinct_ids(notebook, {cell.get("id") for cell in self.template.cells})
        return notebook, self.notes

    def _by_id(self) -> None:
        wanted = {_id(cell): cell for cell in self.wanted}
        places: dict[str, list[int]] = {}
        for index, cell in enumerate(self.cells):
            if (name := _id(cell)) in wanted:
                places.setdefault(name, []).append(index)
        for name, indices in places.items():
            if len(indices) > 1:
                self.notes.append(
                    f"{_named(wanted[name])} was there {len(indices)} times; the last one that is filled in counts."
                )
            filled = [i for i in indices if self.cells[i].source.strip() not in ("", wanted[name].source.strip())]
            self.match[name] = (filled or indices)[-1]

    def _by_content(self, wanted: NotebookNode) -> None:
        taken = set(self.match.values())
        free = [i for i, cell in enumerate(self.cells) if i not in taken and not _id(cell)]
        same = [i for i in free if self.cells[i].source.strip() == wanted.source.strip()]
        names = _defined(wanted.source)
        if not _locked(wanted) and not names and (place := self._after_neighbour(wanted, free)) is not None:
            same = [place]
        alike = same or [i for i in free if names and names & _defined(self.cells[i].source)]
        if not alike and not names:
            alike = [i for i in free if _ratio(self.cells[i].source, wanted.source) > ALIKE]
        if alike:
            self.match[_id(wanted)] = alike[-1]
            if not _locked(wanted) or not same:
                self.notes.append(f"{_named(wanted)} had lost its mark and was recognised by its content.")

    def _after_neighbour(self, wanted: NotebookNode, free: list[int]) -> int | None:
        """An answer that defines no function and has lost its mark stands behind its question."""
        index = self.template.cells.index(wanted)
        question = self.template.cells[index - 1].source.strip() if index else ""
        for i in free:
            if (
                i > 0
                and question
                and self.cells[i - 1].source.strip() == question
                and (self.cells[i].cell_type == "code") == (wanted.cell_type == "code")
            ):
                return i
        return None

    def _assemble(self) -> list[NotebookNode]:
        """The student's order, with what is missing put behind the template cell before it."""
        place = {index: name for name, index in self.match.items()}
        wanted = {_id(cell): cell for cell in self.wanted}
        missing_after: dict[str, list[NotebookNode]] = {}
        last = ""
        for cell in self.wanted:
            if _id(cell) in self.match:
                last = _id(cell)
            else:
                self.notes.append(f"{_named(cell)} was missing and was put back{'' if _locked(cell) else ', empty'}.")
                missing_after.setdefault(last, []).append(nbformat.from_dict(cell))
        assembled = missing_after.get("", [])
        for index, cell in enumerate(self.cells):
            name = place.get(index)
            if name is None:
                cell.metadata.pop("nbgrader", None)
                assembled.append(cell)
                continue
            assembled.append(self._restored(cell, wanted[name]))
            assembled += missing_after.get(name, [])
        return assembled

    def _restored(self, cell: NotebookNode, wanted: NotebookNode) -> NotebookNode:
        if cell.cell_type != wanted.cell_type:
            self.notes.append(
                f"{_named(wanted)} had become a {cell.cell_type} cell and is a {wanted.cell_type} cell again."
            )
        if _locked(wanted) and cell.source.strip() != wanted.source.strip():
            self.notes.append(f"{_named(wanted)} had been changed and is as it was given out.")
        restored = nbformat.from_dict(wanted)
        if not _locked(wanted):
            restored.source = cell.source
        return restored


def _id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _locked(cell: NotebookNode) -> bool:
    return bool(cell.metadata["nbgrader"]["locked"])


def _named(cell: NotebookNode) -> str:
    mark = cell.metadata["nbgrader"]
    kind = "Your answer" if mark["solution"] else "The check" if mark["grade"] else "The given cell"
    return f"{kind} `{_id(cell).removeprefix('answer-').removeprefix('locked-')}`"


def _defined(source: str) -> set[str]:
    """Functions and classes that a cell defines, even where it does not parse."""
    try:
        body = ast.parse(source).body
        return {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        lines = (line.split("(")[0].split() for line in source.splitlines() if line.startswith(("def ", "class ")))
        return {words[1].rstrip(":") for words in lines if len(words) > 1}


def _ratio(a: str, b: str) -> float:
    """How many of their words both have, 0 to 1, in time that grows with their length alone."""
    one, other = a[:5000].split(), b[:5000].split()
    shared = Counter(one) & Counter(other)
    return 2 * shared.total() / max(1, len(one) + len(other))


def _distinct_ids(notebook: NotebookNode, given: set[str]) -> None:
    """The template's ids, and for the student's own cells ids by place, the same each time."""
    seen: set[str] = set()
    for index, cell in enumerate(notebook.cells):
        if cell.get("id") in seen or cell.get("id") not in given:
            cell["id"] = f"student-{index}"
        seen.add(cell["id"])
