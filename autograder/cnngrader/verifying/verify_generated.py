"""Proving that the tests tell a solution from what is nearly the same."""

from collections.abc import Callable, Iterator
from itertools import chain

from cnngrader.authoring.rubric import RubricTest
from cnngrader.errors import AuthorError
from cnngrader.submission.job import Job
from cnngrader.verifying.changed_solution import sliced
from cnngrader.verifying.chosen import EVERYTHING, Chosen
from cnngrader.verifying.finding import Finding, faults
from cnngrader.verifying.generated import Generated, evenly, generate, unmet, without_equivalent
from cnngrader.verifying.mutants import load_equivalents
from cnngrader.verifying.right import lost_points, unequal_draws
from cnngrader.verifying.trials import SOLUTION, Trials

MARKED = "each mark of an equivalent meets a mutant"


def verify_generated(
    trials: Trials,
    expected: Callable[[int], None] = lambda _: None,
    chosen: Chosen = EVERYTHING,
    at_most: int | None = None,
) -> Iterator[Finding]:
    """Findings as they come: the solution earns all points of the tests that are run; each generated mutant loses some,
    with each draw of hidden inputs; and each mark of an equivalent one meets a mutant, which is not run then.

    Tests that need training are not run. expected: as for `verify`. chosen: what its checks ask for, and the mutants of
    these names. at_most: how many mutants, evenly over the answers; all where not given.
    """
    rubric, solution = trials.rubric, trials.solution
    marks = load_equivalents(trials.assignment.mutants)
    mutants = generate(solution)
    chosen.refuse_unknown(rubric, mutants)
    judged = _tests_by_answer(trials, mutants)
    taken = [
        mutant
        for mutant in without_equivalent(mutants, marks)
        if judged[mutant.answer] and chosen.takes(mutant, mutant.asked(solution, judged[mutant.answer]))
    ]
    if at_most is not None:
        taken = evenly(taken, at_most)
    named = {mutant.subject: mutant for mutant in taken}
    needed = {test.name for mutant in taken for test in judged[mutant.answer]}
    expected(len(taken) + 1 + chosen.everything)

    def jobs() -> Iterator[Job]:
        tests = [test for test in rubric.tests if test.name in needed]
        yield trials.job(SOLUTION, sliced(solution, tests), tests)
        for mutant in taken:
            tests = judged[mutant.answer]
            yield trials.job(mutant.subject, mutant.notebook(solution, tests), tests)

    if chosen.everything:
        yield Finding(MARKED, list(unmet(marks, mutants)))
    for trial in trials.judge(jobs()):
        subject, verdict = trial.job.student, trial.verdict
        problems: Iterator[str]
        if subject == SOLUTION:
            problems = chain(lost_points(verdict), unequal_draws(verdict))
        else:
            problems = named[subject].problems(verdict)
        yield Finding(subject, [*problems, *faults(verdict)], verdict.seconds, trial.kept, minor=subject != SOLUTION)


def _tests_by_answer(trials: Trials, mutants: list[Generated]) -> dict[str, list[RubricTest]]:
    """{answer: the tests that depend on it, without training}"""
    found: dict[str, list[RubricTest]] = {}
    for mutant in mutants:
        if mutant.answer not in found:
            try:
                found[mutant.answer] = mutant.tests(trials.solution, trials.rubric)
            except AuthorError:  # all that depends on it needs training
                found[mutant.answer] = []
    return found
