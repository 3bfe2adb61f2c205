"""Proving an assignment sound before anyone sees it."""

from collections.abc import Callable, Iterator
from itertools import chain

import nbformat

from cnngrader.authoring.rubric import RubricTest
from cnngrader.errors import AuthorError
from cnngrader.submission.status import Status
from cnngrader.submission.verdict import Verdict
from cnngrader.verifying.accessibility import barriers
from cnngrader.verifying.alternatives import load_alternatives
from cnngrader.verifying.changed_solution import ChangedSolution, sliced
from cnngrader.verifying.chosen import EVERYTHING, Chosen
from cnngrader.verifying.finding import Finding, faults, messages
from cnngrader.verifying.leaks import leaks
from cnngrader.verifying.mutants import load_mutants
from cnngrader.verifying.right import lost_points, unequal_draws
from cnngrader.verifying.trials import SOLUTION, Trials

LEAKS, STUB = "nothing leaks", "the stub"
FAILABLE, ACCESSIBLE = "each test can fail", "accessible to everybody"


def verify(
    trials: Trials, expected: Callable[[int], None] = lambda _: None, chosen: Chosen = EVERYTHING
) -> Iterator[Finding]:
    """Findings as they come: nothing leaks; the solution earns all points, and so does each alternative, and it prints
    no warning; the stub earns none; each mutant loses what its author listed and is told what its author listed; all of
    them get the same with each draw of hidden inputs; release and outputs can be read by everybody; and no test is
    passed by all mutants.

    expected: is called once with the number of findings to come. chosen: what of all this. Raises AuthorError where the
    assignment's files are not right, UsageError where what is chosen is not there.
    """
    rubric, solution, assignment = trials.rubric, trials.solution, trials.assignment
    mutants = load_mutants(assignment.mutants, rubric)
    long_first = sorted(mutants, key=lambda mutant: not mutant.trains(rubric))
    changes = [*load_alternatives(assignment.alternatives), *long_first]
    chosen.refuse_unknown(rubric, changes)
    judged = chosen.tests(rubric.tests)
    some = None if chosen.everything else judged

    jobs, refused = [], []
    if judged:
        jobs.append(trials.job(SOLUTION, solution if some is None else sliced(solution, some), some))
    for changed in changes:
        try:
            tests = changed.tests(solution, rubric)
            if chosen.takes(changed, tests):
                jobs.append(trials.job(changed.subject, changed.notebook(solution, tests), tests))
        except AuthorError as error:
            if chosen.everything or changed.name in chosen.names:
                refused.append(Finding(changed.subject, [str(error)]))
    if judged:
        jobs.append(trials.job(STUB, trials.stub, some))
    expected(len(jobs) + len(refused) + 2 * chosen.everything + bool(judged))

    if chosen.everything:
        yield Finding(LEAKS, list(leaks(solution, rubric, trials.release)))
    yield from refused
    subjects: dict[str, ChangedSolution] = {changed.subject: changed for changed in changes}
    wrong = {mutant.subject for mutant in mutants}
    failed: set[str] = set()
    solved = solution
    for trial in trials.judge(jobs):
        subject, verdict = trial.job.student, trial.verdict
        problems: Iterator[str]
        if subject == STUB:
            problems = chain(_stub_problems(verdict), unequal_draws(verdict))
        elif subject == SOLUTION:
            problems = chain(lost_points(verdict), unequal_draws(verdict))
            if chosen.everything:  # else it lacks what its tests do not need
                problems = chain(problems, (f"repaired: {note}" for note in verdict.repairs), _warnings(verdict))
                solved = nbformat.reads(verdict.notebook, as_version=4)
        else:
            problems = subjects[subject].problems(verdict)
        told = messages(verdict) if subject in wrong else ()
        if subject in wrong:
            failed |= {test.test for test in verdict.tests if test.earned < test.points and not test.fault}
        yield Finding(subject, [*problems, *faults(verdict)], verdict.seconds, trial.kept, told=told)
    if chosen.everything:
        stub = nbformat.reads(trials.stub.decode(), as_version=4)
        yield Finding(ACCESSIBLE, barriers(stub, solved))
    if judged:
        yield Finding(FAILABLE, [_unfailed(test) for test in judged if test.name not in failed])


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


def _unfailed(test: RubricTest) -> str:
    return f"{test.mark.check}: no mutant fails {test.name}, so nothing shows that it can fail; add one to mutants.toml"
