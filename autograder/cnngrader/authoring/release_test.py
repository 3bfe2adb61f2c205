import nbformat
import pytest

from cnngrader.authoring import release
from cnngrader.authoring.release import generate
from cnngrader.errors import AuthorError


def doubled(build):
    """Builds with a cell of nbgrader's there twice."""

    def build_doubled(course, assignment):
        folder = build(course, assignment)
        path = folder / f"{assignment.id}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        marked = next(cell for cell in notebook.cells if "nbgrader" in cell.metadata)
        notebook.cells.append(nbformat.from_dict({**marked, "id": "again"}))
        nbformat.write(notebook, path)
        return folder

    return build_doubled


def without_notebook(build):
    def build_nothing(course, assignment):
        folder = build(course, assignment)
        (folder / f"{assignment.id}.ipynb").unlink()
        return folder

    return build_nothing


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (doubled, r"ValidationError: Duplicate grade id: locked-setup$"),
        (without_notebook, r"\[ERROR\] No notebooks were matched by '.*/source/\./pooling'$"),
    ],
)
def test_what_nbgrader_met_is_told(tiny_course, pooling, monkeypatch, broken, said):
    monkeypatch.setattr(release, "build", broken(release.build))
    with pytest.raises(AuthorError, match=f"pooling: nbgrader could not release it: .*{said}"):
        generate(tiny_course, pooling)
