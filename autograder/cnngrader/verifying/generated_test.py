from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.rubric import Rubric
from cnngrader.course import Course
from cnngrader.errors import AuthorError
from cnngrader.submission.status import Status
from cnngrader.submission.verdict import TestVerdict, Verdict
from cnngrader.verifying.equivalent import Equivalent
from cnngrader.verifying.generated import evenly, generate, unmet, without_equivalent
from cnngrader.verifying.mutants import load_equivalents

COURSE = Course(Path(__file__).parents[3], Path("course"))
LINE = "return np.sum(window) / window.size"
MEAN = "return np.mean(window) / window.size"


@pytest.fixture
def mutants(pooling):
    return generate(build_notebook(pooling, Rubric(pooling.rubric)))


def verdict(*earned, redrawn=()):
    """Of tests that draw as often as `redrawn` says, each worth a point."""
    tests = [TestVerdict(f"test_{n}", "c", "", 1, points) for n, points in enumerate(earned)]
    further = [replace(tests[n], earned=points) for n, points in redrawn]
    return Verdict("", "", Status.GRADED, "", 0, tests, [], [], [], "", redrawn=further)


def test_each_answer_is_changed_in_small_ways(mutants):
    assert {mutant.answer for mutant in mutants} == {"window-mean"}
    assert [mutant.name for mutant in mutants] == [f"window-mean:{n}" for n in range(1, len(mutants) + 1)]
    assert MEAN in {mutant.mutation.after for mutant in mutants}


@pytest.mark.parametrize(
    ("judged", "words"),
    [
        (verdict(0, 1), ""),
        (verdict(0.5, 1), ""),
        (verdict(1, 1), "loses no point:\n"),
        (verdict(0, 1, redrawn=[(1, 1)]), ""),
        (verdict(0, 1, redrawn=[(0, 0)]), ""),
        (verdict(0, 1, redrawn=[(0, 1), (1, 0)]), ""),
        (verdict(0, 1, redrawn=[(0, 1), (0, 0)]), "loses no point with 1 of 3 draws:\n"),
        (verdict(1, redrawn=[(0, 1), (0, 1)]), "loses no point:\n"),
    ],
)
def test_with_each_draw_it_has_to_lose_a_point(mutants, judged, words):
    problems = list(mutants[0].problems(judged))
    assert len(problems) == bool(words)
    assert all(problem.startswith(words) for problem in problems)


def test_a_survivor_is_told_with_its_change(mutants):
    mutant = next(mutant for mutant in mutants if mutant.mutation.after == MEAN)
    assert list(mutant.problems(verdict(1))) == [f"loses no point:\n- {LINE}\n+ {MEAN}"]


def test_what_is_marked_is_not_run(mutants):
    mark = Equivalent("window-mean", f"    {LINE}\n", (MEAN, "return window.size"), "for a reason")
    left = {mutant.mutation.after for mutant in without_equivalent(mutants, [mark])}
    assert len(left) == len(mutants) - 2
    assert not {MEAN, "return window.size"} & left


@pytest.mark.parametrize(
    "mark",
    [
        Equivalent("window-mean", "return np.sum(window)", (MEAN,), "r"),
        Equivalent("other", LINE, (MEAN,), "r"),
        Equivalent("window-mean", LINE, (MEAN, "return 1"), "r"),
    ],
)
def test_a_mark_of_nothing_is_told(mutants, mark):
    (problem,) = unmet([mark], mutants)
    assert problem.startswith(
        f"no generated mutant of {mark.answer!r} is what [[equivalent]] marks:\n- {mark.before}\n+ "
    )


def test_of_each_answer_as_many_as_of_the_others(mutants):
    few, many = mutants[:3], [replace(each, answer="b", name=f"b:{each.name}") for each in mutants]
    taken = evenly([*few, *many], 8)
    assert Counter(mutant.answer for mutant in taken) == {"window-mean": 3, "b": 5}
    assert taken == evenly([*few, *many], 8)
    assert evenly(mutants, 1000) == mutants


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('answer = "a"\nbefore = "b"\nafter = []\nreason = "r"', "line 4: equivalent 1.after must be a list of texts"),
        ('answer = "a"\nbefore = "b"\nafter = ["c"]\nreason = " "', "line 5: equivalent 1.reason must say why"),
        ('answer = "a"\nbefore = "b"\nafter = ["c"]', "line 1: equivalent 1.reason is missing"),
    ],
)
def test_a_mark_without_a_reason_or_a_change_is_refused(pooling, text, words):
    pooling.mutants.write_text(f"[[equivalent]]\n{text}\n")
    with pytest.raises(AuthorError, match=words):
        load_equivalents(pooling.mutants)


@pytest.mark.parametrize("id", COURSE.ids())
def test_the_marks_of_the_courses_assignments_are_of_mutants(id):
    assignment = COURSE.assignment(id)
    solution = build_notebook(assignment, Rubric(assignment.rubric))
    assert list(unmet(load_equivalents(assignment.mutants), generate(solution))) == []
