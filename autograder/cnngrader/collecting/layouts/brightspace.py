"""Brightspace's (D2L's) zip of all submissions."""

import re

from cnngrader.collecting.handed_in import Member
from cnngrader.collecting.layouts.layout import Layout, Owned, local_time, owned

_PATH = re.compile(
    r"(?P<number>\d+)-\d+ - (?P<name>[^/]+?) - "
    r"(?P<time>[A-Z][a-z]{2,8} \d{1,2}, \d{4} \d{3,4} [AP]M)(?: - |/)(?P<file>.+)"
)


class Brightspace(Layout):
    """`13394-80551 - Jane Smith - Mar 29, 2018 1205 PM - mnist_cnn.ipynb`, in some versions a folder of that name; the
    minute on the course's clocks. index.html lists comments.

    From third parties' readers. That the first number is the student's is from memory: where it is not, a student's
    attempts stand under several names, and never two students under one.
    """

    def owners(self, entry: Member) -> list[Owned] | None:
        match = _PATH.fullmatch(entry.name)
        if not match:
            return None
        day, _, clock = match["time"].partition(", ")
        month, _, day = day.partition(" ")
        year, minutes, half = clock.split()
        said = f"{month[:3]} {day} {year} {minutes.zfill(4)} {half}"
        time = local_time(said, "%b %d %Y %I%M %p", self.hand_in.zone)
        one = owned(f"{match['name']}_{match['number']}", match["file"], entry)
        return [one._replace(time=time, attempt=match["time"])]
