"""Images and figures, and what stands in their place for who does not see them (WCAG 1.1.1)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cnngrader.verifying.accessibility.page import Element, of

_FILE = re.compile(r"\S+\.(png|jpe?g|gif|svg|webp)|image|figure|picture|plot", re.IGNORECASE)
_SHOWN_BARE = re.compile(r"^(?!\s*#).*\b(?:plt|pyplot|figure|fig)\.show\(", re.MULTILINE)
REMEDY = "Show it by cnnkit.pictures.picture(figure, text)"


def of_images(cell: str, elements: list[Element]) -> Iterator[str]:
    for image in of(elements, "img"):
        alternative = image.attributes.get("alt", "").strip()
        if not alternative:
            yield f"{cell}: an image has no alternative text. Say what is in it: `![a cat](cat.png)` or alt=..."
        elif _FILE.fullmatch(alternative):
            yield f"{cell}: the alternative text {alternative!r} says nothing. Write what is to be seen in the image"
    for drawing in of(elements, "svg"):
        is_named = drawing.attributes.get("aria-label") or any(part.says for part in of(drawing.inside, "title"))
        if not is_named and drawing.attributes.get("aria-hidden") != "true":
            yield f"{cell}: a drawing (svg) has no name. Give it role='img' and aria-label=..."


def of_figures(cell: str, data: Mapping[str, Any], metadata: Mapping[str, Any]) -> Iterator[str]:
    """What a code cell shows beside HTML."""
    for kind in data:
        if kind.startswith("image/") and not str(dict(metadata.get(kind) or {}).get("alt", "")).strip():
            yield f"{cell}: it shows a figure ({kind}) without alternative text. {REMEDY}"


def of_code(cell: str, source: str) -> Iterator[str]:
    """What a cell would show that was not run, since it is left out while grading."""
    if _SHOWN_BARE.search(source):
        yield f"{cell}: show() gives a figure no alternative text. {REMEDY}"
