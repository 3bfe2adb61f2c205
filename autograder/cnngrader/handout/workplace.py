"""What a student's own machine and folder have, and lack, for working on an assignment."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from cnngrader.diagnosis import BAD, GOOD, LESS, Diagnosis, diagnose_packages, diagnose_python
from cnngrader.handout.carry_over import is_kept
from cnngrader.handout.handout import CHECKS
from cnngrader.handout.lay_out import release_of
from cnngrader.handout.released_checks import find_checks
from cnnkit.datasets.home import data_home

DISK_GB = 1


def examine_workplace(folder: Path) -> Iterator[Diagnosis]:
    """Every diagnosis, those of the notebooks in the folder at the end."""
    yield diagnose_python()
    broken = [one for one in diagnose_packages() if one.state == BAD]
    yield from broken or [Diagnosis("packages", GOOD, "all are installed, and can be imported")]
    yield _kernel()
    yield _disk(folder)
    notebooks = sorted(path for path in folder.glob("*.ipynb") if path.is_file() and not is_kept(path))
    if not notebooks:
        yield Diagnosis("notebook", LESS, f"none in {folder}", "go to your assignment's folder, or: cnnkit start ID")
    if checks := find_checks(folder / CHECKS):
        yield from map(_data_set, checks.datasets)
    for notebook in notebooks:
        yield _notebook(notebook)


def _kernel() -> Diagnosis:
    """Whether JupyterLab, or another editor, would find this Python."""
    if find_spec("jupyterlab") is None:
        return Diagnosis(
            "JupyterLab",
            LESS,
            "not installed",
            f"{sys.executable} -m pip install jupyterlab; or VS Code, with the kernel {sys.executable}",
        )
    from jupyter_client.kernelspec import KernelSpecManager

    found = KernelSpecManager().get_all_specs().get("python3", {}).get("spec", {}).get("argv", [])
    python = found[0] if found else ""
    if python in ("python", "python3", sys.executable):
        return Diagnosis("JupyterLab", GOOD, "its notebooks run with this Python")
    return Diagnosis(
        "JupyterLab",
        BAD,
        f"its notebooks run with another Python, {python or 'none'}",
        f"{sys.executable} -m ipykernel install --sys-prefix",
    )


def _disk(folder: Path) -> Diagnosis:
    free = shutil.disk_usage(folder).free / 2**30
    if free >= DISK_GB:
        return Diagnosis("disk", GOOD, f"{free:.0f} GB free")
    return Diagnosis("disk", BAD, f"{free:.1f} GB free", "make room: a notebook that cannot be saved is lost")


def _data_set(name: str) -> Diagnosis:
    """It is made, or fetched, when it is loaded for the first time."""
    home = data_home()
    if (home / name).is_dir():
        return Diagnosis(name, GOOD, f"its images are prepared, in {home}")
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    if place.is_dir() and os.access(place, os.W_OK):
        return Diagnosis(name, GOOD, f"its images are prepared when they are loaded first, in {home}")
    remedy = f"{'set CNNKIT_DATA to' if 'CNNKIT_DATA' not in os.environ else 'let CNNKIT_DATA be'} a folder of yours"
    return Diagnosis(name, BAD, f"its images cannot be prepared: {place} cannot be written", remedy)


def _notebook(path: Path) -> Diagnosis:
    try:
        text = path.read_text(encoding="utf-8")
        json.loads(text)["cells"]
    except (OSError, ValueError, LookupError, TypeError):
        return Diagnosis(path.name, BAD, "is no notebook", "take it from where you saved it last, or: cnnkit start ID")
    release, checks = release_of(text), find_checks(path.parent / CHECKS)
    if not release:
        return Diagnosis(path.name, GOOD, "is a notebook of your own")
    if not (path.parent / CHECKS).exists():
        again = f"cnnkit start {path.stem} --into '{path.parent}'"
        return Diagnosis(path.name, BAD, f"has no {CHECKS} beside it", f"{again} puts it there, and leaves your work")
    if checks is None or checks.release != release:
        words = f"is of another release ({release}) than {CHECKS} ({checks.release if checks else 'of none'})"
        return Diagnosis(path.name, LESS, words, f"cnnkit update {path.name}")
    return Diagnosis(path.name, GOOD, f"is of the release {release}, as {CHECKS} beside it")
