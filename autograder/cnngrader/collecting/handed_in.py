"""What was handed in, read from a folder or a zip: nothing is followed, run or written."""

import errno
import io
import lzma
import shutil
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from cnngrader.errors import UsageError
from cnngrader.files import JUNK, Executable, is_junk, read_content

MAX_FILE = 100 * 2**20
MAX_TOTAL = 2 * 2**30
MAX_FILES = 20_000
DEEPEST, LONGEST = 40, 255  # folders within each other, bytes of a name

_UTC_TIME = 0x5455  # the extra field "extended timestamp" of Info-ZIP's appnote

BROKEN = (  # what unpacking a damaged, locked or unknown member raises
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
)


class Member(NamedTuple):
    """A file: its path with slashes, its content, when it was last changed, where that is known.

    void: what it is instead where there is nothing to read, such as "a link"; its path then ends in a slash.
    """

    name: str
    content: bytes = b""
    time: datetime | None = None
    void: str = ""

    def bounded(self) -> "Member":
        """Void where no folder can hold it: deeper, or called by more, than systems take."""
        parts = self.name.split("/")
        if len(parts) <= DEEPEST and all(len(part.encode(errors="surrogateescape")) <= LONGEST for part in parts):
            return self
        shown = "/".join(part[: LONGEST // 4] for part in parts[:3])
        return Member(f"{shown}…/", void="a path that no folder can hold")


def read_members(path: Path, zone: tzinfo | None) -> Iterator[Member]:
    """The files of a folder, a zip or a tar. zone: of a zip's times. Raises UsageError for anything else, and where
    these cannot be read."""
    if path.is_dir():
        return read_folder(path)
    if path.suffix.lower() == ".zip" or zipfile.is_zipfile(path):
        return read_zip(path, zone)
    if tarfile.is_tarfile(path):
        return read_tar(path)
    raise UsageError(f"{path} is no folder, zip, tar or notebook")


def read_folder(folder: Path) -> Iterator[Member]:
    """The files of a folder; links are not followed. Raises UsageError for one too large or not readable."""
    total, path = 0, folder
    try:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if is_junk(inside):
                continue
            if path.is_symlink():
                yield Member(f"{inside.as_posix()}/", void="a link")
            elif path.is_dir() and {child.name for child in path.iterdir()} <= JUNK:
                yield Member(f"{inside.as_posix()}/", void="an empty folder")
            elif path.is_file():
                total += path.stat().st_size
                if path.stat().st_size > MAX_FILE or total > MAX_TOTAL:
                    raise UsageError(
                        f"{path}: more than {MAX_FILE >> 20} MiB in a file or {MAX_TOTAL >> 20} in all; "
                        "remove what is no submission"
                    )
                yield Member(inside.as_posix(), read_content(path), modified(path))
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise _too_deep(folder, path) from None
        raise UsageError(f"{path} cannot be read ({error.strerror or error})") from None
    except RecursionError:  # before Python 3.13
        raise _too_deep(folder, path) from None


def _too_deep(folder: Path, path: Path) -> UsageError:
    top = Path(*path.parts[: len(folder.parts) + 3])
    return UsageError(f"{folder} has folders within folders, more than can be read: remove those below {top}")


def read_zip(path: Path, zone: tzinfo | None) -> Iterator[Member]:
    """The members of a zip, all checked before the first is unpacked. zone: of its times, as a zip
    names none; None is this machine's. Raises UsageError for a zip that is too large, damaged,
    locked, or holds a path that leads outside."""
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        raise UsageError(f"{path} is damaged, or was not completely downloaded ({error})") from None
    with archive:
        members = archive.infolist()
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
        members = [info for info in members if not is_junk(_path(info))]
        filled = {folder for info in members for folder in _path(info).parents}
        for info in members:
            name = _path(info)
            if info.is_dir():
                if name not in filled:
                    yield Member(f"{name}/", void="an empty folder")
            elif stat.S_ISLNK(info.external_attr >> 16):
                yield Member(f"{name}/", void="a link")
            else:
                yield Member(str(name), _unpacked(path, archive, info), _packed(info, zone))


def read_tar(path: Path) -> Iterator[Member]:
    """The members of a tar, packed or not. Raises UsageError as `read_zip` does."""
    total = 0
    try:
        with tarfile.open(path) as archive:
            for number, info in enumerate(archive):
                name = PurePosixPath(info.name)
                total += info.size
                if name.is_absolute() or ".." in name.parts:
                    raise UsageError(f"{path} holds {info.name!r}, a path outside itself; nothing was collected")
                if number >= MAX_FILES or total > MAX_TOTAL or info.size > MAX_FILE:
                    raise UsageError(
                        f"{path} would unpack to more than {MAX_FILES} files, {MAX_TOTAL >> 20} MiB, or "
                        f"{MAX_FILE >> 20} MiB in a file; nothing was collected"
                    )
                if is_junk(name) or info.isdir():
                    continue
                if not info.isfile():
                    yield Member(f"{name}/", void="a link" if info.issym() or info.islnk() else "no file")
                    continue
                file = archive.extractfile(info)
                time = datetime.fromtimestamp(info.mtime, UTC) if info.mtime > 0 else None
                content = file.read() if file else b""
                yield Member(str(name), Executable(content) if info.mode & stat.S_IXUSR else content, time)
    except (tarfile.TarError, *BROKEN) as error:
        raise UsageError(f"{path} is damaged, or was not completely downloaded ({error})") from None


def modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _path(info: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(_decoded(info).replace("\\", "/"))


def _decoded(info: zipfile.ZipInfo) -> str:
    """A member's name. Where a zip does not say that it is in UTF-8, which zipfile takes for cp437, it may be in that
    all the same, or in Western Europe's cp850: there what cp437 has as lines and boxes are letters."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    try:
        return raw.decode()
    except UnicodeDecodeError:
        letters = all(c.isascii() or c.isalpha() for c in info.filename)
        return info.filename if letters else raw.decode("cp850")


def _unpacked(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    buffer = io.BytesIO()
    try:
        with archive.open(info) as member:
            shutil.copyfileobj(member, buffer, 2**20)
    except BROKEN as error:
        raise UsageError(
            f"{path}: {info.filename!r} cannot be unpacked ({error}): the zip is locked, damaged, "
            "or was not completely downloaded"
        ) from None
    content = buffer.getvalue()
    return Executable(content) if info.external_attr >> 16 & stat.S_IXUSR else content


def _packed(info: zipfile.ZipInfo, zone: tzinfo | None) -> datetime | None:
    """When a member was last changed: in UTC, which `zip` and others write in its extra field; else
    the local time that each has. 1980, a zip's first year, is written where it is not known."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == _UTC_TIME and size >= 5 and extra[4] & 1:
            return datetime.fromtimestamp(int.from_bytes(extra[5:9], "little", signed=True), UTC)
        extra = extra[4 + size :]
    try:
        local = datetime(*info.date_time)
    except ValueError:  # month 0
        return None
    return (local.replace(tzinfo=zone) if zone else local).astimezone(UTC) if local.year > 1980 else None
