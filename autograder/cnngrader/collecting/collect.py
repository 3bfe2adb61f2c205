"""Bringing what students handed in into the course: folders, platforms' zips, single notebooks."""

import shutil
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cnngrader.collecting.handed_in import modified, read_folder, read_zip
from cnngrader.collecting.layouts import STAMP, Owned, folder_name, owned
from cnngrader.collecting.repositories import last_commits
from cnngrader.course import Course
from cnngrader.errors import UsageError


@dataclass
class Collected:
    """A student's submission before it is laid down.

    files: {name: content}. time: when it was handed in. earlier: what it takes the place of, {time: files}.
    """

    student: str
    files: dict[str, bytes] = field(default_factory=dict)
    time: datetime | None = None
    earlier: dict[datetime, dict[str, bytes]] = field(default_factory=dict)


def collect(course: Course, assignment: str, path: Path, student: str | None = None) -> list[Collected]:
    """Copy submissions to course/submitted/STUDENT/<assignment>/; returns them.

    path: a folder of STUDENT/*.ipynb (or STUDENT/<assignment>/*.ipynb), a Canvas or Moodle zip,
    GitHub Classroom's repositories, the inbound folder of nbgrader's exchange, a zip of such a
    folder, or one notebook of the `student` named. Of several attempts the last one counts. It
    takes the place of a student's former submission as a whole; that one and the earlier attempts
    are kept in course/attempts/STUDENT/<assignment>/TIME/.

    Raises UsageError, and then nothing was changed.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist")
    if path.suffix == ".ipynb" and path.is_file():
        if not student:
            raise UsageError(f"whose notebook is {path}? Name them with --student")
        if student != folder_name(student):
            raise UsageError(f"{student!r} is no name for a student's folder; {folder_name(student)!r} would be")
        found = {student: Collected(student, {f"{assignment}.ipynb": path.read_bytes()}, modified(path))}
    elif path.is_dir():
        slug = path.resolve().name.removesuffix("-submissions")
        slug = slug if slug != path.resolve().name else ""
        found = _gather(owned(list(read_folder(path)), assignment, last_commits(path), slug))
    elif zipfile.is_zipfile(path):
        found = _gather(owned(list(read_zip(path)), assignment, {}))
    else:
        raise UsageError(f"{path} is no folder, zip or notebook")
    if student:
        found = {name: collected for name, collected in found.items() if name == student}
    if not found:
        raise UsageError(
            f"{path} holds no notebook{f' of {student}' if student else ''}. Expected: STUDENT/{assignment}.ipynb"
        )
    _lay_down(course, assignment, path, list(found.values()))
    return [found[name] for name in sorted(found)]


def _gather(files: list[Owned]) -> dict[str, Collected]:
    """{student: submission}. Of attempts that the layout keeps apart the last one counts as a
    whole, else of each file the last version."""
    found: dict[str, Collected] = {}
    last: dict[str, tuple[datetime, str]] = {}
    for one in files:
        last[one.student] = max(last.get(one.student, (one.time, one.attempt)), (one.time, one.attempt))
    kept: dict[tuple[str, str], Owned] = {}
    for one in files:
        collected = found.setdefault(one.student, Collected(one.student))
        place = (one.student, one.file)
        former = kept.get(place)
        if one.attempt and one.attempt != last[one.student][1]:
            lost: Owned | None = one
        elif former and (former.exact, former.time) > (one.exact, one.time):
            lost = one
        else:
            kept[place], lost = one, former
        if lost:
            collected.earlier.setdefault(lost.time, {})[lost.file] = lost.content
    for one in kept.values():
        collected = found[one.student]
        collected.files[one.file] = one.content
        collected.time = max(one.time, collected.time or one.time)
    for collected in found.values():
        collected.time = _stamp(collected.files.get(STAMP, b"")) or collected.time
    return {name: one for name, one in found.items() if any(file.endswith(".ipynb") for file in one.files)}


def _lay_down(course: Course, assignment: str, path: Path, found: list[Collected]) -> None:
    parts: list[Path] = []
    kept: list[Path] = []
    try:
        for collected in found:
            parts.append(course.submitted(assignment, collected.student))
            _unpack(_part(parts[-1]), collected.files, collected.time)
            for time, files in collected.earlier.items():
                if target := _place(course.attempts(assignment, collected.student), time, files):
                    kept.append(target)
                    _unpack(target, files, time)
    except (OSError, ValueError) as error:  # names that this file system cannot hold
        for target in kept:
            shutil.rmtree(target, ignore_errors=True)
        raise UsageError(f"{path}: what {parts[-1].parent.name} handed in cannot be written ({error})") from None
    else:
        for folder, collected in zip(parts, found, strict=True):
            _keep_former(folder, collected, course.attempts(assignment, collected.student))
            _part(folder).replace(folder)
    finally:
        for folder in parts:
            shutil.rmtree(_part(folder), ignore_errors=True)
            if folder.parent.is_dir() and not any(folder.parent.iterdir()):
                folder.parent.rmdir()


def _keep_former(folder: Path, collected: Collected, attempts: Path) -> None:
    """Move a former submission to the attempts, where it is another one than the new."""
    if not folder.exists():
        return
    former = _contents(folder)
    target = _place(attempts, _time(folder), former)
    if former == {name: content for name, content in collected.files.items() if name != STAMP} or target is None:
        shutil.rmtree(folder)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder.replace(target)


def _place(attempts: Path, time: datetime, files: dict[str, bytes]) -> Path | None:
    """A new folder for an attempt, named by its time; None where these files are kept already."""
    name, number = f"{time:%Y-%m-%d %H.%M.%S}", 1
    while (path := attempts / (name if number == 1 else f"{name} ({number})")).exists():
        if _contents(path) == files:
            return None
        number += 1
    return path


def _time(folder: Path) -> datetime:
    """When a submission in the course was handed in."""
    stamp = folder / STAMP
    return (_stamp(stamp.read_bytes()) if stamp.is_file() else None) or modified(folder)


def _stamp(content: bytes) -> datetime | None:
    """The time that nbgrader's timestamp.txt tells, in UTC; None where it tells none."""
    try:
        return datetime.strptime(content[:19].decode(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _contents(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != STAMP]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def _part(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.part")


def _unpack(folder: Path, files: dict[str, bytes], time: datetime | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    if time and STAMP not in files:
        (folder / STAMP).write_text(time.strftime("%Y-%m-%d %H:%M:%S UTC"))
