"""seccomp: which system calls a process may make (seccomp(2), a filter in classic BPF)."""

import ctypes
import errno
import os
import socket

from cnngrader.sandbox.system import MACHINE, PR_SET_SECCOMP, prctl, syscall

_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_COLUMN = {"x86_64": 0, "aarch64": 1}

# (x86_64, aarch64); None where the architecture has no such call.
_NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "sendto": (44, 206), "sendmsg": (46, 211),
    "sendmmsg": (307, 269), "setsockopt": (54, 208), "clone": (56, 220), "clone3": (435, 435), "prlimit64": (302, 261),
    "unshare": (272, 97), "setns": (308, 268), "chroot": (161, 51), "pivot_root": (155, 41),
    "mount": (165, 40), "umount2": (166, 39), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsmount": (432, 432), "mount_setattr": (442, 442),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438), "kcmp": (312, 272), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "open_by_handle_at": (304, 265), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "reboot": (169, 142),
    "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "quotactl": (179, 60),
    "sethostname": (170, 161), "setdomainname": (171, 162), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    "setpriority": (141, 140), "ioprio_set": (251, 30),
    "sched_setscheduler": (144, 119), "sched_setparam": (142, 118), "sched_setattr": (314, 274),
    "sched_setaffinity": (203, 122), "migrate_pages": (256, 238), "move_pages": (279, 239),
    "process_madvise": (440, 440), "process_mrelease": (448, 448),
    "kill": (62, 129), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "tkill": (200, 130), "pidfd_send_signal": (424, 424), "fcntl": (72, 25), "ioctl": (16, 29),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
}  # fmt: skip

# Landlock does not see these; they do nothing and say that they did, so that copying a file works.
_PRETENDED = (
    "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat "
    "setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr"
).split()
_SPECIAL = "socket sendto setsockopt bind clone clone3 prlimit64 memfd_create memfd_secret".split()
_SCHEDULING = "sched_setscheduler sched_setparam sched_setattr sched_setaffinity".split()
_TO_A_PROCESS = "kill tgkill rt_sigqueueinfo rt_tgsigqueueinfo".split()
_SIGNALS = [*_TO_A_PROCESS, *"tkill pidfd_send_signal fcntl ioctl".split()]
_REFUSED = [name for name in _NUMBERS if name not in (*_PRETENDED, *_SPECIAL, *_SCHEDULING, *_SIGNALS)]

_LOAD, _AND, _EQUAL, _GREATER_EQUAL, _ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_CALL, _ARCH, _ARGUMENT, _SECOND, _FIFTH = 0, 4, 16, 24, 48
_TYPE = 0xF  # of a socket, beside flags
_OPTION, _BUFFERS = 32, (7, 8)  # SO_SNDBUF and SO_RCVBUF: what a socket may hold is what it has at first
_SECCOMP, _SET_FILTER, _ALL_THREADS = {"x86_64": 317, "aarch64": 277}, 1, 1
_OWNER = {"fcntl": (8, 15), "ioctl": (0x8901, 0x8902)}  # who gets a descriptor's signals: another way to send one
_NAMESPACES = 0x7E020000  # every CLONE_NEW* that clone knows

Instruction = tuple[int, int, int, int]


class _Filter(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32)]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint16), ("filters", ctypes.POINTER(_Filter))]


def supported() -> bool:
    """True where this architecture has a table here."""
    return MACHINE in _ARCHITECTURE


def restrict(*, signals: bool = True, apart: bool = False) -> None:
    """Refuse, from now on: sockets other than Unix streams, connecting any, sending to an address, sending
    descriptors; reading other processes; namespaces, mounts, modules, keys, io_uring, files in memory alone;
    changing other processes' limits.

    signals: False refuses those to any process but the caller, its children included. apart: False, likewise,
    refuses to schedule others. `no_new_privs` must be set. Raises OSError where the system refuses the filter,
    KeyError for an unknown architecture.
    """
    itself = os.getpid()
    program = _program(MACHINE, None if signals else itself, None if apart else itself)
    prctl(PR_SET_SECCOMP, 2, ctypes.byref(_compiled(program)))


def refuse_binding() -> None:
    """Refuse all threads, from now on, to give a socket an address, by which a stranger could connect to it."""
    _refuse("bind")


def refuse_unsharing() -> None:
    """Refuse all threads, and what they start, to leave the namespaces that they are in, as a container does."""
    _refuse("unshare")


def _refuse(name: str) -> None:
    number = _NUMBERS[name][_COLUMN[MACHINE]]
    assert number is not None
    program = [
        (_LOAD, 0, 0, _CALL),
        (_EQUAL, 0, 1, number),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    how = ctypes.c_uint(_SET_FILTER), ctypes.c_uint(_ALL_THREADS)
    syscall(_SECCOMP[MACHINE], *how, ctypes.byref(_compiled(program)))


def _compiled(program: list[Instruction]) -> _Program:
    filters = (_Filter * len(program))(*[_Filter(*instruction) for instruction in program])
    return _Program(len(program), filters)


def _program(machine: str, signalled: int | None, scheduled: int | None) -> list[Instruction]:
    """signalled: the one process that signals may be sent to; any where it is None. scheduled: likewise."""
    column = _COLUMN[machine]
    refuse, missing = _ERRNO | errno.EPERM, _ERRNO | errno.ENOSYS
    unreachable = _ERRNO | errno.ENETUNREACH  # in words that tell a student why
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, _ARCHITECTURE[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _CALL),
        (_GREATER_EQUAL, 0, 1, 0x40000000),  # the x32 calls of x86_64
        (_RETURN, 0, 0, refuse),
    ]

    def when(name: str, *then: Instruction) -> None:
        number = _NUMBERS[name][column]
        if number is not None:
            program.extend([(_EQUAL, 0, len(then), number), *then])

    when(
        "socket",
        (_LOAD, 0, 0, _ARGUMENT),
        (_EQUAL, 0, 4, int(socket.AF_UNIX)),
        (_LOAD, 0, 0, _SECOND),
        (_AND, 0, 0, _TYPE),
        (_EQUAL, 0, 1, int(socket.SOCK_STREAM)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, unreachable),
    )
    # To an address: half of a pointer is looked at at a time. What sendmsg is told lies in memory.
    when(
        "sendto",
        *((_LOAD, 0, 0, _FIFTH), (_EQUAL, 0, 3, 0), (_LOAD, 0, 0, _FIFTH + 4), (_EQUAL, 0, 1, 0)),
        *((_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, refuse)),
    )
    for size in _BUFFERS:
        keep = (_LOAD, 0, 0, _OPTION), (_EQUAL, 0, 1, size), (_RETURN, 0, 0, _ERRNO), (_LOAD, 0, 0, _CALL)
        when("setsockopt", (_LOAD, 0, 0, _SECOND), (_EQUAL, 0, 3, int(socket.SOL_SOCKET)), *keep)
    # The flags of clone3 lie in memory, which a filter cannot read: without it, libc uses clone.
    when("clone3", (_RETURN, 0, 0, missing))
    # Nobody sees how large such a file is. Who finds none takes a temporary file, which is seen.
    for name in ("memfd_create", "memfd_secret"):
        when(name, (_RETURN, 0, 0, missing))
    new = (_ANY_BIT, 0, 1, _NAMESPACES)
    when("clone", (_LOAD, 0, 0, _ARGUMENT), new, (_RETURN, 0, 0, refuse), (_RETURN, 0, 0, _ALLOW))
    own = (_EQUAL, 0, 1, 0)
    when("prlimit64", (_LOAD, 0, 0, _ARGUMENT), own, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, refuse))
    if scheduled is not None:
        for name in _SCHEDULING:
            itself: list[Instruction] = [(_EQUAL, 1, 0, 0), (_EQUAL, 0, 1, scheduled)]  # 0 is the caller, too
            if name == "sched_setscheduler":  # or the usual policy, 0, which ZeroMQ sets for its threads, by their ids
                itself = [(_EQUAL, 3, 0, 0), (_EQUAL, 2, 0, scheduled), (_LOAD, 0, 0, _SECOND), (_EQUAL, 0, 1, 0)]
            when(name, (_LOAD, 0, 0, _ARGUMENT), *itself, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, refuse))
    if signalled is not None:
        to_itself = (_EQUAL, 0, 1, signalled)
        for name in _TO_A_PROCESS:
            when(name, (_LOAD, 0, 0, _ARGUMENT), to_itself, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, refuse))
        for name in ("tkill", "pidfd_send_signal"):
            when(name, (_RETURN, 0, 0, refuse))
        for name, (one, other) in _OWNER.items():
            when(
                name,
                (_LOAD, 0, 0, _SECOND),
                (_EQUAL, 1, 0, one),
                (_EQUAL, 0, 1, other),
                (_RETURN, 0, 0, refuse),
                (_RETURN, 0, 0, _ALLOW),
            )
    for name in _REFUSED:
        when(name, (_RETURN, 0, 0, refuse))
    for name in _PRETENDED:
        when(name, (_RETURN, 0, 0, _ERRNO))
    program.append((_RETURN, 0, 0, _ALLOW))
    return program
