"""The cells of a percent file."""

import jupytext
from nbformat import NotebookNode


def read_cells(source: str) -> NotebookNode:
    """A notebook of its cells. A comment stays one, and a magic is written as in a notebook.

    jupytext writes magics as comments: in a file with its header `# %matplotlib inline` is a magic.
    """
    by_jupytext = source.startswith("# ---\n")
    percent = {"extension": ".py", "format_name": "percent", "comment_magics": by_jupytext}
    return jupytext.reads(source, fmt=percent)
