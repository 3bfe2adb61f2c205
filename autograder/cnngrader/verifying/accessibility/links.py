"""Links, which a screen reader lists without the words around them (WCAG 2.4.4)."""

from collections.abc import Iterator

from cnngrader.verifying.accessibility.page import Element, of

SAY_NOTHING = {"", "here", "click here", "this", "this page", "link", "this link", "more", "read more", "page", "see"}


def of_links(cell: str, elements: list[Element]) -> Iterator[str]:
    for link in of(elements, "a"):
        if "href" not in link.attributes:
            continue
        says = link.says
        if says.lower().strip(" .:!") in SAY_NOTHING or says.startswith(("http://", "https://", "www.")):
            where = link.attributes["href"][:60]
            yield f"{cell}: the link {says!r} to {where} does not say where it leads. Write what is there as its text"
