"""Reading what was handed in as a notebook, whatever it is, within bounds."""

import json
from typing import Any

from nbformat import NotebookNode

from cnngrader.errors import NotebookError
from cnngrader.plain_text import encodable, plain

MAX_BYTES = 100 * 2**20  # with its outputs, which are dropped
MAX_CELLS = 1000
MAX_TEXT = 4 * 10**6  # characters of all cells
KINDS = {"code": "code", "markdown": "markdown", "heading": "markdown"}


def read_notebook(data: bytes) -> NotebookNode:
    """A submitted file as a version 4 notebook of code, markdown and raw cells, without outputs, each with no
    more than its text, its grade id and what was attached. Raises NotebookError, in words for staff and student.

    What is bounded is bounded before anything is made of it.
    """
    if not data.strip():
        raise NotebookError("no notebook of the assignment's name was handed in, or an empty file")
    if len(data) > MAX_BYTES:
        raise NotebookError(
            f"the file has {len(data) >> 20} MiB, more than {MAX_BYTES >> 20}: clear its outputs and save it again"
        )
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotebookError(f"the file is no notebook (not JSON: {plain(error, 80)})") from None
    except MemoryError:
        raise NotebookError("the file is too large to be read: clear its outputs and save it again") from None
    cells = _cells(raw)
    if len(cells) > MAX_CELLS:
        raise NotebookError(f"the notebook has {len(cells)} cells, more than {MAX_CELLS}")
    long = sum(len(part) for cell in cells for part in _parts(cell))
    if long > MAX_TEXT:
        raise NotebookError(
            f"the cells hold {long / 1e6:.1f} million characters of text, more than {MAX_TEXT / 1e6:g} million: "
            "read data from a file beside the notebook"
        )
    kernel = _dict(_dict(raw.get("metadata")).get("kernelspec")).get("name", "python3")
    spec = {"name": plain(kernel, 40), "display_name": plain(kernel, 40)}
    metadata = NotebookNode(kernelspec=NotebookNode(spec))
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=metadata, cells=[_clean(cell) for cell in cells])


def _cells(raw: Any) -> list[dict[str, Any]]:
    """What the file lists as cells; before format 4 that was in worksheets."""
    sheets = [raw]
    if isinstance(raw, dict) and "cells" not in raw and isinstance(raw.get("worksheets"), list):
        sheets = raw["worksheets"]
    if not sheets or not all(isinstance(sheet, dict) and isinstance(sheet.get("cells"), list) for sheet in sheets):
        raise NotebookError("the file is JSON, but no notebook: it has no list of cells")
    return [cell for sheet in sheets for cell in sheet["cells"] if isinstance(cell, dict)]


def _parts(cell: dict[str, Any]) -> list[str]:
    source = cell.get("source", cell.get("input"))  # as format 3 has it
    return [part for part in (source if isinstance(source, list) else [source]) if isinstance(part, str)]


def _clean(cell: dict[str, Any]) -> NotebookNode:
    kind, level, text = cell.get("cell_type"), cell.get("level"), "".join(_parts(cell))
    if kind == "heading" and isinstance(level, int):
        text = f"{'#' * max(1, min(level, 6))} {text}"
    id = _dict(_dict(cell.get("metadata")).get("nbgrader")).get("grade_id")
    clean = NotebookNode(
        cell_type=KINDS.get(kind, "raw") if isinstance(kind, str) else "raw",
        source=encodable(text.replace("\r\n", "\n")),
        metadata=NotebookNode(nbgrader=NotebookNode(grade_id=encodable(id[:200])))
        if isinstance(id, str)
        else NotebookNode(),
        attachments=_dict(cell.get("attachments")),
    )
    if clean.cell_type == "code":
        clean.update(outputs=[], execution_count=None)
    return clean


def _dict(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}
