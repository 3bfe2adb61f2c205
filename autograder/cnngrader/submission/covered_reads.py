"""Keeping a rubric to files that the key of its verdicts covers, or that nobody changes for it."""

import errno
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import cnnkit
from cnngrader.installed import package_folders
from cnnkit.datasets.home import networks_home

SYSTEM = ("/usr", "/lib", "/lib64", "/etc", "/proc", "/sys", "/dev")
CODE = (".py", ".pyc", ".so")
"""Modules, which the key has by what imports them."""
WHY = "a rubric cannot read this, since verdicts would not change with it. Write it into the rubric, or make a data set"

_allowed: tuple[str, ...] = ()


@contextmanager
def covered_reads(places: Iterable[Path]) -> Iterator[None]:
    """Within it, opening a file for reading raises PermissionError, but for what is installed, the system's,
    temporary or below one of these places. Libraries that open files without Python are not seen."""
    global _allowed
    _begin_to_look()
    settings = os.path.realpath(os.path.expanduser("~")) + "/."  # and caches, of libraries
    before = _allowed
    _allowed = (settings, *(f"{os.path.realpath(place)}/" for place in (*_common(), *places)))
    try:
        yield
    finally:
        _allowed = before


@cache
def _begin_to_look() -> None:
    sys.addaudithook(_look)  # once, and for good: it cannot be taken away


def _common() -> list[str | Path]:
    installed = [sys.prefix, sys.base_prefix, sys.base_exec_prefix, *map(str, package_folders())]
    return [*SYSTEM, *installed, tempfile.gettempdir(), Path(cnnkit.__file__).parent, networks_home()]


def _look(event: str, arguments: tuple[object, ...]) -> None:
    if event != "open" or not _allowed:
        return
    path, _, flags = arguments
    if not isinstance(path, str | bytes) or not isinstance(flags, int) or flags & os.O_ACCMODE == os.O_WRONLY:
        return
    name = os.path.realpath(os.fsdecode(path))
    if not name.startswith(_allowed) and not name.endswith(CODE) and os.path.isfile(name):
        raise PermissionError(errno.EACCES, WHY, name)
