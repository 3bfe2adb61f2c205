"""What of the solution or of hidden tests stands in what students get, however it is written there."""

import base64
import binascii
import html
import io
import re
import tokenize
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import dedent
from typing import Any

import nbformat
from nbformat import NotebookNode

from cnngrader.authoring.release_digest import BEGIN, END
from cnngrader.authoring.rubric import Rubric
from cnngrader.cells import id_of

LEAST = 8  # words and signs in a line that tells something
WINDOW = 16  # of them in a row are no chance
WORDS = 3  # different ones among them
SHOWN = 100  # characters of a line that leaks

_REGION = re.compile(rf"^[ \t]*{re.escape(BEGIN)}[^\n]*\n(.*?)^[ \t]*{re.escape(END)}", re.DOTALL | re.MULTILINE)
_GIVEN = re.compile(r"#\s*given:\s*(.*)")
_BINDING = re.compile(r"^(return|yield|[\w., ]+ =(?!=))\s+")
_MARKUP = re.compile(r"^[ \t>#]+|[`\\]", re.MULTILINE)
_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Line:
    """A logical line of a secret. given: why it may be in the release, where its author marks it so."""

    text: str
    given: str | None = None

    @property
    def tokens(self) -> list[str]:
        """Without what binds its value to a name, since the value is what tells."""
        return tokens(_BINDING.sub("", self.text).removesuffix(":"))


def leaks(solution: NotebookNode, rubric: Rubric, release: Mapping[str, bytes]) -> Iterator[str]:
    """Lines of the solution or of hidden tests that are in the release, as code, as a comment or as text.

    A line is compared by its words and signs, and a long one by parts. One that is meant to be in the release
    says so in the solution or the test: `x = f(y)  # given: the text shows it`.
    """
    public = _Public(release)
    for cell in solution.cells:
        for region in _REGION.findall(cell.source):
            name = id_of(cell) or cell.id
            lines = _logical(region) if cell.cell_type == "code" else _sentences(region)
            yield from _leaked(lines, public, f"of {name}")
    known = _Public({"checks.py": rubric.public_text().encode()})
    yield from _leaked(_logical(rubric.hidden_text()), public, "of a hidden test", known)


def tokens(text: str) -> list[str]:
    """Words and signs, alike for code, a comment, a quotation and HTML."""
    found = _TOKEN.findall(_MARKUP.sub("", html.unescape(text).replace("'", '"')))
    return [one for one, after in pairwise([*found, ""]) if not (one == "," and after in (")", "]", "}"))]


class _Public:
    """The release's words and signs, to be searched for rows of them."""

    def __init__(self, release: Mapping[str, bytes]):
        self._streams = [(where, tokens(text)) for name, data in release.items() for where, text in _texts(name, data)]
        self._places: dict[int, dict[tuple[str, ...], str]] = {}

    def where(self, row: Sequence[str]) -> str:
        """Where this row of tokens stands first, or ''."""
        size = len(row)
        if size not in self._places:
            places = self._places.setdefault(size, {})
            for where, stream in self._streams:
                for start in range(len(stream) - size + 1):
                    places.setdefault(tuple(stream[start : start + size]), where)
        return self._places[size].get(tuple(row), "")


def _leaked(lines: list[Line], public: _Public, of: str, known: _Public | None = None) -> Iterator[str]:
    found: dict[int, str] = {}

    def look(number: int, row: list[str]) -> None:
        words = {token for token in row if token.isidentifier() or token.isalnum()}
        if len(words) >= WORDS and not (known and known.where(row)) and (where := public.where(row)):
            found.setdefault(number, where)

    for number, line in enumerate(lines):
        if LEAST <= len(line.tokens) < WINDOW:
            look(number, line.tokens)
    stream = [(number, token) for number, line in enumerate(lines) for token in tokens(line.text)]
    for start in range(len(stream) - WINDOW + 1):
        window = stream[start : start + WINDOW]
        look(window[WINDOW // 2][0], [token for _, token in window])
    for number, line in enumerate(lines):
        if line.given == "":
            yield f"{of}: `# given:` without a reason: {line.text}"
        elif line.given is None and number in found:
            yield f"{found[number]} gives away {of}: {line.text[:SHOWN]}"
        elif line.given and number not in found:
            yield f"{of}: marked as given, and nowhere in the release: {line.text[:SHOWN]}"


def _logical(code: str) -> list[Line]:
    """Lines as Python takes them, and comments for themselves."""
    lines: list[Line] = []
    parts: list[str] = []
    given, row, column = None, 0, 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(dedent(code)).readline):
            if token.type == tokenize.COMMENT and (mark := _GIVEN.match(token.string)):
                given = mark[1].strip()
            elif token.type == tokenize.COMMENT:
                lines.append(Line(token.string))
            elif token.type == tokenize.NEWLINE:
                lines.append(Line("".join(parts).strip(), given))
                parts, given = [], None
            elif token.string.strip():
                parts += [" " if token.start[0] > row or token.start[1] > column else "", token.string]
                row, column = token.end
    except (tokenize.TokenError, SyntaxError):  # magics
        return [Line(line.strip()) for line in code.splitlines()]
    return lines


def _sentences(text: str) -> list[Line]:
    return [Line(sentence) for sentence in re.split(r"(?<=[.!?])\s+", " ".join(text.split()))]


def _texts(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """(where, text) of all that can be read in a file: of a notebook each cell, with outputs, metadata and
    attachments; of an archive its files."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for inner in archive.namelist():
                yield from _texts(f"{name}/{inner}", archive.read(inner))
        return
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", errors="replace")
    if not name.endswith(".ipynb"):
        yield name, text
        return
    notebook = nbformat.reads(text, as_version=4)
    yield f"{name}, its metadata", " ".join(_strings(notebook.metadata))
    for cell in notebook.cells:
        first = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
        where = f"{name}, in the cell that begins {first[:40]!r},"
        yield where, cell.source
        yield where, " ".join(_strings({**cell, "source": "", "attachments": ""}))
        for attached, content in cell.get("attachments", {}).items():
            for encoded in _strings(content):
                try:
                    yield from _texts(f"{where} the attachment {attached}", base64.b64decode(encoded))
                except binascii.Error:
                    yield where, encoded


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
