"""What the grader will see of a notebook: the saved file, run anew within its limits, and asked by the public tests."""

import hashlib
import sys
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
from cnngrader.kernel.warm_parent import WarmParent
from cnngrader.sandbox.confine import Limits, find_missing
from cnngrader.submission.grade import grade
from cnngrader.submission.imports import modules_in
from cnngrader.submission.job import Job
from cnngrader.submission.read_notebook import read_notebook
from cnngrader.submission.verdict import Verdict
from cnnkit.check.saved_notebook import UNANSWERED
from cnnkit.datasets.home import data_home


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


def read_hand_in(notebook: Path) -> HandIn:
    """Raises UsageError where it is no notebook of an assignment, or has no checks beside it; NotebookError where it
    is none at all."""
    try:
        data = notebook.read_bytes()
    except OSError as error:
        raise UsageError(f"{notebook}: {error.strerror}. Go to its folder, or write its path") from None
    cells = read_notebook(data).cells
    checks = read_checks(notebook.parent / CHECKS)
    release = release_of(data.decode(errors="replace"))
    doubts = []
    if notebook.stem != checks.assignment:
        doubts.append(f"it is called {notebook.name}, and handed in must be {checks.assignment}.ipynb")
    if not release:
        doubts.append(f"it is no notebook of {checks.assignment}: it loads no checks")
    elif release != checks.release:
        doubts.append(f"it is of the release {release}, and {CHECKS} of {checks.release}: cnnkit update")
    given = nbformat.reads(data.decode(errors="replace"), as_version=4).cells if release else []
    released = _find_released(checks.assignment)
    written = [cell for cell in given if cell.cell_type == "markdown" and is_answer(cell)]
    return HandIn(
        notebook,
        data,
        checks,
        released,
        minutes=(datetime.now(UTC).timestamp() - notebook.stat().st_mtime) / 60,
        doubts=doubts,
        empty=[name_of(cell) for cell in written if cell.source.strip() in ("", UNANSWERED)],
        beside=_beside(notebook, released) if cells else [],
    )


def run_hand_in(hand_in: HandIn) -> Verdict:
    """The verdict of the public tests, by the grader's own way: repaired, run anew, and asked from another process.

    Only what the assignment gives lies beside the notebook. Raises UsageError on a system that has no such kernels.
    """
    if sys.platform != "linux":
        raise UsageError(
            "a preview needs Linux (or WSL). Here, restart the kernel, run all cells, and look at what check() says"
        )
    checks, given = hand_in.checks, _given_names(hand_in.released)
    files = {name: path.read_bytes() for name, path in files_in(hand_in.notebook.parent).items() if name in given}
    job = Job(
        student="you",
        assignment=checks.assignment,
        notebook=hand_in.data,
        template=_template(hand_in),
        rubric=checks.text,
        files=files,
        readable=tuple(str(data_home() / dataset) for dataset in checks.datasets),
        limits=hand_in.limits,
        confined=not find_missing(),
    )
    with WarmParent(_modules(hand_in), checks.datasets).wait() as parent:
        return grade(job, parent.address)


def _find_released(id: str) -> Handout | None:
    try:
        return Handouts().find(id)
    except UsageError:
        return None


def _template(hand_in: HandIn) -> bytes:
    """The released notebook, where the one of this release is installed; else the student's own."""
    if hand_in.released is None:
        return hand_in.data
    notebook = hand_in.released.files[f"{hand_in.released.id}.ipynb"]
    return notebook if release_of(notebook.decode()) == hand_in.checks.release else hand_in.data


def _given_names(released: Handout | None) -> set[str]:
    return set(released.files) - {f"{released.id}.ipynb"} if released else {CHECKS}


def _beside(notebook: Path, released: Handout | None) -> list[str]:
    given = _given_names(released)
    others = [name for name in files_in(notebook.parent) if not name.endswith(".ipynb")]
    return sorted(name for name in others if name not in given and not is_junk(Path(name)))


def _modules(hand_in: HandIn) -> list[str]:
    cells = read_notebook(hand_in.data).cells
    return modules_in("\n".join(cell.source for cell in cells if cell.cell_type == "code"))
