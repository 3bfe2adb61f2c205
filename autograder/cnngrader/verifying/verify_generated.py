"""Proving that the tests tell a solution from what is nearly the same."""

from collections.abc import Callable, Iterator

from cnngrader.authoring.rubric import RubricTest
from cnngrader.errors import AuthorError
from cnngrader.submission.calls import Call
from cnngrader.submission.verdict import Verdict
from cnngrader.verifying.changed_solution import sliced
from cnngrader.verifying.chosen import EVERYTHING, Chosen
from cnngrader.verifying.finding import Finding, faults
from cnngrader.verifying.generated import Generated, evenly, generate, unmet, without_equivalent
from cnngrader.verifying.mutants import load_equivalents
from cnngrader.verifying.right import lost_points, unequal_draws
from cnngrader.verifying.trials import SOLUTION, Trial, Trials

MARKED = "each mark of an equivalent meets a mutant"


def verify_generated(
    trials: Trials,
    expected: Callable[[int], None] = lambda _: None,
    chosen: Chosen = EVERYTHING,
    at_most: int | None = None,
) -> Iterator[Finding]:
    """Findings as they come: the solution earns all points of the tests that are run; each generated mutant loses some,
    with each draw of hidden inputs, or leaves the values as they are that tests ask for; and each mark of an equivalent
    one meets a mutant, which is not run then.

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
    calls: list[Call] = []
    for trial in trials.judge([trials.job(SOLUTION, sliced(solution, tests), tests, record=True)]):
        problems = [*lost_points(trial.verdict), *unequal_draws(trial.verdict), *faults(trial.verdict)]
        yield Finding(SOLUTION, problems, trial.verdict.seconds, trial.kept)
        calls = trial.verdict.calls

    def judge(
        mutants: list[Generated], tests: dict[str, list[RubricTest]], record: bool
    ) -> Iterator[tuple[Generated, Trial]]:
        named = {mutant.subject: mutant for mutant in mutants}
        asked = ((mutant, tests[mutant.answer]) for mutant in mutants)
        jobs = (
            trials.job(mutant.subject, mutant.notebook(solution, some), some, record, student=SOLUTION)
            for mutant, some in asked
        )
        for trial in trials.judge(jobs):
            yield named[trial.job.student], trial

    survivors = [mutant for mutant in taken if not direct[mutant.answer]]
    for mutant, trial in judge([mutant for mutant in taken if direct[mutant.answer]], direct, record=False):
        if any(mutant.problems(trial.verdict)):
            survivors.append(mutant)
        else:
            yield Finding(mutant.subject, [*faults(trial.verdict)], trial.verdict.seconds, trial.kept, minor=True)
    for mutant, trial in judge(survivors, all_tests, record=True):
        problems = [] if _same_values(trial.verdict, calls) else [*mutant.problems(trial.verdict)]
        problems += faults(trial.verdict)
        yield Finding(mutant.subject, problems, trial.verdict.seconds, trial.kept, minor=True)


def _same_values(verdict: Verdict, calls: list[Call]) -> bool:
    """Whether tests ask for values alone, and get those of the solution. calls: the solution's."""
    tests = {test.test for test in verdict.tests}
    right = [(call.test, call.digest) for call in calls if call.test in tests]
    return all(call.asked.isidentifier() for call in verdict.calls) and right == [
        (call.test, call.digest) for call in verdict.calls
    ]


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
