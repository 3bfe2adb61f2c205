"""A CSV file of another program's, in which single cells are replaced and every other byte stays."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cnngrader.errors import UsageError

BOM = "\ufeff"


@dataclass(frozen=True)
class Field:
    """value: without its quotes. start, end: where it stands in the file's text, quotes included."""

    value: str
    start: int
    end: int


class Sheet:
    """rows: of fields, the header first. Bytes that are no UTF-8 are kept as they are."""

    def __init__(self, content: bytes, name: str):
        if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
            raise UsageError(f"{name} is no CSV file in UTF-8, but in UTF-16 or a workbook. Export it as CSV")
        self.name = name
        self._text = content.decode("utf-8", "surrogateescape")
        self.separator = self._find_separator()
        self.rows = list(self._rows())
        if len(self.rows) < 2:
            raise UsageError(f"{name} has no row of a student. Export it from the learning platform anew")

    @property
    def header(self) -> list[str]:
        return [field.value.strip() for field in self.rows[0]]

    def replaced(self, cells: Mapping[Field, str]) -> bytes:
        """The file with other values in these fields, which hold neither quotes nor separators after it."""
        parts, end = [], 0
        for field in sorted(cells, key=lambda field: field.start):
            quote = '"' if self._text[field.start : field.start + 1] == '"' or self.separator in cells[field] else ""
            parts += [self._text[end : field.start], quote, cells[field], quote]
            end = field.end
        return "".join([*parts, self._text[end:]]).encode("utf-8", "surrogateescape")

    def _find_separator(self) -> str:
        unquoted = re.sub(r'"(?:[^"]|"")*"', "", self._text)
        header = next((line for line in re.split(r"[\r\n]", unquoted.removeprefix(BOM)) if line), "")
        return max(",;\t", key=header.count)

    def _rows(self) -> Iterator[list[Field]]:
        text, sep = self._text, re.escape(self.separator)
        pattern = re.compile(rf'(?:"(?P<quoted>(?:[^"]|"")*)"(?P<rest>[^{sep}\r\n]*)|(?P<bare>[^{sep}\r\n]*))')
        at, row = len(BOM) if text.startswith(BOM) else 0, list[Field]()
        while at < len(text):
            match = pattern.match(text, at)
            assert match  # an empty field, at least
            quoted = match["quoted"]
            value = match["bare"] if quoted is None else quoted.replace('""', '"') + match["rest"]
            row.append(Field(value, at, match.end()))
            at = match.end()
            if text[at : at + 1] == self.separator:
                at += 1
                if at < len(text):
                    continue
                row.append(Field("", at, at))
            if any(field.value for field in row):
                yield row
            row = []
            at += 2 if text[at : at + 2] == "\r\n" else 1
