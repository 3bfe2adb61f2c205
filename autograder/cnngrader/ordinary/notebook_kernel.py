"""The kernel that nbgrader would start for a notebook: which program, variables and settings it has."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from IPython.paths import get_ipython_dir
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from nbformat import NotebookNode

from cnngrader.errors import CnnkitError, ConfinementError
from cnngrader.files import read_content

PYTHON_PATH = "PYTHONPATH"
_ONLY = "only the Python that cnnkit runs with can be run confined"
_PROFILE = Path("profile_default")
_SETTINGS = ("ipython_config.py", "ipython_kernel_config.py", "startup/*.py", "startup/*.ipy")


def variables_of(notebook: NotebookNode, name: str = "") -> dict[str, str]:
    """The variables that the notebook's registered kernel sets. name: that the configuration has in its place.

    Raises CnnkitError where the kernel is not this environment's Python.
    """
    about = notebook.metadata.get("kernelspec", {})
    name = name or about.get("name", "")
    spec = _registered(name)
    language = spec.language if spec else about.get("language") or ""
    language = language or notebook.metadata.get("language_info", {}).get("name") or ""
    if language and language.lower() not in ("python", "ipython"):
        raise CnnkitError(f"the notebook is in {language}, and only Python can be run confined")
    if spec is None:
        if name and not language and not name.startswith("python"):
            raise CnnkitError(f"the notebook asks for the kernel {name!r}, which is not registered here; {_ONLY}")
        return {}
    if not _is_ours(spec):
        raise CnnkitError(
            f"the notebook asks for the kernel {name!r}, which is {spec.argv[0] if spec.argv else 'nothing'}; {_ONLY}. "
            "Install cnnkit there and grade with it"
        )
    return {variable: os.path.expandvars(str(value)) for variable, value in spec.env.items()}


def importable(environment: Mapping[str, str], home: Path) -> list[Path]:
    """The folders of PYTHONPATH, to be read. Raises ConfinementError where the course at `home` is in one."""
    entries = environment.get(PYTHON_PATH, "").split(os.pathsep)
    folders = [Path(entry) for entry in entries if os.path.isabs(entry)]
    for folder in folders:
        if home.resolve().is_relative_to(folder.resolve()):
            raise ConfinementError(
                f"{PYTHON_PATH} has {folder}, in which the course lies: a student's code could read it all. "
                f"Have notebooks import from another folder, and set c.ConfinedExecute.environment = "
                f'{{"{PYTHON_PATH}": "/that/folder"}}.'
            )
    return folders


def ipython_settings() -> dict[str, bytes]:
    """{name in a home folder: content} of IPython's configuration and startup files of who grades."""
    profile = Path(get_ipython_dir()) / _PROFILE
    paths = sorted(path for pattern in _SETTINGS for path in profile.glob(pattern) if path.is_file())
    return {str(Path(".ipython", _PROFILE, path.relative_to(profile))): read_content(path) for path in paths}


def _registered(name: str) -> KernelSpec | None:
    try:
        return KernelSpecManager().get_kernel_spec(name) if name else None
    except (NoSuchKernel, ValueError):  # ValueError: what the notebook has is no name of a kernel
        return None


def _is_ours(spec: KernelSpec) -> bool:
    """Whether it is an ipykernel of the environment that this process is in."""
    if not spec.argv or not any("ipykernel" in argument for argument in spec.argv):
        return False
    program = spec.argv[0]
    version = sys.version_info
    if program in ("python", f"python{version.major}", f"python{version.major}.{version.minor}"):
        return True  # for Jupyter, the one that it runs with
    found = shutil.which(program)
    return found is not None and os.path.samefile(os.path.dirname(found), os.path.dirname(sys.executable))
