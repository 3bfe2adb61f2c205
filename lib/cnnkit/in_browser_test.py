"""What a browser's Python lacks, an assignment that needs no TensorFlow does without."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
RELEASED = {  # what `make lite` offers: an answer, and the check of it
    "alexnet_counting": (
        "def conv_size(n, kernel, stride=1, pad=0, dilation=1):"
        "  return (n + 2 * pad - (kernel - 1) * dilation - 1) // stride + 1",
        "output-size",
    ),
    "conv_by_hand": ("def relu(x): return np.maximum(x, 0)\nkink = 'c'", "q-kink"),
}

# The packages of pyproject.toml that are left out under emscripten, and threads, processes, signals and sockets.
BROWSER = """
import importlib.abc, os, signal, socket, subprocess, sys, threading
import IPython, matplotlib.pyplot, numpy, PIL.Image

LACKING = set("click dask distributed keras msgspec nbclient nbconvert nbformat nh3 pytest rich scipy skimage sklearn"
              " tensorflow tensorflow_datasets threadpoolctl torch zmq".split())

class Lacking(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in LACKING:
            raise ModuleNotFoundError(f"No module named {name!r} in a browser", name=name)

def refuse(*arguments, **more):
    raise RuntimeError("a browser has neither threads nor processes, signals and sockets")

for name in [name for name in sys.modules if name.partition(".")[0] in LACKING]:
    del sys.modules[name]
sys.meta_path.insert(0, Lacking())
threading.Thread.start = subprocess.Popen.__init__ = signal.signal = signal.setitimer = os.fork = refuse
socket.socket.__init__ = refuse
sys.platform = "emscripten"
"""


def run_in_browser(code, folder=ROOT):
    done = subprocess.run(
        [sys.executable, "-B", "-c", f"{BROWSER}\n{code}"],  # no __pycache__ in the release
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env={"MPLBACKEND": "agg", "PYTHONPATH": str(ROOT / "lib"), "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("module", ["keras", "tensorflow", "scipy.ndimage"])
def test_the_browser_of_these_tests_lacks_what_a_browser_lacks(module):
    assert run_in_browser(f"try:\n    import {module}\nexcept ModuleNotFoundError:\n    print('none')") == "none\n"


@pytest.mark.parametrize("module", ["check", "counting", "diagrams", "gradients", "graph", "pictures"])
def test_a_module_that_needs_no_keras_to_be_read_imports_without_it(module):
    run_in_browser(f"import cnnkit.{module}")


def test_these_are_the_assignments_that_the_browser_offers():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"(?m)^IN_BROWSER := (.*)$", makefile)[1].split() == list(RELEASED)


@pytest.mark.parametrize("id", RELEASED)
def test_the_untouched_notebook_runs_from_top_to_bottom_and_its_checks_tell_what_is_wrong(id):
    folder, (answer, right) = ROOT / "assignments" / id, RELEASED[id]
    notebook = nbformat.read(folder / f"{id}.ipynb", as_version=4)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    code = f"""
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for source in {[*cells, answer]!r}:
    shell.run_cell(source).raise_error()
print(shell.ev("check()"))
"""
    said = run_in_browser(code, folder)
    assert "A browser's Python has no Keras" in said
    assert f"✔ {right}" in said
    assert "✘" in said
