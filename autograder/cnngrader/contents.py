"""The content of a file that is carried about, with its right to be executed, and what is nobody's work."""

import os
import stat
from pathlib import Path, PurePath

JUNK = {"__MACOSX", ".ipynb_checkpoints", "__pycache__", ".DS_Store", ".git"}
"""Names of what computers leave in folders and zips."""


def is_junk(path: PurePath) -> bool:
    """Whether it is such a thing, or lies in one. path: from the folder on that somebody handed in."""
    return not JUNK.isdisjoint(path.parts)


class Executable(bytes):
    """Of a file that may be executed, as `./run.sh` is."""


def read_content(path: Path) -> bytes:
    content = path.read_bytes()
    return Executable(content) if path.stat().st_mode & stat.S_IXUSR else content


def write_content(path: Path, content: bytes) -> None:
    """With the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if isinstance(content, Executable):
        os.chmod(path, path.stat().st_mode | 0o111)
