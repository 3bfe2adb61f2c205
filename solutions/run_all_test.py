"""Restart and run all, as a student does it on the day of the release."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

RELEASED = sorted((Path(__file__).parents[1] / "assignments").glob("*/*.ipynb"))


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_the_untouched_release_runs_from_top_to_bottom(path, monkeypatch):
    """No cell ends in an error, which would end the run, and nothing is printed as a warning."""
    for variable in ("CNNKIT_GRADING", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(variable, raising=False)
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    assert any("cnnkit-waiting" in str(output.get("data")) for output in outputs)
