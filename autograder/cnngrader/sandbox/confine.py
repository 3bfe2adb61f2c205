"""Confining the process that will run a student's code."""

import os
import resource
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cnngrader.installed import package_folders
from cnngrader.sandbox import landlock, namespaces, seccomp
from cnngrader.sandbox.limits import Limits
from cnngrader.sandbox.system import PR_SET_NO_NEW_PRIVS, drop_capabilities, prctl

NOBODY = 65534
SHARED_PART = 4  # of a kernel's memory, one in so many may be in /dev/shm, where pages that nobody maps are not counted

# What programs of a Linux system read, and nothing that tells of its users.
SYSTEM_FILES = (
    "/usr /bin /lib /lib64 /etc/alternatives /etc/fonts /etc/ld.so.cache /etc/localtime /etc/mime.types "
    "/etc/nsswitch.conf /etc/os-release /etc/passwd /etc/group /etc/python3 /etc/ssl/certs "
    "/proc/cpuinfo /proc/meminfo /proc/stat /proc/self /proc/sys/vm/overcommit_memory /proc/driver/nvidia "
    "/sys/devices/system /sys/bus/pci /sys/module/nvidia "
    "/sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu/cpu.cfs_period_us "
    f"/etc/python3.{sys.version_info.minor}"  # where Debian has what its Python imports at the start
).split()
DEVICES = "/dev/null /dev/zero /dev/full /dev/random /dev/urandom".split()
OF_TERMINALS = "/dev/tty /dev/ptmx /dev/pts".split()  # only where they are of this kernel alone


@dataclass(frozen=True)
class Policy:
    """Where a student's process may go. scratch: to write. readable: to read, beside the Python
    installation and the system's libraries. devices: to read and write, beside those of every
    process. confined: False switches all of it off."""

    scratch: Path
    readable: tuple[Path, ...] = ()
    devices: tuple[Path, ...] = ()
    confined: bool = True
    limits: Limits = field(default_factory=Limits)


def python_files() -> list[Path]:
    """The Python installation and other folders of packages; of a checkout `cnnkit` and its networks."""
    checkout = Path(__file__).resolve().parents[3]
    paths = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_exec_prefix)]
    ours = [checkout / "lib" / "cnnkit", checkout / "data" / "networks"]
    return [*(path.resolve() for path in paths), *package_folders(), *(path for path in ours if path.is_dir())]


def _listed() -> list[Path]:
    """Of a checkout the folders that are in sys.path: what looks for packages, as `pip list`, looks into each."""
    checkout = Path(__file__).resolve().parents[3]
    return [checkout / "lib", checkout / "autograder"] if (checkout / "lib" / "cnnkit").is_dir() else []


def find_exposed(secrets: Iterable[Path]) -> list[Path]:
    """Those of the secret paths that a confined process could read, because they lie in the Python
    installation or among the system's files."""
    readable = [path.resolve() for path in [*python_files(), *map(Path, SYSTEM_FILES)]]
    return [secret for secret in map(Path.resolve, secrets) if any(map(secret.is_relative_to, readable))]


def find_missing() -> list[str]:
    """What this machine is without, of what confinement cannot do without."""
    missing = []
    if sys.platform != "linux":
        return [f"confinement needs Linux, and this is {sys.platform}"]
    if landlock.abi() < landlock.OLDEST:
        found = landlock.abi()
        missing.append(f"Landlock ABI {found or 'none'} found, {landlock.OLDEST} needed (Linux 6.2, with Landlock on)")
    if not seccomp.supported():
        missing.append("no seccomp table for this processor (there is one for x86_64 and aarch64)")
    return missing


def confine(policy: Policy, *, apart: bool = False) -> list[str]:
    """Apply every layer to this process, for good. The caller has one thread and has left what it
    does not need. apart: whether it is in a PID namespace of its own, where it finds nobody to signal.

    Returns the layers that hold. Raises OSError where one that must hold does not.
    """
    _limit(policy.limits)
    if not policy.confined:
        return ["limits"]
    layers, installed = ["limits"], python_files()  # while it may look for them
    own = namespaces.own_mounts(policy.limits.memory_mb // SHARED_PART) if apart else []
    if os.geteuid() == 0 and _leave_root(policy, installed):
        layers.append("user")
    drop_capabilities()
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    readable = [*installed, *map(Path, SYSTEM_FILES), *policy.readable, *own]
    writable = [policy.scratch, *(path for path in own if path == namespaces.SHARED_MEMORY)]
    devices = [*DEVICES, *(OF_TERMINALS if namespaces.TERMINALS in own else [])]
    version = landlock.restrict(readable, writable, [*map(Path, devices), *policy.devices], _listed())
    seccomp.restrict(signals=apart or version >= landlock.SIGNALS, apart=apart)
    mounts = [f"own {path}" for path in own]
    return [*layers, "capabilities", f"landlock {version}", "seccomp", *(["namespaces", *mounts] if apart else [])]


def _limit(limits: Limits) -> None:
    megabyte = 2**20
    bounds = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: limits.file_mb * megabyte,
        # Memory asked for, where the keeper watches memory used: one absurd array is refused at once, in the cell.
        resource.RLIMIT_DATA: _data_bytes() + 2 * limits.memory_mb * megabyte,
        resource.RLIMIT_NOFILE: 1024,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for kind, bound in bounds.items():
        hard = resource.getrlimit(kind)[1]
        value = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(kind, (value, value))


def _data_bytes() -> int:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0


def _leave_root(policy: Policy, installed: Iterable[Path]) -> bool:
    """Become nobody, where nobody can read what is installed; else stay, without capabilities."""
    everything = [policy.scratch, *policy.scratch.rglob("*")]
    for path in everything:
        os.chown(path, NOBODY, NOBODY)
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    reachable = all(os.access(path, os.R_OK | os.X_OK, effective_ids=True) for path in installed)
    writable = os.access(policy.scratch, os.W_OK | os.X_OK, effective_ids=True)
    os.seteuid(0)
    os.setegid(0)
    if reachable and writable:
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        return True
    for path in everything:
        os.chown(path, 0, 0)
    return False
