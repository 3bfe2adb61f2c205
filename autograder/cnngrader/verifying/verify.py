"""Proving an assignment sound before anyone sees it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

import nbformat
from nbformat import NotebookNode

from cnngrader.assignment import Assignment
from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.release import make_release
from cnngrader.authoring.rubric import Rubric, RubricTest
from cnngrader.course import Course
from cnngrader.errors import AuthorError, CnnkitError
from cnngrader.grading.dispatch import dispatch
from cnngrader.grading.jobs import job_of
from cnngrader.submission.draws import further_draws
from cnngrader.submission.job import Job
from cnngrader.submission.status import Status
from cnngrader.submission.verdict import Verdict
from cnngrader.verifying.accessibility import barriers
from cnngrader.verifying.alternatives import load_alternatives
from cnngrader.verifying.changed_solution import sliced
from cnngrader.verifying.chosen import EVERYTHING, Chosen
from cnngrader.verifying.leaks import leaks
from cnngrader.verifying.mutants import Mutant, load_mutants
from cnngrader.verifying.proofs import Proofs
from cnngrader.workers.pool import Pool

LEAKS, SOLUTION, STUB = "nothing leaks", "the solution", "the stub"
FAILABLE, ACCESSIBLE = "each test can fail", "accessible to everybody"
DRAWS = 20


@dataclass(frozen=True)
class Finding:
    """One thing that was verified: problems is empty where it holds. kept: whether it was run before."""

    subject: str
    problems: list[str]
    seconds: float = 0.0
    kept: bool = False


def verify(
    course: Course,
    assignment: Assignment,
    pool: Pool,
    expected: Callable[[int], None] = lambda _: None,
    draws: int = DRAWS,
    chosen: Chosen = EVERYTHING,
    reuse: bool = False,
) -> Iterator[Finding]:
    """Findings as they come: nothing leaks; the solution earns all points, and so does each alternative, and it prints
    no warning; the stub earns none; each mutant loses what its author listed and is told what its author listed; all of
    them get the same with each draw of hidden inputs; release and outputs can be read by everybody; and no test is
    passed by all mutants.

    expected: is called once with the number of findings to come. draws: with how many each is proven.
    chosen: what of all this. reuse: whether a verdict that was given before holds where nothing has changed, see
    `Proofs`. Raises AuthorError where the assignment's files are not right, UsageError where what is chosen is not
    there.
    """
    rubric = Rubric(assignment.rubric)
    solution = build_notebook(assignment, rubric)
    release = make_release(course, assignment)
    mutants = {mutant.name: mutant for mutant in load_mutants(assignment.mutants, rubric)}
    alternatives = {alternative.subject: alternative for alternative in load_alternatives(assignment.alternatives)}
    chosen.refuse_unknown(rubric, [*mutants.values(), *alternatives.values()])
    proofs = Proofs(course.proofs(assignment.id), assignment, rubric)
    judged = chosen.tests(rubric.tests)
    threads = max(1, pool.cores // 2)
    further = further_draws("verify", draws - 1)

    def hand_in(subject: str, notebook: NotebookNode | bytes, tests: list[RubricTest] | None = None) -> Job:
        data = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode()
        job = job_of(assignment, release, notebook=data, student=subject, secret="verify", threads=threads)
        return replace(
            job, draw="verify", further=further, only=None if tests is None else tuple(test.name for test in tests)
        )

    jobs, refused = [], []
    if judged:
        whole = chosen.everything
        jobs.append(hand_in(SOLUTION, solution if whole else sliced(solution, judged), None if whole else judged))
    long_first = sorted(mutants.values(), key=lambda mutant: not mutant.trains(rubric))
    for changed in chain(alternatives.values(), long_first):
        try:
            tests = changed.tests(solution, rubric)
            if chosen.takes(changed, tests):
                jobs.append(hand_in(changed.subject, changed.notebook(solution, tests), tests))
        except AuthorError as error:
            if chosen.everything or changed.name in chosen.names:
                refused.append(Finding(changed.subject, [str(error)]))
    if judged:
        jobs.append(hand_in(STUB, release[f"{assignment.id}.ipynb"], None if chosen.everything else judged))
    expected(len(jobs) + len(refused) + 2 * chosen.everything + bool(judged))
    if chosen.everything:
        yield Finding(LEAKS, list(leaks(solution, rubric, release)))
    yield from refused
    kept = _kept(proofs, jobs) if reuse else []
    known = {job.student for job, _ in kept}
    failed: set[str] = set()
    solved = solution
    for job, verdict in chain(kept, dispatch((job for job in jobs if job.student not in known), pool)):
        if isinstance(verdict, CnnkitError):
            raise verdict
        if reuse and job.student not in known:
            proofs.keep(job, verdict if job.student == SOLUTION else replace(verdict, notebook=""))
        if job.student == STUB:
            problems = _stub_problems(verdict)
        elif job.student in mutants:
            problems = mutant_problems(mutants[job.student], verdict)
            failed |= {test.test for test in verdict.tests if test.earned < test.points and not test.fault}
        else:
            problems = _right_problems(verdict, job.only or [test.name for test in rubric.tests])
            if job.student == SOLUTION and chosen.everything:  # the others lack what their tests do not need
                problems = chain(problems, (f"repaired: {note}" for note in verdict.repairs), _warnings(verdict))
                solved = nbformat.reads(verdict.notebook, as_version=4)
        yield Finding(
            job.student, [*problems, *unequal_draws(verdict), *_faults(verdict)], verdict.seconds, job.student in known
        )
    if chosen.everything:
        stub = nbformat.reads(release[f"{assignment.id}.ipynb"].decode(), as_version=4)
        yield Finding(ACCESSIBLE, barriers(stub, solved))
    if judged:
        yield Finding(FAILABLE, [_unfailed(test) for test in judged if test.name not in failed])


def _kept(proofs: Proofs, jobs: list[Job]) -> list[tuple[Job, Verdict | CnnkitError]]:
    found = ((job, proofs.kept(job)) for job in jobs)
    return [(job, verdict) for job, verdict in found if verdict]


def _right_problems(verdict: Verdict, tests: Iterable[str]) -> Iterator[str]:
    judged = {test.test for test in verdict.tests}
    yield from (f"{name} was not run" for name in tests if name not in judged)
    if verdict.status != Status.GRADED:
        yield f"{verdict.status}: {verdict.detail}"
    yield from verdict.errors
    for test in verdict.tests:
        if test.earned < test.points:
            yield f"{test.check}: {test.test} earns {test.earned:g} of {test.points:g}: {test.message}"


def _warnings(verdict: Verdict) -> Iterator[str]:
    """What running a notebook has written beside its results."""
    for index, cell in enumerate(nbformat.reads(verdict.notebook, as_version=4).cells):
        for output in cell.get("outputs", ()):
            if output.output_type == "stream" and output.name == "stderr":
                yield f"cell {index + 1} prints a warning: {output.text.strip()[:300]}. Mend what it is about"


def _stub_problems(verdict: Verdict) -> Iterator[str]:
    if verdict.status != Status.GRADED:
        yield f"{verdict.status}: {verdict.detail}"
    for test in verdict.tests:
        if test.earned:
            yield f"{test.check}: {test.test} gives {test.earned:g} of {test.points:g} for nothing"


def mutant_problems(mutant: Mutant, verdict: Verdict) -> Iterator[str]:
    """Where a mutant's verdict is not what its author listed."""
    if verdict.status != Status.GRADED:
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


def unequal_draws(verdict: Verdict) -> Iterator[str]:
    """Which tests give other points with another draw, where it does so first."""
    firsts = {test.test: test for test in verdict.tests}
    numbers, told = Counter(firsts.keys()), set[str]()
    for test in verdict.redrawn:
        numbers[test.test] += 1
        first = firsts[test.test]
        if test.earned != first.earned and test.test not in told:
            told.add(test.test)
            yield (
                f"{test.check}: {test.test} gives {first.earned:g} with the first draw and {test.earned:g} with number "
                f"{numbers[test.test]}: {test.message or first.message}"
            )


def _unfailed(test: RubricTest) -> str:
    return f"{test.mark.check}: no mutant fails {test.name}, so nothing shows that it can fail; add one to mutants.toml"


def _faults(verdict: Verdict) -> Iterator[str]:
    faults = {test.test: test for test in (*verdict.tests, *verdict.redrawn) if test.fault}
    for test in faults.values():
        yield f"{test.test} itself fails:\n{test.fault}"
