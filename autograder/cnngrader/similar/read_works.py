"""Works from folders: what a class handed in, what it was given, and what others have written before."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cnngrader.cells import name_of
from cnngrader.errors import NotebookError, UsageError
from cnngrader.files import files_in
from cnngrader.plain_text import encodable, plain
from cnngrader.similar.work import Piece, Work
from cnngrader.submission.read_notebook import MAX_BYTES, read_notebook

LONGEST = 200_000
"""Characters of a work that are compared; honest ones have a tenth."""

KINDS = (".ipynb", ".py")
_CELL = re.compile(r"^(?=#[ \t]*%%)", re.MULTILINE)  # of the percent format


@dataclass
class Reader:
    """unread: {whose file: why it is not compared}."""

    unread: dict[str, str] = field(default_factory=dict)

    def read_class(self, folders: Mapping[str, Path]) -> Iterator[Work]:
        """Of each student what their folder holds, in all its notebooks and Python files together."""
        for student, folder in folders.items():
            files = _files(folder)
            if not files:
                self.unread[student] = "no notebook and no Python file was handed in"
            yield self._work(student, files, student)

    def read_given(self, folder: Path) -> list[Piece]:
        """What a course gave out; nothing where that is not there."""
        return list(self._pieces(_files(folder), str(folder)))

    def read_others(self, folder: Path, id: str) -> Iterator[Work]:
        """Each notebook and Python file in a folder and below it, as a work of its own. Where some are called as the
        assignment, or lie in a folder that is, these alone. Raises UsageError where there is none."""
        if not folder.is_dir():
            raise UsageError(f"{folder} is no folder: --against takes folders of notebooks or Python files")
        files = _files(folder)
        if not files:
            raise UsageError(f"{folder} has no notebook and no Python file to compare with. Unpack archives first")
        named = {name: path for name, path in files.items() if path.stem == id or id in Path(name).parts[:-1]}
        for name, path in (named or files).items():
            yield self._work(str(Path(folder.resolve().name) / name), {name: path}, folder.name)

    def _work(self, owner: str, files: Mapping[str, Path], whose: str) -> Work:
        return Work(owner, list(_shortened(self._pieces(files, whose))))

    def _pieces(self, files: Mapping[str, Path], whose: str) -> Iterator[Piece]:
        for name, path in files.items():
            try:
                yield from _read(name, path)
            except (NotebookError, OSError) as error:
                self.unread[f"{whose}: {name}"] = str(error)


def _files(folder: Path) -> dict[str, Path]:
    found = files_in(folder) if folder.is_dir() else {}
    return {name: path for name, path in found.items() if path.suffix in KINDS}


def _read(name: str, path: Path) -> Iterable[Piece]:
    if path.stat().st_size > MAX_BYTES:
        raise NotebookError(f"the file has more than {MAX_BYTES >> 20} MiB")
    data = path.read_bytes()
    if path.suffix == ".ipynb":
        cells = enumerate(read_notebook(data).cells, start=1)
        return [Piece(name, n, plain(name_of(cell), 60), cell.cell_type == "code", cell.source) for n, cell in cells]
    text = encodable(data.decode("utf-8", "replace")).replace("\r\n", "\n")
    parts = enumerate(filter(str.strip, _CELL.split(text)), start=1)
    return [Piece(name, n, "", True, part) for n, part in parts]


def _shortened(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """As much as is compared."""
    left = LONGEST
    for piece in pieces:
        if left <= 0:
            return
        text = piece.text[:left]
        yield Piece(piece.file, piece.number, piece.name, piece.is_code, text)
        left -= len(text)
