"""A student's outputs, of which a page shows texts, tables and pictures."""

from collections.abc import Mapping
from typing import Any

import nh3
from nbformat import NotebookNode
from nbformat.v4 import new_output

from cnngrader.showing.markdown import clean_markdown, clean_tex

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")  # shown as img, which runs nothing
TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex")

_TAGS = {
    *("a", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "div", "dl", "dt", "em"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s"),
    *("samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u"),
    *("ul", "var"),
}
_ATTRIBUTES = {
    "*": {"align", "dir", "lang", "style", "title"},
    "a": {"href"},
    "img": {"alt", "height", "src", "width"},
    "col": {"span"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_STYLES = {
    *("background-color", "border", "border-collapse", "color", "font-size", "font-style", "font-weight"),
    *("text-align", "text-decoration", "vertical-align", "white-space"),
}


def clean_output(output: NotebookNode) -> NotebookNode:
    """An output with what a page can show of it without running or loading anything."""
    if output.output_type in ("stream", "error"):
        return output
    kept = {kind: _CLEAN.get(kind, str)(data) for kind, data in output.data.items() if _is_text(kind, data)}
    left_out = sorted(str(kind) for kind in output.data if kind not in kept)
    if left_out and not kept:
        kept = {"text/plain": f"({', '.join(left_out)}: shown where the notebook is run, and not here)"}
    about = {kind: _shape(output.get("metadata", {}).get(kind)) for kind in kept if kind in PICTURES}
    metadata = {kind: shape for kind, shape in about.items() if shape}
    if output.output_type == "execute_result":
        return new_output("execute_result", kept, metadata=metadata, execution_count=output.get("execution_count"))
    return new_output("display_data", kept, metadata=metadata)


def _is_text(kind: Any, data: Any) -> bool:
    return kind in (*TEXTS, *PICTURES) and isinstance(data, str)


def _shape(metadata: Any) -> dict[str, Any]:
    """Width and height of a picture, and its alternative text."""
    about = metadata if isinstance(metadata, Mapping) else {}
    shape: dict[str, Any] = {name: about[name] for name in ("width", "height") if type(about.get(name)) in (int, float)}
    return shape | ({"alt": about["alt"]} if isinstance(about.get("alt"), str) else {})


def clean_html(html: str) -> str:
    """What of HTML is text, tables and pictures that are in it, without anything that a page knows an element by."""
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto", "data"},
    )
    return clean_tex(cleaned)


def _attribute(element: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if value.startswith(tuple(f"data:{kind};base64," for kind in PICTURES)) else None
    if name == "href":
        return value if value.startswith(("http://", "https://", "mailto:", "#")) else None
    return value


_CLEAN = {"text/html": clean_html, "text/markdown": clean_markdown, "text/latex": clean_tex}
