"""The notebook as a page, by nbconvert: what its cells do not tell (WCAG 2.4.2, 3.1.1)."""

from collections.abc import Iterator

from nbformat import NotebookNode

from cnngrader.verifying.accessibility.headings import of_headings
from cnngrader.verifying.accessibility.images import of_images
from cnngrader.verifying.accessibility.page import elements_of_html, of
from cnngrader.verifying.accessibility.tables import of_tables

WHERE = "the HTML export"


def of_export(notebook: NotebookNode) -> Iterator[str]:
    from nbconvert.exporters import HTMLExporter  # takes a second
    from nbconvert.filters.markdown_mistune import InvalidNotebook

    exporter = HTMLExporter()  # type: ignore[no-untyped-call]
    try:
        page = elements_of_html(exporter.from_notebook_node(notebook)[0])
    except InvalidNotebook as error:
        yield f"{WHERE}: nbconvert cannot write it: {error}. Mend what it names"
        return
    if not any(element.attributes.get("lang") for element in of(page, "html")):
        yield f"{WHERE}: it does not say its language. Export with a template that has `<html lang=...>`"
    if not any(element.says for element in of(page, "title")):
        yield f"{WHERE}: it has no title. Export with a template that has one"
    for rule in (of_images, of_tables):
        yield from rule(WHERE, page)
    yield from of_headings([(WHERE, page)])
