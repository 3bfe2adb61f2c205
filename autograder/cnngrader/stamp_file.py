"""timestamp.txt, in which nbgrader keeps when a submission was handed in; a student may have written another."""

import codecs
import os
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path

from cnngrader.files import write_whole
from cnngrader.plain_text import plain
from cnngrader.when import EXAMPLE, parse, written

STAMP = "timestamp.txt"
SET_ASIDE = "timestamp.txt.not-a-time"
LONGEST = 1000
_SHOWN = 40


def stamp_in(content: bytes, zone: tzinfo | None) -> datetime:
    """The instant that a file tells. Raises ValueError, in a line, where it tells none."""
    text = _text(content)
    try:
        return parse(text, zone)
    except ValueError as error:
        raise ValueError(f"{plain(text, _SHOWN)!r} tells no time ({error})") from None


def stamp_of(folder: Path, zone: tzinfo | None) -> datetime | None:
    """When what lies in the folder was handed in; None where that is not told."""
    try:
        return stamp_in(_content(folder / STAMP), zone)
    except (OSError, ValueError):
        return None


def settle_stamp(folder: Path, zone: tzinfo | None, keep: Callable[[str], object] | None = None) -> str:
    """Have the folder hold a stamp that nbgrader reads as we do, or none: one that it cannot read ends formgrader's
    page for the whole class. Returns a note where one was set aside.

    keep: raises for a text that is not to stay as it is; without it only nbgrader's own form is.
    """
    path = folder / STAMP
    if not os.path.lexists(path):
        return ""
    try:
        content = _content(path)
        if keep is not None and _stays(content, keep):
            return ""
        stamp = written(stamp_in(content, zone))
        if content.strip() != stamp.encode():
            write_whole(path, f"{stamp}\n")
        return ""
    except OSError as error:
        why = error.strerror or str(error)
    except ValueError as error:
        why = str(error)
    return f"{_set_aside(path)}: {why}. Who has no time is not late; write one to {path}, as {EXAMPLE}"


def _stays(content: bytes, keep: Callable[[str], object]) -> bool:
    try:
        keep(content.decode().strip())
    except Exception:  # nbgrader's parser raises of all kinds
        return False
    return True


def _content(path: Path) -> bytes:
    """Raises OSError or ValueError where it is no short plain file."""
    if path.is_symlink() or not path.is_file():
        raise ValueError("a link" if path.is_symlink() else "no file")
    with path.open("rb") as file:
        return file.read(LONGEST + 1)


def _text(content: bytes) -> str:
    if len(content) > LONGEST:
        raise ValueError(f"longer than {LONGEST} bytes")
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ValueError("not a text") from None


def _set_aside(path: Path) -> Path:
    number = 1
    while os.path.lexists(aside := path.with_name(SET_ASIDE if number == 1 else f"{SET_ASIDE} ({number})")):
        number += 1
    path.rename(aside)
    return aside
