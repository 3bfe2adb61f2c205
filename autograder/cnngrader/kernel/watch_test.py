"""What a kernel's processes hold counts, wherever they keep it; what they share counts once."""

import nbformat
import pytest

from cnngrader.kernel.run_notebook import run_notebook
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.sandbox.limits import Limits

LIMITS = Limits(cell_seconds=60, total_seconds=120, memory_mb=256, disk_mb=64, file_mb=32, processes=20)
HOLD = "bytearray(b'x') * 150_000_000"


@pytest.fixture
def end(warm):
    """end(code): (why a kernel of its own was ended, or '', what it printed)."""

    def run(code: str) -> tuple[str, str]:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"import os, sys, time\n{code}")])
        with WarmKernel(warm.address, LIMITS) as kernel:
            run_notebook(notebook, kernel, LIMITS)
            ending = kernel.ending(0.5)
        said = " ".join(str(o.get("text") or o.get("evalue")) for o in notebook.cells[0].outputs)
        return (ending.why if ending else ""), said

    return run


def test_programs_that_it_starts_have_nothing_free(end):
    """Each holds less than the kernel has inherited, and shares none of that."""
    why, _ = end("""
import subprocess
program = "import time; held = bytearray(b'x') * 30_000_000; time.sleep(600)"
running = [subprocess.Popen([sys.executable, "-S", "-c", program]) for _ in range(12)]
time.sleep(600)""")
    assert why == "memory"


@pytest.mark.parametrize("name", [b"\xff\xfe", b"a\x0bRssAnon: x", b") S 1", b"\x85RssAnon: 9"])
def test_a_process_is_watched_whatever_it_calls_itself(end, name):
    called = f"import ctypes\nctypes.CDLL(None).prctl(15, {name!r}, 0, 0, 0)\n"
    why, said = end(f"{called}time.sleep(1.5)\nprint('went on')")
    assert why == "" and said.endswith("went on\n")
    assert end(f"{called}held = bytearray(b'x') * 300_000_000\ntime.sleep(600)")[0] == "memory"


def test_children_that_share_a_page_hold_it_once(end):
    why, said = end(f"""
held = {HOLD}
for _ in range(6):
    if os.fork() == 0:
        time.sleep(2.5)
        os._exit(0)
time.sleep(2)
print("went on")""")
    assert why == "" and said.endswith("went on\n")  # Python 3.12 and later warn of the fork before


def test_children_that_write_to_their_copy_hold_it_themselves(end):
    why, _ = end(f"""
held = {HOLD}
for _ in range(3):
    if os.fork() == 0:
        held[:] = bytes(len(held))
        time.sleep(600)
time.sleep(600)""")
    assert why == "memory"


def test_files_in_memory_alone_cannot_be_had(end):
    for call in ("os.memfd_create('x')", "open(os.memfd_create('x', os.MFD_CLOEXEC))"):
        assert "not implemented" in end(call)[1]


def test_shared_memory_counts_where_it_is_not_mapped_in(end):
    why, _ = end("""
import mmap
held = mmap.mmap(-1, 300_000_000)
for start in range(0, len(held), 10_000_000):
    held[start:start + 10_000_000] = bytes(10_000_000)
    held.madvise(mmap.MADV_DONTNEED)
time.sleep(600)""")
    assert why == "memory"


DELETED = """
files = []
for i in range(6):
    file = open(str(i), "wb+", 0)
    os.unlink(str(i))
    for _ in range(16):
        file.write(bytes(2**20))
"""


@pytest.mark.parametrize(
    "keep",
    [
        "    files.append(file)",
        # The C library's, since that of Python keeps a descriptor.
        """
    import ctypes
    map = ctypes.CDLL(None, use_errno=True).mmap
    map.restype, map.argtypes = ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    map(None, 4096, 1, 1, file.fileno(), 0)
    file.close()""",
    ],
    ids=["open", "mapped"],
)
def test_deleted_files_take_room_as_long_as_they_are_held(end, keep):
    assert end(f"{DELETED}{keep}\ntime.sleep(600)")[0] == "disk"


def test_deleted_files_that_are_closed_take_none(end):
    assert end(f"{DELETED}    file.close()\ntime.sleep(1.5)\nprint('went on')") == ("", "went on\n")


def test_what_lies_too_deep_to_be_listed_is_too_much(end):
    why, _ = end("""
for _ in range(30):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
time.sleep(600)""")
    assert why == "disk"


def test_empty_files_and_folders_take_room(end):
    why, _ = end("""
for i in range(200):
    os.mkdir(str(i))
    for j in range(100):
        open(f"{i}/{j}", "w").close()
time.sleep(600)""")
    assert why == "disk"


def test_children_that_have_ended_and_are_not_waited_for_harm_nothing(end):
    """What a zombie has in /proc belongs to root."""
    why, said = end("""
for _ in range(5):
    if os.fork() == 0:
        os._exit(0)
time.sleep(2.5)
print("went on")""")
    assert why == "" and said.endswith("went on\n")  # Python 3.12 and later warn of the fork before


def test_threads_without_end_are_stopped(end):
    why, _ = end("""
import threading
threading.stack_size(65536)
for _ in range(6000):
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
time.sleep(600)""")
    assert why == "processes"


def test_what_lies_unread_in_sockets_is_memory(end):
    why, _ = end("""
import socket
for _ in range(4):
    if os.fork() == 0:
        pairs = [socket.socketpair() for _ in range(400)]
        time.sleep(600)
time.sleep(600)""")
    assert why == "memory"


def test_a_socket_holds_no_more_than_at_first(end):
    _, said = end("""
import socket
one, other = socket.socketpair()
before = one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
for level, option in ((socket.SOL_SOCKET, socket.SO_SNDBUF), (socket.SOL_SOCKET, socket.SO_RCVBUF)):
    one.setsockopt(level, option, 1)
    one.setsockopt(level, option, 2**22)
print(before == one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF))""")
    assert said == "True\n"
