"""What was handed in, read from a folder or a zip: nothing is followed, run or written."""

import io
import lzma
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from cnngrader.errors import UsageError

MAX_FILE = 100 * 2**20
MAX_TOTAL = 2 * 2**30
MAX_FILES = 20_000

# What computers leave in folders and zips.
_RUBBISH = {"__MACOSX", ".ipynb_checkpoints", "__pycache__", ".DS_Store", ".git"}
_BROKEN = (  # what unpacking a damaged, locked or unknown member raises
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
)


class Entry(NamedTuple):
    """A file: its path with slashes, its content, when it was last changed."""

    name: str
    content: bytes
    time: datetime


def read_folder(folder: Path) -> Iterator[Entry]:
    """The files of a folder; links are passed over. Raises UsageError for one too large."""
    total = 0
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if _RUBBISH & set(inside.parts) or path.is_symlink() or not path.is_file():
            continue
        total += path.stat().st_size
        if path.stat().st_size > MAX_FILE or total > MAX_TOTAL:
            raise UsageError(
                f"{path}: more than {MAX_FILE >> 20} MiB in a file or {MAX_TOTAL >> 20} in all; "
                "remove what is no submission"
            )
        yield Entry(inside.as_posix(), path.read_bytes(), modified(path))


def read_zip(path: Path) -> Iterator[Entry]:
    """The members of a zip, all checked before the first is unpacked. Raises UsageError for a zip
    that is too large, damaged, locked, or holds a path that leads outside."""
    try:
        archive = zipfile.ZipFile(path)
    except _BROKEN as error:
        raise UsageError(f"{path} is no zip that can be read ({error})") from None
    with archive:
        members = [info for info in archive.infolist() if not info.is_dir()]
        if len(members) > MAX_FILES or sum(info.file_size for info in members) > MAX_TOTAL:
            raise UsageError(
                f"{path} would unpack to more than {MAX_FILES} files or {MAX_TOTAL >> 20} MiB; it was not opened"
            )
        for info in members:
            name = _path(info)
            if name.is_absolute() or ".." in name.parts:
                raise UsageError(f"{path} holds {info.filename!r}, a path outside itself; it was not opened")
            if info.file_size > MAX_FILE:
                raise UsageError(
                    f"{path}: {info.filename!r} has {info.file_size >> 20} MiB, more than {MAX_FILE >> 20}; "
                    "it was not opened"
                )
        for info in members:
            if _RUBBISH & set(_path(info).parts):
                continue
            buffer = io.BytesIO()
            try:
                with archive.open(info) as member:
                    shutil.copyfileobj(member, buffer, 2**20)
            except _BROKEN as error:
                raise UsageError(f"{path}: {info.filename!r} cannot be unpacked ({error})") from None
            yield Entry(str(_path(info)), buffer.getvalue(), _packed(info))


def modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _path(info: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(info.filename.replace("\\", "/"))


def _packed(info: zipfile.ZipInfo) -> datetime:
    try:
        return datetime(*info.date_time, tzinfo=UTC)
    except ValueError:  # some programs write no date, which reads as month 0
        return datetime(1980, 1, 1, tzinfo=UTC)
