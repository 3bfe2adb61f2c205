"""Landlock: which files a process may touch (Linux 6.2 and later, no privilege needed).

See landlock(7). What it does not restrict (chmod, stat, sockets that are no TCP) `seccomp` does.
"""

import ctypes
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from cnngrader.sandbox.system import syscall

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 1 << 1, 1 << 2, 1 << 3
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
READ = EXECUTE | READ_FILE | READ_DIR
FOR_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
MAKE_DEVICES = (1 << 6) | (1 << 11)

# Bits of handled_access_fs that each ABI knows: 1 has 13, 2 adds REFER, 3 TRUNCATE, 5 IOCTL_DEV.
_FS_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
SIGNALS = 6  # the first that keeps signals from other processes
OLDEST = 3  # before TRUNCATE was handled, a file could be emptied without the right to write it


class _RulesetAttributes(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def abi() -> int:
    """Version of Landlock on this system; 0 where there is none."""
    try:
        return syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    except OSError:
        return 0


def restrict(
    readable: Iterable[Path], writable: Iterable[Path], devices: Iterable[Path] = (), listed: Iterable[Path] = ()
) -> int:
    """Let this process, from now on and for ever, reach nothing but these paths and what is below.

    readable: to read and execute. writable: to do all but make devices. devices: files to read,
    write and control. listed: folders in which names can be seen, and no more. Paths that do not exist are left out.
    TCP, abstract sockets and signals to other processes are refused where the ABI knows them. `no_new_privs`
    must be set.

    Returns the ABI. Raises OSError where Landlock is missing or too old.
    """
    version = abi()
    if version < OLDEST:
        raise OSError(f"Landlock ABI {version} found, {OLDEST} needed")
    every = (1 << _FS_BITS.get(version, 16)) - 1
    attributes = _RulesetAttributes(every, 3 if version >= 4 else 0, 3 if version >= SIGNALS else 0)
    size = 24 if version >= SIGNALS else 16 if version >= 4 else 8
    ruleset = syscall(CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(size), ctypes.c_uint32(0))
    try:
        for paths, access in (
            (readable, READ),
            (writable, every & ~MAKE_DEVICES),
            (devices, READ_FILE | WRITE_FILE | IOCTL_DEV),
            (listed, READ_DIR),
        ):
            for path in paths:
                _allow(ruleset, path, access & every)
        syscall(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)
    return version


def _allow(ruleset: int, path: Path, access: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(parent).st_mode):
            access &= FOR_FILES
        rule = _PathBeneath(access, parent)
        syscall(ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(1), ctypes.byref(rule), ctypes.c_uint32(0))
    finally:
        os.close(parent)
