"""Watching what rlimits cannot bound: the memory and the number of a kernel's processes and threads, its disk."""

import os
import time
from collections import Counter
from pathlib import Path

from cnngrader.kernel.processes import (
    anonymous_kb,
    deleted_files,
    deleted_mappings,
    descendants,
    proportional_kb,
    sockets,
    threads,
)
from cnngrader.kernel.protocol import Why
from cnngrader.sandbox.confine import Policy

EVERY = 0.05
SLOW_EVERY = 1.0
HIDDEN_LOOKS = 3  # slow ones in a row; a process that is about to end cannot be looked into either
SMALLEST_FILE = 16384  # an empty file and a folder take room too, and time to be removed
THREADS = 16  # for each process that there may be
SOCKET = 212_992  # bytes that one can hold unread, which no process's memory tells: Linux's own default


class Watch:
    """Looks at the processes of a kernel, from its keeper, which inherits those that they leave behind.

    `exceeded()` tells the limit that was passed. What hides has passed that of the disk. most_kb: of memory so far.
    """

    milliseconds = int(EVERY * 1000)

    def __init__(self, kernel: int, policy: Policy):
        self.scratch = policy.scratch
        self.limits = policy.limits
        self.inherited = anonymous_kb(kernel)
        self._shared = self.inherited
        self.most_kb = 0
        self._next_slow = 0.0
        self._hidden = 0
        self._may_look = True  # into processes; root of a container may not where its kernels are nobody's
        try:
            list(deleted_files(kernel))
        except PermissionError:
            self._may_look = False

    def exceeded(self) -> Why | None:
        processes = descendants(os.getpid())
        most = self.limits.processes
        if len(processes) > most or sum(map(threads, processes)) > most * THREADS:
            return Why.PROCESSES
        if self._memory_is_exceeded(processes):
            return Why.MEMORY
        if time.monotonic() >= self._next_slow:
            self._next_slow = time.monotonic() + SLOW_EVERY
            self._shared = self.inherited  # what they shared, they may have replaced by their own
            try:
                found = self._exceeded_by_files(processes if self._may_look else [])
            except PermissionError:
                self._hidden += 1
                return Why.DISK if self._hidden == HIDDEN_LOOKS else None
            except OSError:
                return Why.DISK
            self._hidden = 0
            return found
        return None

    def _memory_is_exceeded(self, processes: list[int]) -> bool:
        """A page that processes share counts once; which are shared is slow to find out, and asked
        only where the limit would be passed if there were none but the warm parent's."""
        limit = self.limits.memory_mb * 1024
        resident = sum(map(anonymous_kb, processes))
        if resident - self._shared > limit and len(processes) > 1:
            if self._may_look:
                self._shared = resident - sum(map(proportional_kb, processes)) + self.inherited
            else:
                self._shared = sum(min(self.inherited, anonymous_kb(process)) for process in processes)
        self.most_kb = max(self.most_kb, resident - self._shared)
        return resident - self._shared > limit

    def _exceeded_by_files(self, processes: list[int]) -> Why | None:
        """By those in the scratch folder, the deleted ones that a process still holds, shared memory, a deleted
        file that may be larger than what of it is resident, and what sockets may hold."""
        limits = self.limits
        deleted = dict(file for process in processes for file in deleted_files(process))
        memory: dict[int, int] = {}
        for process in processes:
            shared: Counter[int] = Counter()
            for inode, size, path in deleted_mappings(process):
                if path == "/dev/zero":
                    shared[inode] += size
                elif path.startswith(f"{self.scratch}/"):
                    deleted.setdefault(inode, limits.file_mb * 2**20)  # its size cannot be seen
            memory |= {inode: max(size, memory.get(inode, 0)) for inode, size in shared.items()}
        unread = SOCKET * len({inode for process in processes for inode in sockets(process)})
        if unread + sum(memory.values()) > limits.memory_mb * 2**20:
            return Why.MEMORY
        if _disk_bytes(self.scratch) + sum(deleted.values()) > limits.disk_mb * 2**20:
            return Why.DISK
        return None


def _disk_bytes(folder: Path) -> int:
    """What lies in a folder. Raises OSError where a part of it cannot be listed."""
    total = 0
    for root, folders, files in os.walk(folder, onerror=_unless_gone):
        for name in (*folders, *files):
            try:
                total += max(SMALLEST_FILE, os.lstat(os.path.join(root, name)).st_blocks * 512)
            except FileNotFoundError:
                continue
    return total


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
