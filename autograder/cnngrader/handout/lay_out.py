"""An assignment's files in a folder of the student's, where nothing that is theirs is written over."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from cnngrader.assignment import holds_assignments
from cnngrader.errors import UsageError
from cnngrader.files import write_content
from cnngrader.handout.handout import Handout

_RELEASE = re.compile(r'load_checks\("[^"]*", "([0-9a-f]+)"\)')


@dataclass(frozen=True)
class LaidOut:
    """notebook: its path. begun: whether it was there. added: names of files that were not. other_release: whether
    what is there is of another release than the handout."""

    notebook: Path
    begun: bool
    added: list[str]
    other_release: bool


def lay_out(handout: Handout, folder: Path) -> LaidOut:
    """Write the files that are not there yet. Raises UsageError for a folder that cannot be worked in."""
    folder = folder.expanduser().resolve()
    if inside := next((each for each in (folder, *folder.parents) if holds_assignments(each)), None):
        raise UsageError(f"{folder} is in the course's own checkout, {inside}. Name a folder elsewhere: --into FOLDER")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file. Name a folder: --into FOLDER")
    notebook = folder / f"{handout.id}.ipynb"
    begun = notebook.exists()
    if not begun and folder.exists() and (there := [path.name for path in folder.glob("*.ipynb")]):
        raise UsageError(f"{folder} holds another notebook, {there[0]}. Name a folder of its own: --into FOLDER")
    added = [name for name in handout.files if not (folder / name).exists()]
    for name in added:
        write_content(folder / name, handout.files[name])
    given = handout.files[notebook.name].decode(errors="replace")
    other = begun and release_of(notebook.read_text(encoding="utf-8", errors="replace")) != release_of(given)
    return LaidOut(notebook, begun, [name for name in added if name != notebook.name] if begun else added, other)


def release_of(notebook: str) -> str:
    """That a notebook's text is of; "" where it does not say so."""
    try:
        cells = json.loads(notebook)["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, LookupError, TypeError):
        return ""
    found = _RELEASE.search("\n".join(sources))
    return found[1] if found else ""
