"""Colours that a text is given, and their contrast (WCAG 1.4.3)."""

import re
from collections.abc import Iterator

from matplotlib.colors import to_rgb

from cnngrader.verifying.accessibility.page import Element

LEAST = 4.5
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)")


def of_colours(cell: str, elements: list[Element]) -> Iterator[str]:
    for element in elements:
        own = element.attributes.get("color") if element.tag == "font" else None
        written = own or element.style.get("color")
        back = element.style.get("background-color") or element.style.get("background")
        shown = " ".join(element.text.split())[:40]
        if not shown or (_colour(written) is None and _colour(back) is None):
            continue
        text, ground = _colour(written), _colour(back)
        if text is None or ground is None:
            lacks = "a background" if ground is None else "a colour of the text"
            yield (
                f"{cell}: {shown!r} is given a colour without {lacks}, which cannot be read on light and dark pages "
                "both. Name both colours, or none"
            )
        elif (ratio := contrast(text, ground)) < LEAST:
            yield f"{cell}: {shown!r} has a contrast of {ratio:.1f}. Take colours further apart: {LEAST} is the least"


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """WCAG's ratio, from 1 to 21, of two colours with parts from 0 to 1."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: tuple[float, ...]) -> float:
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _colour(written: str | None) -> tuple[float, ...] | None:
    """None for no colour, and for what depends on the page: var(...), inherit."""
    if not written:
        return None
    if found := _RGB.match(written):
        return tuple(int(part) / 255 for part in found.groups())
    try:
        return to_rgb(written.split()[0])
    except ValueError:
        return None
