"""Namespaces: no network devices, no view of other processes. More safety where they are allowed, and
shared memory and a list of processes that are a kernel's own."""

import os
from contextlib import suppress
from functools import cache
from pathlib import Path

from cnngrader.sandbox.system import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_REC,
    mount,
    unshare,
)

FLAGS = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWPID
SHARED_MEMORY, PROCESSES, TERMINALS = Path("/dev/shm"), Path("/proc"), Path("/dev/pts")
_PLAIN = MS_NOSUID | MS_NODEV | MS_NOEXEC
_DEVICES = MS_NOSUID | MS_NOEXEC


@cache
def allowed() -> bool:
    """Whether this system lets this process have them, tried by a child: where they can be made but
    no user mapped into them (AppArmor's way on Ubuntu), there is no way back."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _move()
            status = 0
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def enter() -> bool:
    """Move this process to new ones; its next child is the first process of the new PID namespace.

    Must be called by a process of one thread. Returns False where the system does not allow it.
    """
    if allowed():
        _move()
    return allowed()


def own_mounts(shared_mb: int) -> list[Path]:
    """Give this process, the first of its PID namespace, shared memory of so many MB, a list of processes and
    terminals that nobody else has. Returns those of the three that it got; some containers allow none."""
    try:
        unshare(CLONE_NEWNS)
        mount("none", "/", "", MS_REC | MS_PRIVATE)
    except OSError:
        return []
    own = []
    for kind, path, flags, options in (
        ("tmpfs", SHARED_MEMORY, _PLAIN, f"size={shared_mb}m,nr_inodes=4096,mode=1777"),
        ("proc", PROCESSES, _PLAIN, ""),
        ("devpts", TERMINALS, _DEVICES, "newinstance,ptmxmode=0666,mode=0620"),
    ):
        with suppress(OSError):
            mount(kind, str(path), kind, flags, options)
            own.append(path)
    return own


def _move() -> None:
    uid, gid = os.geteuid(), os.getegid()
    if uid == 0:
        unshare(FLAGS)
        return
    unshare(FLAGS | CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny", encoding="utf-8")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="utf-8")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="utf-8")
