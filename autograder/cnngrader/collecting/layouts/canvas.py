"""Canvas's zip of all submissions."""

import re

from cnngrader.collecting.handed_in import Member
from cnngrader.collecting.layouts.layout import Layout, Owned, owned

_WHAT = r"(?:(?P<number>\d{1,20})_(?P<file>[^/]+)|(?P<page>(?:text|link)\.html))"
_ANONYMOUS = re.compile(rf"(?P<late>(?i:LATE)_)?(?P<given>anon_[A-Za-z0-9]+)_{_WHAT}")
_NAMED = re.compile(rf"(?P<name>[^/]+?)_(?P<late>(?i:LATE)_)?(?P<id>\d+)_{_WHAT}")


class Canvas(Layout):
    """`smithjane_LATE_4711_98765_mnist_cnn-1.ipynb`: the student, their number and the file's before its name;
    `smithjane_4711_text.html` is what was typed, and `-1`, `-2` count attempts. Of a group it is the group's name.

    Without names it is `LATE_anon_x7Yz1_98765_mnist_cnn.ipynb`. It tells no times: those in the zip are of its making.
    From canvas-lms's lib/content_zipper.rb; the count of attempts from a third party's reader.
    """

    def owners(self, entry: Member) -> list[Owned] | None:
        if match := _ANONYMOUS.fullmatch(entry.name):
            given = match["given"]
        elif match := _NAMED.fullmatch(entry.name):
            given = f"{match['name']}_{match['id']}"
        else:
            return None
        file = re.sub(r"-\d+(?=\.[^.]+$)", "", match["file"] or match["page"])
        one = owned(given, file, entry)._replace(time=None, late=bool(match["late"]), exact=False)
        return [one._replace(void="typed into Canvas") if match["page"] else one._replace(number=int(match["number"]))]
