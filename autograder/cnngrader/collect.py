"""Bringing what students handed in into the course: folders, LMS zips, single notebooks."""

import io
import lzma
import re
import shutil
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from cnngrader.course import Course
from cnngrader.errors import UsageError

MAX_FILE = 100 * 2**20
MAX_TOTAL = 2 * 2**30
MAX_FILES = 20_000

# smithjane_LATE_4711_98765_mnist_cnn-1.ipynb: Canvas puts the student, their number and the file's before the name.
_CANVAS = re.compile(r"(?P<name>[^_/]+)_(?:LATE_)?(?P<id>\d+)_\d+_(?P<file>[^/]+)")
# Jane Smith_4711_assignsubmission_file_/mnist_cnn.ipynb
# or, without folders: Jane Smith_4711_assignsubmission_file_mnist_cnn.ipynb
_MOODLE = re.compile(r"(?P<name>[^/]+?)_(?P<id>\d+)_assignsubmission_file(?:_?[^/]*/|_)(?P<file>.+)")
# What computers leave in folders and zips.
_RUBBISH = {"__MACOSX", ".ipynb_checkpoints", "__pycache__", ".DS_Store"}


@dataclass
class Collected:
    """A student's submission before it is laid down. files: {name: content}."""

    student: str
    files: dict[str, bytes] = field(default_factory=dict)
    time: datetime | None = None


def collect(course: Course, assignment: str, path: Path, student: str | None = None) -> list[Collected]:
    """Copy submissions to course/submitted/STUDENT/<assignment>/; returns them.

    path: a folder of STUDENT/*.ipynb (or STUDENT/<assignment>/*.ipynb), a Canvas or Moodle zip, a
    zip of such a folder, or one notebook of the `student` named. A student's former submission is
    replaced as a whole. Raises UsageError, and then nothing was changed.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist")
    if path.suffix == ".ipynb" and path.is_file():
        if not student:
            raise UsageError(f"whose notebook is {path}? Name them with --student")
        if student != _safe(student):
            raise UsageError(f"{student!r} is no name for a student's folder; {_safe(student)!r} would be")
        found = {student: Collected(student, {f"{assignment}.ipynb": path.read_bytes()}, _modified(path))}
    elif path.is_dir():
        found = _gather(_folder_files(path), assignment)
    elif zipfile.is_zipfile(path):
        found = _gather(_zip_files(path), assignment)
    else:
        raise UsageError(f"{path} is no folder, zip or notebook")
    if student:
        found = {name: collected for name, collected in found.items() if name == student}
    if not found:
        raise UsageError(
            f"{path} holds no notebook{f' of {student}' if student else ''}. Expected: STUDENT/{assignment}.ipynb"
        )
    parts = []
    try:
        for collected in found.values():
            parts.append(course.submitted(assignment, collected.student))
            _unpack(parts[-1], collected)
    except (OSError, ValueError) as error:  # names that this file system cannot hold
        raise UsageError(f"{path}: what {parts[-1].parent.name} handed in cannot be written ({error})") from None
    else:
        for folder in parts:
            shutil.rmtree(folder, ignore_errors=True)
            _part(folder).replace(folder)
    finally:
        for folder in parts:
            shutil.rmtree(_part(folder), ignore_errors=True)
            if folder.parent.is_dir() and not any(folder.parent.iterdir()):
                folder.parent.rmdir()
    return [found[name] for name in sorted(found)]


Entry = tuple[str, bytes, datetime]
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


def _gather(entries: Iterator[Entry], assignment: str) -> dict[str, Collected]:
    found: dict[str, Collected] = {}
    ranks: dict[tuple[str, str], tuple[bool, datetime]] = {}
    wanted = f"{assignment}.ipynb"
    kept = [entry for entry in entries if not _RUBBISH & set(PurePosixPath(entry[0]).parts)]
    for name, content, time in _without_wrapper(kept, assignment):
        student, file = _whose(name, assignment)
        if not student or not file:
            continue
        collected = found.setdefault(student, Collected(student))
        collected.time = max(time, collected.time or time)
        exact = file == wanted and _CANVAS.fullmatch(name) is None
        if file.endswith(".ipynb") and assignment in file and "/" not in file:
            file = wanted
        rank = (exact, time)
        if rank < ranks.get((student, file), rank):
            continue  # an earlier attempt, or a copy under another name
        ranks[student, file] = rank
        collected.files[file] = content
    return {s: c for s, c in found.items() if any(name.endswith(".ipynb") for name in c.files)}


def _without_wrapper(entries: list[Entry], assignment: str) -> list[Entry]:
    """The entries without the one folder around all of them that zipping a folder gives."""
    paths = [PurePosixPath(name).parts for name, _, _ in entries]
    if not paths or len({parts[0] for parts in paths}) > 1 or any("_assignsubmission_" in parts[0] for parts in paths):
        return entries
    notebooks = [parts for parts in paths if parts[-1].endswith(".ipynb")]
    if not notebooks or any(len(parts) < 3 or parts[1] == assignment for parts in notebooks):
        return entries
    return [(name.partition("/")[2], content, time) for name, content, time in entries]


def _whose(name: str, assignment: str) -> tuple[str, str]:
    """(student, file) of a path: Moodle's, Canvas's, or STUDENT/[assignment/]file."""
    if match := _MOODLE.fullmatch(name):
        return _safe(f"{match['name']}_{match['id']}"), match["file"]
    if "/" not in name:
        if match := _CANVAS.fullmatch(name):
            file = re.sub(r"-\d+(?=\.[^.]+$)", "", match["file"])  # -1, -2: Canvas counts attempts
            return _safe(f"{match['name']}_{match['id']}"), file
        return "", ""
    student, _, file = name.partition("/")
    return _safe(student), file.removeprefix(f"{assignment}/")


def _safe(student: str) -> str:
    """The name as a folder's: nothing that leads elsewhere or that nbgrader's paths cannot hold."""
    cleaned = re.sub(r'[\x00-\x1f<>:"|?*\\/+]', "_", unicodedata.normalize("NFC", student)).strip(" .")
    return cleaned.encode()[:200].decode(errors="ignore").strip(" .")


def _folder_files(folder: Path) -> Iterator[Entry]:
    total = 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not path.is_file() or ".ipynb_checkpoints" in path.parts or "__pycache__" in path.parts:
            continue
        total += path.stat().st_size
        if path.stat().st_size > MAX_FILE or total > MAX_TOTAL:
            raise UsageError(
                f"{path}: more than {MAX_FILE >> 20} MiB in a file or {MAX_TOTAL >> 20} in all; "
                "remove what is no submission"
            )
        yield name, path.read_bytes(), _modified(path)


def _zip_files(path: Path) -> Iterator[Entry]:
    """Members of a zip, checked before anything is unpacked."""
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
            name = PurePosixPath(info.filename.replace("\\", "/"))
            if name.is_absolute() or ".." in name.parts:
                raise UsageError(f"{path} holds {info.filename!r}, a path outside itself; it was not opened")
            if info.file_size > MAX_FILE:
                raise UsageError(
                    f"{path}: {info.filename!r} has {info.file_size >> 20} MiB, more than {MAX_FILE >> 20}; "
                    "it was not opened"
                )
        for info in members:
            buffer = io.BytesIO()
            try:
                with archive.open(info) as member:
                    shutil.copyfileobj(member, buffer, 2**20)
            except _BROKEN as error:
                raise UsageError(f"{path}: {info.filename!r} cannot be unpacked ({error})") from None
            yield (
                str(PurePosixPath(info.filename.replace("\\", "/"))),
                buffer.getvalue(),
                _packed(info),
            )


def _packed(info: zipfile.ZipInfo) -> datetime:
    try:
        return datetime(*info.date_time, tzinfo=UTC)
    except ValueError:  # some programs write no date, which reads as month 0
        return datetime(1980, 1, 1, tzinfo=UTC)


def _part(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.part")


def _unpack(folder: Path, collected: Collected) -> None:
    part = _part(folder)
    shutil.rmtree(part, ignore_errors=True)
    for name, content in collected.files.items():
        (part / name).parent.mkdir(parents=True, exist_ok=True)
        (part / name).write_bytes(content)
    if collected.time and "timestamp.txt" not in collected.files:
        (part / "timestamp.txt").write_text(collected.time.strftime("%Y-%m-%d %H:%M:%S UTC"))


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
