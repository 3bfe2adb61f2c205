"""Whose each file is, of all that are collected at once."""

from dataclasses import replace

from cnngrader.collecting.handed_in import Member
from cnngrader.collecting.layouts.blackboard import Blackboard
from cnngrader.collecting.layouts.brightspace import Brightspace
from cnngrader.collecting.layouts.canvas import Canvas
from cnngrader.collecting.layouts.classroom import Classroom
from cnngrader.collecting.layouts.exchange import Exchange
from cnngrader.collecting.layouts.folders import Flat, Folders, Told
from cnngrader.collecting.layouts.gradescope import Gradescope
from cnngrader.collecting.layouts.layout import HandIn, Owned, is_notebook, paths
from cnngrader.collecting.layouts.moodle import Moodle
from cnngrader.collecting.layouts.sakai import Sakai
from cnngrader.collecting.layouts.teams import Teams
from cnngrader.ids import find_meant
from cnngrader.stamp_file import SET_ASIDE, STAMP

LAYOUTS = [
    Told, Moodle, Exchange, Gradescope, Brightspace, Blackboard, Canvas, Teams, Sakai, Classroom, Flat, Folders,
]  # fmt: skip
"""Tried in this order: what says more in its names comes first."""

_FLAT = (Brightspace, Blackboard, Canvas)


def find_owners(hand_in: HandIn, student: str | None = None) -> list[Owned]:
    """The entries of students, in the first of the layouts that knows them; and the notebooks that are nobody's.

    student: who is known to be meant.
    """
    if not hand_in.pattern:
        hand_in = replace(hand_in, entries=_without_wrapper(hand_in))
    layouts = [layout(hand_in) for layout in LAYOUTS]
    classroom = any(layout.prefix for layout in layouts if isinstance(layout, Classroom))
    shared = "" if classroom or hand_in.pattern else _shared_folder(hand_in.entries, hand_in.id)
    found = []
    for entry in hand_in.entries:
        answers = (layout.owners(entry) for layout in layouts)
        for one in next((answer for answer in answers if answer is not None), [Owned("", "", *entry[:3])]):
            if not (one.file or one.void) or (one.file == STAMP and not one.stamped):
                continue
            if one.file.startswith(f"{STAMP}/"):  # where the time is to be
                one = one._replace(file=one.file.replace(STAMP, SET_ASIDE, 1))
            if one.student and (one.given != shared or (student and find_meant(student, [one.student]) == one.student)):
                found.append(one.as_named(hand_in.id))
            elif is_notebook(entry.name):
                found.append(one._replace(student="", file=entry.name))
    return found


def _shared_folder(entries: list[Member], id: str) -> str:
    """The only folder there is, where it holds several notebooks and none under the assignment's name:
    perhaps one student's, perhaps a class's. "" elsewhere."""
    inside = [path for path in paths(entries) if len(path) > 1]
    notebooks = [path for path in inside if is_notebook(path[-1])]
    tops = {path[0] for path in inside}
    if len(tops) != 1 or len(notebooks) < 2 or any("_assignsubmission_" in top or "+" in top for top in tops):
        return ""
    loose = {path[1].lower() for path in notebooks if len(path) == 2}
    named = f"{id}.ipynb" in loose or any(path[1] == id for path in notebooks)
    return "" if named or not loose else tops.pop()


def _without_wrapper(hand_in: HandIn) -> list[Member]:
    """The entries without the one folder around all of them that zipping a folder gives."""
    entries, known = hand_in.entries, {hand_in.id, *hand_in.others}
    around = paths(entries)
    if not around or len({parts[0] for parts in around}) > 1 or "_assignsubmission_" in around[0][0]:
        return entries
    wrapper = f"{around[0][0]}/"
    inside = [entry._replace(name=entry.name.removeprefix(wrapper)) for entry in entries]
    inside = [entry for entry in inside if entry.name]
    notebooks = [parts for parts in around if is_notebook(parts[-1])]
    if around[0][0] in ("Submitted files", "Working files"):
        return entries
    flat = [layout(replace(hand_in, entries=inside)) for layout in _FLAT]
    named = [any(layout.owners(entry) for layout in flat) for entry in inside if is_notebook(entry.name)]
    if named and all(named):
        return inside
    if not notebooks or any(len(parts) < 3 or parts[1] in known for parts in notebooks):
        return entries
    return inside
