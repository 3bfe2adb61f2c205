"""Removing a folder that a student's code has written in."""

import os
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path


def remove_folder(folder: Path) -> None:
    """Also where folders below allow nothing, and however deep they lie. Nobody may be writing in it any more."""
    with suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as apart:
            _take_apart(folder, Path(apart))
        shutil.rmtree(folder, ignore_errors=True)


def _take_apart(folder: Path, apart: Path) -> None:
    """Each folder below is taken out of the one above before it is looked into: a walk down would meet the bounds of
    paths and of recursion."""
    waiting, number = [folder], 0
    while waiting:
        number += 1
        taken = apart / str(number)
        with suppress(OSError):  # another user's
            here = waiting.pop()
            here.chmod(stat.S_IRWXU)
            here.rename(taken)
            with os.scandir(taken) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(taken / entry.name)
                    else:
                        os.unlink(entry)
