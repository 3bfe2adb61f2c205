"""A kernel that cannot be had is told of in words."""

import os
import signal
import socket
import threading

import nbformat
import pytest

from cnngrader.errors import ConfinementError
from cnngrader.kernel.run_notebook import run_notebook
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.sandbox.confine import Limits


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
    assert 190 < used.megabytes < 600 and 0.9 < used.time.own <= used.time.wall
