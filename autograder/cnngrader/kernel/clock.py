"""A submission's own clock, which stands while the machine lets the submission wait for a core."""

import os
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cnngrader.kernel.processes import children_seconds, descendants, processor_seconds, tells_waiting, waited_seconds

WALL = 10.0  # how many times a limit may pass by the clock on the wall
EVERY = 0.1
LOOK = 0.25  # seconds between two looks at a deadline
LATE = 1.0
"""Seconds that one look may add beside what processes ran: between two looks of a keeper pass tenths. Where more have,
it was kept from looking, as by a machine that was paused."""
LAG = 10.0
"""Seconds for which a thread may have waited before Linux counts it, which is when it gets its core: beside eight busy
processes a core it gets that after a second or more."""


@dataclass(frozen=True)
class Time:
    """What a submission's clock shows, and the one on the wall, in seconds of the reference machine. ran: of that what
    its processes had of cores, each of which counts."""

    own: float = 0.0
    wall: float = 0.0
    ran: float = 0.0

    def __add__(self, other: "Time") -> "Time":
        return Time(self.own + other.own, self.wall + other.wall, self.ran + other.ran)

    def __sub__(self, earlier: "Time") -> "Time":
        return Time(self.own - earlier.own, self.wall - earlier.wall, self.ran - earlier.ran)

    @property
    def counted(self) -> float:
        """Seconds against a limit: its own, or what stands for ever would stand for ever."""
        return max(self.own, self.wall / WALL)

    def words(self, limit: float) -> str:
        """The limit that has passed, for a student."""
        if self.own >= self.wall / WALL:
            return f"{limit:g} s of its own time"
        return f"{WALL:g} times its {limit:g} s by the clock on the wall"


@dataclass(frozen=True)
class Usage:
    """Seconds that processes have had of the machine. ran: by process, of those that are there.
    ended: of those that are not. waited: by thread, for a core; None where Linux does not tell."""

    ran: Mapping[int, float]
    ended: float
    waited: Mapping[int, float] | None

    @property
    def total(self) -> float:
        return sum(self.ran.values()) + self.ended


def usage() -> Usage:
    """Of all that this process has started, and of what was left to it."""
    processes = descendants(os.getpid())
    waits = [waited_seconds(process) for process in processes] if tells_waiting() else None
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(
        ran={process: processor_seconds(process) for process in processes},
        ended=own.ru_utime + own.ru_stime + sum(map(children_seconds, processes)),
        waited=None if waits is None else {thread: seconds for each in waits for thread, seconds in each.items()},
    )


class Clock:
    """Counts, from its making, the seconds in which processes ran or slept, and not those in which
    they waited for a core; processor time is divided by the `threads` that they may use, and counts
    whatever else they do. A pause of the whole machine counts LATE at most. Without /proc/PID/schedstat
    it counts processor time alone.

    slower: how many times slower than the reference machine this one is: the clock goes that much
    slower. usage, now: what it looks at.
    """

    def __init__(
        self,
        threads: int,
        slower: float = 1.0,
        *,
        usage: Callable[[], Usage] = usage,
        now: Callable[[], float] = time.monotonic,
    ):
        self._rate = 1 / slower
        self._threads = threads
        self._usage, self._now = usage, now
        self._own = self._owed = self._wall = self._ran = 0.0
        self._looked = now()
        self._last = usage()

    def read(self) -> Time:
        now = self._now()
        passed = now - self._looked
        if passed >= EVERY:
            self._count(passed, self._usage())
            self._wall += min(passed, LATE)
            self._looked, passed = now, 0.0
        return Time(self._own * self._rate, (self._wall + passed) * self._rate, self._ran * self._rate)

    def _count(self, passed: float, found: Usage) -> None:
        last, self._last = self._last, found
        # Of a child that nobody waits for nothing is left in any total; what the others ran is seen all the same.
        alive = sum(ran - last.ran[process] for process, ran in found.ran.items() if process in last.ran)
        cores = max(alive, found.total - last.total, 0.0)
        self._ran += cores
        ran = cores / self._threads
        if found.waited is None:
            self._own += ran
            return
        before = last.waited or {}
        waited = sum(seconds - before.get(thread, 0.0) for thread, seconds in found.waited.items())
        free = passed - waited + self._owed
        self._own += max(ran, min(free, LATE))
        self._owed = max(-LAG, min(0.0, free - ran))


class Deadline:
    """Some seconds from now, by the clock that `read` reads. It is to be looked at every LOOK seconds; by what a look
    comes later, whoever looks has waited for a core himself, perhaps with the submission waiting for him: that does
    not count."""

    def __init__(self, read: Callable[[], Time], seconds: float, *, now: Callable[[], float] = time.monotonic):
        self._read, self.seconds, self._now = read, seconds, now
        self._begun, self._looked = read(), now()
        self._shown, self._late = Time(), 0.0

    def spent(self) -> Time:
        spent = self._read() - self._begun
        late = self._late + max(0.0, self._now() - self._looked - LOOK)
        return Time(max(self._shown.own, spent.own - late), spent.wall, spent.ran)

    def passed(self) -> bool:
        """Look at it."""
        now = self._now()
        self._late = max(0.0, now - self._looked - LOOK)  # and no more by what the look before was
        self._looked = now
        self._shown = self.spent()
        return self._count(self._shown) >= self.seconds

    def _count(self, spent: Time) -> float:
        return spent.counted


class Patience(Deadline):
    """The seconds of processor time in which processes do what they are asked for, as to heed an interrupt. What
    they seem to sleep counts by the clock on the wall alone: so does a thread seem that waits for its core."""

    def _count(self, spent: Time) -> float:
        return max(spent.ran, spent.wall / WALL)
