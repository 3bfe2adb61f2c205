"""Comparing a class: with itself, and with what others have written before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scipy.cluster.hierarchy import DisjointSet

from cnngrader.similar.overlaps import Overlap, Overlaps
from cnngrader.similar.pair import Common, Likeness, Pair
from cnngrader.similar.passages import Passage, find_passages
from cnngrader.similar.stream import KINDS, Given, Stream, make_stream
from cnngrader.similar.work import Work


@dataclass
class Comparison:
    """students: how many of the works, from the first on, are the class. groups: of works that are nearly identical,
    each with another of its group. telling: of the pairs that stand out as many as tell each member of a group once,
    and once what groups have in common."""

    works: Sequence[Work]
    streams: Sequence[Sequence[Stream]]
    students: int
    overlaps: Overlaps
    telling: list[Overlap] = field(init=False, default_factory=list)
    groups: DisjointSet = field(init=False)

    def __post_init__(self) -> None:
        self.groups = DisjointSet(range(len(self.works)))
        in_part = []
        for overlap in self.overlaps.found:
            if not overlap.is_nearly:
                in_part.append(overlap)
            elif self.groups.merge(overlap.first, overlap.second):
                self.telling.append(overlap)
        told = set()
        for overlap in in_part:
            met = frozenset({self.groups[overlap.first], self.groups[overlap.second]})
            if len(met) == 2 and met not in told:
                told.add(met)
                self.telling.append(overlap)
        self.telling.sort(key=lambda overlap: -overlap.shared)

    def likeness(self, overlap: Overlap) -> Likeness:
        pairs = list(zip(self.streams[overlap.first], self.streams[overlap.second], strict=True))
        if all(first.symbols == second.symbols for first, second in pairs):
            same = self._text(overlap.first) == self._text(overlap.second)
            return Likeness.IDENTICAL if same else Likeness.DISGUISED
        return Likeness.NEARLY if overlap.is_nearly else Likeness.IN_PART

    def pair(self, overlap: Overlap) -> Pair:
        """With its passages."""
        first, second = self.streams[overlap.first], self.streams[overlap.second]
        found = [one for mine, other in zip(first, second, strict=True) for one in find_passages(mine, other)]
        is_other = overlap.second >= self.students
        return Pair(
            (self.works[overlap.first], self.works[overlap.second]),
            (first, second),
            self.likeness(overlap),
            [Common(passage, max(0, self._students_with(passage) - (1 if is_other else 2))) for passage in found],
            is_other,
        )

    def _students_with(self, passage: Passage) -> int:
        stream, place = passage.sides()[0]
        inside = (stream.chosen >= place.start) & (stream.chosen <= place.stop - stream.kind.length)
        return self.overlaps.count_students(stream.runs[stream.chosen[inside]])

    def _text(self, number: int) -> list[str]:
        return [
            self.works[number].pieces[piece].text[start:end]
            for stream in self.streams[number]
            for piece, start, end in zip(stream.pieces, stream.starts, stream.ends, strict=True)
        ]


def compare(students: Iterable[Work], given: Given, others: Iterable[Work] = ()) -> Comparison:
    """The works of a class with each other, and each with `others`."""
    works = list(students)
    count = len(works)
    works += others
    streams = [[make_stream(work, kind, given) for kind in KINDS] for work in works]
    return Comparison(works, streams, count, Overlaps(streams, count))
