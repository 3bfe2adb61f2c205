"""Sakai's zip of an assignment."""

import re

from cnngrader.collecting.handed_in import Member
from cnngrader.collecting.layouts.layout import HandIn, Layout, Owned, owned

_PEOPLE = re.compile(r"[^/;]+\((?P<eid>[^()/;]+)\)")


class Sakai(Layout):
    """`Smith, Jane(jsmith)/Submission attachment(s)/mnist_cnn.ipynb` beside grades.csv, with timestamp.txt in each
    student's folder; of several submitters, `Smith, Jane(jsmith); Roe, Ana(aroe)`, it is each one's. Without names the
    folder is `4711 anonymous`, of a group its title and number.

    From sakai's AssignmentServiceImpl.java. The folders' names are translated; what is called Feedback is the staff's.
    """

    def __init__(self, hand_in: HandIn) -> None:
        super().__init__(hand_in)
        parts = [entry.name.split("/") for entry in hand_in.entries]
        grades = any(len(path) == 1 and path[0] in ("grades.csv", "grades.xls") for path in parts)
        attached = any(len(path) > 2 and path[1].startswith("Submission attachment") for path in parts)
        named = any(len(path) > 1 and _PEOPLE.fullmatch(path[0].split("; ")[0]) for path in parts)
        self._is = attached or (grades and named)

    def owners(self, entry: Member) -> list[Owned] | None:
        who, slash, file = entry.name.partition("/")
        if not self._is or not slash:
            return None
        people = [_PEOPLE.fullmatch(one) for one in who.split("; ")]
        given = [one["eid"] for one in people if one] if all(people) else [who]
        void = ""
        folder, inside, rest = file.partition("/")
        if file.startswith("Feedback") or file in ("feedbackText.html", "comments.txt", "members.txt"):
            void = "written by Sakai or staff"
        elif file.endswith("_submissionText.html"):
            void = "typed into Sakai"
        elif inside and folder.endswith(")"):
            file = rest
        group = " " in given[0] and given == [who]
        found = [owned(one, file, entry)._replace(stamped=not inside) for one in ([who] if group else given)]
        return [one._replace(void=one.void or void) for one in found]
