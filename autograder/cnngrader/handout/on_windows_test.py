"""What students type runs on Windows, which lacks some of Python's modules and the C library."""

import subprocess
import sys

import pytest

WINDOWS = """
import ctypes, importlib.abc, sys

class Lacking(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in {"fcntl", "grp", "pwd", "resource", "termios"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

class CDLL(ctypes.CDLL):
    def __init__(self, name, *arguments, **more):
        if name is None:
            raise TypeError("LoadLibrary() argument 1 must be str, not None")
        super().__init__(name, *arguments, **more)

for name in ("fcntl", "grp", "pwd", "resource", "termios"):
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Lacking())
ctypes.CDLL = CDLL
from cnngrader.commands.main import main
sys.modules["cnngrader.commands.preview"].sys = type(sys)("sys")  # others would look for modules of Windows
sys.modules["cnngrader.commands.preview"].sys.platform = "win32"
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def run(tmp_path):
    """Types a command there; returns (its exit status, what it says)."""

    def run(*words):
        command = [sys.executable, "-c", WINDOWS, *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8")
        return done.returncode, done.stdout + done.stderr

    return run


def test_what_students_type_runs(run, tmp_path):
    status, said = run("start", "alexnet_counting", "--into", ".", "--no-open")
    assert (status, (tmp_path / "alexnet_counting.ipynb").exists()) == (0, True), said
    for command in (["doctor", "--student"], ["update"]):
        status, said = run(*command)
        assert status == 0, said
    status, said = run("preview")
    assert status == 1, said
    assert "why-there: the written answer is empty" in said
    assert "It was not run: a preview needs Linux" in said
    assert "The file to hand in" in said
