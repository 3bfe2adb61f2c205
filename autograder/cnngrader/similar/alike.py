"""What `cnnkit grade` tells of a class: who handed in the same, or nearly so."""

from collections.abc import Mapping
from pathlib import Path

from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

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
    pairs = [(o.first, o.second) for o in found.overlaps.found if found.likeness(o).stands_out]
    if not pairs:
        return []
    first, second = zip(*pairs, strict=True)
    names = list(folders)
    linked = csr_array(([1] * len(pairs), (first, second)), shape=(len(names), len(names)))
    _, groups = connected_components(linked, directed=False)
    members: dict[int, list[str]] = {}
    for name, group in zip(names, groups.tolist(), strict=True):
        members.setdefault(group, []).append(name)
    return [group for group in members.values() if len(group) > 1]
