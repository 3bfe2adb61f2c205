"""Watching what rlimits cannot bound: the memory and the number of a kernel's processes, its disk."""

import os
import time
from pathlib import Path

from cnngrader.sandbox.confine import Policy

EVERY = 0.05
DISK_EVERY = 1.0


class Watch:
    """Looks at a kernel and its descendants. `exceeded()` names the limit passed, or ''."""

    milliseconds = int(EVERY * 1000)

    def __init__(self, kernel: int, policy: Policy):
        self.kernel = kernel
        self.scratch = policy.scratch
        self.limits = policy.limits
        self.inherited = _anonymous_kb(kernel)
        self._next_disk = 0.0

    def exceeded(self) -> str:
        processes = list(_descendants(self.kernel))
        if len(processes) > self.limits.processes:
            return "processes"
        used = sum(max(0, _anonymous_kb(process) - self.inherited) for process in processes)
        if used > self.limits.memory_mb * 1024:
            return "memory"
        if time.monotonic() >= self._next_disk:
            self._next_disk = time.monotonic() + DISK_EVERY
            if _disk_bytes(self.scratch) > self.limits.disk_mb * 2**20:
                return "disk"
        return ""


def _anonymous_kb(process: int) -> int:
    """Memory that is no file's, shared pages of the warm parent included."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    kinds = ("RssAnon:", "RssShmem:")
    return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith(kinds))


def _descendants(process: int) -> list[int]:
    found = [process]
    for parent in found:
        try:
            tasks = os.listdir(f"/proc/{parent}/task")
            for task in tasks:
                children = Path(f"/proc/{parent}/task/{task}/children").read_text()
                found.extend(map(int, children.split()))
        except OSError:
            continue
    return found


def _disk_bytes(folder: Path) -> int:
    total = 0
    for root, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(root, name)).st_blocks * 512
            except OSError:
                continue
    return total
