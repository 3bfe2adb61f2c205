"""Where two works say the same, passage by passage."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cnngrader.similar.stream import Stream

REPEATED = 8
"""Of a run that is there more often, so many places are looked at."""

FEW = 5
"""Symbols of a passage without which its part in a piece tells nothing."""


@dataclass(frozen=True)
class Span:
    """A part of a piece's text. piece: its number in the work."""

    piece: int
    start: int
    end: int


@dataclass(frozen=True)
class Passage:
    """So many symbols that are the same, from these on in either."""

    first: Stream
    second: Stream
    at: int
    there: int
    length: int

    def sides(self) -> tuple[tuple[Stream, slice], tuple[Stream, slice]]:
        here, there = slice(self.at, self.at + self.length), slice(self.there, self.there + self.length)
        return (self.first, here), (self.second, there)

    def count_lines(self, side: int) -> int:
        stream, place = self.sides()[side]
        return stream.count_lines(place)

    def spans(self, side: int) -> list[Span]:
        """Its text in one of the two works, a part a piece. Of a piece in which it hardly begins or ends, none."""
        stream, place = self.sides()[side]
        pieces, starts, ends = stream.pieces[place], stream.starts[place], stream.ends[place]
        firsts = np.flatnonzero(np.diff(pieces, prepend=-1))
        lasts = np.append(firsts[1:], self.length) - 1
        spans = [Span(int(pieces[a]), int(starts[a]), int(ends[z])) for a, z in zip(firsts, lasts, strict=True)]
        return [span for span, size in zip(spans, lasts - firsts + 1, strict=True) if size >= FEW] or spans


def find_passages(first: Stream, second: Stream) -> list[Passage]:
    """Without overlaps, the longest found first, in the order of the first work."""
    free_here, free_there = np.ones(len(first.symbols), bool), np.ones(len(second.symbols), bool)
    kept = []
    for at, there, length in sorted(_matches(first, second), key=lambda match: (-match[2], match)):
        start, long = _longest(free_here[at : at + length] & free_there[there : there + length])
        if long >= first.kind.length:
            kept.append(Passage(first, second, at + start, there + start, long))
            free_here[at + start : at + start + long] = False
            free_there[there + start : there + start + long] = False
    return sorted(kept, key=lambda passage: passage.at)


def _matches(first: Stream, second: Stream) -> Iterator[tuple[int, int, int]]:
    """(place in the first, in the second, length) of what cannot be made longer; they may overlap."""
    there: dict[int, list[int]] = {}
    for place in second.chosen.tolist():
        there.setdefault(int(second.runs[place]), []).append(place)
    times: dict[int, int] = {}
    reached: dict[int, int] = {}  # by how far the two places are apart: where the last match ended
    for place in first.chosen.tolist():
        run = int(first.runs[place])
        times[run] = times.get(run, 0) + 1
        for other in there.get(run, ())[:REPEATED] if times[run] <= REPEATED else ():
            if reached.get(place - other, -1) > place:
                continue
            before = _alike(first, second, place, other, -1)
            length = before + _alike(first, second, place, other, 1)
            reached[place - other] = place - before + length
            yield place - before, other - before, length


def _alike(first: Stream, second: Stream, at: int, there: int, step: int) -> int:
    """How many symbols are the same from these places on, backwards without them."""
    count = 0
    if step < 0:
        at, there = at - 1, there - 1
    while 0 <= at < len(first.symbols) and 0 <= there < len(second.symbols):
        if first.symbols[at] != second.symbols[there]:
            break
        at, there, count = at + step, there + step, count + 1
    return count


def _longest(free: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> tuple[int, int]:
    """(start, length) of the longest part that is true throughout."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], free, [False]])))
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return 0, 0
    best = int(np.argmax(ends - starts))
    return int(starts[best]), int(ends[best] - starts[best])
