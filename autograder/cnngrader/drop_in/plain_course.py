"""`cnnkit grade` in an ordinary nbgrader course, which knows nothing of cnnkit.

nbgrader's own converter grades each submission, in a thread of its own. One lock lets one of them at a
time run nbgrader's code, which writes the gradebook; it is open only while a notebook is being executed.
"""

import glob
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import chdir
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from cnngrader.console import bar, out
from cnngrader.drop_in.confined_execute import ConfinedExecute
from cnngrader.errors import UsageError
from cnngrader.marking.pool import cores

_turn = threading.Lock()


@dataclass(frozen=True)
class PlainGraded:
    """status: graded, kept (from an earlier run), or failed; nbgrader has told why. waits: for a person's points."""

    student: str
    status: str
    score: float = 0.0
    max_score: float = 0.0
    waits: bool = False
    seconds: float = 0.0


def grade_plain(
    root: Path,
    id: str,
    students: Sequence[str] = (),
    *,
    workers: int = 0,
    confined: bool = True,
    force: bool = False,
    lines: Callable[[dict[str, Any]], None] | None = None,
) -> int:
    """Grade and print a line for each submission; returns 0 where all were graded, else 1.

    force: grade again what is graded, as nbgrader's --force does.
    """
    failed = 0
    with chdir(root):
        course = PlainCourse(root, id, workers=workers, confined=confined, force=force)
        waiting = course.students(students)
        with bar(f"grading {id}") as progress:
            progress.total(len(waiting))
            for graded in course.grade(waiting):
                failed += graded.status == "failed"
                progress.step()
                if lines is not None:
                    lines(asdict(graded))
                else:
                    out.print(_line(graded), markup=False)
    return int(failed > 0)


class PlainCourse:
    """An assignment of a course, with its nbgrader_config.py. The current directory is the course's."""

    def __init__(self, root: Path, id: str, *, workers: int = 0, confined: bool = True, force: bool = False):
        self.id, self.force = id, force
        self.workers = workers or cores()
        self.app = _application(root)
        self.app.coursedir.assignment_id = id
        extra = Config()
        extra.ConfinedExecute.confined = confined and self.app.config.ConfinedExecute.get("confined", True)
        extra.ConfinedExecute.limits = {
            "threads": max(1, cores() // self.workers),
            **self.app.config.ConfinedExecute.get("limits", {}),
        }
        self.app.update_config(extra)
        self._unfinished = Path(self.app.coursedir.root) / ".cnnkit" / f"unfinished-{id}"
        self._check()

    def students(self, wanted: Sequence[str] = ()) -> list[str]:
        """Who handed in, in order. Raises UsageError where one of `wanted` did not, or nobody did."""
        directory = self.app.coursedir
        pattern = re.compile(
            directory.format_path(directory.submitted_directory, "(?P<student>.*)", self.id, escape=True)
        )
        folders = glob.glob(directory.format_path(directory.submitted_directory, "*", self.id))
        present = sorted(match["student"] for match in map(pattern.match, folders) if match)
        for student in wanted:
            if student not in present:
                folder = directory.format_path(directory.submitted_directory, student, self.id)
                raise UsageError(f"{student!r} handed in nothing: {folder} does not exist")
        if not present:
            raise UsageError(f"nobody handed in {self.id}: there is no {directory.submitted_directory}/*/{self.id}")
        return list(wanted) or present

    def grade(self, students: Sequence[str]) -> Iterator[PlainGraded]:
        """Outcomes, as they come."""
        self._undo_unfinished()
        with ThreadPoolExecutor(self.workers) as threads:
            futures = [threads.submit(self._grade, student) for student in students]
            try:
                for future in as_completed(futures):
                    yield future.result()
            except BaseException:  # nobody waits for what is still running
                threads.shutdown(wait=False, cancel_futures=True)
                ConfinedExecute.stop()
                raise
        shutil.rmtree(self._unfinished, ignore_errors=True)

    def _grade(self, student: str) -> PlainGraded:
        begun = time.monotonic()
        mark = self._unfinished / student
        with _turn:
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
            # nbgrader takes the name for a pattern.
            directory = CourseDirectory(parent=self.app, student_id=glob.escape(student), assignment_id=self.id)
            converter = _Autograde(coursedir=directory, parent=self.app)
            converter.force = converter.force or self.force
            converter.autograde_preprocessors = _confined(converter.autograde_preprocessors)
            status = "graded"
            try:
                converter.start()
            except NbGraderException:  # nbgrader has logged it, and has taken away what it had written
                status = "failed"
            mark.unlink()
            if not converter.processed:
                status = "kept"
            seconds = round(time.monotonic() - begun, 3)
            if status == "failed":
                return PlainGraded(student, status, seconds=seconds)
            with Gradebook(directory.db_url, directory.course_id) as book:
                try:
                    entry = book.find_submission(self.id, student)
                except MissingEntry:  # of a student that the configuration leaves out
                    return PlainGraded(student, status, seconds=seconds)
                return PlainGraded(
                    student, status, entry.score, entry.max_score, bool(entry.needs_manual_grade), seconds
                )

    def _check(self) -> None:
        """Raises UsageError where the course is not ready for grading."""
        directory = self.app.coursedir
        unknown = f"the gradebook knows no assignment {self.id!r}. Run: nbgrader generate_assignment {self.id}"
        kind, _, path = directory.db_url.partition(":///")
        if kind == "sqlite" and not Path(path).exists():
            raise UsageError(unknown)
        with Gradebook(directory.db_url, directory.course_id) as book:
            try:
                book.find_assignment(self.id)
            except MissingEntry:
                raise UsageError(unknown) from None
        _confined(Autograde(coursedir=directory, parent=self.app).autograde_preprocessors)

    def _undo_unfinished(self) -> None:
        """Of what a killed run was at, nbgrader would find the folder, and take it for graded."""
        directory = self.app.coursedir
        for mark in self._unfinished.glob("*"):
            shutil.rmtree(directory.format_path(directory.autograded_directory, mark.name, self.id), ignore_errors=True)


class _Autograde(Autograde):
    """Notes whether it found something to do."""

    processed = False

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        self.processed = bool(super().init_destination(assignment_id, student_id))
        return self.processed


class _InTurn(ConfinedExecute):
    """Lets other threads run nbgrader while a notebook is executed."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict, km: Any = None
    ) -> tuple[NotebookNode, ResourcesDict]:
        _turn.release()
        try:
            return super().preprocess(nb, resources, km)
        finally:
            _turn.acquire()
            os.environ["NBGRADER_EXECUTION"] = "autograde"  # another thread has deleted it, as this one is about to


def _application(root: Path) -> AutogradeApp:
    """nbgrader's own command, which has read the configuration as it always does."""
    app = AutogradeApp(log_level="ERROR", raise_config_file_errors=True)
    try:
        app.initialize([], root=str(root))
    except Exception as error:
        raise UsageError(f"{root / 'nbgrader_config.py'} cannot be read: {type(error).__name__}: {error}") from error
    return app


def _confined(preprocessors: Sequence[Any]) -> list[Any]:
    """nbgrader's steps, with Execute's place taken. Raises UsageError where that place is not to be found."""
    steps = [import_item(step) if isinstance(step, str) else step for step in preprocessors]
    executing = [step for step in steps if isinstance(step, type) and issubclass(step, Execute)]
    if len(executing) != 1 or executing[0] not in (Execute, ConfinedExecute):
        found = ", ".join(step.__name__ for step in executing) or "none"
        raise UsageError(
            f"Autograde.autograde_preprocessors must have nbgrader's Execute once, and {found} was found: "
            "cnnkit cannot confine what executes notebooks in another way"
        )
    return [_InTurn if step in executing else step for step in steps]


def _line(graded: PlainGraded) -> str:
    if graded.status == "failed":
        return f"{graded.student:<28} failed; nbgrader's words are above"
    notes = ["kept"] * (graded.status == "kept") + ["to be graded by hand"] * graded.waits
    told = f"  {', '.join(notes)}" if notes else ""
    return f"{graded.student:<28} {graded.score:6.2f} of {graded.max_score:g}  {graded.seconds:5.1f} s{told}"
