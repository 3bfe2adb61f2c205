"""Files of a course that still name somebody."""

import json
import re
from collections.abc import Collection
from pathlib import Path

from cnngrader.files import files_in

MOST_BYTES = 500 * 2**20
"""Of a file that is looked into."""


def find_mentions(folder: Path, words: Collection[str]) -> list[str]:
    """Files with one of the words in their name or content, as text or as JSON has it; what is packed is not seen."""
    forms = {form for word in words if word for form in (word, json.dumps(word)[1:-1])}
    if not forms:
        return []
    wanted = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(forms)))})(?!\w)")
    return [name for name, path in files_in(folder, junk=True).items() if wanted.search(name) or _has(path, wanted)]


def _has(path: Path, wanted: re.Pattern[str]) -> bool:
    if path.stat().st_size > MOST_BYTES:
        return False
    return bool(wanted.search(path.read_bytes().decode("utf-8", "replace")))
