"""What a check's cell shows in the autograded notebook."""

from collections.abc import Mapping, Sequence

import nbformat
from nbformat import NotebookNode

from cnngrader.cells import id_of, is_check
from cnngrader.submission.verdict import TestVerdict

Picture = tuple[str, str]
"""(a PNG in base64, alternative text) of an answer beside the right one."""


def show_verdicts(notebook: str, tests: Sequence[TestVerdict], pictures: Mapping[str, Picture] | None = None) -> str:
    """The text of a notebook, each check cell showing what the trusted process found. pictures: {test: its picture}."""
    shown = nbformat.reads(notebook, as_version=4)
    for cell in filter(_is_check, shown.cells):
        mine = [test for test in tests if test.check == id_of(cell)]
        text = "".join(f"{test.outcome.mark} {test.outcome}\n" for test in mine)
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)] if text else []
        drawn = [(test.test, picture) for test in mine if (picture := (pictures or {}).get(test.test))]
        cell.outputs += [_output(test, picture) for test, picture in drawn]
    return str(nbformat.writes(shown))


def find_pictures(notebook: NotebookNode) -> dict[str, Picture]:
    """{test: its picture} of those that a graded notebook shows."""
    outputs = [output for cell in filter(_is_check, notebook.cells) for output in cell.outputs]
    return {
        output.metadata.cnnkit.test: (output.data["image/png"], output.data["text/plain"])
        for output in outputs
        if "cnnkit" in output.get("metadata", {})
    }


def _is_check(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and is_check(cell)


def _output(test: str, picture: Picture) -> NotebookNode:
    png, words = picture
    metadata = {"cnnkit": {"test": test}, "image/png": {"alt": words}}
    return nbformat.v4.new_output("display_data", {"image/png": png, "text/plain": words}, metadata=metadata)
