"""Moodle's zip of all submissions."""

import re

from cnngrader.collecting.handed_in import Member
from cnngrader.collecting.layouts.layout import Layout, Owned, owned

_PATH = re.compile(r"(?P<name>[^/]+?)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_?[^/]*/|_)(?P<file>.*)")
_DEFAULT_GROUP = re.compile(r"(?P<name>[^/_]+)_assignsubmission_(?P<kind>[a-z]+)(?:_?[^/]*/|_)(?P<file>.*)")


class Moodle(Layout):
    """`Jane Smith_4711_assignsubmission_file_/mnist_cnn.ipynb`, or without folders
    `Jane Smith_4711_assignsubmission_file_mnist_cnn.ipynb`; `..._onlinetext/` is what was typed.

    The number is the worksheet's Identifier. Blind marking has the name `Participant`, a group's hand-in its name and
    number, and that of the default group no number. From moodle's mod/assign/classes/downloader.php.
    """

    def owners(self, entry: Member) -> list[Owned] | None:
        if match := _PATH.fullmatch(entry.name):
            one = owned(f"{match['name']}_{match['id']}", match["file"], entry)
        elif match := _DEFAULT_GROUP.fullmatch(entry.name):
            one = owned(match["name"], match["file"], entry)
        else:
            return None
        return [one if match["kind"] == "file" else one._replace(void="typed into Moodle")]
