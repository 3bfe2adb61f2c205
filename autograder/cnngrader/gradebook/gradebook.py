"""Whether nbgrader's gradebook holds an assignment."""

import nbformat
from nbgrader.api import MissingEntry

from cnngrader.cells import id_of, mark_of
from cnngrader.course import Course
from cnngrader.gradebook.nbgrader_course import open_gradebook


def knows(course: Course, id: str, notebook_text: str) -> bool:
    """Whether a release has entered the assignment, with every cell of the released notebook."""
    cells = nbformat.reads(notebook_text, as_version=4).cells
    released = {id_of(cell) for cell in cells if mark_of(cell)}
    with open_gradebook(course) as book:
        try:
            # nbgrader enters cell after cell, each one's source as the last
            return released <= {cell.name for cell in book.find_notebook(id, id).source_cells}
        except MissingEntry:
            return False
