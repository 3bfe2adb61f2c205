"""Tables, whose numbers a screen reader names by their headers (WCAG 1.3.1)."""

from collections.abc import Iterator

from cnngrader.verifying.accessibility.page import Element, of


def of_tables(cell: str, elements: list[Element]) -> Iterator[str]:
    for table in of(elements, "table"):
        if table.attributes.get("role") in ("presentation", "none"):
            continue
        headers = list(of(table.inside, "th"))
        shown = " ".join(table.text.split())[:40]
        if not headers:
            yield f"{cell}: the table {shown!r} has no headers. Write its first row as `<th>`"
        elif not any(header.says for header in headers):
            yield f"{cell}: the headers of the table {shown!r} are empty. Name its columns"
