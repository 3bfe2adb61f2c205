"""What a course has given in an ordinary notebook, as nbgrader released it."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import compute_checksum, is_grade, is_locked

from cnngrader.cells import id_of, mark_of


def read_released(courses: CourseDirectory, id: str, notebook: str) -> NotebookNode:
    """The released notebook; one without cells where it does not lie in the course, or cannot be read."""
    path = Path(courses.format_path(courses.release_directory, ".", id)) / f"{notebook}.ipynb"
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError):
        return nbformat.v4.new_notebook()


def restore_metadata(notebook: NotebookNode, released: NotebookNode) -> None:
    """Give each cell that is graded or locked the released one's metadata. nbgrader restores its source and its mark
    alone; a tag such as skip-execution is read when it is run, and what is not run raises nothing."""
    given = {id_of(cell): cell.metadata for cell in released.cells if id_of(cell)}
    for cell in notebook.cells:
        if is_grade(cell) or is_locked(cell):
            cell.metadata = NotebookNode(given.get(id_of(cell), {}), nbgrader=mark_of(cell))


def given_texts(notebook: NotebookNode, released: NotebookNode) -> set[str]:
    """Texts of the notebook's cells that are the course's own."""
    known = [cell for cell in notebook.cells if id_of(cell)]  # nbgrader takes the ids of others away
    own = [cell for cell in known if is_locked(cell) or mark_of(cell).get("checksum") == compute_checksum(cell)]
    return {cell.source for cell in (*released.cells, *own)}
