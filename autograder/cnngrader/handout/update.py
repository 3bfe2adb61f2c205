"""A student's notebook, carried onto another release of its assignment."""

import re
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from cnngrader.cells import id_of, is_answer, mark_of, name_of
from cnngrader.submission.compared_cell import ALIKE, ComparedCell
from cnngrader.submission.read_notebook import read_notebook
from cnngrader.submission.repair import repair

FORMER = (
    "# From your notebook before the update\n\nNothing here is graded. The release has these cells otherwise, or you "
    "had changed them: look whether you still need them."
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
SHOWN = 70  # characters of a text that is told


@dataclass(frozen=True)
class Updated:
    """changes: what is new in it, in lines for its student."""

    notebook: NotebookNode
    changes: list[str]


def update(data: bytes, template: NotebookNode) -> Updated:
    """The notebook as the release has it, with the student's answers, their own cells, and the outputs of what has not
    changed. What has no place is kept at its end.

    Args:
        data: the student's file.
        template: the release's notebook.

    Raises:
        NotebookError: where the file is no notebook.
    """
    submitted = read_notebook(data)
    repaired, _ = repair(submitted, template)
    return _Update(submitted, repaired, template, _with_all_of_it(data)).result()


class _Update:
    def __init__(self, submitted: NotebookNode, repaired: NotebookNode, template: NotebookNode, file: NotebookNode):
        self.metadata = {**file.metadata, **template.metadata}
        self.template = [ComparedCell(cell) for cell in template.cells]
        self.repaired = [ComparedCell(cell) for cell in repaired.cells]
        self.before = {cell.source.strip() for cell in submitted.cells}
        self.ids = {id_of(cell) for cell in submitted.cells}
        self.file = {cell.source.strip(): cell for cell in file.cells if cell.cell_type == "code"}
        self.places = {cell.text: place for place, cell in enumerate(self.template)}
        self.marked = {id_of(cell.cell): place for place, cell in enumerate(self.template) if mark_of(cell.cell)}

    def result(self) -> Updated:
        answers = {id_of(cell.cell): cell.cell for cell in self.repaired if mark_of(cell.cell)}
        own: dict[int, list[NotebookNode]] = {}
        former: list[NotebookNode] = []
        last = -1
        for cell in self.repaired:
            if (place := self._place(cell)) is not None:
                last = place
            elif (similar := self._similar(cell)) is None:
                own.setdefault(last, []).append(cell.cell)
            else:
                last = similar
                former += _kept_of(cell, self.template[similar])
        cells = own.pop(-1, [])
        for place, given in enumerate(self.template):
            cells.append(answers.get(id_of(given.cell), given.cell) if mark_of(given.cell) else given.cell)
            cells += own.get(place, [])
        if former:
            cells += [nbformat.v4.new_markdown_cell(FORMER), *former]
        notebook = nbformat.v4.new_notebook(cells=list(map(self._with_outputs, cells)), metadata=self.metadata)
        _name_apart(notebook)
        return Updated(notebook, self._changes(len(former)))

    def _place(self, cell: ComparedCell) -> int | None:
        """Of a cell that the template has."""
        return self.marked[id_of(cell.cell)] if mark_of(cell.cell) else self.places.get(cell.text)

    def _similar(self, cell: ComparedCell) -> int | None:
        """The place of a given cell that a former release had otherwise, or that the student has changed."""
        for place, given in enumerate(self.template):
            plain = not mark_of(given.cell) and given.kind == cell.kind and given.text not in self.before
            if plain and cell.is_like(given):
                return place
        return None

    def _with_outputs(self, cell: NotebookNode) -> NotebookNode:
        new = nbformat.from_dict(cell)
        if not new.get("attachments", True):
            del new["attachments"]
        before = self.file.get(new.source.strip())
        if new.cell_type == "code":
            new.outputs = before.outputs if before else []
            new.execution_count = before.execution_count if before else None
        return new

    def _changes(self, former: int) -> list[str]:
        lines = []
        for cell in self.template:
            if cell.text in self.before or not cell.text:
                continue
            if not mark_of(cell.cell):
                kind = "text" if cell.kind == "markdown" else "code"
                lines.append(f"new or corrected {kind}: {_shortened(cell.text)}")
            elif id_of(cell.cell) not in self.ids:
                lines.append(f"new: `{name_of(cell.cell)}`")
            elif not is_answer(cell.cell):
                lines.append(f"corrected: the given cell `{name_of(cell.cell)}`")
        if former:
            lines.append(f"{former} of your cells are at the end, since the release has them otherwise")
        return lines


def _with_all_of_it(data: bytes) -> NotebookNode:
    """The file with its outputs; an empty one where it is read as a notebook of another kind alone."""
    try:
        return nbformat.reads(data.decode("utf-8-sig"), as_version=4)
    except Exception:  # nbformat raises whatever it comes upon
        return nbformat.v4.new_notebook()


def _kept_of(cell: ComparedCell, given: ComparedCell) -> list[NotebookNode]:
    """Of a given cell that the release has otherwise: code as it was, and of a text what a student may have added."""
    if cell.kind == "code":
        return [_as_text(cell.cell)]
    own = [part for part in _SENTENCE.split(cell.text) if part and not _is_said(part, given)]
    return [nbformat.v4.new_markdown_cell("\n\n".join(own))] if own else []


def _is_said(sentence: str, given: ComparedCell) -> bool:
    words = sentence.split()
    return sum(word in given.words for word in words) >= ALIKE * len(words)


def _as_text(cell: NotebookNode) -> NotebookNode:
    """Code that is not run any more."""
    fence = "`" * max(3, 1 + max((len(run) for run in cell.source.split() if set(run) == {"`"}), default=0))
    return nbformat.v4.new_markdown_cell(f"{fence}python\n{cell.source}\n{fence}")


def _name_apart(notebook: NotebookNode) -> None:
    """Cell ids are each there once."""
    seen: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        if cell.get("id") in seen or not cell.get("id"):
            cell["id"] = f"own-{number}"
        seen.add(cell["id"])


def _shortened(text: str) -> str:
    line = text.split("\n")[0].lstrip("# ")
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"
