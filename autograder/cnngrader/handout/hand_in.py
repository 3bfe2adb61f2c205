"""A notebook as it would be handed in, looked at before anything is run."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat

from cnngrader.cells import is_answer, name_of
from cnngrader.errors import UsageError
from cnngrader.files import files_in, is_junk
from cnngrader.handout.handout import CHECKS, Handout, Handouts
from cnngrader.handout.lay_out import release_of
from cnngrader.handout.released_checks import ReleasedChecks, read_checks
from cnngrader.sandbox.limits import Limits
from cnngrader.submission.read_notebook import read_notebook
from cnnkit.check.saved_notebook import UNANSWERED


@dataclass(frozen=True)
class HandIn:
    """A notebook as it would be handed in, before anything is run.

    released: the assignment as it is installed, where it is. minutes: since it was saved. doubts: what is wrong with it
    by the look of it. empty: written answers without a word. beside: files of its folder that stay behind.
    """

    notebook: Path
    data: bytes
    checks: ReleasedChecks
    released: Handout | None
    minutes: float
    doubts: Sequence[str]
    empty: Sequence[str]
    beside: Sequence[str]

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()[:12]

    @property
    def limits(self) -> Limits:
        limits: dict[str, Any] = dict(self.checks.limits)
        return replace(Limits(), **limits)

    def given(self) -> dict[str, bytes]:
        """{name: content} of the files beside the notebook that its assignment gives."""
        names = _given_names(self.released)
        return {name: path.read_bytes() for name, path in files_in(self.notebook.parent).items() if name in names}


def read_hand_in(notebook: Path) -> HandIn:
    """Raises UsageError where it is no notebook of an assignment, or has no checks beside it; NotebookError where it
    is none at all."""
    try:
        data = notebook.read_bytes()
    except OSError as error:
        raise UsageError(f"{notebook}: {error.strerror}. Go to its folder, or write its path") from None
    read_notebook(data)
    checks = read_checks(notebook.parent / CHECKS)
    release = release_of(data.decode(errors="replace"))
    released = _find_released(checks.assignment)
    given = nbformat.reads(data.decode(errors="replace"), as_version=4).cells if release else []
    written = [cell for cell in given if cell.cell_type == "markdown" and is_answer(cell)]
    return HandIn(
        notebook,
        data,
        checks,
        released,
        minutes=(datetime.now(UTC).timestamp() - notebook.stat().st_mtime) / 60,
        doubts=[*_doubts(notebook, checks, release), *_missing(notebook, checks, released)],
        empty=[name_of(cell) for cell in written if cell.source.strip() in ("", UNANSWERED)],
        beside=_beside(notebook, released),
    )


def _doubts(notebook: Path, checks: ReleasedChecks, release: str) -> list[str]:
    doubts = []
    if notebook.stem != checks.assignment:
        doubts.append(f"it is called {notebook.name}, and handed in must be {checks.assignment}.ipynb")
    if not release:
        doubts.append(f"it is no notebook of {checks.assignment}: it loads no checks")
    elif release != checks.release:
        doubts.append(f"it is of the release {release}, and {CHECKS} of {checks.release}: cnnkit update")
    return doubts


def _missing(notebook: Path, checks: ReleasedChecks, released: Handout | None) -> list[str]:
    """Files that the assignment gives and that are not beside the notebook."""
    there = files_in(notebook.parent)
    return [
        f"{name}, which the assignment gives, is not beside it: cnnkit start {checks.assignment} --into "
        f"'{notebook.resolve().parent}' puts it there, and leaves your work"
        for name in sorted(_given_names(released))
        if name not in there
    ]


def _find_released(id: str) -> Handout | None:
    try:
        return Handouts().find(id)
    except UsageError:
        return None


def _given_names(released: Handout | None) -> set[str]:
    return set(released.files) - {f"{released.id}.ipynb"} if released else {CHECKS}


def _beside(notebook: Path, released: Handout | None) -> list[str]:
    given = _given_names(released)
    others = [name for name in files_in(notebook.parent) if not name.endswith(".ipynb")]
    return sorted(name for name in others if name not in given and not is_junk(Path(name)))
