"""A notebook, in what the student has to work with."""

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path


def open_notebook(notebook: Path) -> None:
    """Become JupyterLab, showing the notebook. Does not return where there is one."""
    if find_spec("jupyterlab") is not None:
        os.chdir(notebook.parent)
        os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", str(notebook)])


def ways_to_open(notebook: Path) -> list[str]:
    """How a person opens it here, in lines."""
    ways = []
    if find_spec("jupyterlab") is not None:
        ways.append(f'JupyterLab: {Path(sys.executable).name} -m jupyterlab "{notebook}"')
    if shutil.which("code"):
        ways.append(f'VS Code:    code "{notebook.parent}", and as its kernel {sys.executable}')
    if not ways:
        ways = [
            f"JupyterLab: {sys.executable} -m pip install jupyterlab, then this command again",
            f"VS Code:    open the folder {notebook.parent}, and as its kernel choose {sys.executable}",
        ]
    return ways
