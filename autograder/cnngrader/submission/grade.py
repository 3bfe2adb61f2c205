"""Grading one submission: repair, run confined, judge. A function of its job alone."""

import hashlib
import os
import time
from contextlib import ExitStack
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cnngrader.cells import name_of
from cnngrader.errors import NotebookError
from cnngrader.kernel.ending import how_it_ended
from cnngrader.kernel.protocol import Why
from cnngrader.kernel.remote import Remote
from cnngrader.kernel.run_notebook import Run, run_notebook
from cnngrader.kernel.warm_kernel import WarmKernel
from cnngrader.plain_text import encodable
from cnngrader.sandbox.limits import Limits
from cnngrader.showing.notebook import clean_notebook
from cnngrader.submission.check_outputs import show_verdicts
from cnngrader.submission.job import Job
from cnngrader.submission.judge import judge
from cnngrader.submission.read_notebook import read_notebook
from cnngrader.submission.repair import repair
from cnngrader.submission.status import Status
from cnngrader.submission.verdict import Verdict


def grade(job: Job, address: str) -> Verdict:
    """Grade a job with a kernel of the warm parent at `address`.

    A submission that cannot be run gets a verdict all the same. Raises AuthorError for a broken
    rubric and ConfinementError where the kernel cannot be confined: neither is the student's doing.
    """
    begun = time.monotonic()
    template = nbformat.reads(job.template.decode(), as_version=4)
    problem, status = "", Status.GRADED
    try:
        notebook, repairs = repair(read_notebook(job.notebook), template)
    except NotebookError as error:
        problem, status = str(error), Status.INVALID
        notebook, repairs = template, []
    readable = [Path(path) for path in job.readable]
    with ExitStack() as kernels:

        def start() -> WarmKernel:
            kernel = WarmKernel(
                address, job.limits, name=job.assignment, readable=readable, files=job.files, confined=job.confined
            )
            return kernels.enter_context(kernel)

        kernel, run, lost = start(), Run(), problem
        if not problem:
            run = run_notebook(notebook, kernel, job.limits)
            status, problem = _outcome(run, notebook, kernel, job.limits)
            lost = "" if status.ran else problem
        if run.unheeding:  # with its process all is gone that earlier cells had defined
            kernels.close()
            kernel = start()
            again = run_notebook(notebook, kernel, job.limits, before=run.last_cell)
            lost = "" if again.can_answer else f"{problem}, and could not be run again"
        remote = Remote(kernel, lost, total_seconds=job.limits.total_seconds * (1 + len(job.further)))
        rubric = _rubric_file(job, Path(address).parent)
        judged = judge(
            rubric,
            remote.within,
            draw=job.draw,
            further=job.further,
            only=job.only,
            variant=job.variant,
            readable=readable,
            record=job.record,
        )
        if remote.out_of_time:
            status, problem = Status.TIMEOUT, remote.stopped
        elif remote.stopped and not lost:
            status, problem = _ending(kernel, job.limits, "while its functions were being checked")
        layers, slower, used = kernel.layers, kernel.slower, kernel.used()
    clean_notebook(notebook, given={cell.source for cell in template.cells})
    return Verdict(
        student=job.student,
        assignment=job.assignment,
        status=status,
        detail=problem,
        seconds=round(time.monotonic() - begun, 3),
        tests=judged.tests,
        repairs=[*repairs, *job.notes],
        errors=[f"Cell {_number(notebook, cell)}: {text}" for cell, text in sorted(run.errors.items())],
        layers=layers,
        slower=slower,
        used_seconds=round(used.time.own, 1),
        used_mb=used.megabytes,
        notebook=encodable(show_verdicts(nbformat.writes(notebook), judged.tests, judged.pictures)),
        redrawn=judged.redrawn,
        calls=judged.calls,
    )


def _rubric_file(job: Job, folder: Path) -> Path:
    """The rubric as a file, whose name tells its content: what pytest compiles of it lies beside it, and
    another rubric must not get that."""
    digest = hashlib.sha256(job.rubric.encode()).hexdigest()[:12]
    path = folder / f"rubrics-{os.getpid()}" / f"test_{job.assignment}_{digest}.py"
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_text(job.rubric, encoding="utf-8")
    return path


def _outcome(run: Run, notebook: NotebookNode, kernel: WarmKernel, limits: Limits) -> tuple[Status, str]:
    """(status, detail) of a notebook that was run."""
    last = f"cell {_number(notebook, run.last_cell)}" if run.last_cell >= 0 else ""
    where = f"in {last}" if last else "before its first cell"
    if run.ended == "died":
        return _ending(kernel, limits, where)
    if run.ended not in ("", "time"):
        return Status.CRASHED, f"the notebook's process {run.ended} {where}"
    late = {_number(notebook, cell): shown.words(limits.cell_seconds) for cell, shown in run.late.items()}
    told = [f"cell {number} was interrupted after {words}" for number, words in late.items()]
    if run.ended == "time":
        told.append(f"the notebook was stopped {where}, after {run.spent.words(limits.total_seconds)}")
    if run.unheeding:
        told.append(f"{last} could not be interrupted, so it was left out with all that follows")
    if told:
        return Status.TIMEOUT, f"{'; '.join(told)}; what had finished was graded"
    return Status.GRADED, ""


def _ending(kernel: WarmKernel, limits: Limits, where: str) -> tuple[Status, str]:
    """(status, detail) of a kernel that has ended."""
    why, words = how_it_ended(kernel, limits)
    return Status.MEMORY if why is Why.MEMORY else Status.CRASHED, f"{words}, {where}"


def _number(notebook: NotebookNode, index: int) -> str:
    name = name_of(notebook.cells[index])
    return f"{index + 1} ({name})" if name else str(index + 1)
