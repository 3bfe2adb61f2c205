import jupytext
import pytest

from cnngrader.authoring.lay_out_for_editing import lay_out_for_editing
from cnngrader.errors import AuthorError

MAGICS = "\n# %%\n# !important\n%matplotlib inline\n"


@pytest.fixture
def opened(tiny_course, pooling):
    """(contents manager of JupyterLab's, the notebook that it shows)"""
    pooling.source.write_text(pooling.source.read_text() + MAGICS)
    source = lay_out_for_editing(tiny_course, pooling)
    manager = jupytext.TextFileContentsManager()
    manager.root_dir = str(source.parent)
    return manager, manager.get(source.name, type="notebook")


def test_saving_changes_nothing_but_what_is_changed(opened, pooling):
    manager, notebook = opened
    before = pooling.source.read_text()
    notebook["content"]["metadata"]["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
    }  # as JupyterLab does
    manager.save(notebook, pooling.source.name)
    assert pooling.source.read_text() == before
    notebook["content"]["cells"][-1]["source"] += "\nx = 1"
    manager.save(notebook, pooling.source.name)
    assert pooling.source.read_text() == f"{before}x = 1\n"


def test_cells_have_their_marks(opened):
    marks = {mark for cell in opened[1]["content"]["cells"] for mark in cell["metadata"].items()}
    assert {("answer", "window-mean"), ("grade", "window-mean"), ("points", 2)} <= marks


def test_its_checks_and_files_lie_beside_it(opened, tiny_course, pooling):
    folder = tiny_course.generated("pooling", "edit")
    assert {path.name for path in folder.iterdir()} == {".jupyter", "checks.py", "jupytext.toml", "pooling.py"}
    lay_out_for_editing(tiny_course, pooling)
    assert (folder / "pooling.py").resolve() == pooling.source.resolve()


def test_what_cannot_be_built_is_told(tiny_course, pooling):
    pooling.source.write_text("# %% answer='a'\npass\n")
    with pytest.raises(AuthorError):
        lay_out_for_editing(tiny_course, pooling)
