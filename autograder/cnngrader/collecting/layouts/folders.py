"""A folder a student, and what else people make."""

import re

from cnngrader.collecting.handed_in import Member
from cnngrader.collecting.layouts.classroom import of_others
from cnngrader.collecting.layouts.layout import Layout, Owned, is_notebook, owned

_COPY = re.compile(r" ?\((?P<number>\d{1,9})\)$")


class Folders(Layout):
    """`jane/mnist_cnn.ipynb` or `jane/mnist_cnn/mnist_cnn.ipynb`, as nbgrader has them in submitted/."""

    def owners(self, entry: Member) -> list[Owned] | None:
        top, slash, file = entry.name.partition("/")
        if not slash:
            return None
        file = file.removeprefix(f"{self.hand_in.id}/")
        one = owned(top, file, entry)._replace(stamped=True)
        return [one._replace(void=of_others(file, self.hand_in.others) or one.void)]


class Flat(Layout):
    """`Jane Smith_4711.ipynb`: all of it, but for the `(1)` of a browser's copy, is the student."""

    def owners(self, entry: Member) -> list[Owned] | None:
        name = entry.name
        if "/" in name or not is_notebook(name) or name.lower().startswith(self.hand_in.id.lower()):
            return None
        stem = name[: -len(".ipynb")]
        copy = _COPY.search(stem)
        given = stem[: copy.start()] if copy else stem
        if not re.fullmatch(r".*[^\W\d].*_\w*\d{3,}\w*", given):
            return None
        one = owned(given, f"{self.hand_in.id}.ipynb", entry)
        return [one._replace(number=int(copy["number"]) if copy else 0, exact=False)]


class Told(Layout):
    """What `--pattern` says: a regular expression of paths with a group `student`, perhaps `file` and `attempt`."""

    def owners(self, entry: Member) -> list[Owned] | None:
        if not self.hand_in.pattern:
            return None
        match = re.search(self.hand_in.pattern, entry.name)
        groups = match.groupdict() if match else {}
        if not groups.get("student"):
            return [Owned("", "", entry.name, entry.content, void=entry.void)]
        file = groups.get("file") or entry.name.rpartition("/")[2]
        one = owned(str(groups["student"]), file, entry)
        return [one._replace(attempt=groups.get("attempt") or "")]
