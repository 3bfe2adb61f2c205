"""What this machine offers to grading, what it lacks, and the remedy."""

import os
import platform
import shutil
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import nbformat

from cnngrader.diagnosis import BAD, GOOD, LESS, Diagnosis, diagnose_packages, diagnose_python
from cnngrader.errors import CnnkitError
from cnngrader.installed import GRADER
from cnngrader.kernel.clock import WALL
from cnngrader.kernel.processes import tells_waiting
from cnngrader.kernel.run_notebook import run_notebook
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.kernel.warm_parent import WarmParent
from cnngrader.sandbox import landlock, seccomp
from cnngrader.sandbox.confine import find_missing
from cnngrader.sandbox.limits import Limits
from cnngrader.workers.pool import check_semaphores, cores


def examine() -> Iterator[Diagnosis]:
    """Every diagnosis, the last ones from a kernel that tries to break out."""
    yield diagnose_python()
    yield from diagnose_packages(GRADER)
    yield Diagnosis("cores", GOOD, f"{cores()}, as many submissions are graded side by side")
    yield _memory()
    yield _disk()
    yield _semaphores()
    yield _gpu()
    yield from _layers()
    if not find_missing():
        yield from _escapes()


def _semaphores() -> Diagnosis:
    try:
        check_semaphores()
        return Diagnosis("semaphores", GOOD, "are there")
    except CnnkitError as error:
        return Diagnosis("semaphores", BAD, str(error))


def _memory() -> Diagnosis:
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    wanted = 2 + 2 * cores()
    if total >= wanted:
        return Diagnosis("memory", GOOD, f"{total:.0f} GiB")
    return Diagnosis("memory", LESS, f"{total:.1f} GiB for {cores()} kernels at once", "grade with fewer: --workers 1")


def _disk() -> Diagnosis:
    free = shutil.disk_usage(tempfile.gettempdir()).free / 2**30
    if free >= 2:
        return Diagnosis("disk", GOOD, f"{free:.0f} GiB free in {tempfile.gettempdir()}")
    return Diagnosis(
        "disk", LESS, f"{free:.1f} GiB free in {tempfile.gettempdir()}", "free some, or name another folder in TMPDIR"
    )


def _gpu() -> Diagnosis:
    if Path("/dev/nvidiactl").exists():
        return Diagnosis("GPU", GOOD, "an NVIDIA driver is there; parents touch no device before they fork")
    return Diagnosis("GPU", GOOD, "none; the same notebooks are graded on the CPU")


def _layers() -> Iterator[Diagnosis]:
    abi = landlock.abi()
    if abi >= landlock.OLDEST:
        yield Diagnosis("Landlock", GOOD, f"ABI {abi}")
    else:
        yield Diagnosis(
            "Landlock",
            BAD,
            f"ABI {abi}" if abi else "none",
            "Linux 6.2 or later with Landlock on (boot with lsm=landlock,...)",
        )
    known = seccomp.supported()
    yield Diagnosis(
        "seccomp", GOOD if known else BAD, platform.machine(), "" if known else "grade on x86_64 or aarch64"
    )


# Each line tries what a student's code must not be able to do, and prints whether it could.
_ATTEMPTS = {
    "network": "import socket; socket.socket(socket.AF_INET)",
    "other files": "open({outside!r}).read()",
    "writing outside": "open({outside!r} + '.new', 'w')",
    "changing rights": "import os; os.chmod({outside!r}, 0o777); assert os.stat({outside!r}).st_mode & 0o777 == 0o777",
    "other processes": "import os; os.kill({pid}, 0)",
    "memory without end": "b = bytearray(3 * 2**30)",
}


def _escapes() -> Iterator[Diagnosis]:
    """Start a kernel as for a student, and let it try each attempt."""
    try:
        with tempfile.TemporaryDirectory() as folder, WarmParent(["tensorflow"]).wait() as parent:
            outside = Path(folder) / "secret"
            outside.write_text("secret", encoding="utf-8")
            outside.chmod(0o600)
            limits = Limits(cell_seconds=20, total_seconds=60, memory_mb=1024)
            cells = [_attempt(code.format(outside=str(outside), pid=os.getpid())) for code in _ATTEMPTS.values()]
            notebook = nbformat.v4.new_notebook(cells=cells)
            with WarmKernel(parent.address, limits) as kernel:
                run_notebook(notebook, kernel, limits)
                namespaces = "namespaces" in kernel.layers
                lacking = [mount for mount in ("own /dev/shm", "own /proc") if mount not in kernel.layers]
                yield Diagnosis("layers that hold", GOOD, ", ".join(kernel.layers))
                yield from _time(kernel.slower)
            if not namespaces:
                yield Diagnosis(
                    "namespaces",
                    LESS,
                    "not allowed here",
                    "the other layers hold without them; allow user namespaces for more",
                )
            if lacking:
                yield Diagnosis(
                    "shared memory",
                    LESS,
                    f"no {' and no '.join(lacking)} for a kernel",
                    "notebooks that use multiprocessing's pools, queues and locks, or list processes, fail here: "
                    "allow user namespaces, with mounts",
                )
            for (name, _), cell in zip(_ATTEMPTS.items(), notebook.cells, strict=True):
                said = "".join(str(output.get("text", "")) for output in cell.outputs).strip()
                refused = said.startswith("refused")
                yield Diagnosis(
                    name,
                    GOOD if refused else BAD,
                    said or "no answer",
                    "" if refused else "do not grade here; report this",
                )
    except CnnkitError as error:
        yield Diagnosis("a confined kernel", BAD, str(error), "see the lines above")


def _time(slower: float) -> Iterator[Diagnosis]:
    longer = f"{slower:g} times slower than the reference machine: a limit of 60 s is {60 * slower:g} s here"
    yield Diagnosis("speed", GOOD, longer if slower > 1 else "not slower than the reference machine")
    if not tells_waiting():
        yield Diagnosis(
            "clock",
            LESS,
            "Linux does not tell for how long a process waits for a core",
            f"limits count processor time alone, and what sleeps ends after {WALL:g} times its limit; for more, boot a "
            "kernel with CONFIG_SCHED_INFO",
        )


def _attempt(code: str) -> nbformat.NotebookNode:
    body = textwrap.indent(code, "    ")
    told = "except BaseException as error:\n    print('refused:', type(error).__name__)"
    return nbformat.v4.new_code_cell(f"try:\n{body}\n    print('was possible')\n{told}")
