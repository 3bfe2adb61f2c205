"""What students, assignments and notebooks are called: one form of each id, wherever it comes from."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from cnngrader.errors import UsageError

LONGEST, LONGEST_BYTES = 128, 200
"""Characters of an id, as nbgrader's tables take, and bytes of a folder's name: of 255, some are for what is added."""

_NO_FOLDERS = re.compile(r'[<>:"|?*\\/+\[\]]')
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # controls, marks of direction and of no width, halves of characters
_JOINERS = "\u200c\u200d"  # which Persian and Indian names are spelled with


def normal(id: str) -> str:
    """The id in Unicode's composed form, NFC; macOS writes folders and lists in the other."""
    return unicodedata.normalize("NFC", id)


def student_id(given: str) -> str:
    """The student as their folder is called, in each list and each layout alike; an id stays what it is.

    What leads elsewhere, is not seen, or is a pattern to nbgrader becomes "_". Two students never get one id: a
    name that was changed ends in a digest of what it was.
    """
    name = normal(given)
    seen = "".join("_" if unicodedata.category(c) in _UNSEEN and c not in _JOINERS else c for c in name)
    cleaned = _NO_FOLDERS.sub("_", seen).strip(" .")
    if cleaned == name and _fits(name):
        return name
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:8]
    while not _fits(f"{cleaned}~{digest}"):
        cleaned = cleaned[:-1]
    return f"{cleaned.strip(' .')}~{digest}"


def _fits(id: str) -> bool:
    return 0 < len(id) <= LONGEST and len(id.encode()) <= LONGEST_BYTES


def find_meant(wanted: str, known: Iterable[str]) -> str:
    """The student who is named, as one of those known is called where it is one of them."""
    known = set(known)
    return next((id for id in (wanted, normal(wanted)) if id in known), student_id(wanted))


def move_to_one_form(found: Path, wanted: Path) -> None:
    """Have a folder or a file be called as its id is. Raises UsageError where both are there."""
    if found == wanted or (wanted.exists() and wanted.samefile(found)):
        return
    if wanted.exists():
        raise UsageError(
            f"{str(found)!a} and {str(wanted)!a} are one name, its accents written in two ways. "
            "Take one of the two away"
        )
    wanted.parent.mkdir(parents=True, exist_ok=True)
    found.rename(wanted)
    if not any(found.parent.iterdir()):
        found.parent.rmdir()
