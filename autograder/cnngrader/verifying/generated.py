"""Generated mutants: the solution with one small change each, which some test must tell from it."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from textwrap import indent
from typing import ClassVar

from nbformat import NotebookNode

from cnngrader.authoring.rubric import RubricTest
from cnngrader.cells import OF_ANSWERS, id_of, name_of
from cnngrader.submission.verdict import Verdict
from cnngrader.verifying.changed_solution import ChangedSolution
from cnngrader.verifying.equivalent import Equivalent
from cnngrader.verifying.mutations import Mutation, mutations
from cnngrader.verifying.slicing import Slices

SEED = 0


@dataclass(frozen=True)
class Generated(ChangedSolution):
    """answer: the answer cell that it changes. What needs training is not run on it."""

    kind: ClassVar[str] = "generated mutant"

    answer: str
    mutation: Mutation

    @property
    def changed(self) -> tuple[str, ...]:
        return (self.answer,)

    def source(self, answer: str, solution: str) -> str:
        return self.mutation.source

    def trained(self, check: str) -> bool:
        return False

    def asked(self, solution: NotebookNode, tests: Iterable[RubricTest]) -> list[RubricTest]:
        """Those of the tests that ask for what its answer defines, and not for what is made of that."""
        defined = Slices(solution).defines[self.place(solution, self.answer)]
        return [test for test in tests if defined & test.asks]

    def problems(self, verdict: Verdict) -> Iterator[str]:
        """Told with its change where it loses no point with some draw."""
        survived, draws = _survived(verdict)
        if survived:
            how = "" if survived == draws else f" with {survived} of {draws} draws"
            removed, added = indent(self.mutation.before, "- "), indent(self.mutation.after, "+ ")
            yield f"loses no point{how}:\n{removed}\n{added}"


def generate(solution: NotebookNode) -> list[Generated]:
    """All of a notebook, in its order. Their names hold as long as their answer is what it is."""
    modules = Slices(solution).modules
    found = []
    for cell in solution.cells:
        if cell.cell_type == "code" and id_of(cell).startswith(OF_ANSWERS):
            answer = name_of(cell)
            changes = enumerate(mutations(cell.source, modules), 1)
            found += [Generated(f"{answer}:{number}", answer, mutation) for number, mutation in changes]
    return found


def without_equivalent(mutants: Iterable[Generated], marks: Iterable[Equivalent]) -> list[Generated]:
    marked = {change for mark in marks for change in mark.changes}
    return [mutant for mutant in mutants if _change(mutant) not in marked]


def unmet(marks: Iterable[Equivalent], mutants: Iterable[Generated]) -> Iterator[str]:
    """Which marks are of no mutant any more."""
    known = {_change(mutant) for mutant in mutants}
    for mark in marks:
        for answer, before, after in mark.changes:
            if (answer, before, after) not in known:
                removed, added = indent(before, "- "), indent(after, "+ ")
                yield f"no generated mutant of {answer!r} is what [[equivalent]] marks:\n{removed}\n{added}"


def evenly(mutants: list[Generated], at_most: int) -> list[Generated]:
    """So many of them, of each answer as many as of the others where it has them; always the same."""
    by_answer: dict[str, list[Generated]] = {}
    for mutant in random.Random(SEED).sample(mutants, len(mutants)):
        by_answer.setdefault(mutant.answer, []).append(mutant)
    in_turn = chain.from_iterable(zip_longest(*(by_answer[answer] for answer in sorted(by_answer))))
    kept = {mutant.name for mutant in [mutant for mutant in in_turn if mutant][:at_most]}
    return [mutant for mutant in mutants if mutant.name in kept]


def _change(mutant: Generated) -> tuple[str, str, str]:
    return mutant.answer, mutant.mutation.before, mutant.mutation.after


def _survived(verdict: Verdict) -> tuple[int, int]:
    """(with how many draws no test takes a point, of how many)"""
    numbers = Counter[str]()
    lost: dict[int, bool] = {0: False}
    redrawn = {test.test for test in verdict.redrawn}
    for test in chain(verdict.tests, verdict.redrawn):
        number = numbers[test.test]
        numbers[test.test] += 1
        lost[number] = lost.get(number, False) or (test.earned < test.points and not test.fault)
    if any(test.earned < test.points and not test.fault for test in verdict.tests if test.test not in redrawn):
        return 0, len(lost)
    return sum(not each for each in lost.values()), len(lost)
