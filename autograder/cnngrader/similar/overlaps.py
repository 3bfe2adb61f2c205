"""What each two works have in common."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from cnngrader.similar.fingerprints import Hashes
from cnngrader.similar.stream import Stream

Numbers = NDArray[np.float64]

LEAST = 80
"""What two must have in common, in symbols of code: some eight lines. Right solutions of other styles had up to 70 in a
whole assignment."""

LEAST_SHARE = 0.07
"""Of what the smaller of two has. Right solutions of other styles had up to a twentieth."""

NEARLY = 0.75
"""From this share on one is nearly the other, or in it."""

MUCH, ALL = 240, 0.9
"""So much in common, and such a share, tells something however many of the class have it."""

SMALL_CLASS = 20
"""Students from whom on a class tells what is common in it."""

UNUSUAL = 5
"""By how many standard deviations a pair is above the class's usual one, both by medians."""


@dataclass(frozen=True)
class Overlap:
    """Two works by their numbers. shared: what they have in common, in symbols of code; what is common in the class
    counts less. is_nearly: whether that is most of what the smaller of the two has."""

    first: int
    second: int
    shared: float
    is_nearly: bool


class Overlaps:
    """works: the streams of each. students: how many of them, from the first on, are the class; others are compared
    with these and not with each other."""

    def __init__(self, works: Sequence[Sequence[Stream]], students: int):
        chosen = [[np.unique(stream.runs[stream.chosen]) for stream in streams] for streams in works]
        hashes = np.concatenate([np.zeros(0, np.uint64), *(one for streams in chosen for one in streams)])
        self._hashes, places, columns = np.unique(hashes, return_index=True, return_inverse=True)
        rows = np.repeat(np.arange(len(works)), [sum(map(len, streams)) for streams in chosen])
        has = csr_array((np.ones(len(rows), np.float32), (rows, columns)), shape=(len(works), len(self._hashes)))
        self._times = np.asarray(has[:students].sum(axis=0)).ravel()
        kinds = [np.full(len(one), stream.kind.weight) for streams, made in zip(works, chosen, strict=True)
                 for stream, one in zip(streams, made, strict=True)]  # fmt: skip
        worth = np.concatenate([np.zeros(0), *kinds])[places]
        shared, shares = _common(has, worth * _rarity(self._times, students), students)
        plain, plain_shares = _common(has, worth, students)
        nearly = ((shared >= LEAST) & (shares >= NEARLY)) | ((plain >= MUCH) & (plain_shares >= ALL))
        unusual = _unusual(shared[np.triu_indices(students, 1)]) if students >= SMALL_CLASS else 0.0
        enough = nearly | ((shared >= max(LEAST, unusual)) & (shares >= LEAST_SHARE))
        found = [
            Overlap(first, second, float(shared[first, second]), bool(nearly[first, second]))
            for first, second in np.argwhere(np.triu(enough, 1)).tolist()
        ]
        self.found = sorted(found, key=lambda one: -one.shared)
        """Those that stand out, the one with most in common first."""

    def count_students(self, runs: Hashes) -> int:
        """How many of the class have what of these runs the fewest have."""
        return int(min(self._times[np.searchsorted(self._hashes, runs)], default=0))


def _common(has: csr_array, worth: Numbers, students: int) -> tuple[Numbers, Numbers]:
    """(what each of the class has in common with each work, its share of what the smaller of the two has)."""
    totals = has @ worth
    shared = ((has[:students] * worth[None, :]) @ has.T).toarray()
    return shared, shared / np.maximum(np.minimum(totals[:students, None], totals[None, :]), 1e-9)


def _rarity(students: Numbers, of: int) -> Numbers:
    """1 of what two have, 0 of what all have."""
    rare: Numbers = 1 - np.log(np.maximum(students, 2) / 2) / np.log(max(of, SMALL_CLASS) / 2)
    return rare


def _unusual(shared: Numbers) -> float:
    middle = float(np.median(shared))
    return middle + UNUSUAL * 1.4826 * float(np.median(np.abs(shared - middle)))
