"""What students handed in, as jobs for the grader."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from cnngrader.assignment import Assignment
from cnngrader.authoring.rubric import without_due
from cnngrader.authoring.variants import variant_of
from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.files import files_in, read_content
from cnngrader.stamp_file import STAMP
from cnngrader.submission.beside import beside_notebook
from cnngrader.submission.draws import draw_of
from cnngrader.submission.job import Job
from cnnkit.datasets.home import data_home

MAX_ATTACHED = 20 * 2**20


def job_of(
    assignment: Assignment,
    release: Mapping[str, bytes],
    *,
    notebook: bytes,
    student: str,
    secret: str,
    threads: int = 1,
    beside: Mapping[str, bytes] | None = None,
    confined: bool = True,
) -> Job:
    """A job from the files of a release ({name: content}) and a submitted notebook.

    secret: the course's, of which the submission's inputs and the student's variant are drawn; it goes no further.
    beside: the student's own files; the released ones win where names are equal, and those of the
    student's variant over both.
    """
    name = f"{assignment.id}.ipynb"
    variant = variant_of(assignment, student, secret)
    given = {**{k: v for k, v in release.items() if k != name}, **variant.files}
    if checks := given.get("checks.py"):
        given["checks.py"] = without_due(checks)
    files, notes = beside_notebook(given, beside or {})
    return Job(
        student=student,
        assignment=assignment.id,
        notebook=notebook,
        template=release[name],
        rubric=assignment.rubric.read_text(encoding="utf-8"),
        files=files,
        readable=tuple(str(data_home() / dataset) for dataset in assignment.datasets),
        limits=replace(assignment.limits, threads=threads),
        draw=draw_of(secret, assignment.id, student, notebook, beside or {}),
        notes=tuple(notes),
        variant=variant.answers,
        confined=confined,
    )


def read_release(course: Course, assignment: Assignment) -> dict[str, bytes]:
    """The files of assignments/<id>/. Raises UsageError where it was never released."""
    folder = course.released(assignment.id)
    if not (folder / f"{assignment.id}.ipynb").is_file():
        raise UsageError(
            f"{assignment.id} is not released: {folder} has no notebook. Run: cnnkit release {assignment.id}"
        )
    return read_folder(folder)


def read_folder(folder: Path) -> dict[str, bytes]:
    """The plain files of a folder; links, caches and what goes past 20 MiB are left out."""
    contents: dict[str, bytes] = {}
    total = 0
    for name, path in files_in(folder).items():
        total += path.stat().st_size
        if total <= MAX_ATTACHED or path.suffix == ".ipynb":
            contents[name] = read_content(path)
    return contents


def digest_notebook(notebook: bytes) -> str:
    """What tells a hand-in from the next."""
    return hashlib.sha256(notebook).hexdigest()[:32]


def read_submission(folder: Path, assignment: Assignment) -> tuple[bytes, dict[str, bytes]]:
    """(the notebook's bytes, the other files) of a submission; b"" where there is no notebook.

    A notebook under another name counts where it is the only one.
    """
    files = read_folder(folder)
    name = f"{assignment.id}.ipynb"
    if name not in files:
        notebooks = [other for other in files if other.endswith(".ipynb")]
        name = notebooks[0] if len(notebooks) == 1 else name
    notebook = files.pop(name, b"")
    return notebook, {
        other: data for other, data in files.items() if not other.endswith(".ipynb") and not other.startswith(STAMP)
    }
