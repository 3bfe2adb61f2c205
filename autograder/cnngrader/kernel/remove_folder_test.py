"""Removing a folder as an ordinary user, whom the rights of its folders hold back."""

import os
import tempfile
from contextlib import chdir
from pathlib import Path

import pytest

from cnngrader.kernel.remove_folder import remove_folder

NOBODY = 65534


@pytest.mark.parametrize("mode", [0o300, 0, 0o600, 0o500])
def test_folders_without_rights_go_and_nothing_outside_changes(mode):
    child = os.fork()
    if child == 0:
        status = 1
        try:
            if os.geteuid() == 0:
                os.setuid(NOBODY)
            _remove(mode)
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0


def _remove(mode: int) -> None:
    outside = Path(tempfile.mkdtemp(dir="/tmp"))
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "file").touch()
    (folder / "a" / "link").symlink_to(outside)
    outside.chmod(0o500)
    (folder / "a" / "b").chmod(0o300)
    (folder / "a").chmod(mode)
    remove_folder(folder)
    kept = outside.stat().st_mode & 0o777
    outside.rmdir()
    assert (folder.exists(), kept) == (False, 0o500)


def test_a_folder_is_removed_however_deep_it_is(tmp_path):
    """Deeper than Python recurses, and than a path is long."""
    deep = tmp_path / "deep"
    deep.mkdir()
    with chdir(deep):
        for _ in range(3000):
            os.mkdir("below")
            os.chdir("below")
        Path("file").touch()
    (deep / "link").symlink_to(tmp_path / "kept")
    (tmp_path / "kept").mkdir()
    remove_folder(deep)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
