"""Whose a file is, told by its path: the layouts in which learning platforms hand out submissions."""

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime, tzinfo
from itertools import takewhile
from pathlib import PurePosixPath
from typing import NamedTuple

from cnngrader.collecting.handed_in import Member
from cnngrader.ids import find_meant, student_id
from cnngrader.stamp_file import SET_ASIDE, STAMP
from cnngrader.when import parse

# smithjane_LATE_4711_98765_mnist_cnn-1.ipynb: Canvas puts the student, their number and the file's before the name.
# smithjane_4711_text.html: what was typed there.
_CANVAS = re.compile(
    r"(?P<name>[^/]+?)_(?P<late>LATE_)?(?P<id>\d+)_(?:(?P<number>\d{1,20})_(?P<file>[^/]+)|(?P<page>(?:text|link)\.html))"
)
# Jane Smith_4711_assignsubmission_file_/mnist_cnn.ipynb
# or, without folders: Jane Smith_4711_assignsubmission_file_mnist_cnn.ipynb
_MOODLE = re.compile(r"(?P<name>[^/]+?)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_?[^/]*/|_)(?P<file>.*)")
# jane+mnist_cnn+2026-03-01 12:00:00.123456 UTC+cmFuZG9t/mnist_cnn.ipynb: the inbound folder of nbgrader's exchange.
_EXCHANGE = re.compile(
    r"(?P<name>[^+/]+)\+(?P<id>[^+/]+)\+(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^+/]*)[^/]*/(?P<file>.*)"
)


class Owned(NamedTuple):
    """A file of a student. file: its path in their submission, as it will be called.

    student: their folder's name; "" where nothing tells whose it is. given: their name as handed in.
    time: when it was handed in, where that is known. late: whether the platform says so. number: grows
    from a hand-in to the next, where there is no time. attempt: which hand-in of theirs it belongs to,
    where the layout keeps them apart. exact: whether it had its name from the beginning. stamped:
    whether nbgrader laid it down, whose timestamp.txt tells the time; a student's own tells nothing.
    void: why it is not to be collected, such as "a link".
    """

    student: str
    given: str
    file: str
    content: bytes
    time: datetime | None = None
    late: bool = False
    number: int = 0
    attempt: str = ""
    exact: bool = True
    stamped: bool = False
    void: str = ""

    @property
    def rank(self) -> tuple[float, int]:
        """The larger, the later."""
        return (self.time.timestamp() if self.time else 0.0, self.number)


def find_owners(
    entries: list[Member],
    id: str,
    repositories: Mapping[str, datetime],
    slug: str = "",
    others: Collection[str] = (),
    student: str | None = None,
    zone: tzinfo | None = None,
) -> list[Owned]:
    """The entries of students: in one of the layouts above, of GitHub Classroom, or STUDENT/[assignment/]file;
    and the notebooks that are nobody's.

    repositories: the folders that are Git repositories, and when each was last changed. slug: what
    GitHub Classroom calls the assignment, where it is known. others: the course's other assignments.
    student: who is known to be meant. zone: the course's.
    """
    found = []
    prefix = _classroom_prefix(entries, id, repositories, slug, others)
    entries = _without_wrapper(entries, id, others)
    shared = "" if prefix else _shared_folder(entries, id)
    for entry in entries:
        one = _owned(entry, id, prefix, repositories, others, zone)
        if one is None or not (one.file or one.void) or (one.file == STAMP and not one.stamped):
            continue
        if one.file.startswith(f"{STAMP}/"):  # where the time is to be
            one = one._replace(file=one.file.replace(STAMP, SET_ASIDE, 1))
        if one.student and (one.given != shared or (student and find_meant(student, [one.student]) == one.student)):
            found.append(_named(one, id))
        elif is_notebook(entry.name):
            found.append(one._replace(student="", file=entry.name))
    return found


def is_notebook(name: str) -> bool:
    return name.lower().endswith(".ipynb")


def _owned(
    entry: Member,
    id: str,
    prefix: str,
    repositories: Mapping[str, datetime],
    others: Collection[str],
    zone: tzinfo | None,
) -> Owned | None:
    name, content, time, void = entry
    if match := _MOODLE.fullmatch(name):
        given = f"{match['name']}_{match['id']}"
        typed = "" if match["kind"] == "file" else "typed into Moodle"
        return Owned(student_id(given), given, match["file"], content, time, void=void or typed)
    if match := _EXCHANGE.fullmatch(name):
        if match["id"] != id:
            return None
        with suppress(ValueError):
            time = parse(match["time"], zone)
        one = Owned(student_id(match["name"]), match["name"], match["file"], content, time, void=void)
        return one._replace(attempt=name.partition("/")[0], stamped=True)
    top, slash, file = name.partition("/")
    if match := _CANVAS.fullmatch(name):  # its zip has the time of its making at each file
        given, number = f"{match['name']}_{match['id']}", int(match["number"] or 0)
        file = re.sub(r"-\d+(?=\.[^.]+$)", "", match["file"] or "")  # -1, -2: Canvas counts attempts
        one = Owned(student_id(given), given, file, content, late=bool(match["late"]), number=number, exact=False)
        return one._replace(file=match["page"], void="typed into Canvas") if match["page"] else one
    if not slash:
        return Owned("", "", name, content, time)
    if prefix:
        time = repositories.get(top, time)
        file = file.removeprefix("assignments/")
    file = file.removeprefix(f"{id}/")
    if file.partition("/")[0] in others:
        void = "another assignment's"
    given = top.removeprefix(prefix)
    return Owned(student_id(given), given, file, content, time, stamped=not prefix, void=void)


def _named(one: Owned, id: str) -> Owned:
    """With the notebook under its own name, where a student or a platform has added to it."""
    if one.void or not is_notebook(one.file):
        return one._replace(exact=False)
    wanted, file = f"{id}.ipynb", f"{one.file[: -len('.ipynb')]}.ipynb"
    if id in file.lower() and "/" not in file:
        return one._replace(file=wanted, exact=one.exact and one.file == wanted)
    return one._replace(file=file, exact=False)


def _paths(entries: list[Member]) -> list[tuple[str, ...]]:
    return [PurePosixPath(entry.name).parts for entry in entries if not entry.void]


def _shared_folder(entries: list[Member], id: str) -> str:
    """The only folder there is, where it holds several notebooks and none under the assignment's name:
    perhaps one student's, perhaps a class's. "" elsewhere."""
    inside = [path for path in _paths(entries) if len(path) > 1]
    notebooks = [path for path in inside if is_notebook(path[-1])]
    tops = {path[0] for path in inside}
    if len(tops) != 1 or len(notebooks) < 2 or any("_assignsubmission_" in top or "+" in top for top in tops):
        return ""
    loose = {path[1].lower() for path in notebooks if len(path) == 2}
    named = f"{id}.ipynb" in loose or any(path[1] == id for path in notebooks)
    return "" if named or not loose else tops.pop()


def _without_wrapper(entries: list[Member], id: str, others: Collection[str]) -> list[Member]:
    """The entries without the one folder around all of them that zipping a folder gives."""
    paths = _paths(entries)
    if not paths or len({parts[0] for parts in paths}) > 1 or any("_assignsubmission_" in parts[0] for parts in paths):
        return entries
    notebooks = [parts for parts in paths if is_notebook(parts[-1])]
    if not notebooks or any(len(parts) < 3 or parts[1] in (id, *others) for parts in notebooks):
        return entries
    wrapper = f"{paths[0][0]}/"
    inside = [entry._replace(name=entry.name.removeprefix(wrapper)) for entry in entries]
    return [entry for entry in inside if entry.name]


def _classroom_prefix(
    entries: list[Member], id: str, repositories: Mapping[str, datetime], slug: str, others: Collection[str]
) -> str:
    """What stands before the student in each folder of GitHub Classroom's: mnist-cnn-jane, mnist-cnn-joe."""
    tops = {path[0] for path in _paths(_without_wrapper(entries, id, others)) if len(path) > 1}
    for known in (f"{slug}-" if slug else "", f"{id.replace('_', '-')}-", f"{id}-"):
        if known and tops and all(top.startswith(known) for top in tops):
            return known
    if len(tops) > 1 and tops <= set(repositories):
        words = [top.split("-") for top in tops]
        shared = takewhile(lambda column: len(set(column)) == 1, zip(*(name[:-1] for name in words), strict=False))
        return "".join(f"{word}-" for word, *_ in shared)
    return ""
