"""What Linux tells of other processes, in /proc. Of one that has ended it tells nothing."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

_GONE = (FileNotFoundError, ProcessLookupError)


def children(process: int) -> list[int]:
    """The process ids of a process's children."""
    found: list[int] = []
    try:
        for task in os.listdir(f"/proc/{process}/task"):
            found.extend(map(int, Path(f"/proc/{process}/task/{task}/children").read_text().split()))
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
    return _sum_kb(process, "status", ("RssAnon:", "RssShmem:"))


def proportional_kb(process: int) -> int:
    """Memory that is no file's, each page divided by the number of processes that share it; takes
    milliseconds. All of it where the process does not let itself be looked into."""
    try:
        return _sum_kb(process, "smaps_rollup", ("Pss_Anon:", "Pss_Shmem:"))
    except PermissionError:
        return anonymous_kb(process)


def _sum_kb(process: int, file: str, kinds: tuple[str, ...]) -> int:
    try:
        lines = Path(f"/proc/{process}/{file}").read_text().splitlines()
    except _GONE:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(kinds))


def deleted_files(process: int) -> Iterator[tuple[int, int]]:
    """(inode, bytes on disk) of the deleted files that a process has open. Raises PermissionError."""
    folder = f"/proc/{process}/fd"
    try:
        descriptors = os.listdir(folder)
    except _GONE:
        return
    for descriptor in descriptors:
        try:
            status = os.stat(f"{folder}/{descriptor}")
        except _GONE:
            continue
        if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
            yield status.st_ino, status.st_blocks * 512


def deleted_mappings(process: int) -> Iterator[tuple[int, int, str]]:
    """(inode, bytes mapped, path) of memory that maps a deleted file; shared memory is one, of
    /dev/zero. Raises PermissionError."""
    try:
        lines = Path(f"/proc/{process}/maps").read_text(errors="replace").splitlines()
    except _GONE:
        return
    for line in lines:
        if line.endswith(" (deleted)"):
            addresses, _, _, _, inode, path = line.split(maxsplit=5)
            start, end = addresses.split("-")
            yield int(inode), int(end, 16) - int(start, 16), path.removesuffix(" (deleted)")
