"""Bringing what students handed in into the course: folders, platforms' zips, single notebooks."""

import re
from datetime import tzinfo
from pathlib import Path
from typing import NamedTuple

from cnngrader.collecting.as_in_roster import as_in_roster
from cnngrader.collecting.collected import Collected, gather, ids_of, name_some
from cnngrader.collecting.handed_in import modified, read_members
from cnngrader.collecting.inside import with_notebooks_named, with_zips_opened
from cnngrader.collecting.lay_down import lay_down
from cnngrader.collecting.layouts.find_owners import find_owners
from cnngrader.collecting.layouts.layout import HandIn, Owned, is_notebook
from cnngrader.collecting.repositories import last_commits
from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.ids import find_meant, student_id
from cnngrader.roster.roster import Roster
from cnngrader.roster.students_file import read_roster


class Collection(NamedTuple):
    """collected: what was brought into the course. passed_over: {student or file: why it was not}."""

    collected: list[Collected]
    passed_over: dict[str, str]


def collect(
    course: Course, id: str, path: Path, student: str | None = None, zone: tzinfo | None = None, pattern: str = ""
) -> Collection:
    """Copy submissions to course/submitted/STUDENT/<assignment>/.

    path: a folder, zip or tar in one of the layouts, or one notebook of the `student` named. zone: of
    the times in a zip; None is the course's, or this machine's. pattern: what tells the student of a path, a regular
    expression with a group `student`. Where there is a roster, students are called as it calls them, and what one of
    a group hands in is the group's where the assignment says so. Of several attempts the last one counts. It takes the
    place of a student's former submission as a whole, unless that is later; what does not count is kept in
    course/attempts/STUDENT/<assignment>/TIME/.

    Raises UsageError, and then nothing was changed.
    """
    if pattern:
        _check(pattern)
    if not path.exists():
        raise UsageError(f"{path} does not exist")
    roster = read_roster(course)
    groups = bool(roster) and course.assignment(id).groups
    submitted = course.home / "submitted"
    if is_notebook(path.name) and path.is_file():
        matched = as_in_roster([_single(id, path, student)], roster, groups=groups, submitted=submitted)
        (single,) = matched.files
        submissions = {"": Collected(single.student, single.given, {single.file: single.content}, single.time)}
        loose: list[str] = []
    else:
        files = _read(course, id, path, student, zone or course.zone, pattern)
        matched = as_in_roster(files, roster, groups=groups, submitted=submitted)
        files = matched.files
        if student:
            files = _of(files, student, roster)
        loose = [one.file for one in files if not one.student]
        files = [one for one in files if one.student]
        submissions = gather(files, course.zone)
    found = [submissions[name] for name in sorted(submissions)]
    collected = [one for one in found if one.notebooks]
    passed_over = {one.shown: one.lack() for one in found if not one.notebooks}
    passed_over |= dict.fromkeys(loose, "whose is not told (collect it alone, with --student)")
    if not collected:
        raise _nothing(id, path, student, passed_over, loose)
    grade_ids = {id: ids_of(release.read_bytes()) for id in course.ids() if (release := _release(course, id)).is_file()}
    for one in collected:
        one.look(id, grade_ids)
        one.notes += [*matched.questions.get(one.student, ()), *matched.notes.get(one.student, ())]
        one.asks = one.asks or one.student in matched.questions
    lay_down(course, id, path, collected)
    course.prepare()
    return Collection(collected, passed_over)


def _check(pattern: str) -> None:
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        raise UsageError(f"--pattern {pattern!r} is no regular expression ({error})") from None
    if "student" not in groups:
        raise UsageError(f"--pattern {pattern!r} names no student: put (?P<student>...) around what tells whose it is")


def _single(id: str, path: Path, student: str | None) -> Owned:
    if not student:
        raise UsageError(f"whose notebook is {path}? Name them with --student")
    return Owned(student_id(student), student, f"{id}.ipynb", path.read_bytes(), modified(path))


def _read(course: Course, id: str, path: Path, student: str | None, zone: tzinfo | None, pattern: str) -> list[Owned]:
    hand_in = HandIn([], id, others=[other for other in course.ids() if other != id], zone=zone, pattern=pattern)
    if path.is_dir():
        name = path.resolve().name
        hand_in.slug = name.removesuffix("-submissions") if name.endswith("-submissions") else ""
        hand_in.repositories = last_commits(path)
    hand_in.entries = with_notebooks_named([entry.bounded() for entry in read_members(path, zone)])
    return with_zips_opened(find_owners(hand_in, student), id)


def _of(files: list[Owned], student: str, roster: Roster) -> list[Owned]:
    """Those of one student, who may be named as handed in, as their folder or as in the roster."""
    known = {one.student for one in files}
    given = {one.student for one in files if one.given == student}
    of_roster = set(roster.find(student)) & known
    id = next((ids.pop() for ids in (given, of_roster) if len(ids) == 1), "") or find_meant(student, known)
    return [one for one in files if id == one.student]


def _nothing(id: str, path: Path, student: str | None, passed_over: dict[str, str], loose: list[str]) -> UsageError:
    said = f"{path} holds no notebook"
    said += f" of {student}" if student else " in a student's folder" if loose else ""
    said += f". Expected: STUDENT/{id}.ipynb"
    if there := [f"{who}: {why}" for who, why in passed_over.items() if who not in loose]:
        said += f". It has {name_some(there)}"
    if loose:
        said += f". Whose are {name_some(loose)}? Collect each alone, with --student"
    return UsageError(said)


def _release(course: Course, id: str) -> Path:
    return course.released(id) / f"{id}.ipynb"
