"""Submissions in the course: the one that counts in submitted/, the others in attempts/."""

import shutil
from datetime import datetime, tzinfo
from pathlib import Path

from cnngrader.collecting.collected import Collected
from cnngrader.collecting.handed_in import modified
from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.files import files_in, write_content
from cnngrader.stamp_file import STAMP, stamp_of
from cnngrader.when import written


def lay_down(course: Course, id: str, path: Path, found: list[Collected]) -> None:
    """Write each to course/submitted/STUDENT/<assignment>/, or to the attempts where a later one is there.

    Notes on each what became of it. Raises UsageError for what cannot be written, and then nothing was changed.
    """
    _refuse_one_folder(course, path, found)
    parts: list[tuple[Path, Collected]] = []
    kept: list[Path] = []
    student, zone = "", course.zone
    try:
        for collected in found:
            student, folder = collected.student, course.submitted(id, collected.student)
            attempts = course.attempts(id, student)
            earlier = [(time, files, "") for time, files in collected.earlier]
            if later := _later(folder, collected, zone):
                note = f"older than what was handed in at {written(later)}, which stays; kept in"
                earlier.append((collected.time, collected.files, note))
            elif not _stays(folder, collected):
                parts.append((folder, collected))
                _unpack(part_of(folder), collected.files, collected.time)
            for time, files, note in earlier:
                if target := place_of_attempt(attempts, time, files):
                    kept.append(target)
                    _unpack(target, files, time)
                if note:
                    collected.notes.append(f"{note} {attempts}")
    except (OSError, ValueError) as error:  # names that this file system cannot hold
        for target in kept:
            shutil.rmtree(target, ignore_errors=True)
        raise UsageError(f"{path}: what {student} handed in cannot be written ({error})") from None
    else:
        for folder, collected in parts:
            _keep_former(folder, collected, course.attempts(id, collected.student), zone)
            part_of(folder).replace(folder)
    finally:
        for folder, _ in parts:
            shutil.rmtree(part_of(folder), ignore_errors=True)
            if folder.parent.is_dir() and not any(folder.parent.iterdir()):
                folder.parent.rmdir()


def _refuse_one_folder(course: Course, path: Path, found: list[Collected]) -> None:
    """Raises UsageError where two students would meet in a folder, since the file system takes `Ana` for `ana`."""
    folder = course.home / "submitted"
    if not _ignores_case(folder):
        return
    known = {other.name.casefold(): other.name for other in (folder.iterdir() if folder.is_dir() else ())}
    for one in found:
        if (other := known.setdefault(one.student.casefold(), one.student)) != one.student:
            raise UsageError(
                f"{path}: {one.student!r} and {other!r} would have one folder, since {folder} is on a file system that "
                "ignores case; move the course to another, or rename one of the two"
            )


def _ignores_case(folder: Path) -> bool:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    other = there.with_name(there.name.swapcase()) if there.name else there
    return other.name != there.name and other.exists() and other.samefile(there)


def _later(folder: Path, collected: Collected, zone: tzinfo | None) -> datetime | None:
    """When what lies in the course was handed in, where that is other work and later."""
    there = stamp_of(folder, zone)
    if there and collected.time and collected.time < there and not _same(folder, collected):
        return there
    return None


def _stays(folder: Path, collected: Collected) -> bool:
    """Whether it lies in the course already, and nothing more is known of it now."""
    return collected.time is None and folder.exists() and _same(folder, collected)


def _keep_former(folder: Path, collected: Collected, attempts: Path, zone: tzinfo | None) -> None:
    """Move a former submission to the attempts, where it is another one than the new."""
    if not folder.exists():
        return
    if not _same(folder, collected):
        time = stamp_of(folder, zone)
        doubt = "" if time and collected.time else "; which of the two is later is not known"
        collected.notes.append(f"replaces what was collected before, kept in {attempts}{doubt}")
        if target := place_of_attempt(attempts, time or modified(folder), contents_of(folder)):
            target.parent.mkdir(parents=True, exist_ok=True)
            folder.replace(target)
            return
    shutil.rmtree(folder)


def place_of_attempt(attempts: Path, time: datetime | None, files: dict[str, bytes]) -> Path | None:
    """A new folder for an attempt, named by its time; None where these files are kept already."""
    name, number = f"{time:%Y-%m-%d %H.%M.%S}" if time else "time not known", 1
    while (path := attempts / (name if number == 1 else f"{name} ({number})")).exists():
        if contents_of(path) == _unstamped(files):
            return None
        number += 1
    return path


def _same(folder: Path, collected: Collected) -> bool:
    return contents_of(folder) == _unstamped(collected.files)


def contents_of(folder: Path) -> dict[str, bytes]:
    return _unstamped({name: path.read_bytes() for name, path in files_in(folder).items()})


def _unstamped(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if not name.startswith(STAMP)}


def part_of(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.part")


def _unpack(folder: Path, files: dict[str, bytes], time: datetime | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        write_content(folder / name, content)
    if time and STAMP not in files:
        (folder / STAMP).write_text(written(time), encoding="utf-8")
