"""A class compared, and the page of what stands out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnngrader.files import OWNER_ALONE, write_whole
from cnngrader.similar.compare import Comparison, compare
from cnngrader.similar.handed_in_class import HandedInClass
from cnngrader.similar.pair import Pair
from cnngrader.similar.read_works import Reader
from cnngrader.similar.similar_page import render
from cnngrader.similar.stream import given_in
from cnngrader.similar.work import Work

MOST_PAIRS = 30


@dataclass(frozen=True)
class Found:
    """pairs: those on the page. others: with how many works of others. unread: {file: why it was not compared}."""

    compared: Comparison
    pairs: Sequence[Pair]
    others: int
    unread: Mapping[str, str]


def write_similar(
    handed_in: HandedInClass,
    against: Iterable[Path] = (),
    most: int = MOST_PAIRS,
    follow: Callable[[Iterable[Work]], Iterable[Work]] = iter,
) -> Found:
    """Compare, and write the class's page. follow: is told each work as it is read."""
    reader = Reader()
    others = [work for folder in against for work in reader.read_others(folder, handed_in.id)]
    given = given_in(reader.read_given(handed_in.release))
    compared = compare(follow(reader.read_class(handed_in.folders)), given, others)
    pairs = [compared.pair(overlap) for overlap in compared.telling[:most]]
    handed_in.page.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    page = render(handed_in.title, compared, pairs, given, reader.unread, handed_in.zone)
    write_whole(handed_in.page, page, OWNER_ALONE)
    return Found(compared, pairs, len(others), reader.unread)
