"""Fixtures of tests that run notebooks: one light warm parent and one tiny assignment for all."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import nbgrader.api
import pytest
from nbformat import NotebookNode

from cnngrader.assignment import Assignment
from cnngrader.authoring.release import make_release
from cnngrader.authoring.scaffold import scaffold
from cnngrader.course import Course
from cnngrader.grading.jobs import job_of
from cnngrader.kernel.warm_parent import WarmParent
from cnngrader.sandbox.confine import find_missing
from cnngrader.sandbox.limits import Limits
from cnngrader.submission.grade import grade
from cnngrader.submission.job import Job
from cnngrader.submission.verdict import Verdict

LIMITS = Limits(cell_seconds=10, total_seconds=30, memory_mb=512, disk_mb=64, file_mb=32, processes=20)
RIGHT = "def window_mean(window):\n    return np.mean(window)"


@pytest.fixture(scope="session", autouse=True)
def asked_alembic_once() -> Iterator[None]:
    """nbgrader asks a program, for a second, which version a new gradebook has. It is the same for all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nbgrader.api, "get_alembic_version", functools.cache(nbgrader.api.get_alembic_version))
        yield


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmParent]:
    """A warm parent without TensorFlow, ready in half a second."""
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    with WarmParent(["numpy"]) as parent:
        yield parent.wait()


@dataclass(frozen=True)
class Window:
    """The scaffolded assignment `window`, worth 3 automatic points, and the files of its release."""

    course: Course
    assignment: Assignment
    release: dict[str, bytes]

    def notebook(self, answer: str = RIGHT, *more: str) -> NotebookNode:
        """The released notebook with this answer, and further cells at its end."""
        notebook = nbformat.reads(self.release["window.ipynb"].decode(), as_version=4)
        for cell in notebook.cells:
            if cell.id == "answer-window-mean":
                cell.source = answer
        notebook.cells += [nbformat.v4.new_code_cell(source) for source in more]
        return notebook

    def job(self, notebook: NotebookNode | bytes, limits: Limits = LIMITS, student: str = "sam") -> Job:
        data = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode()
        job = job_of(self.assignment, self.release, notebook=data, student=student, secret="test")
        impatient = job.rubric.replace(", points=", ", seconds=1, points=")
        return replace(job, limits=limits, rubric=impatient)


@pytest.fixture(scope="session")
def window(tmp_path_factory: pytest.TempPathFactory) -> Window:
    root: Path = tmp_path_factory.mktemp("course")
    course = Course(root, root / "course")
    scaffold(course, "window")
    assignment = course.assignment("window")
    return Window(course, assignment, make_release(course, assignment))


@pytest.fixture
def hand_in(window: Window, warm: WarmParent) -> Callable[..., Verdict]:
    """hand_in(answer, *more_cells) or hand_in(bytes): the verdict of grading it."""

    def submit(answer: str | bytes = RIGHT, *more: str, limits: Limits = LIMITS, student: str = "sam") -> Verdict:
        notebook = answer if isinstance(answer, bytes) else window.notebook(answer, *more)
        return grade(window.job(notebook, limits, student), warm.address)

    return submit
