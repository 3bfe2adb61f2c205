"""A student's markdown, of which no reader makes more than text, formulas, links and attached pictures.

Readers differ in what they take for code, for a link or for an element, so nothing here depends on how one of them
parses: what begins something is parted by a word joiner, which is not seen.
"""

import re

JOINER = "\u2060"

_ELEMENT = re.compile(r"<(?=[A-Za-z/!?])")
_PLAIN_ELEMENT = re.compile(r"<(b|i|em|strong|sub|sup|u|s|kbd|code|small|mark)>[^<>]*</\1>|<br ?/?>")
_ENTITY = re.compile(r"&(?=#|(?!(?:amp|lt|gt|quot|nbsp);)[A-Za-z][A-Za-z0-9]*;)")
_IMAGE = re.compile(r"!(?=\[)(?!\[[^\[\]\n]*\]\(attachment:[\w.-]+\))")
_LINK = re.compile(r"\](?=\()(?!\((?:https?://|mailto:|#|attachment:)[^\s()<>\\]*(?: \"[^\"\n\\]*\")?\))")
_DEFINITION = re.compile(r"\](?=:)(?!:[ \t]*(?:https?://|mailto:|#)[^\s()<>\\]*[ \t]*$)", re.MULTILINE)
_HEADING = re.compile(r"(#[ \t]+)")
_RULE = re.compile(r"^([ \t>]*)-{3,}[ \t]*$", re.MULTILINE)
_UNDERLINE = re.compile(r"^([^\n\w=-]*)(?=(?:=+|-+)[ \t]*$)", re.MULTILINE)
_TEX = re.compile(
    r"\\(?=(?:href|style|class|cssId|data|require|bbox|mmlToken|unicode|texttip|tooltip|toggle|html\w*"
    r"|includegraphics|url)(?![A-Za-z]))"
)


def clean_markdown(text: str) -> str:
    """The text, with elements, entities, remote pictures, links to anything but the web, and TeX that reaches out of
    its formula shown as they are written. What it says to a reader stays."""
    text = clean_tex(_ENTITY.sub(f"&{JOINER}", _without_elements(text.replace(JOINER, ""))))
    text = _IMAGE.sub(f"!{JOINER}", text)
    text = _DEFINITION.sub(f"]{JOINER}", _LINK.sub(f"]{JOINER}", text))
    # A heading's text is its id in a page, where another element may be known by that: no underlined ones are left.
    text = _HEADING.sub(rf"\g<1>{JOINER}", text)
    return _UNDERLINE.sub(rf"\g<1>{JOINER}", _RULE.sub(r"\g<1>- - -", text))


def clean_tex(text: str) -> str:
    """The text, with what lets a formula name addresses, styles or extensions shown as it is written."""
    return _TEX.sub(rf"\\{JOINER}", text)


def _without_elements(text: str) -> str:
    kept, at = [], 0
    for found in _PLAIN_ELEMENT.finditer(text):
        kept += [_ELEMENT.sub(f"<{JOINER}", text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*kept, _ELEMENT.sub(f"<{JOINER}", text[at:])])
