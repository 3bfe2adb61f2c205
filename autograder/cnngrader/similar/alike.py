"""What `cnnkit grade` tells of a class: who handed in the same, or nearly so."""

from collections.abc import Mapping
from pathlib import Path

from cnngrader.similar.compare import compare
from cnngrader.similar.read_works import Reader
from cnngrader.similar.stream import given_in


def find_alike(folders: Mapping[str, Path], release: Path) -> list[list[str]]:
    """Groups of students whose work, without what was given, is identical or nearly so, each with another of its group.

    Args:
        folders: {student: what they handed in}.
        release: what they were given.
    """
    if len(folders) < 2:
        return []
    reader = Reader()
    found = compare(reader.read_class(folders), given_in(reader.read_given(release)))
    names = list(folders)
    return [[names[number] for number in sorted(group)] for group in found.groups.subsets() if len(group) > 1]
