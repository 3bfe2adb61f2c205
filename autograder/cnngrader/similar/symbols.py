"""A text as symbols that stay the same where somebody disguises a copy.

Python's own tokenize stops at the first error, and what students hand in has errors. Work grows with the text's length,
whatever it is.
"""

import builtins
import re
import unicodedata
from collections.abc import Iterator
from keyword import iskeyword

Symbol = tuple[str, int, int]
"""What it counts as, and where it begins and ends in the text."""

NAME, NUMBER, TEXT = "a name", "a number", "a text"

_TOKEN = re.compile(
    r"""
      (?P<space> [\s;\\]++ | \#[^\n]*+ )
    | (?P<text> [bBfFrRtTuU]{0,2}+ (?:
          \"\"\" (?: [^"\\] | \\. | "(?!"") )*+ (?: \"\"\" )?+
        | ''' (?: [^'\\] | \\. | '(?!'') )*+ (?: ''' )?+
        | " (?: [^"\\\n] | \\. )*+ "?+
        | ' (?: [^'\\\n] | \\. )*+ '?+ ) )
    | (?P<number> \.?+\d (?: [eE][+-] | [\w.] )*+ )
    | (?P<name> \w++ )
    | (?P<operator> \*\*=?+ | //=?+ | <<=?+ | >>=?+ | -> | := | [-+*/%&|^@<>=!]= | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_ALONE = re.compile(r"[ \t]*+(?:#|\n|\Z)")
_CALLED = re.compile(r"[ \t]*+\(")
_BUILTINS = frozenset(dir(builtins))
_UNSEEN = "\u00ad\u200b-\u200f\u2060\ufeff"  # soft hyphens and what has no width, which hide a word from a search
_WORD = re.compile(rf"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[\w{_UNSEEN}]++")  # of Chinese and its like each sign
_IS_UNSEEN = re.compile(f"[{_UNSEEN}]")


def code_symbols(text: str) -> Iterator[Symbol]:
    """Of Python: its structure and what it calls of libraries. Comments, docstrings and layout are left out; names that
    its author can choose are one symbol, and of literals it counts that they are texts or numbers."""
    before, held = ["", ""], None
    depth = ended = 0
    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup, match[0]
        if kind == "space":
            continue
        begins_line, ended = not ended or "\n" in text[ended : match.start()], match.end()
        if kind == "text":
            if begins_line and not depth and _ALONE.match(text, match.end()):
                continue  # a docstring, or a comment in disguise
            token = TEXT
        elif kind == "number":
            token = NUMBER
        elif kind == "name":
            token = _name(token, before, bool(_CALLED.match(text, match.end())))
        elif token in "([{":
            depth += 1
        elif token in ")]}":
            depth = max(0, depth - 1)
            held = None  # a comma before it is layout
        if held:
            yield held
            held = None
        symbol = (token, match.start(), match.end())
        if token == ",":
            held = symbol
        else:
            yield symbol
        before = [before[1], match[0]]
    if held:
        yield held


def _name(token: str, before: list[str], called: bool) -> str:
    """Itself where a library or Python gave it, so that nobody can change it."""
    of_library = before[1] == "." and before[0] != "self"
    of_python = called and token in _BUILTINS and before[1] not in (".", "def", "class")
    return token if iskeyword(token) or of_library or of_python else NAME


def word_symbols(text: str) -> Iterator[Symbol]:
    """Of a written answer: its words, however they are set."""
    for match in _WORD.finditer(text):
        word = match[0] if match[0].isascii() else _IS_UNSEEN.sub("", unicodedata.normalize("NFKC", match[0]))
        if word:
            yield word.casefold(), match.start(), match.end()
