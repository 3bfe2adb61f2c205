"""Files beside the notebook, and the pictures in its texts."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from cnngrader.assignment import Assignment
from cnngrader.authoring.mistakes.lined_cell import LinedCell, Mistake
from cnngrader.files import files_in, is_junk

LARGEST_MB = 20
_PICTURE = re.compile(
    r"""!\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|<img\b[^>]*?\bsrc\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE
)


def find_wrong_files(cells: Sequence[LinedCell], assignment: Assignment) -> Iterator[Mistake]:
    folder = assignment.folder / "files"
    there = files_in(folder) if folder.is_dir() else {}
    for name in there:
        if name not in assignment.files and not is_junk(PurePosixPath(name)):
            yield Mistake(0, f"files/{name} is not given out: assignment.toml has files = {list(assignment.files)}")
    for name in assignment.files:
        if name in ("checks.py", f"{assignment.id}.ipynb"):
            yield Mistake(0, f"files/{name}: a release writes a {name} of its own. Call the file otherwise")
        path = there.get(name)
        if path and (size := path.stat().st_size / 2**20) > LARGEST_MB:
            yield Mistake(0, f"files/{name} has {size:.0f} MB, and each student gets it: keep below {LARGEST_MB} MB")
    for one in filter(lambda one: one.is_text, cells):
        for number, line in one.lines():
            for match in _PICTURE.finditer(line):
                yield from _wrong_picture(one, number, match[1] or match[2], assignment)


def _wrong_picture(one: LinedCell, line: int, source: str, assignment: Assignment) -> Iterator[Mistake]:
    if urlsplit(source).scheme:  # of the web, attached, or in the text itself
        return
    name = PurePosixPath(unquote(source)).as_posix()
    if name in assignment.files:
        return
    base = PurePosixPath(name).name
    near = f" Beside the notebook it is {base!r}, without a folder." if base in assignment.files else ""
    yield one.mistake(f"the picture {source!r} is none of files = {list(assignment.files)}.{near}", line)
