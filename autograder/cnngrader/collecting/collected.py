"""A student's submission, put together from the files that are theirs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from cnngrader.collecting.layouts.layout import Owned, is_notebook
from cnngrader.errors import NotebookError
from cnngrader.ids import normal
from cnngrader.stamp_file import SET_ASIDE, STAMP, stamp_in
from cnngrader.submission.read_notebook import read_notebook
from cnngrader.when import EXAMPLE

_SHOWN = 6
_GRADE_ID = re.compile(rb'"grade_id"\s*:\s*"([^"]+)"')


@dataclass
class Collected:
    """A student's submission before it is laid down.

    given: the student as handed in, where `student` is that name made a folder's. files: {name: content}.
    time: when it was handed in, where that is known. late: whether the platform says so. earlier: what it
    takes the place of, (time, files). void: what they handed in that is no file.
    notes: what a TA should know. asks: whether one of them is a question. fault: why the notebook cannot be graded.
    """

    student: str
    given: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    time: datetime | None = None
    late: bool = False
    earlier: list[tuple[datetime | None, dict[str, bytes]]] = field(default_factory=list)
    void: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    asks: bool = False
    fault: str = ""

    @property
    def shown(self) -> str:
        """The student, with the name as handed in where it is another."""
        given = normal(self.given)
        return self.student if given in ("", self.student) else f"{self.student} ({given})"

    @property
    def notebooks(self) -> list[str]:
        return sorted(name for name in self.files if is_notebook(name))

    def lack(self) -> str:
        """What there is in place of a notebook."""
        return f"no notebook ({name_some([*sorted(self.files), *self.void])})"

    def look(self, id: str, grade_ids: Mapping[str, set[bytes]]) -> None:
        """Note what is odd about the notebooks. grade_ids: {assignment: those of its release}."""
        wanted = f"{id}.ipynb"
        if wanted not in self.files and len(self.notebooks) > 1:
            *names, last = self.notebooks
            self.notes.append(f"{', '.join(names)} and {last}: which is {wanted}?")
            self.asks = True
            return
        name = wanted if wanted in self.files else self.notebooks[0]
        if fault := _fault(self.files[name]):
            self.fault = f"{name} will get no points: {fault}"
            return
        found = ids_of(self.files[name])
        closest = max(grade_ids, key=lambda one: (len(found & grade_ids[one]), one == id), default=id)
        own = grade_ids.get(id, found) - grade_ids.get(closest, set())  # setup cells are called alike
        if closest != id and not found & own:
            self.notes.append(f"looks like the notebook of {closest}")

    def set_aside(self, time: datetime | None, name: str, content: bytes) -> None:
        """Keep a file as part of an earlier attempt, and all that are of one name."""
        for known, files in self.earlier:
            if known == time and name not in files:
                files[name] = content
                return
        self.earlier.append((time, {name: content}))


def gather(files: list[Owned], zone: tzinfo | None = None) -> dict[str, Collected]:
    """{student: submission}. Of attempts that the layout keeps apart the last one counts as a
    whole, else of each file the last version. zone: the course's."""
    found: dict[str, Collected] = {}
    last: dict[str, tuple[tuple[float, int], str]] = {}
    for one in files:
        last[one.student] = max(last.get(one.student, (one.rank, one.attempt)), (one.rank, one.attempt))
    kept: dict[tuple[str, str], Owned] = {}
    for one in files:
        collected = found.setdefault(one.student, Collected(one.student, one.given))
        if one.void:
            collected.void.append(": ".join(part for part in (one.file.strip("/"), one.void) if part))
            continue
        place = (one.student, one.file)
        former = kept.get(place)
        if one.attempt and one.attempt != last[one.student][1]:
            lost: Owned | None = one
        elif former and (former.exact, former.rank) > (one.exact, one.rank):
            lost = one
        else:
            kept[place], lost = one, former
        if lost:
            collected.set_aside(lost.time, lost.file, lost.content)
    stamps = [kept.pop(place) for place in [*kept] if place[1] == STAMP]
    for one in kept.values():
        collected = found[one.student]
        collected.files[one.file] = one.content
        collected.late |= one.late
        if one.time:
            collected.time = max(one.time, collected.time or one.time)
    for one in stamps:
        _take_stamp(found[one.student], one, zone)
    return found


def _take_stamp(collected: Collected, one: Owned, zone: tzinfo | None) -> None:
    try:
        collected.time = stamp_in(one.content, zone)
    except ValueError as error:
        collected.time = one.time if one.attempt else None  # a file's own may be that of the download
        collected.files[SET_ASIDE] = one.content
        known = "" if collected.time else f". Write its time in {STAMP}, as {EXAMPLE}: without one nobody is late"
        collected.notes.append(f"{STAMP}: {error}{known}")


def _fault(notebook: bytes) -> str:
    """Why it cannot be read; '' where it can."""
    if not notebook.strip():
        return "it is empty"
    try:
        read_notebook(notebook)
    except NotebookError as error:
        return str(error)
    return ""


def ids_of(notebook: bytes) -> set[bytes]:
    """The names that nbgrader gave to a notebook's cells, however broken the notebook is."""
    return set(_GRADE_ID.findall(notebook))


def name_some(names: list[str]) -> str:
    """Names in a line, the first few of many.

    >>> name_some(["a.pdf", "b.pdf"]), name_some(list("abcdefgh"))
    ('a.pdf, b.pdf', 'a, b, c, d, e, f and 2 more')
    """
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
