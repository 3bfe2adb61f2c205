"""Bring a list of the class into the roster."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from cnngrader.roster.columns import COLUMNS
from cnngrader.roster.roster import Roster
from cnngrader.roster.student import Student, letters

_TELLING = ("login", "number", "email", "canvas")
"""In which two students of one name differ."""


@dataclass
class Merged:
    """told: what is to be known, a line each. called: {who is new in the list: their folder in the course, which is
    their id}. absent: who is not in the list. left_out: rows that were not taken, and why."""

    roster: Roster
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    called: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def merge(roster: Roster, listed: Iterable[Student], folders: Sequence[str] = ()) -> Merged:
    """The roster with what the list says of its students and of new ones. What the list does not tell stays; what it
    tells otherwise is told. folders: as students of the course are called, who may be in no roster yet.
    """
    students, merged = dict(roster.students), Merged(roster)
    seen: dict[str, Student] = {}
    free = [folder for folder in folders if folder not in students]
    for one in listed:
        found = _find(one, students)
        if len(found) > 1:
            merged.left_out.append(f"{one.shown} may be any of {', '.join(found)}")
            continue
        id = found[0] if found else _folder(one, free) or one.id
        if id in seen:
            merged.left_out.append(f"{one.shown} is {seen[id].shown}, who is in the list already")
            continue
        seen[id] = one
        if not found:
            students[id] = replace(one, id=id)
            merged.added.append(id)
            if id != one.id:
                merged.called[one.shown] = id
            continue
        students[id], changes = _update(students[id], one)
        if students[id] != roster.students.get(id):
            merged.updated.append(id)
        merged.told += [f"{students[id].shown}: {change}" for change in changes]
    merged.absent = [id for id in students if id not in seen]
    merged.roster = replace(roster, students=students)
    return merged


def _find(one: Student, students: dict[str, Student]) -> list[str]:
    """Whom a row means: who is called the same anywhere, else who has the name and nothing that tells another."""
    same = [
        id
        for id, other in students.items()
        if one.known_as() & other.known_as() or (one.canvas and one.canvas == other.canvas)
    ]
    if same or not one.name:
        return same
    return [
        id
        for id, other in students.items()
        if other.name and letters(other.name) == letters(one.name) and not _differ(one, other)
    ]


def _differ(one: Student, other: Student) -> bool:
    pairs = [(getattr(one, column).casefold(), getattr(other, column).casefold()) for column in _TELLING]
    return any(mine and theirs and mine != theirs for mine, theirs in pairs)


def _folder(one: Student, folders: Sequence[str]) -> str:
    """As the course calls who handed in before there was a roster; "" where that is not one."""
    alone = Roster({one.id: one})
    found = [folder for folder in folders if alone.find(folder.partition("~")[0]) == [one.id]]
    return found[0] if len(found) == 1 else ""


def _update(there: Student, listed: Student) -> tuple[Student, list[str]]:
    """What was there with what the list tells, and in words where that is something else."""
    new: dict[str, str] = {}
    changes = []
    for column in COLUMNS[1:]:
        old, told = getattr(there, column), getattr(listed, column)
        if not told or told == old or (column == "name" and letters(old) == letters(told)):
            continue
        new[column] = told
        if old:
            changes.append(f"{column} was {old!r}, now {told!r}")
    others = dict(there.others)
    for heading, told in listed.others.items():
        if (old := others.get(heading, "")) and old != told:
            changes.append(f"{heading} was {old!r}, now {told!r}")
        others[heading] = told
    return replace(there, **new, others=others), changes
