"""Texts that a student's hand may be in, as they may stand in a log, on a terminal or on a page."""

import re

LONGEST = 1000
LONGEST_LINES = 20_000

_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, and what moves the cursor and erases
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # titles, links, the clipboard
    r"|\x1b[ -/]*[0-~]"
)
_NEW_LINE = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Control characters, and those that show a text in another order than it has.
_CONTROL = re.compile("[\0-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain_lines(text: object, limit: int = LONGEST_LINES) -> str:
    """The text without what a terminal would obey, cut to `limit` characters; lines stay lines."""
    found = encodable(str(text)[: 4 * limit])
    found = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _NEW_LINE.sub("\n", _SEQUENCE.sub("", found)))
    return found if len(found) <= limit else f"{found[: limit - 1]}…"


def plain(text: object, limit: int = LONGEST) -> str:
    """The same in one line."""
    return " ".join(plain_lines(text, limit).split())


def counted(number: int, thing: str) -> str:
    """
    >>> counted(1, "grade"), counted(0, "grade")
    ('1 grade', '0 grades')
    """
    return f"{number} {thing}{'' if number == 1 else 's'}"


def encodable(text: str) -> str:
    """The text, such as can be written as UTF-8: JSON and a student's code may hold halves of characters."""
    return text.encode("utf-8", "replace").decode()
