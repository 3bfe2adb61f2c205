"""Fill a learning platform's file with the gradebook's totals."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from cnngrader.exporting.lms_file import LmsFile, Row
from cnngrader.exporting.scores import Scores
from cnngrader.exporting.sheet import Field


@dataclass
class Filled:
    """content: the file's. told: {what is to be known: who}."""

    content: bytes = b""
    written: int = 0
    told: dict[str, list[str]] = field(default_factory=dict)

    def tell(self, words: str, who: str) -> None:
        self.told.setdefault(words, []).append(who)


def fill(file: LmsFile, scores: Scores, titles: Collection[str], *, missing_as_zero: bool = False) -> Filled:
    """Only the assignment's column changes, and there only who has a total."""
    column = file.find_column(titles)
    maximum = file.maximum(column)
    comma = bool(re.fullmatch(r"\d+,\d+", maximum.strip()))
    filled, cells = Filled(), dict[Field, str]()
    owners, absent = _match(file, scores, filled)
    if (limit := _number(maximum)) is not None and limit != scores.max_score:
        filled.tell(f"the platform gives {limit:g} points at most and the gradebook {scores.max_score:g}", "")
    if missing_as_zero and filled.told.get(NOT_FOUND):
        filled.tell("no zeros were written, for a row may be of somebody who was not found", "")
        absent = []
    given = [(row, scores.totals[student]) for student, row in owners.items() if student in scores.totals]
    zeros = [(row, 0.0) for row in absent if missing_as_zero and not row.test]
    for row, total in given + zeros:
        if column >= len(row.fields):
            filled.tell("not written, the row is too short", row.name)
            continue
        cell = row.fields[column]
        old, new = cell.value.strip(), _written(total, comma)
        if row.locked:
            filled.tell("not written, the platform says that the grade cannot be changed", row.name)
        elif old.upper() in file.KEPT or (old and (row, total) in zeros):
            filled.tell("not written, what is there stays", f"{row.name}: {old}")
        else:
            if old not in ("", "-") and _number(old) != _number(new):
                filled.tell("another grade was there", f"{row.name}: {old}, now {new}")
            filled.written += 1
            if _number(old) != _number(new):
                cells[cell] = new
    filled.content = file.sheet.replaced(cells)
    return filled


NOT_FOUND = "not found in the file"


def _match(file: LmsFile, scores: Scores, filled: Filled) -> tuple[Mapping[str, Row], list[Row]]:
    """Each student's row, and the rows of who handed in nothing. What is not one row and one student is told."""
    rows, known = file.students(), scores.roster.students
    found = {student: file.rows_of(student, known.get(student), rows) for student in scores.handed_in}
    owners, taken = {}, []
    for student, mine in found.items():
        claimed = [other for other, theirs in found.items() if any(row in theirs for row in mine)]
        taken += mine
        if not mine:
            filled.tell(NOT_FOUND, student)
        elif len(mine) > 1 or len(claimed) > 1:
            filled.tell("not written, for several rows or students are meant", student)
        else:
            owners[student] = mine[0]
            if student not in scores.totals:
                filled.tell("not written, not graded yet", student)
    absent = [row for row in rows if row not in taken]
    for row in absent:
        if not row.test:
            filled.tell("in the file, and handed in nothing", row.name or row.number)
    return owners, absent


def _written(total: float, comma: bool) -> str:
    text = f"{total:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if comma else text


def _number(text: str) -> float | None:
    text = text.strip().replace(",", ".")
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None
