import json
import os

import pytest
from IPython.core.interactiveshell import InteractiveShell

from cnnkit.check.run_cells import note_runs


@pytest.fixture
def shell():
    shell = InteractiveShell()
    yield shell
    shell.history_manager.enabled = False


@pytest.fixture
def save(tmp_path):
    """Writes these cells into a notebook's file, some seconds from now."""

    def save(*sources, seconds=0.0):
        path = tmp_path / "hw.ipynb"
        path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": [source]} for source in sources]}))
        os.utime(path, (path.stat().st_mtime + seconds,) * 2)
        return path

    return save


def test_what_was_run_since_and_is_not_in_the_file_is_told_but_for_the_cell_that_asks(shell, save):
    cells = note_runs(shell)
    assert note_runs(shell) is cells
    for source in ("x = 1", "y = 2\n", "", "z = 3", "ask"):
        shell.run_cell(source, store_history=True)
    assert cells.unsaved(save(seconds=-9)) == ["x = 1", "y = 2", "z = 3"]
    assert cells.unsaved(save("x = 1", "z = 3 ", seconds=-9)) == ["y = 2"]
    assert cells.unsaved(save(seconds=9)) == []  # it was changed since, and saved
    shell.run_cell("x = 1", store_history=True)
    assert cells.unsaved(save(seconds=-9))[-1] == "ask"


def test_what_an_editor_asks_by_itself_is_no_cell(shell, save):
    cells = note_runs(shell)
    shell.run_cell("x = 1", store_history=False)
    shell.run_cell("y = 1", silent=True)
    shell.run_cell("ask", store_history=True)
    assert cells.unsaved(save(seconds=-9)) == []
