"""A cell as a page shows it: its elements, with what they say."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass
class Element:
    """An element of HTML. text: what is written in it. inside: the elements in it, at any depth."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    inside: list["Element"] = field(default_factory=list)

    @property
    def says(self) -> str:
        """Its text, and the alternative texts of its images."""
        images = [each.attributes.get("alt", "") for each in self.inside if each.tag == "img"]
        return " ".join(" ".join([self.text, *images]).split())

    @property
    def style(self) -> dict[str, str]:
        pairs = (part.split(":", 1) for part in self.attributes.get("style", "").split(";") if ":" in part)
        return {name.strip().lower(): value.strip().lower() for name, value in pairs}


def elements_of_markdown(text: str) -> list[Element]:
    return elements_of_html(_MARKDOWN.render(text))


def elements_of_html(text: str) -> list[Element]:
    """All elements, in the order in which they begin."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.all


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.all: list[Element] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.all.append(element)
        for outer in self._open:
            outer.inside.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        for outer in self._open:
            outer.text += data


def of(elements: list[Element], *tags: str) -> Iterator[Element]:
    return (element for element in elements if element.tag in tags)
