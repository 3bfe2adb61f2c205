"""The keeper outlives nothing that it has not ended, and tells what it could not end."""

import os
import signal
import subprocess
import sys
import time

import nbformat
import pytest

from cnngrader.kernel.processes import children, descendants, state_of
from cnngrader.kernel.protocol import Ending, Why
from cnngrader.kernel.run_notebook import run_notebook
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.kernel.warm_parent import WarmParent
from cnngrader.sandbox.confine import find_missing
from cnngrader.sandbox.limits import Limits

AS_KEEPER = """
import os, time
from cnngrader.kernel import keeper
from cnngrader.kernel.processes import children
from cnngrader.sandbox.system import PR_SET_CHILD_SUBREAPER, prctl
prctl(PR_SET_CHILD_SUBREAPER, 1)
def leave(depth):
    if os.fork() == 0:
        if depth:
            leave(depth - 1)
        time.sleep(60)
"""


def as_keeper(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", AS_KEEPER + code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_all_that_is_left_behind_is_ended_and_so_are_its_children():
    assert as_keeper("for _ in range(60): leave(2)\nprint(keeper._sweep(), children(os.getpid()))") == "[] []"


def test_what_survives_is_told():
    said = as_keeper(
        "leave(0)\nkill, os.kill, keeper.SWEEP_SECONDS = os.kill, lambda *_: None, 0.05\n"
        "print(keeper._sweep() == children(os.getpid()) != [])\n"
        "os.kill, keeper.SWEEP_SECONDS = kill, 5\nkeeper._sweep()"
    )
    assert said == "True"


def test_a_kernel_tells_that_nothing_is_left_of_it(warm):
    with WarmKernel(warm.address, Limits()) as kernel:
        kernel.shutdown_kernel()
        assert kernel.ending() == Ending(Why.KILLED, -9, [])


def test_temporary_files_and_draws_are_a_kernels_own_although_keras_is_the_parents():
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    cell = "import tempfile\nfrom pathlib import Path\nwith tempfile.TemporaryFile() as file: file.write(b'x')\n"
    cell += "Path(tempfile.gettempdir()) == Path.home().parent / 'tmp'"
    draws = (
        "import keras, random, numpy as np, tensorflow as tf\n"
        "of_keras = [*keras.random.uniform((1,)).numpy(), *keras.initializers.GlorotUniform()((1,)).numpy()]\n"
        "print(random.random(), np.random.rand(), *of_keras, *tf.random.uniform((1,)).numpy())"
    )
    drawn = []
    with WarmParent(["keras"]).wait() as parent:
        for _ in range(2):
            notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (cell, draws)])
            with WarmKernel(parent.address, Limits()) as kernel:
                run_notebook(notebook, kernel, Limits())
            assert notebook.cells[0].outputs[0].get("data") == {"text/plain": "True"}
            drawn.append(notebook.cells[1].outputs[0].text.split())
    one, other = drawn
    assert len(one) == 5
    assert all(a != b for a, b in zip(one, other, strict=True)), "each kernel draws its own"


def test_a_kernel_does_not_outlive_its_keeper():
    """Whatever ended that, a machine's want of memory or a fault of ours."""
    with WarmParent([]).wait() as parent, WarmKernel(parent.address, Limits()):
        (keeper,) = children(parent.pid)
        kernels = descendants(keeper)
        assert kernels
        os.kill(keeper, signal.SIGKILL)
        deadline = time.monotonic() + 120
        while any(map(_runs, kernels)) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not any(map(_runs, kernels))


def _runs(process: int) -> bool:
    return state_of(process) not in ("", "Z", "X")
