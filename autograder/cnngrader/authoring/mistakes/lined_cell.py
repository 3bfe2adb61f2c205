"""A cell of the percent file, and the line that it begins in."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from nbformat import NotebookNode

from cnngrader.authoring.read_cells import read_cells

_MARKER = re.compile(r"#\s*%%")


class Mistake(NamedTuple):
    """line: of the file it is found in, 0 where none can be named. words: what is wrong, and what to do."""

    line: int
    words: str


class LinedCell(NamedTuple):
    """line: that of its `# %%`, 0 where the file does not tell. first: that of its text's first line."""

    cell: NotebookNode
    line: int
    first: int

    @property
    def is_code(self) -> bool:
        return bool(self.cell.cell_type == "code")

    @property
    def is_text(self) -> bool:
        return bool(self.cell.cell_type == "markdown")

    def lines(self) -> Iterator[tuple[int, str]]:
        """Each line of its text, with its number in the file."""
        return enumerate(self.cell.source.split("\n"), self.first)

    def mistake(self, words: str, line: int = 0) -> Mistake:
        """line: in the file; that of the cell where none is given."""
        return Mistake(line or self.line, words)


def read_lined_cells(source: str) -> list[LinedCell]:
    """The cells of a percent file, in order."""
    cells = read_cells(source).cells
    lines = source.split("\n")
    begins = [number for number, line in enumerate(lines, 1) if _MARKER.match(line)]
    if len(cells) == len(begins) + 1:  # what stands above the first mark is a cell, too
        begins.insert(0, 0)
    if len(cells) != len(begins):
        begins = [0] * len(cells)
    return [LinedCell(cell, begin, _first_written(lines, begin)) for cell, begin in zip(cells, begins, strict=True)]


def _first_written(lines: list[str], begin: int) -> int:
    """The first line below a mark that is not empty."""
    return next((number for number, line in enumerate(lines[begin:], begin + 1) if line.strip()), begin)
