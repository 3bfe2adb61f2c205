"""Taking cells apart that an editor has merged: a given cell's text tells where one ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nbformat import NotebookNode

from cnngrader.cells import id_of, mark_of

WORDY = 12  # characters; a shorter text of a plain cell ("---") may be anybody's


@dataclass(frozen=True)
class _Given:
    """A text of the template's. kind: of its cell."""

    id: str
    kind: str
    lines: list[str]


def apart(cells: Sequence[NotebookNode], template: Sequence[NotebookNode]) -> tuple[list[NotebookNode], list[str]]:
    """The cells, those in pieces that hold the whole text of a given cell which is nowhere else, and the
    grade ids of the given cells that were found so.

    The answer that a cell is marked as is the piece behind its question, or the first that is not given.
    """
    there = {cell.source.strip() for cell in cells}
    given: dict[str, list[_Given]] = {}  # by their first lines
    for cell in template:
        text = cell.source.strip()
        if is_given(cell) and text and text not in there:
            found = _Given(id_of(cell), cell.cell_type, _lines(text))
            given.setdefault(found.lines[0], []).append(found)
    waiting = [found.id for texts in given.values() for found in texts]
    questions = {id_of(cell): before.source.strip() for before, cell in pairwise(template)}
    locked = {id_of(cell) for cell in template if is_given(cell)}
    pieces = [piece for cell in cells for piece in _pieces(cell, given, questions, locked)]
    left = {found.id for texts in given.values() for found in texts}
    return pieces, [id for id in waiting if id and id not in left]


def is_given(cell: NotebookNode) -> bool:
    """Whether a template's cell is as it is: locked, or a text that tells a student something."""
    if mark := mark_of(cell):
        return bool(mark["locked"]) or not mark["solution"]
    return cell.cell_type == "markdown" and len("".join(cell.source.split())) >= WORDY


def added_lines(text: str, given: str) -> str:
    """The lines of a text that are not of the given one, where that is there line by line, else "". Blank
    lines tell nothing."""
    added, wanted, met = [], [line for line in _lines(given) if line], 0
    for line in text.strip().split("\n"):
        if met < len(wanted) and line.rstrip() == wanted[met]:
            met += 1
        else:
            added.append(line)
    return "\n".join(added).strip("\n") if met == len(wanted) else ""


def _pieces(
    cell: NotebookNode, given: dict[str, list[_Given]], questions: dict[str, str], locked: set[str]
) -> list[NotebookNode]:
    lines = cell.source.split("\n")
    bare = [line.rstrip() for line in lines]
    parts: list[tuple[str, bool]] = []  # text, whether it is given
    begun = at = 0
    while at < len(lines):
        end = at + 1
        for text in given.get(bare[at], ()):
            if _ends_at(cell, bare, at, text):
                given[bare[at]].remove(text)  # it was there once
                end = at + len(text.lines)
                parts += [("\n".join(lines[begun:at]), False), ("\n".join(lines[at:end]), True)]
                begun = end
                break
        at = end
    if not parts:
        return [cell]
    parts.append(("\n".join(lines[begun:]), False))
    parts = [(text.strip("\n"), is_given) for text, is_given in parts if text.strip()]
    own = [number for number, (_, is_given) in enumerate(parts) if not is_given]
    behind = [n for n in own if n and parts[n - 1][0].strip() == questions.get(id_of(cell))]
    marked = next(iter([] if id_of(cell) in locked else behind + own), None)
    return [_piece(cell, text, number == marked) for number, (text, _) in enumerate(parts)]


def _ends_at(cell: NotebookNode, lines: list[str], at: int, given: _Given) -> bool:
    """Whether the given text stands at a line, and a cell of its own may have ended there."""
    end = at + len(given.lines)
    if (given.kind == "code") != (cell.cell_type == "code") or lines[at:end] != given.lines:
        return False
    if given.kind != "code":
        return True
    following = lines[end] if end < len(lines) else ""
    return not following.startswith((" ", "\t")) and not any(_odd(lines[:at], quotes) for quotes in ('"""', "'''"))


def _odd(lines: list[str], quotes: str) -> bool:
    return sum(line.count(quotes) for line in lines) % 2 == 1


def _piece(cell: NotebookNode, text: str, marked: bool) -> NotebookNode:
    piece = NotebookNode({**cell, "source": text, "attachments": dict(cell.get("attachments", {}))})
    piece.metadata = cell.metadata if marked else NotebookNode()
    return piece


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n")]
