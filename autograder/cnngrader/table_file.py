"""A table as CSV: read as whatever program wrote it, and written such that none takes a text for a formula."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cnngrader.errors import UsageError

_SEPARATORS = ",;\t"
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_QUOTED_FORMULA = re.compile(r'="(.*)"', re.DOTALL)  # by which Canvas and others keep a text from being one


@dataclass(frozen=True)
class Table:
    """rows: (number of the line on which it begins, {heading: text}); rows without any text are left out."""

    name: str
    header: Sequence[str]
    rows: Sequence[tuple[int, dict[str, str]]]
    separator: str = ","


def read_table(content: bytes, name: str) -> Table:
    """The table of a file, whatever its encoding and its separator: comma, semicolon or tab.

    Raises UsageError where it is none, or two columns have one heading.
    """
    text = _text(content, name)
    said = re.match(r"sep=(.)\r?\n", text)  # Excel's own line
    text = text[said.end() :] if said else text
    separator = said[1] if said else _find_separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[tuple[int, list[str]]] = []
    line = 1 + bool(said)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, [_cell(cell) for cell in cells]))
            line = reader.line_num + 1 + bool(said)
    except csv.Error as error:
        raise UsageError(f"{name}, line {line}: {error}. Save it as CSV anew") from None
    if not rows:
        raise UsageError(f"{name} is empty. Its first line names the columns, each other one is a student's")
    header = [heading.strip() for heading in rows[0][1]]
    if twice := [heading for heading in header if heading and header.count(heading) > 1]:
        raise UsageError(f"{name} has two columns {twice[0]!r}. Rename one of them")
    for number, cells in rows[1:]:
        if any(cells[len(header) :]):
            raise UsageError(
                f"{name}, line {number} has {len(cells)} cells, and the first line {len(header)}. A text with a "
                f"{separator!r} in it has to stand in double quotes"
            )
    return Table(
        name, header, [(number, dict(zip(header, cells, strict=False))) for number, cells in rows[1:]], separator
    )


def written_table(header: Sequence[str], rows: Iterable[Sequence[str | float | None]], separator: str = ",") -> str:
    """The file's text, which `read_table` reads as it was."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator, lineterminator="\n")
    writer.writerow([defused(heading) for heading in header])
    writer.writerows([[defused(value) for value in row] for row in rows])
    return file.getvalue()


def defused(value: str | float | None) -> str | float | None:
    """Such that no spreadsheet takes a text for a formula."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _cell(text: str) -> str:
    text = text.strip(" \u00a0")
    if quoted := _QUOTED_FORMULA.fullmatch(text):
        return quoted[1].replace('""', '"')
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _text(content: bytes, name: str) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UsageError(f"{name} is a workbook. Save it as CSV: in Excel File > Save As > CSV UTF-8")
    text = next(text for encoding in _encodings(content) if (text := _decoded(content, encoding)) is not None)
    if "\0" in text:
        raise UsageError(f"{name} is no text. Save it as CSV: in Excel File > Save As > CSV UTF-8")
    return text


def _encodings(content: bytes) -> list[str]:
    """Those that it may be in, the likeliest first; the last one takes all."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    unmarked = content[1:2] == b"\0"
    return [*["utf-16"] * wide, *["utf-16-le"] * unmarked, "utf-8-sig", "cp1252", "latin-1"]


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _find_separator(text: str) -> str:
    unquoted = re.sub(r'"(?:[^"]|"")*"', "", text)
    header = next((line for line in unquoted.splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=header.count)
