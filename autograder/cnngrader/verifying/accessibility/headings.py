"""Headings, by which a screen reader goes through a notebook (WCAG 1.3.1, 2.4.6)."""

from collections.abc import Iterable, Iterator

from cnngrader.verifying.accessibility.page import Element, of

LEVELS = ("h1", "h2", "h3", "h4", "h5", "h6")


def of_headings(cells: Iterable[tuple[str, list[Element]]]) -> Iterator[str]:
    """cells: (which cell, its elements) of all that is written as text."""
    before = 0
    for cell, elements in cells:
        for heading in of(elements, *LEVELS):
            level, says = int(heading.tag[1]), heading.says
            if not says:
                yield f"{cell}: a heading is empty. Write what follows it, or take it out"
            elif level == 1 and before:
                yield f"{cell}: {says!r} is a second title. A notebook has one `#`; its parts begin with `##`"
            elif level > before + 1:
                yield (
                    f"{cell}: {says!r} is a heading of level {level}, and the one before it of level {before}. "
                    f"Write it with {'#' * (before + 1)!r}"
                    if before
                    else f"{cell}: {says!r} is the first heading, of level {level}. Begin with a title, `# ...`"
                )
            before = max(level, 1)
    if not before:
        yield "the notebook has no title. Begin its first cell with `# ...`"
