"""Whose a file is by the roster, where a platform calls students otherwise."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cnngrader.collecting.layouts.layout import Owned
from cnngrader.ids import student_id
from cnngrader.roster.roster import Roster


@dataclass
class Matched:
    """files: each as its student's of the roster, or as it was where that is not one. notes, questions: {student: what
    a TA should know, or has to settle}."""

    files: list[Owned] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    questions: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def as_in_roster(files: Sequence[Owned], roster: Roster, *, groups: bool, submitted: Path) -> Matched:
    """groups: whether a group's hand-in is one, whoever of it handed it in. submitted: where students already have
    folders, who may have been collected before there was a roster."""
    matched = Matched(list(files))
    if not roster:
        return matched
    meant = _meant({one.student: one.given or one.student for one in files if one.student}, roster, matched)
    for former, id in meant.items():
        if former != id and (submitted / former).is_dir():
            matched.questions[id].append(f"is in the course as {former}, too: which of the two is to stay?")
    matched.files = [one._replace(student=meant.get(one.student, one.student)) for one in files]
    if groups:
        matched.files = _as_groups(matched, roster)
    return matched


def _as_groups(matched: Matched, roster: Roster) -> list[Owned]:
    """The files with those of one group as its own: each student's is an attempt, and the same of several is one."""
    found: dict[tuple[object, ...], Owned] = {}
    handed_in: dict[str, dict[str, str]] = defaultdict(dict)
    for number, one in enumerate(matched.files):
        student = roster.students.get(one.student)
        if student and student.group_id:
            handed_in[student.group_id][student.id] = student.shown
            united = one._replace(student=student.group_id, attempt=f"{one.attempt}{student.id}")
            found.setdefault((united.student, one.file, one.content, one.time, one.void), united)
        else:
            found[number,] = one
    for group, students in handed_in.items():
        matched.notes[group].append(f"handed in by {', '.join(students.values())}")
    return list(found.values())


def _meant(given: Mapping[str, str], roster: Roster, matched: Matched) -> dict[str, str]:
    """{student as handed in: as the roster calls them} of those who are one, and of nobody else."""
    found = {student: roster.find(name) or roster.find(student) for student, name in given.items()}
    claims: dict[str, list[str]] = defaultdict(list)
    for student, ids in found.items():
        if len(ids) == 1:
            claims[ids[0]].append(student)
        elif ids:
            matched.questions[student].append(f"may be any of {', '.join(ids)}: which? Tell the roster their number")
        else:
            matched.notes[student].append("not in the roster")
    meant = {}
    for id, students in claims.items():
        certain = [one for one in students if given[one].casefold() in _known_as(id, roster)]
        if len(students) == 1:
            meant[students[0]] = id
            continue
        for one in students:
            if one in certain or student_id(given[one]) == id:
                meant[one] = id
            else:
                others = ", ".join(given[other] for other in students if other != one)
                matched.questions[one].append(f"may be {roster.shown(id)}, as may {others}: which?")
    return meant


def _known_as(id: str, roster: Roster) -> set[str]:
    return roster.students[id].known_as() if id in roster.students else {id.casefold()}
