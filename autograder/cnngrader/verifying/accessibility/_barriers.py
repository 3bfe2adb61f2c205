"""All rules, over a notebook and what running it has shown."""

from collections.abc import Iterator

from nbformat import NotebookNode

from cnngrader.cells import name_of
from cnngrader.verifying.accessibility.contrast import of_colours
from cnngrader.verifying.accessibility.export import of_export
from cnngrader.verifying.accessibility.figures import of_drawing
from cnngrader.verifying.accessibility.headings import of_headings
from cnngrader.verifying.accessibility.images import of_code, of_figures, of_images
from cnngrader.verifying.accessibility.links import of_links
from cnngrader.verifying.accessibility.page import Element, elements_of_html, elements_of_markdown
from cnngrader.verifying.accessibility.tables import of_tables


def barriers(release: NotebookNode, solved: NotebookNode) -> list[str]:
    """What a reader may not get past, each with its cell and what to do.

    release: the notebook that students get. solved: the solution's, with its outputs. Where no cell is at fault, their
    HTML exports are looked at as a whole.
    """
    return list(_of_cells(release, solved)) or [*of_export(release), *of_export(solved)]


def _of_cells(release: NotebookNode, solved: NotebookNode) -> Iterator[str]:
    texts = []
    for index, cell in enumerate(release.cells):
        where = _where(index, cell)
        if cell.cell_type == "markdown":
            elements = elements_of_markdown(cell.source)
            texts.append((where, elements))
            yield from _of_elements(where, elements)
        elif cell.cell_type == "code":
            yield from of_code(where, cell.source)
            yield from of_drawing(where, cell.source)
    yield from of_headings(texts)
    for index, cell in enumerate(solved.cells):
        where = f"output of {_where(index, cell)}"
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            shown = {} if "text/html" in data else data  # a page shows the richest form alone
            yield from of_figures(where, shown, output.get("metadata", {}))
            yield from _of_elements(where, elements_of_html(str(data.get("text/html", ""))))


def _of_elements(where: str, elements: list[Element]) -> Iterator[str]:
    for rule in (of_images, of_tables, of_links, of_colours):
        yield from rule(where, elements)


def _where(index: int, cell: NotebookNode) -> str:
    name = name_of(cell)
    return f"cell {index + 1} ({name})" if name else f"cell {index + 1}"
