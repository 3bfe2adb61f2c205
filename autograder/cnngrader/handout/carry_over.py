"""A student's folder, carried onto another release: what was there is kept beside it."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from cnngrader.errors import UsageError
from cnngrader.files import write_content, write_whole
from cnngrader.handout.handout import CHECKS, Handout
from cnngrader.handout.lay_out import release_of
from cnngrader.handout.update import update

UNKNOWN = "before"
_KEPT = re.compile(rf".+\.(?:[0-9a-f]{{6,}}|{UNKNOWN})(?:-\d+)?\.ipynb")


@dataclass(frozen=True)
class Carried:
    """kept: the notebook as it was; None where it is of this release. changes: in lines. added: names of files that
    were missing. left: of files that differ from the release's and stay as they are."""

    kept: Path | None = None
    changes: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def carry_over(notebook: Path, handout: Handout) -> Carried:
    """Write the notebook and its checks as the release has them, with the student's work. Raises UsageError where the
    notebook is not the handout's, NotebookError where it is none."""
    if notebook.name != f"{handout.id}.ipynb":
        raise UsageError(f"{notebook} is no {handout.id}.ipynb. Name the notebook that is to be updated")
    folder, data = notebook.parent, notebook.read_bytes()
    text = handout.files[notebook.name].decode()
    release = release_of(data.decode(errors="replace"))
    checks = folder / CHECKS
    beside = {name: content for name, content in handout.files.items() if name not in (notebook.name, CHECKS)}
    added = [name for name in beside if not (folder / name).exists()]
    left = [name for name in beside if name not in added and (folder / name).read_bytes() != beside[name]]
    for name in added:
        write_content(folder / name, beside[name])
    if release and release == release_of(text) and checks.exists() and checks.read_bytes() == handout.files[CHECKS]:
        return Carried(added=added)
    updated = update(data, nbformat.reads(text, as_version=4))
    kept = _unused(folder / f"{notebook.stem}.{release or UNKNOWN}.ipynb")
    write_content(kept, data)
    write_content(checks, handout.files[CHECKS])
    write_whole(notebook, nbformat.writes(updated.notebook) + "\n")
    return Carried(kept, updated.changes, added, left)


def is_kept(notebook: Path) -> bool:
    """Whether it is one as it was before an update."""
    return bool(_KEPT.fullmatch(notebook.name))


def _unused(path: Path) -> Path:
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free
