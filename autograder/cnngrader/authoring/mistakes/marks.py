"""Marks of cells: options that are none, and regions that do not fit their cells."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from cnngrader.authoring.build import MARKS
from cnngrader.authoring.mistakes.lined_cell import LinedCell, Mistake
from cnngrader.authoring.release_digest import BEGIN, END
from cnngrader.did_you_mean import did_you_mean

OPTIONS = (*MARKS, "points")
_UNREADABLE = "incorrectly_encoded_metadata"
_JUPYTERS = {
    "tags",
    "title",
    "slideshow",
    "jupyter",
    "editable",
    "deletable",
    "collapsed",
    "scrolled",
    "vscode",
    "name",
}
_REGION = re.compile(r"\s*#+\s*(BEGIN|END)\s+(\w+)(\s+\w+)?\s*", re.IGNORECASE)


def find_wrong_marks(cells: Sequence[LinedCell]) -> Iterator[Mistake]:
    for one in cells:
        yield from _options(one)
        yield from _regions(one)


def _options(one: LinedCell) -> Iterator[Mistake]:
    metadata = one.cell.metadata
    if said := metadata.get(_UNREADABLE):
        yield one.mistake(
            f'the options of this cell cannot be read: {said}. They are written as answer="name", in quotes'
        )
    for name, value in metadata.items():
        if name in OPTIONS or name in _JUPYTERS or name == _UNREADABLE or name.startswith("lines_to_"):
            if name in MARKS and not isinstance(value, str):
                yield one.mistake(
                    f'{name}={value!r}: an id is a text in quotes, and no comma follows it: {name}="name"'
                )
            continue
        meant = did_you_mean(name, OPTIONS, f"; there are {', '.join(OPTIONS)}")
        yield one.mistake(f"{name}={value!r} is no option of a cell{meant}")
    if "points" in metadata and "manual" not in metadata:
        yield one.mistake("points= is for manual= alone: those of a check are given by its tests, in the rubric")


def _regions(one: LinedCell) -> Iterator[Mistake]:
    """Solutions are in cells that are marked so, each with its beginning and its end."""
    open_since = 0
    for number, line in one.lines():
        region = _REGION.fullmatch(line)
        if not region:
            continue
        kind, exact = region[1].upper(), line.strip() in (BEGIN, END)
        if not exact and "HIDDEN" in line.upper():
            yield one.mistake(f"{line.strip()!r}: hidden tests are in the rubric: @graded(..., hidden=True)", number)
        elif not exact and get_close_matches(line.strip().lower(), [BEGIN.lower(), END.lower()], cutoff=0.7):
            yield one.mistake(f"{line.strip()!r} is no mark; write {BEGIN if kind == 'BEGIN' else END}", number)
        elif exact and not {"answer", "manual"} & set(one.cell.metadata):
            yield one.mistake(
                f"{line.strip()!r} in a cell that is no answer: students would see the solution. Mark it", number
            )
        elif exact and kind == "BEGIN":
            if open_since:
                yield one.mistake(f"{BEGIN!r} within another, of line {open_since}", number)
            open_since = number
        elif exact:
            if not open_since:
                yield one.mistake(f"{END!r} without a {BEGIN!r} above it", number)
            open_since = 0
    if open_since:
        yield one.mistake(f"{BEGIN!r} without a {END!r} below it", open_since)
