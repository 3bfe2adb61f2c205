"""The inbound folder of nbgrader's exchange."""

import re
from contextlib import suppress

from cnngrader.collecting.handed_in import Member
from cnngrader.collecting.layouts.layout import Layout, Owned, owned
from cnngrader.when import parse

_PATH = re.compile(
    r"(?P<name>[^+/]+)\+(?P<id>[^+/]+)\+(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^+/]*)[^/]*/(?P<file>.*)"
)


class Exchange(Layout):
    """`jane+mnist_cnn+2026-03-01 12:00:00.123456 UTC+cmFuZG9t/mnist_cnn.ipynb`: a folder a hand-in, of all
    assignments. From nbgrader 0.9.6."""

    def owners(self, entry: Member) -> list[Owned] | None:
        match = _PATH.fullmatch(entry.name)
        if not match:
            return None
        if match["id"] != self.hand_in.id:
            return []
        one = owned(match["name"], match["file"], entry)
        with suppress(ValueError):
            one = one._replace(time=parse(match["time"], self.hand_in.zone))
        return [one._replace(attempt=entry.name.partition("/")[0], stamped=True)]
