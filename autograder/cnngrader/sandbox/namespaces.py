"""Namespaces: no network devices, no view of other processes. More safety where they are allowed."""

import os
from pathlib import Path

from cnngrader.sandbox.system import CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWPID, CLONE_NEWUSER, unshare

FLAGS = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWPID


def enter() -> bool:
    """Move this process to new ones; its next child is the first process of the new PID namespace.

    Must be called by a process of one thread. Returns False where the system does not allow it.
    """
    uid, gid = os.geteuid(), os.getegid()
    try:
        if uid == 0:
            unshare(FLAGS)
            return True
        unshare(FLAGS | CLONE_NEWUSER)
    except OSError:
        return False
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    return True
