"""What Linux tells of other processes, in /proc. Of one that has ended it tells nothing."""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_GONE = (FileNotFoundError, ProcessLookupError)
_ENDING_SECONDS = 0.1  # between a process's giving up its memory and its being a zombie


def _read(process: int, file: str) -> str:
    """A process's name may hold any bytes: what is no text, and what Python takes for the end of a line."""
    return Path(f"/proc/{process}/{file}").read_text(encoding="utf-8", errors="replace")


def children(process: int) -> list[int]:
    """The process ids of a process's children."""
    found: list[int] = []
    try:
        for task in os.listdir(f"/proc/{process}/task"):
            found.extend(map(int, _read(process, f"task/{task}/children").split()))
    except OSError:
        pass
    return found


def descendants(process: int) -> list[int]:
    """The process ids of its children, theirs, and so on."""
    found = children(process)
    for parent in found:
        found.extend(children(parent))
    return found


def anonymous_kb(process: int) -> int:
    """Memory that is no file's, with all that it shares."""
    return _sum_of(process, "status", ("RssAnon:", "RssShmem:"))


def proportional_kb(process: int) -> int:
    """Memory that is no file's, each page divided by the number of processes that share it; takes
    milliseconds. All of it where the process does not let itself be looked into."""
    try:
        return _sum_of(process, "smaps_rollup", ("Pss_Anon:", "Pss_Shmem:"))
    except PermissionError:
        return anonymous_kb(process)


def threads(process: int) -> int:
    """How many it has."""
    try:
        return os.stat(f"/proc/{process}/task").st_nlink - 2  # a folder has a link for each subfolder, and two
    except _GONE:
        return 0


def _sum_of(process: int, file: str, kinds: tuple[str, ...]) -> int:
    try:
        lines = _read(process, file).split("\n")
    except _GONE:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(kinds))


def processor_seconds(process: int) -> float:
    """That it has had, its children's apart."""
    return sum(_ticks(process)[:2]) / _TICKS


def children_seconds(process: int) -> float:
    """Of processor time, of those of its children that have ended and that it has waited for, and theirs."""
    return sum(_ticks(process)[2:]) / _TICKS


def waited_seconds(process: int) -> dict[int, float]:
    """For how long each of its threads has waited for a core, where Linux tells it."""
    found = {}
    with suppress(*_GONE):
        for thread in os.listdir(f"/proc/{process}/task"):
            with suppress(*_GONE):
                words = _read(process, f"task/{thread}/schedstat").split()
                found[int(thread)] = int(words[1]) / 1e9
    return found


@cache
def tells_waiting() -> bool:
    """Whether Linux tells for how long a thread has waited for a core: not without CONFIG_SCHED_INFO."""
    return Path("/proc/self/schedstat").exists()


def state_of(process: int) -> str:
    """Its letter, as in proc(5); "" of one that is gone."""
    try:
        return _read(process, "stat").rpartition(")")[2].split()[0]
    except _GONE:
        return ""


def _ticks(process: int) -> list[int]:
    """utime, stime, cutime and cstime of its stat."""
    try:
        words = _read(process, "stat").rpartition(")")[2].split()
    except _GONE:
        return [0, 0, 0, 0]
    return list(map(int, words[11:15]))


def deleted_files(process: int) -> Iterator[tuple[int, int]]:
    """(inode, bytes on disk) of the deleted files that a process has open.

    Raises PermissionError where it does not let itself be looked into.
    """
    for status in _open_files(process):
        if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
            yield status.st_ino, status.st_blocks * 512


def sockets(process: int) -> Iterator[int]:
    """Inodes of the sockets that it has open. Raises PermissionError likewise."""
    return (status.st_ino for status in _open_files(process) if stat.S_ISSOCK(status.st_mode))


def _open_files(process: int) -> Iterator[os.stat_result]:
    folder = f"/proc/{process}/fd"
    with _unless_it_ends(process):
        for descriptor in os.listdir(folder):
            with suppress(*_GONE):  # closed since
                yield os.stat(f"{folder}/{descriptor}")


def deleted_mappings(process: int) -> Iterator[tuple[int, int, str]]:
    """(inode, bytes mapped, path) of memory that maps a deleted file; shared memory is one, of
    /dev/zero. Raises PermissionError where it does not let itself be looked into."""
    lines: list[str] = []
    with _unless_it_ends(process):
        lines = _read(process, "maps").split("\n")
    for line in lines:
        if line.endswith(" (deleted)"):
            addresses, _, _, _, inode, path = line.split(maxsplit=5)
            start, end = addresses.split("-")
            yield int(inode), int(end, 16) - int(start, 16), path.removesuffix(" (deleted)")


@contextmanager
def _unless_it_ends(process: int) -> Iterator[None]:
    """Looking into a process, which may end meanwhile: then nothing more is found."""
    try:
        yield
    except _GONE:
        pass
    except PermissionError:
        if not _ends(process):
            raise


def _ends(process: int) -> bool:
    """Whether it is a zombie, or about to be one: what such a process has in /proc belongs to root."""
    deadline = time.monotonic() + _ENDING_SECONDS
    while time.monotonic() < deadline:
        if state_of(process) in ("", "Z", "X"):
            return True
        time.sleep(0.005)
    return False
