"""`cnnkit grade` in an ordinary nbgrader course, which knows nothing of cnnkit.

nbgrader's own converter grades each submission, in a thread of its own. One lock lets one of them at a
time run nbgrader's code, which writes the gradebook; it is open only while a notebook is being executed.
"""

import logging
import os
import shutil
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import chdir, closing, contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from shlex import quote
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from sqlalchemy.exc import SAWarning
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from cnngrader.console import bar, err
from cnngrader.errors import UsageError
from cnngrader.gradebook.standing import read_standing
from cnngrader.gradebook.unite_students import unite_students
from cnngrader.grading.course_fault import course_fault
from cnngrader.grading.record import Record
from cnngrader.grading.run_lock import RunLock
from cnngrader.grading.run_report import RunReport
from cnngrader.ids import normal
from cnngrader.kernel.warm_parent import PASSED_ON
from cnngrader.ordinary.confined_execute import ConfinedExecute, require_confinement, warm_up
from cnngrader.ordinary.notebook_kernel import PYTHON_PATH
from cnngrader.ordinary.ordinary_digest import OrdinaryDigests
from cnngrader.ordinary.ordinary_folders import handed_in, write_in_one_form
from cnngrader.ordinary.run_record import RunRecord
from cnngrader.ordinary.stopped import why_failed
from cnngrader.plain_text import plain_lines
from cnngrader.similar.alike import find_alike
from cnngrader.similar.handed_in_class import HandedInClass
from cnngrader.submission.status import Status
from cnngrader.workers.pool import cores

_turn = threading.Lock()


def grade_ordinary(
    root: Path,
    id: str,
    students: Sequence[str] = (),
    *,
    workers: int = 0,
    confined: bool = True,
    force: bool = False,
    lines: Callable[[dict[str, Any]], None] | None = None,
) -> int:
    """Grade, print a line for each submission and then a summary; returns 0 where all were graded, and no
    cell of the course's own failed for all of them, else 1.

    force: grade again what has not changed.
    """
    with chdir(root), warnings.catch_warnings():
        # It builds a submission before that belongs to a session, and SQLAlchemy says so each time.
        warnings.filterwarnings("ignore", "Object of type <Submitted", SAWarning)
        course = OrdinaryCourse(root, id, workers=workers, confined=confined, force=force)
        waiting = course.students(students)
        if course.unseen:
            err.print(f"cnnkit: {_unseen(course.unseen)}", markup=False)
        report = RunReport(
            course.id,
            feedback=f"nbgrader generate_feedback {quote(course.id)}",
            by_hand="jupyter lab, and there Nbgrader > Formgrader",
            logs=str(course.record.log),
            similar=f"cnnkit similar {quote(course.id)}",
            lines=lines,
        )
        with bar(f"grading {course.id}") as progress, closing(course.grade(waiting)) as outcomes:
            progress.total(len(waiting))
            for record in outcomes:
                progress.step()
                report.tell(record)
        return report.end(
            course.fault(report.records), [] if students else find_alike(course.folders(), course.release)
        )


def read_ordinary(root: Path, id: str) -> HandedInClass:
    """Who handed in an assignment. Raises UsageError where nobody did."""
    with chdir(root):
        course = OrdinaryCourse(root, id)
        course.students()
        page = course.home / "reports" / f"{course.id}.similar.html"
        return HandedInClass(course.id, course.id, course.folders(), course.release, page)


class OrdinaryCourse:
    """An assignment of a course, with its nbgrader_config.py. The current directory is the course's."""

    def __init__(self, root: Path, id: str, *, workers: int = 0, confined: bool = True, force: bool = False):
        if workers < 0:
            raise UsageError(f"--workers is {workers}, and is to be a number above 0")
        self.force = force
        self.workers = workers or cores()
        self.app, changed = _application(root)
        self.id = self._known(id)
        self.app.coursedir.assignment_id = self.id
        extra = Config()
        extra.ConfinedExecute.confined = confined and self.app.config.ConfinedExecute.get("confined", True)
        extra.ConfinedExecute.limits = {
            "threads": max(1, cores() // self.workers),
            **self.app.config.ConfinedExecute.get("limits", {}),
        }
        self.app.update_config(extra)
        self.home = Path(self.app.coursedir.root)
        self.unseen = sorted(
            changed - {PYTHON_PATH, *PASSED_ON} - set(self.app.config.ConfinedExecute.get("environment", {}))
        )
        self.record = RunRecord(self.home / ".cnnkit", self.id)
        _confined(Autograde(coursedir=self.app.coursedir, parent=self.app).autograde_preprocessors)

    def students(self, wanted: Sequence[str] = ()) -> list[str]:
        """Who handed in, in order. Raises UsageError where one of `wanted` did not, or nobody did."""
        directory = self.app.coursedir
        with Gradebook(directory.db_url, directory.course_id) as book:
            unite_students(book.engine)
            write_in_one_form(directory, book, self.id)
        present = list(self.folders())
        wanted = [student if student in present else normal(student) for student in wanted]
        for student in wanted:
            if student not in present:
                folder = directory.format_path(directory.submitted_directory, student, self.id)
                raise UsageError(f"{student!r} handed in nothing: {folder} does not exist")
        if not present:
            raise UsageError(f"nobody handed in {self.id}: there is no {directory.submitted_directory}/*/{self.id}")
        return list(dict.fromkeys(wanted)) or present

    def folders(self) -> dict[str, Path]:
        """{student: what they handed in}, in order."""
        return dict(sorted(handed_in(self.app.coursedir, self.app.coursedir.submitted_directory, self.id)))

    @property
    def release(self) -> Path:
        """The folder of what they were given."""
        return Path(self.app.coursedir.format_path(self.app.coursedir.release_directory, ".", self.id))

    def grade(self, students: Sequence[str]) -> Generator[Record]:
        """Outcomes, as they come. To be closed: what is running is ended then.

        Raises UsageError where another run grades the assignment.
        """
        with RunLock(self.record.lock), self._log_in_file():
            self._undo_unfinished()
            digests = self._digests(students)
            if any(self._is_new(*item) for item in digests.items()):
                self._make_ready()
            with ThreadPoolExecutor(self.workers) as threads:
                futures = [threads.submit(self._grade, *item) for item in digests.items()]
                try:
                    for future in as_completed(futures):
                        yield future.result()
                except BaseException:  # nobody waits for what is still running
                    threads.shutdown(wait=False, cancel_futures=True)
                    while any(future.running() for future in futures):  # some may have a kernel that is starting
                        ConfinedExecute.stop()
                        time.sleep(0.05)
                    raise
            self.record.forget_unfinished()

    def _grade(self, student: str, digest: str) -> Record:
        begun = time.monotonic()
        with _turn:
            self.record.begin(student)
            directory = CourseDirectory(parent=self.app, student_id=student, assignment_id=self.id)
            converter = _Autograde(student, coursedir=directory, parent=self.app)
            converter.force = converter.force or self.force or not self.record.holds(student, digest)
            converter.autograde_preprocessors = _confined(converter.autograde_preprocessors)
            failure = ""
            try:
                converter.start()
            except NbGraderException as error:  # nbgrader has taken away what it had written
                failure = converter.failure or why_failed(error)
            self.record.end(student)
            if converter.processed and not failure:
                self.record.graded(student, digest)
            with Gradebook(directory.db_url, directory.course_id) as book, book.engine.connect() as connection:
                standing = read_standing(connection, self.id, student)
            return Record(
                student,
                self.id,
                Status.FAILED if failure else Status.GRADED,
                failure or "; ".join(converter.stopped),
                kept=not (failure or converter.processed),
                seconds=round(time.monotonic() - begun, 3),
                standing=standing,
            )

    def fault(self, records: Sequence[Record]) -> str:
        """The given cell that failed for everybody; "" where there is none."""
        directory = self.app.coursedir
        students = [record.student for record in records if record.status == Status.GRADED]
        for path in sorted(self.release.glob("*.ipynb")):
            graded = (
                Path(directory.format_path(directory.autograded_directory, s, self.id)) / path.name for s in students
            )
            executed = (nbformat.read(notebook, as_version=4) for notebook in graded if notebook.is_file())
            if found := course_fault(nbformat.read(path, as_version=4), executed):
                return f"{path.stem}, {found}"
        return ""

    def _digests(self, students: Sequence[str]) -> dict[str, str]:
        """Of all that each student's grading depends upon; nbgrader looks at the time of handing in alone."""
        converter = Autograde(coursedir=self.app.coursedir, parent=self.app)
        steps = [*map(_step, converter.sanitize_preprocessors), *_confined(converter.autograde_preprocessors)]
        digests = OrdinaryDigests(self.app.coursedir, self.id, steps, self.app.config)
        return {student: digests.of(student) for student in students}

    def _is_new(self, student: str, digest: str) -> bool:
        directory = self.app.coursedir
        graded = Path(directory.format_path(directory.autograded_directory, student, self.id))
        return self.force or not graded.exists() or not self.record.holds(student, digest)

    def _make_ready(self) -> None:
        """Raises CnnkitError, once for all students, where none can be graded."""
        if self.app.config.ConfinedExecute.confined:
            require_confinement(self.home)
        warm_up(self.app.coursedir, self.id, self.app.config.ConfinedExecute.get("environment", {}))

    @contextmanager
    def _log_in_file(self) -> Iterator[None]:
        """What nbgrader says of several students at a time, and of those that a stop ends, is for no terminal."""
        log = self.app.log
        handlers = log.handlers[:]
        file = ordinary_log(self.record.log)
        log.handlers[:] = [*(handler for handler in handlers if isinstance(handler, logging.FileHandler)), file]
        try:
            yield
        finally:
            log.handlers[:] = handlers
            file.close()

    def _known(self, id: str) -> str:
        """The assignment as the gradebook calls it. Raises UsageError where that has none."""
        directory = self.app.coursedir
        kind, _, path = directory.db_url.partition(":///")
        known: list[str] = []
        if kind != "sqlite" or Path(path).exists():
            with Gradebook(directory.db_url, directory.course_id) as book:
                known = [assignment.name for assignment in book.assignments]
        for name in (id, *known):
            if name in known and normal(name) == normal(id) and "+" not in name:
                return name
        if "+" in id or not fnmatchcase(id, id):
            raise UsageError(
                f"nbgrader can have no assignment {id!r}, since it takes {'+' if '+' in id else '['!r} in an id for "
                "something else. Rename its folders in source/ and submitted/, and release it under the new id"
            )
        raise UsageError(f"the gradebook knows no assignment {id!r}. Run: nbgrader generate_assignment {quote(id)}")

    def _undo_unfinished(self) -> None:
        """Of what a killed run was at, nbgrader would find the folder, and take it for graded."""
        directory = self.app.coursedir
        for student in self.record.unfinished():
            shutil.rmtree(directory.format_path(directory.autograded_directory, student, self.id), ignore_errors=True)


class _Autograde(Autograde):
    """Notes whether it found something to do, why that failed, and which cells were stopped."""

    processed = False
    failure = ""

    def __init__(self, student: str, **settings: Any):
        super().__init__(**settings)
        self.student = student
        self.stopped: list[str] = []

    def init_notebooks(self) -> None:
        """As nbgrader does, which takes ids for patterns."""
        folder = Path(self._format_source(self.coursedir.assignment_id, self.student))
        found = sorted(map(str, folder.glob(f"{self.coursedir.notebook_id}.ipynb")))
        self.assignments = {str(folder): found} if found else {}
        self.notebooks: list[str] = []
        if not found:
            self.failure = f"there is no notebook in {folder}"
            raise NbGraderException(self.failure)

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        self.processed = bool(super().init_destination(assignment_id, student_id))
        return self.processed

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        with self._noting():
            super().init_assignment(assignment_id, student_id)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        with self._noting(Path(notebook_filename)):
            super().convert_single_notebook(notebook_filename)

    @contextmanager
    def _noting(self, notebook: Path | None = None) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self.failure = why_failed(error, notebook)
            raise


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

    def tell_stopped(self, line: str) -> None:
        super().tell_stopped(line)
        self.converter.stopped.append(line)


class _PlainFormatter(logging.Formatter):
    """nbgrader logs what a student's cells raised, as they raised it."""

    def format(self, record: logging.LogRecord) -> str:
        return plain_lines(super().format(record))


def ordinary_log(path: Path) -> logging.Handler:
    handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    handler.setFormatter(_PlainFormatter())
    return handler


def _application(root: Path) -> tuple[AutogradeApp, set[str]]:
    """(nbgrader's own command, which has read the configuration as it always does; the variables that this set)."""
    before = dict(os.environ)
    app = AutogradeApp(log_level="ERROR", raise_config_file_errors=True)
    try:
        app.initialize([], root=str(root))
    except Exception as error:
        raise UsageError(f"{root / 'nbgrader_config.py'} cannot be read: {type(error).__name__}: {error}") from error
    return app, {name for name, value in os.environ.items() if before.get(name) != value}


def _unseen(names: Sequence[str]) -> str:
    some = ", ".join(f'"{name}": os.environ["{name}"]' for name in names)
    return (
        f"nbgrader_config.py sets {', '.join(names)}, which notebooks do not see. Where they need that, add to it: "
        f"c.ConfinedExecute.environment = {{{some}}}"
    )


def _confined(preprocessors: Sequence[Any]) -> list[Any]:
    """nbgrader's steps, with Execute's place taken. Raises UsageError where that place is not to be found."""
    steps = list(map(_step, preprocessors))
    executing = [step for step in steps if isinstance(step, type) and issubclass(step, Execute)]
    if len(executing) != 1 or executing[0] not in (Execute, ConfinedExecute):
        found = ", ".join(step.__name__ for step in executing) or "none"
        raise UsageError(
            f"Autograde.autograde_preprocessors must have nbgrader's Execute once, and {found} was found: "
            "cnnkit cannot confine what executes notebooks in another way"
        )
    return [_InTurn if step in executing else step for step in steps]


def _step(named: Any) -> Any:
    return import_item(named) if isinstance(named, str) else named
