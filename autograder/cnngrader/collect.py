"""Bringing what students handed in into the course: folders, LMS zips, single notebooks."""

import io
import re
import shutil
import zipfile
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
_MOODLE = re.compile(r"(?P<name>[^/]+?)_(?P<id>\d+)_assignsubmission_file_?[^/]*/(?P<file>.+)")


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
    for collected in found.values():
        _lay_down(course.submitted(assignment, collected.student), collected)
    return [found[name] for name in sorted(found)]


Entry = tuple[str, bytes, datetime]


def _gather(entries: Iterator[Entry], assignment: str) -> dict[str, Collected]:
    found: dict[str, Collected] = {}
    for name, content, time in entries:
        student, file = _whose(name, assignment)
        if not student or not file:
            continue
        collected = found.setdefault(student, Collected(student))
        if file.endswith(".ipynb") and assignment in file and "/" not in file:
            file = f"{assignment}.ipynb"
        if file in collected.files and collected.time and time < collected.time:
            continue  # an earlier attempt
        collected.files[file] = content
        collected.time = max(time, collected.time or time)
    return {s: c for s, c in found.items() if any(name.endswith(".ipynb") for name in c.files)}


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
    cleaned = re.sub(r'[\x00-\x1f<>:"|?*\\/+]', "_", student).strip(" .")
    return cleaned[:120]


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
    with zipfile.ZipFile(path) as archive:
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
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
                raise UsageError(f"{path}: {info.filename!r} cannot be unpacked ({error})") from None
            yield (
                str(PurePosixPath(info.filename.replace("\\", "/"))),
                buffer.getvalue(),
                datetime(*info.date_time, tzinfo=UTC),
            )


def _lay_down(folder: Path, collected: Collected) -> None:
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    for name, content in collected.files.items():
        (part / name).parent.mkdir(parents=True, exist_ok=True)
        (part / name).write_bytes(content)
    if collected.time and "timestamp.txt" not in collected.files:
        (part / "timestamp.txt").write_text(collected.time.strftime("%Y-%m-%d %H:%M:%S UTC"))
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
