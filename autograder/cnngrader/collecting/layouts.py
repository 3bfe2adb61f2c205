"""Whose a file is, told by its path: the layouts in which learning platforms hand out submissions."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import PurePosixPath
from typing import NamedTuple

from cnngrader.collecting.handed_in import Entry

# smithjane_LATE_4711_98765_mnist_cnn-1.ipynb: Canvas puts the student, their number and the file's before the name.
_CANVAS = re.compile(r"(?P<name>[^_/]+)_(?:LATE_)?(?P<id>\d+)_\d+_(?P<file>[^/]+)")
# Jane Smith_4711_assignsubmission_file_/mnist_cnn.ipynb
# or, without folders: Jane Smith_4711_assignsubmission_file_mnist_cnn.ipynb
_MOODLE = re.compile(r"(?P<name>[^/]+?)_(?P<id>\d+)_assignsubmission_file(?:_?[^/]*/|_)(?P<file>.+)")
# jane+mnist_cnn+2026-03-01 12:00:00.123456 UTC+cmFuZG9t/mnist_cnn.ipynb: the inbound folder of nbgrader's exchange.
_EXCHANGE = re.compile(r"(?P<name>[^+/]+)\+(?P<id>[^+/]+)\+(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)[^/]*/(?P<file>.+)")

STAMP = "timestamp.txt"  # nbgrader's: when a submission was handed in


class Owned(NamedTuple):
    """A file of a student. file: its path in their submission, as it will be called.

    attempt: which hand-in of theirs it belongs to, where the layout keeps them apart. exact: whether it
    had its name from the beginning. stamped: whether nbgrader laid it down, whose timestamp.txt tells the
    time; a student's own tells nothing.
    """

    student: str
    file: str
    content: bytes
    time: datetime
    attempt: str = ""
    exact: bool = True
    stamped: bool = False


def owned(entries: list[Entry], assignment: str, repositories: Mapping[str, datetime], slug: str = "") -> list[Owned]:
    """The entries of students: in one of the layouts above, of GitHub Classroom, or STUDENT/[assignment/]file.

    repositories: the folders that are Git repositories, and when each was last changed. slug: what
    GitHub Classroom calls the assignment, where it is known.
    """
    found = []
    prefix = _classroom_prefix(entries, assignment, repositories, slug)
    for entry in _without_wrapper(entries, assignment):
        one = _owned(entry, assignment, prefix, repositories)
        if one and one.student and one.file and (one.stamped or one.file != STAMP):
            found.append(_named(one, assignment))
    return found


def folder_name(student: str) -> str:
    """The name as a folder's: nothing that leads elsewhere or that nbgrader's paths cannot hold."""
    cleaned = re.sub(r'[\x00-\x1f<>:"|?*\\/+]', "_", unicodedata.normalize("NFC", student)).strip(" .")
    return cleaned.encode()[:200].decode(errors="ignore").strip(" .")


def _owned(entry: Entry, assignment: str, prefix: str, repositories: Mapping[str, datetime]) -> Owned | None:
    name, content, time = entry
    if match := _MOODLE.fullmatch(name):
        return Owned(folder_name(f"{match['name']}_{match['id']}"), match["file"], content, time)
    if match := _EXCHANGE.fullmatch(name):
        if match["id"] != assignment:
            return None
        time = datetime.strptime(match["time"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        return Owned(folder_name(match["name"]), match["file"], content, time, name.partition("/")[0], stamped=True)
    if "/" not in name:
        if match := _CANVAS.fullmatch(name):
            file = re.sub(r"-\d+(?=\.[^.]+$)", "", match["file"])  # -1, -2: Canvas counts attempts
            return Owned(folder_name(f"{match['name']}_{match['id']}"), file, content, time, exact=False)
        return None
    top, _, file = name.partition("/")
    if prefix:
        time = repositories.get(top, time)
        file = file.removeprefix("assignments/")
    file = file.removeprefix(f"{assignment}/")
    return Owned(folder_name(top.removeprefix(prefix)), file, content, time, stamped=not prefix)


def _named(one: Owned, assignment: str) -> Owned:
    """With the notebook under its own name, where a student or a platform has added to it."""
    wanted = f"{assignment}.ipynb"
    if one.file.endswith(".ipynb") and assignment in one.file and "/" not in one.file:
        return one._replace(file=wanted, exact=one.exact and one.file == wanted)
    return one._replace(exact=False)


def _without_wrapper(entries: list[Entry], assignment: str) -> list[Entry]:
    """The entries without the one folder around all of them that zipping a folder gives."""
    paths = [PurePosixPath(entry.name).parts for entry in entries]
    if not paths or len({parts[0] for parts in paths}) > 1 or any("_assignsubmission_" in parts[0] for parts in paths):
        return entries
    notebooks = [parts for parts in paths if parts[-1].endswith(".ipynb")]
    if not notebooks or any(len(parts) < 3 or parts[1] == assignment for parts in notebooks):
        return entries
    return [entry._replace(name=entry.name.partition("/")[2]) for entry in entries]


def _classroom_prefix(entries: list[Entry], assignment: str, repositories: Mapping[str, datetime], slug: str) -> str:
    """What stands before the student in each folder of GitHub Classroom's: mnist-cnn-jane, mnist-cnn-joe."""
    tops = {entry.name.partition("/")[0] for entry in _without_wrapper(entries, assignment) if "/" in entry.name}
    for known in (f"{slug}-" if slug else "", f"{assignment.replace('_', '-')}-", f"{assignment}-"):
        if known and tops and all(top.startswith(known) for top in tops):
            return known
    if len(tops) > 1 and tops <= set(repositories):
        words = [top.split("-") for top in tops]
        shared = takewhile(lambda column: len(set(column)) == 1, zip(*(name[:-1] for name in words), strict=False))
        return "".join(f"{word}-" for word, *_ in shared)
    return ""
