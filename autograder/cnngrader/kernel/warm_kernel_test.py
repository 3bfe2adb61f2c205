"""A kernel that cannot be had is told of in words."""

import os
import signal
import socket
import subprocess
import sys
import threading

import nbformat
import pytest

from cnngrader.errors import ConfinementError
from cnngrader.kernel.run_notebook import run_notebook
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.sandbox.confine import find_missing
from cnngrader.sandbox.limits import Limits


def test_a_keeper_that_ends_before_it_tells_anything_is_no_traceback(tmp_path):
    address = tmp_path / "warm"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        listener.listen()
        keeper = threading.Thread(target=lambda: listener.accept()[0].close())
        keeper.start()
        with pytest.raises(ConfinementError, match=r"has ended\. `cnnkit doctor` tells"):
            WarmKernel(str(address), Limits())
        keeper.join()
    assert [path.name for path in tmp_path.iterdir()] == ["warm"], "its scratch folder is gone"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_is_stopped_from_outside_and_is_no_verdict(warm, number):
    """As `cnnkit preview` by Ctrl-C; SIGTERM is taken for that, as the command line does."""
    stop = threading.Timer(0.5, os.kill, (os.getpid(), number))
    before = signal.signal(number, signal.default_int_handler)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import time\ntime.sleep(600)")])
    try:
        with (
            WarmKernel(warm.address, Limits(cell_seconds=600, total_seconds=600)) as kernel,
            pytest.raises(KeyboardInterrupt),
        ):
            run_notebook(notebook, kernel, Limits(), lambda _: stop.start())
        with WarmKernel(warm.address, Limits()) as kernel:
            assert run_notebook(nbformat.v4.new_notebook(), kernel, Limits()).ended == ""
    finally:
        signal.signal(number, before)


def test_what_a_notebook_has_used_is_its_own_time_and_memory(warm):
    source = "held = bytearray(b'x') * 200_000_000\nimport time\ntime.sleep(1)\ndel held"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    with WarmKernel(warm.address, Limits()) as kernel:
        run_notebook(notebook, kernel, Limits())
        used = kernel.used()
        slower = kernel.slower
    assert 190 < used.megabytes < 600 and 0.9 < slower * used.time.own <= slower * used.time.wall


IN_A_CONTAINER = """
import nbformat
from cnngrader.kernel.run_notebook import run_notebook
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.kernel.warm_parent import WarmParent
from cnngrader.sandbox.limits import Limits
from cnngrader.sandbox.seccomp import refuse_unsharing
from cnngrader.sandbox.system import PR_SET_NO_NEW_PRIVS, prctl

prctl(PR_SET_NO_NEW_PRIVS, 1)
refuse_unsharing()
code = "import os, threading; threading.Thread(target=print).start(); os.sched_setscheduler(PID, 5, os.sched_param(0))"
with WarmParent([]).wait() as parent:
    cells = [nbformat.v4.new_code_cell("print(1 + 1)"), nbformat.v4.new_code_cell(code.replace("PID", str(parent.pid)))]
    notebook = nbformat.v4.new_notebook(cells=cells)
    with WarmKernel(parent.address, Limits()) as kernel:
        print(repr(run_notebook(notebook, kernel, Limits()).ended), kernel.layers)
    print([output.get("text") or output.get("evalue") for cell in notebook.cells for output in cell.outputs])
"""


def test_a_kernel_starts_where_no_namespace_can_be_made():
    """As in most containers. Other processes are not its to schedule there."""
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    done = subprocess.run([sys.executable, "-c", IN_A_CONTAINER], capture_output=True, text=True)
    ended, _, rest = done.stdout.partition(" ")
    assert ended == "''", done.stdout + done.stderr
    assert "namespaces" not in rest.splitlines()[0] and "'2\\n'" in rest and "Operation not permitted" in rest
