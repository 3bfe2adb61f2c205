"""Pairs side by side on one page, which loads nothing and runs nothing of what was handed in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from markupsafe import Markup, escape

from cnngrader.pages.templates import templates
from cnngrader.similar.compare import Comparison
from cnngrader.similar.pair import Pair
from cnngrader.similar.passages import Span
from cnngrader.similar.stream import Given, split_lines
from cnngrader.when import at


@dataclass(frozen=True)
class Mark:
    """A part of a passage in a piece. place: the passage's number. begins: whether it is the first part."""

    place: int
    span: Span
    begins: bool


Marks = dict[int, list[Mark]]
"""By the number of the piece."""


@dataclass(frozen=True)
class Shown:
    """A piece of a work. text: with what matches marked."""

    label: str
    name: str
    text: Markup


@dataclass(frozen=True)
class Section:
    """A pair. rows: its pieces beside each other, in which something matches. left_out: how many of either have
    nothing that does."""

    number: int
    pair: Pair
    rows: Sequence[tuple[Shown | None, Shown | None]]
    left_out: tuple[int, int]


def render(
    title: str, compared: Comparison, pairs: Sequence[Pair], given: Given, unread: dict[str, str], zone: tzinfo | None
) -> str:
    """The page as HTML. pairs: those that are shown. unread: {file: why it was not compared}."""
    return (
        templates("cnngrader.similar")
        .get_template("similar.html.j2")
        .render(
            title=title,
            made=at(datetime.now().astimezone(), zone),
            students=compared.students,
            others=len(compared.works) - compared.students,
            joined=len(compared.overlaps.found) - len(compared.telling),
            more=len(compared.telling) - len(pairs),
            sections=[_section(number, pair, given) for number, pair in enumerate(pairs, start=1)],
            unread=unread,
        )
    )


def _section(number: int, pair: Pair, given: Given) -> Section:
    marks: tuple[Marks, Marks] = ({}, {})
    met: dict[tuple[int, int], int] = {}  # how often two pieces have a passage in common
    for place, common in enumerate(pair.passages, start=1):
        sides = [common.passage.spans(side) for side in (0, 1)]
        for side, spans in enumerate(sides):
            for span in spans:
                marks[side].setdefault(span.piece, []).append(Mark(place, span, span == spans[0]))
        for here in sides[0]:
            for there in sides[1]:
                met[here.piece, there.piece] = met.get((here.piece, there.piece), 0) + 1

    def show(side: int, place: int | None) -> Shown | None:
        if place is None:
            return None
        piece = pair.works[side].pieces[place]
        text = _marked(number, side, piece.text, marks[side][place], given)
        return Shown(f"{piece.file}, cell {piece.number}", piece.name, text)

    rows = [(show(0, here), show(1, there)) for here, there in _beside(pair, marks, met)]
    left_out = [len([p for p in pair.works[side].pieces if p.text.strip()]) - len(marks[side]) for side in (0, 1)]
    return Section(number, pair, rows, (left_out[0], left_out[1]))


def _beside(
    pair: Pair, marks: Sequence[Marks], met: dict[tuple[int, int], int]
) -> Iterator[tuple[int | None, int | None]]:
    """Pieces of both that belong beside each other: answers to one question, else those with most in common."""
    left = set(marks[1])

    def fit(place: int, other: int) -> tuple[bool, int]:
        name = pair.works[0].pieces[place].name
        return bool(name) and name == pair.works[1].pieces[other].name, met.get((place, other), 0)

    for place in sorted(marks[0]):
        best = max(sorted(left), key=lambda other: fit(place, other), default=None)
        if best is not None and fit(place, best) == (False, 0):
            best = None
        left.discard(best)
        yield place, best
    for other in sorted(left):
        yield None, other


def _marked(number: int, side: int, text: str, marks: Sequence[Mark], given: Given) -> Markup:
    """The text, its own parts escaped. Each line of a passage is a mark, before the first of them its number."""
    html = Markup()
    told: set[int] = set()
    ordered = sorted(marks, key=lambda mark: mark.span.start)
    for begin, end, is_own in split_lines(text, given.lines):
        line = Markup()
        at = begin
        for mark in ordered:
            start, stop = max(mark.span.start, at), min(mark.span.end, end)
            words = text[start:stop]
            if not words.strip():
                continue
            start += len(words) - len(words.lstrip())
            line += escape(text[at:start])
            if mark.place not in told:
                told.add(mark.place)
                id = Markup(' id="p{}-{}-{}"').format(number, mark.place, side) if mark.begins else ""
                line += _NUMBER.format(id=id, number=number, place=mark.place, other=1 - side)
            at = start + len(words.strip())
            line += Markup("<mark>{}</mark>").format(text[start:at])
        line += escape(text[at:end])
        html += line if is_own else Markup('<span class="given">{}</span>').format(line)
    return html


_NUMBER = Markup(
    '<a class="place"{id} href="#p{number}-{place}-{other}" '
    'aria-label="Passage {place}: go to it in the other">{place}</a>'
)
