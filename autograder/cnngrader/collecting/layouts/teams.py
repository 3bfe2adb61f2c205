"""The library "Student Work" of Microsoft Teams for Education."""

import re

from cnngrader.collecting.handed_in import Member
from cnngrader.collecting.layouts.layout import HandIn, Layout, Owned, owned

_PATH = re.compile(
    r"(?:[^/]+/)?(?P<state>Submitted|Working) files/(?P<name>[^/]+)/(?P<title>[^/]+)/"
    r"(?:Version (?P<number>\d{1,9})/)?(?P<file>.+)"
)


class Teams(Layout):
    """`Submitted files/Jane Smith/Homework 3/Version 2/mnist_cnn.ipynb`, of all assignments; `Working files` were not
    handed in. It tells no number and no time: two students of one name have one folder there.

    From a third party's reader; `Version 2` and `Working files` from memory. In other languages the folders are called
    otherwise: collect the folder that holds the students' then.
    """

    def __init__(self, hand_in: HandIn) -> None:
        super().__init__(hand_in)
        titles = {match["title"] for entry in hand_in.entries if (match := _PATH.fullmatch(entry.name))}
        meant = {title for title in titles if _plain(hand_in.id) in _plain(title)}
        self._meant = meant or titles

    def owners(self, entry: Member) -> list[Owned] | None:
        match = _PATH.fullmatch(entry.name)
        if not match:
            return None
        one = owned(match["name"], match["file"], entry)
        number = int(match["number"] or 0)
        if match["state"] == "Working":
            return [one._replace(void="not handed in, says Teams")]
        if match["title"] not in self._meant:
            return [one._replace(void=f"of {match['title']}")]
        if len(self._meant) > 1:
            return [one._replace(void=f"of {match['title']}: which assignment is it? Collect a folder with one")]
        return [one._replace(time=None, number=number, attempt=f"Version {number}")]


def _plain(title: str) -> str:
    return re.sub(r"\W|_", "", title.lower())
