"""Removing a folder that a student's code has written in."""

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path


def remove_folder(folder: Path) -> None:
    """Also where folders below allow nothing. Nobody may be writing in it any more."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        _open_up(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _open_up(folder: Path) -> None:
    with suppress(OSError):  # another user's
        folder.chmod(stat.S_IRWXU)
        for root, folders, _ in os.walk(folder):
            for name in folders:
                path = Path(root, name)
                if not path.is_symlink():
                    path.chmod(stat.S_IRWXU)
