"""Pictures that were pasted into a text: what a cell may have attached."""

import base64
import binascii
import re
from collections.abc import Iterable
from functools import partial
from html import unescape
from itertools import count
from typing import Any
from urllib.parse import quote

from nbformat import NotebookNode

MAX_BYTES = 5 * 10**6  # bytes
MOST_BYTES = 20 * 10**6  # of a notebook
SIGNATURES = {
    "image/png": (b"\x89PNG",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF8",),
    "image/webp": (b"RIFF",),
    "image/svg+xml": (b"<svg", b"<?xml"),
}
_SAFE = re.compile(r"[\w.-]+", re.ASCII)
_REFERENCE = re.compile(r"""attachment:([^\s)"'<>\]]*+)""")
_DISGUISED = re.compile(r"&|\\(?=:)")


def keep_attachments(cells: Iterable[NotebookNode]) -> list[str]:
    """Leave attached to each text the pictures that it shows, and tell in it which are not there.

    Returns the names of these. nbconvert, and so formgrader, opens no notebook that names a missing one.
    """
    left, missing = MOST_BYTES, []
    for cell in cells:
        attached = cell.pop("attachments", {})
        if cell.cell_type != "markdown":
            continue
        if "attachment:" not in (seen := unescape(cell.source.replace("\\:", ":"))):
            continue
        if seen.count("attachment:") > cell.source.count("attachment:"):  # written as &#58; or \:
            cell.source = _DISGUISED.sub(lambda found: "&amp;" if found[0] == "&" else "", cell.source)
        kept, text = _named_safely(attached, cell.source)
        pictures, lost = {}, []
        for name in dict.fromkeys(_REFERENCE.findall(text)):
            picture = _picture(kept.get(name), left)
            if picture and _SAFE.fullmatch(name):
                pictures[name] = picture
                left -= sum(map(len, picture.values()))
            else:
                lost.append(name)
        if lost:
            text = _REFERENCE.sub(partial(_reference, pictures), text)
            names = ", ".join(f"`{name}`" for name in lost)
            text = f"{text.rstrip()}\n\n*(Not among what was handed in, too large, or no picture: {names}.)*"
            missing += lost
        cell.source = text
        if pictures:
            cell.attachments = pictures
    return missing


def _named_safely(attached: dict[Any, Any], text: str) -> tuple[dict[Any, Any], str]:
    """The attachments and the text, with names that stay what they are in a link."""
    kept, numbers = dict(attached), count(1)
    odd = [name for name in attached if isinstance(name, str) and name and not _SAFE.fullmatch(name)]
    for name in sorted(odd, key=len, reverse=True):
        new = next(new for n in numbers if (new := f"picture-{n}") not in kept)
        forms = {name, quote(name), quote(name, safe=":/?#@!$&()*+,;=%"), name.replace(" ", "%20")}
        for form in sorted(forms, key=len, reverse=True):
            text = text.replace(f"<attachment:{form}>", f"attachment:{new}").replace(
                f"attachment:{form}", f"attachment:{new}"
            )
        kept[new] = kept.pop(name)
    return kept, text


def _picture(bundle: Any, left: int) -> dict[str, str]:
    """What of an attachment, {type: base64}, is a picture and not too large."""
    found = {}
    for kind, data in bundle.items() if isinstance(bundle, dict) else ():
        if isinstance(data, list) and all(isinstance(line, str) for line in data):
            data = "".join(data)
        if kind not in SIGNATURES or not isinstance(data, str) or len(data) > min(left, MAX_BYTES * 4 / 3):
            continue
        try:
            content = base64.b64decode("".join(data.split()), validate=True)
        except (binascii.Error, ValueError):
            continue
        if content.startswith(SIGNATURES[kind]):
            found = {kind: base64.b64encode(content).decode()}
    return found


def _reference(pictures: dict[str, Any], found: re.Match[str]) -> str:
    return found[0] if found[1] in pictures else f"missing:{found[1]}"
