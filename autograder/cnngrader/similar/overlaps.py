"""What each two works have in common."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from cnngrader.similar.fingerprints import Hashes
from cnngrader.similar.stream import Stream

LEAST = 80
"""What two must have in common, in symbols of code: some eight lines. Right solutions of other styles had up to 70 in a
whole assignment."""

LEAST_SHARE = 0.07
"""Of what the smaller of two has. Right solutions of other styles had up to a twentieth."""

NEARLY = 0.75
"""From this share on one is nearly the other, or in it."""

SMALL_CLASS = 20
"""Students from whom on a class tells what is common in it."""

UNUSUAL = 5
"""By how many standard deviations a pair is above the class's usual one, both by medians."""


@dataclass(frozen=True)
class Overlap:
    """Two works by their numbers. shared: what they have in common, in symbols of code; what is common in the class
    counts less. share: of what the smaller of the two has, counted so."""

    first: int
    second: int
    shared: float
    share: float


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
        weights = np.concatenate([np.zeros(0), *kinds])[places] * _rarity(self._times, students)
        totals = has @ weights
        shared = ((has[:students] * weights[None, :]) @ has.T).toarray()
        shares = shared / np.maximum(np.minimum(totals[:students, None], totals[None, :]), 1e-9)
        unusual = _unusual(shared[np.triu_indices(students, 1)]) if students >= SMALL_CLASS else 0.0
        enough = (shared >= LEAST) & ((shares >= NEARLY) | ((shares >= LEAST_SHARE) & (shared >= unusual)))
        found = [
            Overlap(first, second, float(shared[first, second]), float(shares[first, second]))
            for first, second in np.argwhere(np.triu(enough, 1)).tolist()
        ]
        self.found = sorted(found, key=lambda one: -one.shared)
        """Those that stand out, the one with most in common first."""

    def count_students(self, runs: Hashes) -> int:
        """How many of the class have what of these runs the fewest have."""
        return int(min(self._times[np.searchsorted(self._hashes, runs)], default=0))


def _rarity(students: NDArray[np.float64], of: int) -> NDArray[np.float64]:
    """1 of what two have, 0 of what all have."""
    rare: NDArray[np.float64] = 1 - np.log(np.maximum(students, 2) / 2) / np.log(max(of, SMALL_CLASS) / 2)
    return rare


def _unusual(shared: NDArray[np.float64]) -> float:
    middle = float(np.median(shared))
    return middle + UNUSUAL * 1.4826 * float(np.median(np.abs(shared - middle)))
