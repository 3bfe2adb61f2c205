"""A confined kernel tries to get out. Every attempt must fail, and ordinary work must not."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from cnngrader.kernel.run_notebook import run_notebook
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.sandbox.confine import find_exposed
from cnngrader.sandbox.limits import Limits

HELD = f"cnnkit-test-{os.getpid()}"  # in the shared memory of the machine
LIMITS = Limits(cell_seconds=10, total_seconds=60, memory_mb=512, disk_mb=32, file_mb=16, processes=20)


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    """A file that stands for the gradebook, beside a listening socket that stands for a service."""
    path = tmp_path_factory.mktemp("staff") / "gradebook.db"
    path.write_text("all the grades")
    path.chmod(0o600)
    with socket.socket(socket.AF_UNIX) as service:
        service.bind(str(path.with_name("service")))
        service.listen()
        held = Path("/dev/shm", HELD)
        held.write_text("all the grades")
        yield path
        assert held.read_text() == "all the grades"
        held.unlink()


@pytest.fixture(scope="module")
def grader():
    """The id of a process of the grader's, larger than those in a kernel's own namespace, which begin at 1: in a
    container the grader's own id may be one of them."""
    while True:
        with subprocess.Popen(["sleep", "600"]) as process:
            try:
                if process.pid > 1000:
                    yield process.pid
                    return
            finally:
                process.kill()


@pytest.fixture(scope="module")
def terminal_name():
    """Of one that the grader sits at."""
    master, slave = os.openpty()
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


@pytest.fixture
def attempt(warm, secret, grader, terminal_name):
    """attempt(code): (the output, how the kernel ended) of code in a kernel of its own."""

    def run(code: str, limits: Limits = LIMITS) -> tuple[str, dict | None]:
        code = code.replace("SECRET", repr(str(secret))).replace("GRADER", str(grader)).replace("HELD", HELD)
        code = code.replace("TERMINAL", repr(terminal_name))
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
        with WarmKernel(warm.address, limits) as kernel:
            run_notebook(notebook, kernel, limits)
            ending = kernel.ending(0.5)
        said = [str(o.get("text") or o.get("evalue") or o.get("data")) for o in notebook.cells[0].outputs]
        kinds = [str(o.get("ename", "")) for o in notebook.cells[0].outputs]
        return " ".join(kinds + said).strip(), ending

    return run


@pytest.mark.parametrize(
    "code",
    [
        "open(SECRET).read()",
        "open(SECRET, 'a')",
        "open(SECRET + '.new', 'w')",
        "import os; os.truncate(SECRET, 0)",
        "import os; os.remove(SECRET)",
        "import os; os.rename(SECRET, 'mine')",
        "import os; os.link(SECRET, 'mine')",
        "import os; os.symlink(SECRET, 'mine'); open('mine').read()",
        "import os; os.listdir(os.path.dirname(SECRET))",
        "import os; os.listdir('/home'); os.listdir('/root')",
        "open('/etc/shadow').read()",
        "open('/proc/GRADER/environ').read()",
        "open('/proc/GRADER/mem', 'rb').read(1)",
        "import socket; socket.create_connection(('127.0.0.1', 9), timeout=2)",
        "import socket; socket.socket(socket.AF_INET6)",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "import os, socket; s = socket.socket(socket.AF_UNIX); s.connect(os.path.dirname(SECRET) + '/service')",
        "import os, socket; a, b = socket.socketpair(); a.sendmsg([b'x'])",
        "import socket; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)",
        "import socket; a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM); a.sendto(b'x', '/dev/log')",
        "import socket; s = socket.socket(socket.AF_UNIX); s.bind(chr(0) + 'meet')",
        "import socket; s = socket.socket(socket.AF_UNIX); s.bind('meet')",
        "import os; os.close(os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY))",
        "import os; os.close(os.open(TERMINAL, os.O_RDONLY | os.O_NOCTTY))",
        "open('/dev/tty')",
        "import os; os.sched_setaffinity(GRADER, {0})",
        "import os; os.sched_setscheduler(GRADER, os.SCHED_IDLE, os.sched_param(0))",
        "import os; os.setpriority(os.PRIO_PROCESS, GRADER, 19)",
        "import os; os.kill(GRADER, 0)",
        "import resource; resource.prlimit(GRADER, resource.RLIMIT_CPU, (1, 1))",
        "import ctypes; e = ctypes.CDLL(None, use_errno=True).unshare(0x10000000); assert e == 0",
        "import ctypes; e = ctypes.CDLL(None, use_errno=True).mount(b'x', b'/tmp', b'tmpfs', 0, None); assert e == 0",
        "import ctypes; e = ctypes.CDLL(None, use_errno=True).syscall(425, 1, 0); assert e >= 0",
        "import os; os.setuid(0); open(SECRET).read()",
        "open('/proc/sys/kernel/hostname', 'w')",
        "open('/proc/self/oom_score_adj', 'w')",
        "open('/proc/sysrq-trigger', 'w')",
        "open('/proc/1/root' + SECRET).read()",
        "open('/dev/shm/HELD').read()",
        "open('/dev/shm/HELD', 'w').close(); open('/dev/shm/HELD/x')",
        "import multiprocessing; multiprocessing.Manager().list()",
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2**40, 2**40))",
        "import subprocess; subprocess.run(['cat', SECRET], check=True, capture_output=True)",
    ],
)
def test_what_must_not_be_possible_raises(attempt, secret, code):
    said, _ = attempt(code)
    assert "Error" in said, f"was possible: {code}: {said}"
    assert "all the grades" not in said
    assert secret.read_text() == "all the grades"


def test_rights_and_times_of_other_files_do_not_change(attempt, secret):
    before = secret.stat()
    attempt("import os; os.chmod(SECRET, 0o777); os.utime(SECRET, (0, 0)); os.chown(SECRET, 1, 1)")
    after = secret.stat()
    assert (after.st_mode, after.st_mtime, after.st_uid) == (before.st_mode, before.st_mtime, before.st_uid)


def test_ordinary_work_goes_on(attempt):
    said, ending = attempt(
        "import pathlib, shutil, subprocess, tempfile, threading, json, zipfile\n"
        "pathlib.Path('a.txt').write_text('hello'); shutil.copy('a.txt', 'b.txt')\n"
        "with tempfile.NamedTemporaryFile('w') as f: f.write('x')\n"
        "with zipfile.ZipFile('z.zip', 'w') as z: z.write('a.txt')\n"
        "t = threading.Thread(target=print, args=('thread',)); t.start(); t.join()\n"
        "print(subprocess.run(['cat', 'b.txt'], capture_output=True, text=True).stdout)"
    )
    assert "thread" in said
    assert "hello" in said
    assert ending is None


def test_environment_tells_nothing_of_the_grader(attempt, monkeypatch):
    said, _ = attempt("import os; print(sorted(os.environ))")
    assert "CNNKIT_GRADING" in said
    assert not {"PWD", "USER", "PYTEST_CURRENT_TEST", "SSH_AUTH_SOCK"} & set(
        said.replace("'", " ").replace(",", " ").split()
    )


def test_what_anybody_may_put_into_a_shared_folder_is_not_read(attempt):
    said, _ = attempt("import os; print(os.path.expanduser('~'), os.environ['KERAS_HOME'])")
    assert not [path for path in said.split() if Path(path).parent == Path("/tmp")]


def test_programs_run_with_a_terminal_or_without(attempt):
    assert attempt("!echo one; echo two >&2")[0].split() == ["one", "two"]
    assert attempt("said = !echo one\nprint(said)")[0] == "['one']"


def test_a_fork_bomb_is_ended_with_all_its_processes(attempt):
    _, ending = attempt("import os, time\nfor _ in range(100):\n    if os.fork() == 0: time.sleep(600)\ntime.sleep(60)")
    assert ending is not None
    assert ending.why == "processes"


def test_processes_left_behind_are_ended(attempt, tmp_path):
    said, _ = attempt(
        "import os, time\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        while True:\n            open('alive', 'w').write('x'); time.sleep(0.1)\n    os._exit(0)\n"
        "time.sleep(0.5); print(os.path.abspath('alive'))"
    )
    place = Path(said.strip().splitlines()[-1])
    assert place.name == "alive"
    time.sleep(0.3)
    assert not place.exists(), "the scratch folder is gone, and so is who wrote to it"


def test_memory_spread_over_processes_counts_together(attempt):
    child = "    if os.fork() == 0:\n        b = bytearray(300_000_000); time.sleep(60)\n"
    code = f"import os, time\nfor _ in range(4):\n{child}time.sleep(60)"
    _, ending = attempt(code)
    assert ending is not None
    assert ending.why == "memory"


def test_files_without_end_are_stopped(attempt):
    said, _ = attempt("with open('big', 'wb') as f:\n    while True: f.write(bytes(2**20))")
    assert "Error" in said
    _, ending = attempt(
        "import time\nfor i in range(10):\n    open(str(i), 'wb').write(bytes(10 * 2**20))\ntime.sleep(60)"
    )
    assert ending is not None
    assert ending.why == "disk"


def run_cells(kernel: WarmKernel, *cells: str) -> list[str]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    run_notebook(notebook, kernel, LIMITS)
    return [
        " ".join(str(output.get("text") or output.get("evalue")) for output in cell.outputs) for cell in notebook.cells
    ]


@pytest.fixture
def two(warm):
    """Two kernels at a time, with shared memory and processes of their own."""
    with WarmKernel(warm.address, LIMITS) as one, WarmKernel(warm.address, LIMITS) as other:
        if not {"own /dev/shm", "own /proc"} <= set(one.layers):
            pytest.skip(f"no namespaces with mounts are allowed here: {one.layers}")
        yield one, other


def test_shared_memory_and_processes_are_of_one_kernel_alone(two):
    look = "import os\nprint(os.listdir('/dev/shm'), sum(name.isdigit() for name in os.listdir('/proc')))"
    assert run_cells(two[0], "open('/dev/shm/mine', 'w').write('x');", look)[1] == "['mine'] 1\n"
    assert run_cells(two[1], look) == ["[] 1\n"]


def test_shared_memory_is_bounded_where_nobody_maps_it(two):
    fill = "for i in range(99): open(f'/dev/shm/{i}', 'wb').write(bytes(15 * 2**20))"
    assert "No space left" in run_cells(two[0], fill)[0]
    assert "No space left" in run_cells(two[1], "for i in range(10**6): open(f'/dev/shm/{i}', 'w').close()")[0]


def test_a_lock_on_a_shared_file_makes_nobody_wait(warm, tmp_path):
    import h5py

    with h5py.File(tmp_path / "weights.h5", "w") as file:
        file["x"] = [7]
    tmp_path.chmod(0o755)
    lock = f"import fcntl\nheld = open('{tmp_path}/weights.h5')\nfcntl.flock(held, fcntl.LOCK_EX)\nprint('locked')"
    read = f"import h5py\nprint(h5py.File('{tmp_path}/weights.h5')['x'][0])"
    with WarmKernel(warm.address, LIMITS, readable=[tmp_path]) as one:
        assert run_cells(one, lock) == ["locked\n"]
        with WarmKernel(warm.address, LIMITS, readable=[tmp_path]) as other:
            assert run_cells(other, read) == ["7\n"]


def test_the_layers_are_told(warm):
    with WarmKernel(warm.address, LIMITS) as kernel:
        layers = " ".join(kernel.layers)
    assert "landlock" in layers
    assert "seccomp" in layers


def test_unconfined_says_so(warm):
    with WarmKernel(warm.address, LIMITS, confined=False) as kernel:
        assert kernel.layers == ["limits"]


def test_nothing_is_left_of_a_kernel(warm):
    before = set(warm.folder.iterdir()), len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with WarmKernel(warm.address, LIMITS) as kernel:
            run_notebook(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), kernel, LIMITS)
    assert (set(warm.folder.iterdir()), len(os.listdir("/proc/self/fd"))) == before


def test_a_course_inside_the_python_installation_is_exposed(tmp_path):
    inside = Path(sys.prefix) / "share" / "course"
    assert find_exposed([inside, tmp_path]) == [inside]
