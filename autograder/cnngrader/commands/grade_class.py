"""`cnnkit grade` as a person sees it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

import nbformat
from nbformat import NotebookNode

from cnngrader.assignment import Assignment
from cnngrader.collecting.attempts import Attempt
from cnngrader.commands.live_table import LiveTable
from cnngrader.console import err, out, shown
from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.grading.attempt_choice import AttemptChoice
from cnngrader.grading.course_fault import course_fault
from cnngrader.grading.dispatch import Workers
from cnngrader.grading.grading import Graded, Grading
from cnngrader.grading.record import Record
from cnngrader.grading.run_report import RunReport
from cnngrader.grading.submission_log import write_log
from cnngrader.kernel.gpu import DRIVER, has_gpu
from cnngrader.roster.students_file import read_roster
from cnngrader.similar.alike import find_alike
from cnngrader.submission.verdict import Verdict
from cnngrader.when import at
from cnngrader.workers.pool import Needs, Pool, cores


def grade_class(
    course: Course,
    assignment: Assignment,
    students: Sequence[str] = (),
    *,
    workers: int = 0,
    cluster: str = "",
    gpu_share: int = 0,
    confined: bool = True,
    force: bool = False,
    lines: Callable[[dict[str, Any]], None] | None = None,
) -> int:
    """Grade, print a line for each submission and then a summary; returns 0 where all were graded, and no
    cell of the course's own failed for all of them, else 1.

    workers: submissions at a time on this machine. cluster: a scheduler's address, whose workers
    grade instead. gpu_share: how many share a graphics card; 0 to grade on the CPU. force: grade
    again what has not changed.
    lines: takes each record instead of the text. Faults of the rubric are told on standard error.
    """
    for option, value in (("--workers", workers), ("--gpu-share", gpu_share)):
        if value < 0:
            raise UsageError(f"{option} is {value}, and is to be a number above 0")
    if gpu_share and not cluster and not has_gpu():
        err.print(f"No NVIDIA card is here ({DRIVER} is missing), so --gpu-share has no effect: the CPU grades.")
        gpu_share = 0
    workers = workers or (0 if cluster else gpu_share) or cores()
    grading = Grading(
        course,
        assignment,
        students,
        threads=max(1, cores() // workers),
        confined=confined,
        force=force,
        gpu_share=gpu_share,
    )
    grading.hold()
    choice = AttemptChoice(grading)
    tell = None if lines is not None else partial(_tell_choice, course, assignment)
    choice.choose(tell)
    plans = grading.prepare()
    waiting = sum(plan.runs for plan in plans)
    kept = len(plans) - waiting
    if kept and lines is None:
        out.print(f"{kept} of {len(plans)} are graded already and need no run.")
    if strangers := grading.without_variant():
        err.print(
            f"{len(strangers)} of the class were given no files of their own by `cnnkit variant --class`, and would be "
            f"graded by what they have not seen: {', '.join(strangers)}",
            markup=False,
        )
    here = "" if course.home == course.root / "course" else f" --course {course.home}"
    roster = read_roster(course)
    absent = {} if students else {one.id: one.shown for one in roster.absent(grading.students)}
    report = RunReport(
        assignment.id,
        feedback=f"cnnkit feedback {assignment.id}{here}",
        by_hand=f"cd {course.home} && jupyter lab, and there Nbgrader > Formgrader",
        logs=str(course.log(assignment.id, "STUDENT")),
        similar=f"cnnkit similar {assignment.id}{here}",
        zone=course.zone_of(assignment),
        lines=lines,
        absent=absent,
    )
    failed: set[str] = set()
    with ExitStack() as stack:
        grader: Workers | None = None
        table = LiveTable(0, dict)
        if waiting or choice.ungraded:
            needs = Needs.of([assignment])
            if cluster:
                from cnngrader.workers.cluster import Cluster  # imports distributed

                grader = stack.enter_context(Cluster.at(cluster, needs, gpu_share, confined=confined))
            else:
                pool = Pool(needs, min(workers, waiting + len(choice.ungraded)), confined=confined, gpu_share=gpu_share)
                grader = stack.enter_context(pool)
            total = len(grading.students) - kept + len(choice.ungraded)
            table = LiveTable(total, grader.running, grader.dashboard and f"dashboard: {grader.dashboard}")
        dates, zone = choice.dates, course.zone_of(assignment)
        if moved := dates.moved(zone):
            err.print(f"{assignment.id} is {moved}", markup=False)
        for words in dates.other_extensions(zone):
            err.print(words, markup=False)
        from cnngrader.gradebook.enter_names import enter_names  # imports nbgrader, by now

        for words in enter_names(course, roster):
            err.print(words, markup=False)
        for words in grading.audiences.told():
            err.print(words, markup=False)
        stack.enter_context(shown(table))
        if choice.ungraded:
            assert grader is not None
            for _ in choice.grade(grader):
                table.step()
            choice.choose(tell)
            plans = grading.prepare()
            table.total -= waiting - sum(plan.runs for plan in plans)
        for graded in grading.run(grader):
            if not graded.kept:
                table.step()
                _log(course, graded.verdict)
            report.tell(record_of(graded))
            for words in grading.counts_all_the_same(graded):
                err.print(words, markup=False)
            _tell_faults(graded.verdict, failed)
    if words := _outdated(course, assignment):
        err.print(f"{words}. See: cnnkit items {assignment.id}{here}", markup=False)
    template = nbformat.reads(grading.files[f"{assignment.id}.ipynb"].decode(), as_version=4)
    fault = course_fault(template, _executed(grading, report))
    everybody = {} if students else {each: course.submitted(assignment.id, each) for each in grading.students}
    return report.end(fault, find_alike(everybody, course.released(assignment.id)))


def _outdated(course: Course, assignment: Assignment) -> str:
    """Of items that were given by hand and have changed since, in words."""
    if not assignment.items:
        return ""
    from cnngrader.gradebook.outdated_items import read_outdated, tell_outdated

    return tell_outdated(assignment, read_outdated(course, assignment))


def _tell_choice(course: Course, assignment: Assignment, student: str, attempt: Attempt) -> None:
    handed_in = at(attempt.time, course.zone_of(assignment)) if attempt.time else "a time that is not known"
    out.print(f"{student}: the attempt of {handed_in} counts from now on ({assignment.attempts})", markup=False)


def _log(course: Course, verdict: Verdict) -> None:
    try:
        write_log(course, verdict)
    except OSError as error:
        err.print(f"{verdict.student}: the log cannot be written: {error.strerror}", markup=False)


def record_of(graded: Graded) -> Record:
    verdict = graded.verdict
    return Record(
        verdict.student,
        verdict.assignment,
        verdict.status,
        verdict.detail,
        kept=graded.kept,
        seconds=verdict.seconds,
        slower=verdict.slower,
        before=graded.before,
        standing=graded.standing,
        messages={check["id"]: check["message"] for check in verdict.checks()},
        repairs=verdict.repairs,
    )


def _executed(grading: Grading, report: RunReport) -> Iterator[NotebookNode]:
    """The notebooks of which all cells were run, or might have been."""
    for record in report.records:
        if record.status.ran:
            yield nbformat.read(grading.autograded.notebook(record.student), as_version=4)


def _tell_faults(verdict: Verdict, told: set[str]) -> None:
    for test in verdict.tests:
        if test.fault:
            how = ", too" if test.test in told else f":\n{test.fault}"
            err.print(f"{verdict.student}: {test.test} of the rubric itself failed{how}", markup=False)
            told.add(test.test)
