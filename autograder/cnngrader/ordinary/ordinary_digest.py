"""What a score in an ordinary nbgrader course depends on, as a digest: where that is the same, it holds."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, Configurable

from cnngrader.files import files_in
from cnngrader.grading.verdict_key import machinery
from cnngrader.ordinary.notebook_imports import instructors_imports
from cnngrader.ordinary.notebook_kernel import PYTHON_PATH, ipython_settings

OF_JUPYTER = {".ipynb_checkpoints", "__pycache__"}
NO_SAY = {"force", "threads"}
"""Settings that change no score."""


class OrdinaryDigests:
    """Of the submissions of an assignment. steps: the classes that grade them, with their settings in `config`.

    nbgrader takes the instructor's cells from its gradebook, and files from the source folder: a changed notebook
    there counts once it was released.
    """

    def __init__(self, courses: CourseDirectory, id: str, steps: Sequence[type], config: Config):
        self._courses, self._id = courses, id
        source = Path(courses.format_path(courses.source_directory, ".", id))
        parts = [
            machinery([*instructors_imports(courses, id), "nbgrader"]),
            *_cells(courses, id),
            *_settings(steps, config),
            *_seen(config.ConfinedExecute.get("readable", [])),
            *_seen(filter(os.path.isdir, os.environ.get(PYTHON_PATH, "").split(os.pathsep))),
            repr(ipython_settings()),
            _content(source, passed_over={".ipynb"}),
        ]
        self._common = "\0".join(parts)

    def of(self, student: str) -> str:
        folder = Path(self._courses.format_path(self._courses.submitted_directory, student, self._id))
        return hashlib.sha256(f"{self._common}\0{_content(folder)}".encode()).hexdigest()


def _cells(courses: CourseDirectory, id: str) -> Iterator[str]:
    """What nbgrader's gradebook has of the assignment's notebooks."""
    with Gradebook(courses.db_url, courses.course_id) as book:
        for notebook in sorted(book.find_assignment(id).notebooks, key=lambda notebook: notebook.name):
            yield f"{notebook.name} {notebook.kernelspec}"
            for cell in sorted(notebook.source_cells, key=lambda cell: cell.name):
                yield repr((cell.name, cell.cell_type, cell.locked, cell.source, cell.checksum))
            for cell in sorted([*notebook.grade_cells, *notebook.task_cells], key=lambda cell: cell.name):
                yield repr((cell.type, cell.name, cell.cell_type, cell.max_score))
            yield repr(sorted(cell.name for cell in notebook.solution_cells))


def _settings(steps: Sequence[type], config: Config) -> Iterator[str]:
    names = {kind.__name__ for step in (Autograde, *steps) for kind in step.__mro__ if issubclass(kind, Configurable)}
    for name in sorted(names & config.keys()):
        yield f"{name} {sorted((key, _plain(value)) for key, value in config[name].items() if key not in NO_SAY)}"


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return repr(sorted((repr(key), _plain(other)) for key, other in value.items() if key not in NO_SAY))
    return value.__qualname__ if isinstance(value, type) else repr(value)


def _seen(paths: Iterable[str]) -> Iterator[str]:
    """Of data that may be large: names, sizes and times."""
    for path in map(Path, paths):
        for name, file in {"": path}.items() if path.is_file() else files_in(path).items():
            about = file.stat()
            yield f"{path.name}/{name} {about.st_size} {about.st_mtime_ns}"


def _content(folder: Path, passed_over: Iterable[str] = ()) -> str:
    """Of the names and contents of all files, those apart that Jupyter makes when a notebook is looked at."""
    found = hashlib.sha256()
    for name, path in files_in(folder, junk=True).items():
        if OF_JUPYTER.isdisjoint(Path(name).parts) and path.suffix not in passed_over:
            found.update(name.encode(errors="surrogateescape") + b"\0")
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()
