"""`cnnkit grade ID --replay STUDENT`: a submission judged once more, call by call, for staff alone."""

from collections.abc import Iterator
from dataclasses import replace

import click

from cnngrader.assignment import Assignment
from cnngrader.course import Course
from cnngrader.grading.grading import Grading
from cnngrader.grading.journal import Entry
from cnngrader.plain_text import plain
from cnngrader.submission.verdict import Verdict
from cnngrader.workers.pool import Needs, Pool


def replay(course: Course, assignment: Assignment, student: str, *, confined: bool = True) -> int:
    """Print each test of the student's submission with its calls, and whether they come to what was judged. Nothing is
    written. Returns 0 where they do, else 1."""
    grading = Grading(course, assignment, [student], confined=confined)
    (student,) = grading.students
    job = replace(grading.job_of(student, course.submitted(assignment.id, student)), record=True)
    with Pool(Needs.of([assignment]), 1, confined=confined) as pool:
        verdict = pool.grade(job)
    for line in _lines(verdict):
        click.echo(plain(line) if line[:1] != " " else f"  {plain(line)}")
    former = grading.journal.latest().get(student)
    problems = list(_differences(former, grading.entry_of(job, verdict)))
    for problem in problems or ["This is what was judged."]:
        click.echo(plain(problem))
    return int(bool(problems))


def _lines(verdict: Verdict) -> Iterator[str]:
    detail = f" ({verdict.detail})" if verdict.detail else ""
    score = f"{verdict.score:g} of {verdict.max_score:g}"
    yield f"{verdict.student}: {verdict.assignment}, {verdict.status}{detail}: {score}"
    for test in verdict.tests:
        yield f"{test.check}: {test.test}, {test.earned:g} of {test.points:g}"
        for call in verdict.calls:
            if call.test == test.test:
                yield f"  {call.asked} → {call.answered}"
        if test.message:
            yield f"  is told: {test.message}"


def _differences(former: Entry | None, now: Entry) -> Iterator[str]:
    if former is None:
        yield "It was not judged yet."
        return
    if former.key != now.key:
        yield "What was judged was another: the submission, the release, a limit or the software has changed since."
    before = {test.test: test for test in former.verdict.tests}
    for test in now.verdict.tests:
        if former.digests.get(test.test) != now.digests[test.test]:
            yield f"{test.test} of the rubric was another when it was judged."
        elif (was := before[test.test]).earned != test.earned or was.message != test.message:
            yield f"{test.test} gave {was.earned:g}{': ' * bool(was.message)}{was.message}"
