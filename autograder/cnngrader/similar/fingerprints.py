"""Winnowing (Schleimer, Wilkerson and Aiken, 2003): of all runs of symbols a few, chosen by what they are and not by
where they stand, so that two texts with a long run in common have one of these in common."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
_NONE = np.uint64(2**64 - 1)


def hash_runs(symbols: Sequence[str], length: int) -> Hashes:
    """Of each run of so many symbols, the same in every process."""
    if len(symbols) < length:
        return np.zeros(0, np.uint64)
    numbers = np.array([crc32(symbol.encode("utf-8", "replace")) for symbol in symbols], np.uint64)
    powers = np.array([pow(0x9E3779B97F4A7C15, n, 2**64) for n in range(1, length + 1)], np.uint64)
    hashes = sliding_window_view(numbers, length) @ powers
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    return hashes ^ (hashes >> np.uint64(32))


def winnow(hashes: Hashes, window: int, given: Hashes) -> NDArray[np.intp]:
    """Places of those that are chosen: one of any so many that follow each other, the least. given: hashes that are not
    to be chosen, sorted."""
    if not len(hashes):
        return np.zeros(0, np.intp)
    found = given.searchsorted(hashes) if len(given) else np.zeros(len(hashes), np.intp)
    free = np.where(np.append(given, _NONE)[found] == hashes, _NONE, hashes)
    views = sliding_window_view(free, min(window, len(free)))[:, ::-1]  # of equals the last
    places = np.arange(len(views)) + views.shape[1] - 1 - views.argmin(axis=1)
    places = places[np.diff(places, prepend=-1) > 0]
    chosen: NDArray[np.intp] = places[free[places] != _NONE]
    return chosen
