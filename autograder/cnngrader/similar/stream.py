"""A work's symbols of one kind, code or written answers, in a row: where cells are split makes no difference."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cnngrader.similar.fingerprints import Hashes, hash_runs, winnow
from cnngrader.similar.symbols import Symbol, code_symbols, word_symbols
from cnngrader.similar.work import Piece, Work


@dataclass(frozen=True)
class Kind:
    """length: symbols of a run. window: runs of which one is chosen, so that length + window - 1 symbols in common are
    always found. worth: of a symbol. salt: keeps runs of kinds apart."""

    is_code: bool
    symbols: Callable[[str], Iterator[Symbol]]
    length: int
    window: int
    worth: float
    salt: int

    @property
    def weight(self) -> float:
        """What a chosen run is worth: it stands for so many symbols, on average."""
        return (self.window + 1) / 2 * self.worth


CODE = Kind(True, code_symbols, 12, 9, 1.0, 0x5BD1E9955BD1E995)
# Two people write five words alike more seldom than twelve symbols of Python.
WRITTEN = Kind(False, word_symbols, 5, 4, 2.0, 0x27D4EB2F165667C5)
KINDS = (CODE, WRITTEN)


@dataclass(frozen=True)
class Stream:
    """symbols, and of each its place: the piece, where it begins and ends in its text, its line. runs: hashes of those
    that begin at each symbol. chosen: where the chosen ones begin."""

    kind: Kind
    symbols: Sequence[str]
    pieces: NDArray[np.int32]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    lines: NDArray[np.int32]
    runs: Hashes
    chosen: NDArray[np.intp]

    def count_lines(self, mask: NDArray[np.bool_] | slice = slice(None)) -> int:
        """On how many lines its symbols stand, or some of them."""
        return len(np.unique(np.stack([self.pieces[mask], self.lines[mask]]), axis=1).T)


@dataclass(frozen=True)
class Given:
    """What a course gave out. texts: of whole cells. lines: without their indentation. runs: of its symbols, however
    they are laid out."""

    texts: Collection[str] = frozenset()
    lines: Collection[str] = frozenset()
    runs: Hashes = field(default_factory=lambda: np.zeros(0, np.uint64))


NOTHING = Given()
SHORT = 12
"""Characters without which a line that was given may as well be a student's own."""


def given_in(pieces: Sequence[Piece]) -> Given:
    texts = frozenset(piece.text.strip() for piece in pieces)
    lines = {line.strip() for piece in pieces for line in piece.text.splitlines()}
    release = Work("", pieces)
    runs = [make_stream(release, kind).runs for kind in KINDS]
    return Given(texts, frozenset(line for line in lines if len(line) >= SHORT), np.unique(np.concatenate(runs)))


def make_stream(work: Work, kind: Kind, given: Given = NOTHING) -> Stream:
    """Without what stands on lines that were given, and with nothing chosen that was."""
    symbols: list[str] = []
    places: list[tuple[int, int, int, int]] = []
    for number, piece in enumerate(work.pieces):
        if piece.is_code != kind.is_code or piece.text.strip() in given.texts:
            continue
        lines = split_lines(piece.text, given.lines)
        line, (_, end, is_own) = 0, next(lines)
        for symbol, start, stop in kind.symbols(piece.text):
            while start >= end:
                line, (_, end, is_own) = line + 1, next(lines)
            if is_own:
                symbols.append(symbol)
                places.append((number, start, stop, line))
    pieces, starts, ends, on = np.array(places, np.int32).reshape(-1, 4).T
    runs = hash_runs(symbols, kind.length) ^ np.uint64(kind.salt)
    return Stream(kind, symbols, pieces, starts, ends, on, runs, winnow(runs, kind.window, given.runs))


def split_lines(text: str, given: Collection[str]) -> Iterator[tuple[int, int, bool]]:
    """Of each line where it begins, where the next one does, and whether it is the student's own."""
    begin = 0
    for line in text.split("\n"):
        end = begin + len(line) + 1
        yield begin, end, line.strip() not in given
        begin = end
