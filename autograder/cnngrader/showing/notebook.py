"""A notebook as staff may open it."""

from collections.abc import Collection

from nbformat import NotebookNode

from cnngrader.showing.markdown import JOINER, clean_markdown
from cnngrader.showing.outputs import clean_output


def clean_notebook(notebook: NotebookNode, given: Collection[str]) -> None:
    """Take out of a notebook, in place, what would run or load something where formgrader, JupyterLab or a page
    shows it. What was handed in stays as it is in submitted/.

    Args:
        given: the texts of cells that the course itself wrote, which stay.
    """
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [clean_output(output) for output in cell.outputs]
        elif cell.source in given:
            continue
        elif cell.cell_type == "raw":  # pages take it for HTML
            cell.cell_type, cell.source = "markdown", _as_code(cell.source)
        else:
            cell.source = clean_markdown(cell.source)


def _as_code(text: str) -> str:
    lines = clean_markdown(text).split("\n")
    return "\n".join(f"    {line}" for line in lines) if text.strip(f"{JOINER}\n\t ") else ""
