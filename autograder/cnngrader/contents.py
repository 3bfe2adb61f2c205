"""The content of a file that is carried about, with its right to be executed."""

import os
import stat
from pathlib import Path


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
