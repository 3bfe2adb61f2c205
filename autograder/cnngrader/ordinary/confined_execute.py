"""nbgrader's autograder, with a student's code confined: `ConfinedExecute` takes the place of its Execute.

`nbgrader autograde`, formgrader's button and `cnnkit grade` of an ordinary course all go through it.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import DeadKernelError
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.converters import BaseConverter
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution
from traitlets import Bool, Dict, List, Unicode

from cnngrader.assignment import Assignment, holds_assignments, paths_of
from cnngrader.course import Course
from cnngrader.errors import CnnkitError, ConfinementError, UsageError
from cnngrader.files import files_in, read_content, write_content
from cnngrader.grading.grading import Grading
from cnngrader.kernel.clock import Time
from cnngrader.kernel.ending import how_it_ended
from cnngrader.kernel.limited_output import LimitedOutput
from cnngrader.kernel.warm_kernel import START_SECONDS, WarmKernel
from cnngrader.kernel.warm_parent import ENDING, WarmParent
from cnngrader.ordinary.given_cells import given_texts, read_released, restore_metadata
from cnngrader.ordinary.notebook_imports import instructors_imports
from cnngrader.ordinary.notebook_kernel import PYTHON_PATH, importable, ipython_settings, variables_of
from cnngrader.ordinary.shared import Shared
from cnngrader.ordinary.stopped import OUTPUT_ERROR, cell_name, stopped_cells
from cnngrader.sandbox.confine import find_exposed, find_missing
from cnngrader.sandbox.limits import Limits
from cnngrader.showing.notebook import clean_notebook
from cnngrader.stamp_file import STAMP
from cnngrader.submission.status import Status
from cnngrader.submission.verdict import Verdict
from cnngrader.workers.pool import Needs, Pool, cores

OUTPUT_MB, OUTPUTS_MB = 20.0, 100.0
_Needs = tuple[tuple[str, ...], tuple[tuple[str, str], ...]]  # modules, variables


class ConfinedExecute(Execute, LimitedOutput):
    """Executes an ordinary notebook as nbgrader does, but confined and in a kernel that is already
    warm. An assignment with a rubric is graded as `cnnkit grade` does, outside the kernel.

    What cannot be confined or graded raises, so that nbgrader reports the submission as failed.
    """

    checkout = Unicode(
        "", help="The folder with solutions/ and autograder/rubrics/, as seen from the course directory; '' for none."
    ).tag(config=True)
    limits = Dict(
        help="Bounds of an ordinary notebook: memory_mb, processes, file_mb, disk_mb, output_mb, outputs_mb, threads."
    ).tag(config=True)
    readable = List(Unicode(), help="Paths that notebooks may read, beside what lies in their folder.").tag(config=True)
    environment = Dict(help="Variables that notebooks see: {name: value}. PYTHONPATH need not be named.").tag(
        config=True
    )
    confined = Bool(True, help="False runs notebooks with your own rights, where you trust all of them.").tag(
        config=True
    )

    _running: ClassVar[set[WarmKernel]] = set()
    _cell: int = 0
    _past_output: set[int]
    _late_cells: dict[int, str]
    kc: Any
    km: Any

    @classmethod
    def stop(cls) -> None:
        """End the kernels of this process that run cells, which count as failed."""
        for kernel in list(cls._running):
            kernel.shutdown_kernel()

    def __call__(self, notebook: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        if not self.enabled and self._assignment(resources):
            raise UsageError("Execute is not enabled, and without it a student's own outputs would decide the score")
        result: tuple[NotebookNode, ResourcesDict] = super().__call__(notebook, resources)
        return result

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict, km: Any = None
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Execute the notebook; km, a kernel manager in nbconvert, is not looked at."""
        if self.confined:
            require_confinement(self._home)
        if assignment := self._assignment(resources):
            return self._judged(assignment, resources["nbgrader"]["student"]), resources
        self.resources = resources
        about = resources["nbgrader"]
        released = read_released(self._courses, about["assignment"], about["notebook"])
        restore_metadata(nb, released)
        _in_thread(lambda: self._execute(nb, resources), self.stop)
        clean_notebook(nb, given_texts(nb, released))
        return nb, resources

    # An assignment with a rubric

    def _judged(self, assignment: Assignment, student: str) -> NotebookNode:
        """The notebook, each check cell with the points that the trusted process found as its result."""
        course = Course(self._root, self._home)
        # What nbgrader has put there is not graded yet, and would pass for it.
        (course.autograded(assignment.id, student) / f"{assignment.id}.ipynb").unlink(missing_ok=True)
        grading = Grading(course, assignment, [student], threads=cores(), confined=self.confined)
        (graded,) = grading.run(shared_pool((Needs.of([assignment]), bool(self.confined))))
        verdict = graded.verdict
        if verdict.status == Status.FAILED:
            raise CnnkitError(verdict.detail)
        if verdict.status != Status.GRADED:
            self.log.warning("%s: %s: %s", student, verdict.status, verdict.detail)
        for test in verdict.tests:
            if test.fault:
                self.log.error("%s: %s of the rubric itself failed:\n%s", student, test.test, test.fault)
        return with_results(verdict)

    def _assignment(self, resources: ResourcesDict) -> Assignment | None:
        """None where the notebook is no assignment of the checkout's. Raises where its rubric is missing."""
        if not self.checkout:
            return None
        if not holds_assignments(self._root):
            raise UsageError(
                f"ConfinedExecute.checkout is {self.checkout!r}, and {self._root} holds no solutions/ and "
                "autograder/rubrics/. Set it in nbgrader_config.py; without the rubrics nothing is graded."
            )
        id = resources["nbgrader"]["assignment"]
        if not any(path.exists() for path in paths_of(self._root, id)):
            return None
        return Course(self._root, self._home).assignment(id)

    # An ordinary notebook

    def _execute(self, nb: NotebookNode, resources: ResourcesDict) -> None:
        variables = kernel_variables(self.environment) | variables_of(nb, str(self.kernel_name))
        folder, about = Path(resources["metadata"]["path"]), resources["nbgrader"]
        files = self._beside(folder, about)
        limits = self._limits(files)
        with self._kernel(files, limits, about["assignment"], variables) as kernel:
            self.output_mb, self.outputs_mb = limits.output_mb, limits.outputs_mb
            self._past_output, self._late_cells = set(), {}
            self.startup_timeout = START_SECONDS
            self._running.add(kernel)
            try:
                super().preprocess(nb, resources, km=kernel)
            except DeadKernelError:
                where = cell_name(nb, self._cell)
                if self.unheeding:
                    took = self._late_cells[self._cell]
                    raise CnnkitError(f"{where} took more than {took}, and could not be interrupted") from None
                raise CnnkitError(f"{how_it_ended(kernel, limits)[1]}, in {where}") from None
            finally:
                self._running.discard(kernel)
                if self.kc is not None:
                    self.kc.stop_channels()
                    self.kc.context.destroy(linger=0)
                self.kc = self.km = None
            for line in stopped_cells(nb, self._late_cells):
                self.tell_stopped(f"{about['notebook']}, {line}")
            kernel.shutdown_kernel()
            if kernel.ending() is not None:
                bring_back(kernel.work, files, folder)

    def tell_stopped(self, line: str) -> None:
        """Of a cell that met its confinement or a limit, which nbgrader's own execution would not have."""
        self.log.warning("%s", line)

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        self._cell = index
        result: tuple[NotebookNode, ResourcesDict] = super().preprocess_cell(cell, resources, index)
        return result

    def cell_is_late(self, shown: Time) -> None:
        limit = self.cell_limit(self.nb.cells[self._cell])
        self._late_cells[self._cell] = shown.words(limit)

    def stop_output(self, cell: NotebookNode, cell_index: int) -> None:
        super().stop_output(cell, cell_index)
        self._past_output.add(cell_index)

    def on_cell_executed(self, **about: Any) -> None:
        """As nbgrader has it, but past the limit of output the error is that, and not the interrupt that
        followed; nbgrader's LimitOutput cuts streams, and leaves errors."""
        if about["cell_index"] not in self._past_output:
            super().on_cell_executed(**about)
            return
        words = f"the output went past {self.output_mb:g} MB, and the cell was interrupted"
        lines = [f"{OUTPUT_ERROR}: {words}"]
        about["cell"].outputs.append(nbformat.v4.new_output("error", ename=OUTPUT_ERROR, evalue=words, traceback=lines))

    def _limits(self, files: dict[str, bytes]) -> Limits:
        defaults = {"output_mb": OUTPUT_MB, "outputs_mb": OUTPUTS_MB, "threads": cores()}
        limits = Limits(**{**defaults, **self.limits})
        return replace(limits, disk_mb=limits.disk_mb + sum(map(len, files.values())) // 2**20)

    def _kernel(self, files: dict[str, bytes], limits: Limits, id: str, variables: dict[str, str]) -> WarmKernel:
        parent = shared_parent(_needs(self._courses, id, variables))
        readable = [*map(Path, self.readable), *importable(variables, self._home)]
        settings = ipython_settings()

        def start() -> WarmKernel:
            return WarmKernel(
                _ready(parent).address,
                limits,
                name=id,
                readable=readable,
                files=files,
                settings=settings,
                confined=bool(self.confined),
            )

        try:
            return start()
        except (OSError, ConfinementError):
            if not parent.has_ended(ENDING):
                raise
        return start()

    def _beside(self, folder: Path, about: dict[str, str]) -> dict[str, bytes]:
        """What lies beside the notebook. Of notebooks the student's own, as nbgrader's hold the hidden tests;
        and nothing that was a link when it was handed in: nbgrader has followed it, with its own rights."""
        steps = (self._courses.source_directory, "."), (self._courses.submitted_directory, about["student"])
        source, submitted = (Path(self._courses.format_path(*step, about["assignment"])) for step in steps)
        files = {}
        for name, path in files_in(folder, junk=True).items():
            linked = any(p.is_symlink() for p in (submitted / name, *(submitted / name).parents) if p != submitted)
            if path.suffix != ".ipynb" and not (linked and not (source / name).exists()):
                files[name] = read_content(path)
        own = files_in(submitted, junk=True)
        return files | {name: read_content(path) for name, path in own.items() if path.suffix == ".ipynb"}

    # Where things are

    @property
    def converter(self) -> Any:
        """nbgrader's, which runs this step and has its CourseDirectory."""
        converter = getattr(self.parent, "parent", None)
        if not isinstance(converter, BaseConverter):
            raise UsageError("ConfinedExecute belongs into Autograde.autograde_preprocessors, and works nowhere else")
        return converter

    @property
    def _courses(self) -> CourseDirectory:
        return self.converter.coursedir

    @property
    def _home(self) -> Path:
        return Path(self._courses.root)

    @property
    def _root(self) -> Path:
        return (self._home / str(self.checkout)).resolve()


def require_confinement(home: Path) -> None:
    """Raises ConfinementError where a student's code cannot be confined, or could read the course at `home`."""
    if missing := find_missing():
        raise ConfinementError(f"a student's code cannot be confined here: {'; '.join(missing)}")
    if open_ := find_exposed([home]):
        raise ConfinementError(f"{open_[0]} lies where a student's code must be able to read. Move the course.")


def warm_up(courses: CourseDirectory, id: str, environment: Mapping[str, str]) -> None:
    """Wait until kernels can be had. environment: as configured. Raises CnnkitError, in the warm parent's last
    words, where they cannot."""
    variables = kernel_variables(environment)
    importable(variables, Path(courses.root))
    _ready(shared_parent(_needs(courses, id, variables)))


def kernel_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """What a notebook sees, beside what a warm parent passes on. environment: as configured."""
    inherited = {PYTHON_PATH: os.environ[PYTHON_PATH]} if os.environ.get(PYTHON_PATH) else {}
    return inherited | {"NBGRADER_EXECUTION": "autograde"} | dict(environment)


def with_results(verdict: Verdict) -> NotebookNode:
    """The verdict's notebook with outputs of which nbgrader's SaveAutoGrades makes the verdict's points."""
    earned = {check["id"]: check["earned"] for check in verdict.checks()}
    notebook = nbformat.reads(verdict.notebook, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            mark = cell.metadata.nbgrader
            points = min(max(earned.get(mark.grade_id, 0.0), 0.0), float(mark.points))
            result = nbformat.v4.new_output("execute_result", {"text/plain": repr(points)})
            cell.outputs = [output for output in cell.outputs if output.get("name") == "stdout"] + [result]
    return notebook


def _needs(courses: CourseDirectory, id: str, variables: Mapping[str, str]) -> _Needs:
    return instructors_imports(courses, id), tuple(sorted(variables.items()))


def _warm(needs: _Needs) -> WarmParent:
    modules, variables = needs
    return WarmParent(modules, environment=dict(variables))


def _ready(parent: WarmParent) -> WarmParent:
    """The parent, started again where it has ended."""
    with _starting:
        if parent.has_ended():
            parent.restart()
        return parent.wait()


def _pool(needs: tuple[Needs, bool]) -> Pool:
    return Pool(needs[0], 1, confined=needs[1])


shared_parent = Shared(_warm)
shared_pool = Shared(_pool)
_starting = threading.Lock()


def _in_thread(work: Callable[[], None], stop: Callable[[], None]) -> None:
    """In a thread with an event loop of its own: formgrader's server is running one in this thread."""

    def run() -> None:
        loop = ensure_event_loop()
        try:
            work()
        finally:
            loop.close()

    with ThreadPoolExecutor(1) as thread:
        future = thread.submit(run)
        try:
            future.result()
        except KeyboardInterrupt:
            while not future.done():  # its kernel may be starting
                stop()
                time.sleep(0.05)
            raise


def bring_back(work: Path, laid: Mapping[str, bytes], folder: Path) -> None:
    """Have the folder hold what the notebook left, for the assignment's next one; notebooks and the time
    of handing in stay as they are. The kernel has ended. laid: what it was given."""
    kept = {STAMP} | {name for name in laid if name.endswith(".ipynb")}
    left = {name: path for name, path in files_in(work, junk=True).items() if name not in kept and _is_work(name)}
    for name in laid.keys() - left.keys() - kept:
        if _is_work(name):
            (folder / name).unlink(missing_ok=True)
    for name, path in left.items():
        content = read_content(path)
        if content != laid.get(name):
            if (folder / name).is_dir():
                shutil.rmtree(folder / name)
            (folder / name).unlink(missing_ok=True)  # it may be read-only
            write_content(folder / name, content)


def _is_work(name: str) -> bool:
    path = Path(name)
    return path.suffix != ".ipynb" and not any(part.startswith(".") or part == "__pycache__" for part in path.parts)
