"""Proving an assignment sound before anyone sees it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

import nbformat

from cnngrader.assignment import Assignment
from cnngrader.authoring.build import build_notebook, solution_lines
from cnngrader.authoring.release import fresh
from cnngrader.authoring.rubric import Rubric
from cnngrader.course import Course
from cnngrader.errors import AuthorError
from cnngrader.marking.job import Job
from cnngrader.marking.pool import Pool
from cnngrader.marking.submissions import job_of
from cnngrader.marking.verdict import Verdict
from cnngrader.verifying.mutants import Mutant, load_mutants

SOLUTION, STUB = "the solution", "the stub"


@dataclass(frozen=True)
class Finding:
    """One thing that was verified: problems is empty where it holds."""

    subject: str
    problems: list[str]
    seconds: float = 0.0


def verify(
    course: Course, assignment: Assignment, pool: Pool, expected: Callable[[int], None] = lambda _: None
) -> Iterator[Finding]:
    """Findings as they come: nothing leaks, the solution earns all points, the stub none, and each
    mutant loses what its author listed and is told what its author listed.

    expected: is called once with the number of findings to come.
    """
    rubric = Rubric(assignment.rubric)
    solution = build_notebook(assignment, rubric)
    release = fresh(course, assignment)
    mutants = {mutant.name: mutant for mutant in load_mutants(assignment.mutants, rubric)}
    threads = max(1, pool.cores // 2)

    def hand_in(student: str, notebook: bytes, only: tuple[str, ...] | None = None) -> Job:
        made = job_of(assignment, release, notebook=notebook, student=student, seed="verify", threads=threads)
        return replace(made, only=only)

    jobs = [hand_in(SOLUTION, nbformat.writes(solution).encode())]
    for mutant in sorted(mutants.values(), key=lambda mutant: not mutant.trains(rubric)):  # the long ones first
        tests = mutant.tests(solution, rubric)
        if not tests:
            raise AuthorError(f"mutant {mutant.name!r}: no check depends on answer {mutant.answer!r}")
        notebook = nbformat.writes(mutant.notebook(solution, tests)).encode()
        jobs.append(hand_in(mutant.name, notebook, tuple(test.name for test in tests)))
    jobs.append(hand_in(STUB, release[f"{assignment.id}.ipynb"]))
    expected(len(jobs) + 1)
    yield Finding("nothing leaks", list(leaks(assignment, rubric, release)))
    for job, verdict in pool.run(jobs):
        if job.student == SOLUTION:
            problems = _solution_problems(verdict, rubric)
        elif job.student == STUB:
            problems = _stub_problems(verdict)
        else:
            problems = mutant_problems(mutants[job.student], verdict)
        yield Finding(job.student, [*problems, *_faults(verdict)], verdict.seconds)


def leaks(assignment: Assignment, rubric: Rubric, release: dict[str, bytes]) -> Iterator[str]:
    """Lines of the solution or of hidden tests that stand in what students get."""
    inside, outside = solution_lines(assignment.source.read_text(encoding="utf-8"))
    public = {line.strip() for line in rubric.public_text().splitlines()}
    secret = (inside | rubric.secret_lines()) - outside - public
    for name, content in release.items():
        text = content.decode(errors="replace")
        if name.endswith(".ipynb"):
            text = "\n".join(cell.source for cell in nbformat.reads(text, as_version=4).cells)
        for line in text.splitlines():
            if line.strip() in secret:
                yield f"{name} gives away: {line.strip()}"


def _solution_problems(verdict: Verdict, rubric: Rubric) -> Iterator[str]:
    judged = {test.test for test in verdict.tests}
    yield from (f"{test.name} was not run" for test in rubric.tests if test.name not in judged)
    if verdict.status != "graded":
        yield f"{verdict.status}: {verdict.detail}"
    yield from verdict.errors
    for test in verdict.tests:
        if test.earned < test.points:
            yield f"{test.check}: {test.test} earns {test.earned:g} of {test.points:g}: {test.message}"
    yield from (f"repaired: {note}" for note in verdict.repairs)


def _stub_problems(verdict: Verdict) -> Iterator[str]:
    if verdict.status != "graded":
        yield f"{verdict.status}: {verdict.detail}"
    for test in verdict.tests:
        if test.earned:
            yield f"{test.check}: {test.test} gives {test.earned:g} of {test.points:g} for nothing"


def mutant_problems(mutant: Mutant, verdict: Verdict) -> Iterator[str]:
    """Where a mutant's verdict is not what its author listed."""
    if verdict.status != "graded":
        yield f"{verdict.status}: {verdict.detail}"
    lost = {check["id"]: check["points"] - check["earned"] for check in verdict.checks()}
    for check in dict.fromkeys(chain(mutant.loses, lost)):
        should, does = mutant.loses.get(check, 0.0), lost.get(check, 0.0)
        if abs(should - does) > 1e-6:
            said = "; ".join(test.message for test in verdict.tests if test.check == check and test.message)
            yield f"{check}: loses {does:g}, listed {should:g}" + (f" ({said})" if said else "")
    messages = [test.message for test in verdict.tests if test.earned < test.points]
    if not any(mutant.says.lower() in message.lower() for message in messages):
        yield f"no failed test says {mutant.says!r}; they say: {' | '.join(messages) or 'nothing'}"


def _faults(verdict: Verdict) -> Iterator[str]:
    for test in verdict.tests:
        if test.fault:
            yield f"{test.test} itself fails:\n{test.fault}"
