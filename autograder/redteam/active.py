"""What in a document would do something when it is opened."""

import json
import re
from html.parser import HTMLParser

MARK = "redteam"  # in whatever an attack would have run or loaded
_RUNS = {"script", "iframe", "object", "embed", "form", "meta", "link", "base", "style"}
_LOADS = {"src", "srcset", "data", "poster", "background", "action", "formaction", "srcdoc", "style"}
_IN_MARKDOWN = re.compile(r"\]\(\s*<?\s*javascript:|!\[[^\]]*\]\(\s*<?(?:https?:)?//")
_IN_FORMULAS = re.compile(r"\\(?:href|style|cssId|require)\b")
_SHOWN = ("text/html", "text/markdown", "text/latex")
_PLAIN = {"text/plain", "image/png", "image/jpeg", "image/gif", "image/webp", *_SHOWN}
_PLAIN |= {"image/svg+xml"}  # Jupyter and nbconvert show it as img, in which nothing runs or loads


class _Finder(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found: list[str] = []
        self._within = ""

    def handle_starttag(self, tag, attributes):
        self._within = tag if tag in ("script", "style") else ""
        for name, value in attributes:
            value = value or ""
            if MARK not in value and "position:fixed" not in value.replace(" ", ""):
                continue
            address = re.sub(r"[\s\x00-\x1f]", "", value).lower()
            runs = name.startswith("on") or address.startswith(("javascript:", "data:text/html", "vbscript:"))
            if runs or name in _LOADS or tag in _RUNS:
                self.found.append(f"<{tag} {name}={value!r}>")

    def handle_endtag(self, tag):
        self._within = ""

    def handle_data(self, data):
        if self._within and MARK in data:
            self.found.append(f"<{self._within}>{data[:60]}")


def active_in_page(page: str) -> list[str]:
    finder = _Finder()
    finder.feed(page)
    finder.close()
    return finder.found


def active_in_notebook(text: str) -> list[str]:
    """In the cells and outputs of a notebook as Jupyter would show it."""
    notebook = json.loads(text)
    found = [] if MARK not in json.dumps(notebook["metadata"]) else ["the notebook's metadata"]
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            source = _joined(cell["source"])
            found += active_in_page(source) + _IN_MARKDOWN.findall(source) + _IN_FORMULAS.findall(source)
            found += [f"attachment {name}" for name in cell.get("attachments", {}) if "svg" in name or '"' in name]
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            found += [kind for kind in data if kind not in _PLAIN]
            for kind in _SHOWN:
                shown = _joined(data.get(kind, ""))
                found += active_in_page(shown)
                found += _IN_MARKDOWN.findall(shown) if kind == "text/markdown" else []
                found += _IN_FORMULAS.findall(shown) if kind in ("text/markdown", "text/latex") else []
    return found


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
