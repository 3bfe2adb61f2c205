"""nbgrader's Validate, which students may have as a button, of what students get."""

import nbformat
import pytest
from nbgrader.validator import Validator


def validated(window, notebook, folder):
    """{source of a cell that failed: why}, as the button shows them."""
    for name, content in window.release.items():
        (folder / name).write_bytes(content)
    nbformat.write(notebook, folder / "window.ipynb")
    found = Validator().validate(str(folder / "window.ipynb"))
    return {cell["source"]: cell["raw_error"] for cell in found.get("failed", ())}


def answered(notebook):
    """The notebook, with its written answers given."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = "Because."
    return notebook


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("def window_mean(window):\n    raise NotImplementedError()", "`window_mean` is not written yet"),
        ("def window_mean(window):\n    return np.sum(window)", "that is the sum"),
    ],
    ids=["untouched", "wrong"],
)
def test_what_loses_points_is_no_success(window, tmp_path, answer, why):
    failed = validated(window, answered(window.notebook(answer)), tmp_path)
    assert list(failed) == ['check("window-mean")']
    assert why in " ".join(failed['check("window-mean")'].split()) and "Traceback" not in str(failed)


def test_what_earns_all_points_is_one(window, tmp_path):
    assert validated(window, answered(window.notebook()), tmp_path) == {}
