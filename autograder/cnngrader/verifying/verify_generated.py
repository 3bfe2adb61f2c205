"""Proving that the tests tell a solution from what is nearly the same."""

from collections.abc import Callable, Iterator

from cnngrader.authoring.rubric import RubricTest
from cnngrader.errors import AuthorError
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

    The tests that ask for what a mutant changes are run first, and all that depend on it where it passes these; those
    that need training are not run. expected: as for `verify`. chosen: what its checks ask for, and the mutants of
    these names. at_most: how many mutants, evenly over the answers; all where not given.
    """
    rubric, solution = trials.rubric, trials.solution
    marks = load_equivalents(trials.assignment.mutants)
    mutants = generate(solution)
    chosen.refuse_unknown(rubric, mutants)
    all_tests = _tests_by_answer(trials, mutants)
    direct = {mutant.answer: mutant.asked(solution, all_tests[mutant.answer]) for mutant in mutants}
    taken = [
        mutant
        for mutant in without_equivalent(mutants, marks)
        if all_tests[mutant.answer] and chosen.takes(mutant, direct[mutant.answer])
    ]
    if at_most is not None:
        taken = evenly(taken, at_most)
    expected(len(taken) + 1 + chosen.everything)
    if chosen.everything:
        yield Finding(MARKED, list(unmet(marks, mutants)))
    needed = {test.name for mutant in taken for test in all_tests[mutant.answer]}
    tests = [test for test in rubric.tests if test.name in needed]
    for trial in trials.judge([trials.job(SOLUTION, sliced(solution, tests), tests)]):
        problems = [*lost_points(trial.verdict), *unequal_draws(trial.verdict), *faults(trial.verdict)]
        yield Finding(SOLUTION, problems, trial.verdict.seconds, trial.kept)

    def judge(mutants: list[Generated], tests: dict[str, list[RubricTest]]) -> Iterator[tuple[Generated, Finding]]:
        named = {mutant.subject: mutant for mutant in mutants}
        asked = ((mutant, tests[mutant.answer]) for mutant in mutants)
        jobs = (trials.job(mutant.subject, mutant.notebook(solution, some), some) for mutant, some in asked)
        for trial in trials.judge(jobs):
            mutant = named[trial.job.student]
            problems = [*mutant.problems(trial.verdict), *faults(trial.verdict)]
            yield mutant, Finding(mutant.subject, problems, trial.verdict.seconds, trial.kept, minor=True)

    survivors = [mutant for mutant in taken if not direct[mutant.answer]]
    for mutant, found in judge([mutant for mutant in taken if direct[mutant.answer]], direct):
        if found.problems and len(direct[mutant.answer]) < len(all_tests[mutant.answer]):
            survivors.append(mutant)
        else:
            yield found
    yield from (found for _, found in judge(survivors, all_tests))


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
