"""The student whom staff name: as their folder is called, or as the roster knows them."""

from collections.abc import Iterable

from cnngrader.errors import UsageError
from cnngrader.ids import find_meant
from cnngrader.roster.roster import Roster


def find_student(wanted: str, known: Iterable[str], roster: Roster) -> str:
    """The folder of who is named by it, or by what the roster has: id, address, login, number or name; of one whose
    group handed in, the group's. Where nobody is known, as their folder would be called.

    Raises UsageError where several may be meant.
    """
    known = set(known)
    if (folder := find_meant(wanted, known)) in known:
        return folder
    meant = {_folder(id, known, roster) for id in roster.find(wanted)}
    if len(meant) > 1:
        several = ", ".join(sorted(roster.shown(id) for id in meant))
        raise UsageError(f"{wanted!r} may be any of these: {several}. Name one by the id")
    return meant.pop() if meant else folder


def _folder(id: str, known: set[str], roster: Roster) -> str:
    one = roster.students.get(id)
    return one.group_id if one and id not in known and one.group_id in known else id
