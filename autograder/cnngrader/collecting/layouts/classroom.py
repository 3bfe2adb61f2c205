"""Repositories of GitHub Classroom."""

from collections.abc import Collection
from itertools import takewhile

from cnngrader.collecting.handed_in import Member
from cnngrader.collecting.layouts.layout import HandIn, Layout, Owned, owned, paths


class Classroom(Layout):
    """`mnist-cnn-jane/assignments/mnist_cnn/mnist_cnn.ipynb`, as `gh classroom clone student-repos` makes it: the
    assignment's name, then the student's or team's. Times are those of commits.

    From gh-classroom's clone command; the names of repositories from memory.
    """

    def __init__(self, hand_in: HandIn) -> None:
        super().__init__(hand_in)
        self.prefix = _prefix(hand_in)

    def owners(self, entry: Member) -> list[Owned] | None:
        top, slash, file = entry.name.partition("/")
        if not self.prefix or not slash:
            return None
        file = file.removeprefix("assignments/").removeprefix(f"{self.hand_in.id}/")
        one = owned(top.removeprefix(self.prefix), file, entry)
        one = one._replace(time=self.hand_in.repositories.get(top, entry.time))
        return [one._replace(void=of_others(file, self.hand_in.others) or one.void)]


def of_others(file: str, others: Collection[str]) -> str:
    return "another assignment's" if file.partition("/")[0] in others else ""


def _prefix(hand_in: HandIn) -> str:
    """What stands before the student in each folder: mnist-cnn-jane, mnist-cnn-joe."""
    id, slug = hand_in.id, hand_in.slug
    tops = {path[0] for path in paths(hand_in.entries) if len(path) > 1}
    for known in (f"{slug}-" if slug else "", f"{id.replace('_', '-')}-", f"{id}-"):
        if known and tops and all(top.startswith(known) for top in tops):
            return known
    if len(tops) > 1 and tops <= set(hand_in.repositories):
        words = [top.split("-") for top in tops]
        shared = takewhile(lambda column: len(set(column)) == 1, zip(*(name[:-1] for name in words), strict=False))
        return "".join(f"{word}-" for word, *_ in shared)
    return ""
