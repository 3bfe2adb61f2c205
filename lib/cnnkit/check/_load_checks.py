"""The checks that lie beside a notebook: whether they are its own is told in one line."""

import importlib
import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec
from pathlib import Path

from cnnkit.check.checks import Checks, is_grading
from cnnkit.check.newer_release import find_newer_release
from cnnkit.check.plain_error import PlainError
from cnnkit.check.run_cells import note_runs
from cnnkit.check.waiting_cells import let_cells_wait

NAME = "checks"


class ChecksNotFound(PlainError):
    """There is no checks.py beside the notebook, or it is not this assignment's."""


def load_checks(assignment: str, release: str = "") -> Checks:
    """The checks of the checks.py beside the notebook: `check = load_checks("unet")`. Read anew each time.

    From then on a cell that needs an answer which is not written yet says so, and the notebook goes on below it.

    Args:
        assignment: its id.
        release: the one that the notebook is of, which `cnnkit release` writes into it; a checks.py of another one is
            told, and used.

    Raises:
        ChecksNotFound: saying what to do, where the file is missing, cannot be read, or is another assignment's.
    """
    importlib.invalidate_caches()
    spec = PathFinder.find_spec(NAME)
    if spec is None or spec.origin is None:
        raise ChecksNotFound(
            f"There is no {NAME}.py in this notebook's folder, {Path.cwd()}. {_advice(assignment, release, '')}"
        )
    check = _read(spec)
    if check.assignment and check.assignment != assignment:
        raise ChecksNotFound(
            f"{spec.origin} is of the assignment {check.assignment}, and this notebook of {assignment}. "
            + _advice(assignment, release, "")
        )
    if release and check.release != release and not is_grading():
        print(f"{NAME}.py is of another release of {assignment} than this notebook. {_advice(assignment, release)}")
    if not is_grading():
        _tell_newer_release(assignment, release, check.about.get("assignments", ""))
        _follow_cells()
    return check


def _tell_newer_release(assignment: str, release: str, address: str) -> None:
    if release and address and find_newer_release(assignment, release, address):
        print(
            f"Your course has given out another release of {assignment} since. Save this notebook and close it, then "
            "run in a terminal, in its folder: cnnkit update. Your work comes along."
        )


def _follow_cells() -> None:
    from IPython.core.getipython import get_ipython

    if (shell := get_ipython()) is not None:
        let_cells_wait(shell)
        note_runs(shell)


def _read(spec: ModuleSpec) -> Checks:
    assert spec.loader is not None
    module = sys.modules[NAME] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ImportError as error:
        raise ChecksNotFound(
            f"{spec.origin} and the cnnkit that is installed do not fit: {error}. Install cnnkit again, and download "
            "the assignment again."
        ) from None
    except Exception as error:
        raise ChecksNotFound(
            f"{spec.origin} cannot be read ({type(error).__name__}: {error}). Download the file itself again, not the "
            "web page that shows it."
        ) from None
    check = getattr(module, "check", None)
    if not isinstance(check, Checks):
        raise ChecksNotFound(f"{spec.origin} holds no checks. Is it a file of your own? Give that another name.")
    return check


def _advice(assignment: str, *releases: str) -> str:
    """Which file to take: a browser gives a second download another name, `checks (1).py`.

    releases: those wanted, the best one first; "" is any.
    """
    others = [path for path in sorted(Path.cwd().glob(f"{NAME}*.py")) if path.name != f"{NAME}.py"]
    texts = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in others}
    for release in releases:
        for name, text in reversed(texts.items()):
            if f'"{assignment}", "{release}' in text:
                return f"`{name}` is the right one: rename it to {NAME}.py."
    return f"Download {NAME}.py of {assignment} again, into this folder and under this name."
