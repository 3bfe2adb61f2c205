"""Files and folders: what lies in one that others have filled, and what is there whole or not at all."""

import os
import stat
from pathlib import Path, PurePath

JUNK = {"__MACOSX", ".ipynb_checkpoints", "__pycache__", ".DS_Store", ".git"}
"""Names of what computers leave in folders and zips, which is nobody's work."""


def is_junk(path: PurePath) -> bool:
    """Whether it is such a thing, or lies in one. path: from the folder on that somebody handed in."""
    return not JUNK.isdisjoint(path.parts) or any(part.startswith("._") for part in path.parts)  # macOS


def files_in(folder: Path, *, junk: bool = False) -> dict[str, Path]:
    """{name: path} of the files in a folder and those below it, in order; links, what is no file and, unless asked
    for, junk are left out."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    named = ((path.relative_to(folder), path) for path in paths)
    return {str(name): path for name, path in named if junk or not is_junk(name)}


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


OWNER_ALONE = 0o600  # rights of what tells of students, and of secrets


def write_whole(path: Path, content: str | bytes, mode: int = 0o666) -> None:
    """Write a file, a text as UTF-8, in the place of one that is there. mode: its rights, less the umask."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
