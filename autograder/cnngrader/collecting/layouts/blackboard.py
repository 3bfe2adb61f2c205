"""Blackboard's zip of an assignment."""

import re
from contextlib import suppress
from datetime import datetime

from cnngrader.collecting.handed_in import Member
from cnngrader.collecting.layouts.layout import HandIn, Layout, Owned, local_time, owned
from cnngrader.when import parse

_PATH = re.compile(r"(?P<who>[^/]+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>[^/]+)|\.txt)")
_NAME = re.compile(r"\s*Name:[^\n]*\((?P<username>[^()\n]+)\)\s*?\n")
_DATE = re.compile(r"^Date Submitted:\s*(?P<date>.*[A-Z]{3,5})\s*$", re.MULTILINE)


class Blackboard(Layout):
    """`Homework_jsmith_attempt_2026-03-08-23-59-00_mnist_cnn.ipynb`, beside a text of each attempt without the last
    part, whose first line `Name: Jane Smith (jsmith)` and `Date Submitted:` tell more than the name does.

    From third parties' readers and nbgrader's manual. A username with `_` is known only with its text.
    """

    def __init__(self, hand_in: HandIn) -> None:
        super().__init__(hand_in)
        self._told: dict[tuple[str, str], tuple[str, datetime | None]] = {}
        for entry in hand_in.entries:
            match = _PATH.fullmatch(entry.name)
            if not match or match["file"]:
                continue
            text = entry.content[:10_000].decode("utf-8-sig", "replace").replace("\r", "")
            name, date, time = _NAME.match(text), _DATE.search(text), None
            if name and match["who"].endswith(f"_{name['username']}"):
                with suppress(ValueError):
                    time = parse(date["date"], hand_in.zone) if date and date["date"][-2:] not in ("AM", "PM") else None
                self._told[match["who"], match["time"]] = (name["username"], time)

    def owners(self, entry: Member) -> list[Owned] | None:
        match = _PATH.fullmatch(entry.name)
        if not match:
            return None
        username, time = self._told.get((match["who"], match["time"]), (match["who"].rpartition("_")[2], None))
        time = time or local_time(match["time"], "%Y-%m-%d-%H-%M-%S", self.hand_in.zone)
        one = owned(username, match["file"] or entry.name, entry)._replace(time=time, attempt=match["time"])
        return [one if match["file"] else one._replace(void="written by Blackboard")]
