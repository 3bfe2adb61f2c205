"""What of an assignment is proven, and what of it was proven before."""

import pytest

from cnngrader.errors import UsageError
from cnngrader.testing import InProcess
from cnngrader.verifying.chosen import Chosen
from cnngrader.verifying.trials import Trials
from cnngrader.verifying.verify import verify


@pytest.fixture
def prove(edited, warm):
    """prove(course, chosen): {subject: (problems, whether it was run before)}"""

    def run(course, chosen=Chosen()):  # noqa: B008
        trials = Trials(course, course.assignment("window"), InProcess(warm.address), draws=1, reuse=True)
        return {found.subject: (found.problems, found.kept) for found in verify(trials, chosen=chosen)}

    return run


def test_what_has_not_changed_is_not_run_again(edited, prove):
    course = edited()
    first = prove(course)
    again = prove(course)
    assert [problems for problems, _ in again.values()] == [problems for problems, _ in first.values()]
    assert not any(kept for _, kept in first.values())
    assert {subject for subject, (_, kept) in again.items() if not kept} == {
        "nothing leaks",
        "accessible to everybody",
        "each test can fail",
    }
    path = course.assignment("window").mutants
    path.write_text(path.read_text().replace('["window.size", "len(window) ** 2"]', '["window.size", "2"]'))
    changed = prove(course)
    run = {subject for subject in ("the solution", "sum-for-mean", "square-windows-only") if not changed[subject][1]}
    assert run == {"square-windows-only"}


def test_what_its_author_lists_is_looked_at_each_time(edited, prove):
    course = edited()
    prove(course, Chosen(names=("sum-for-mean",)))
    path = course.assignment("window").mutants
    path.write_text(path.read_text().replace("loses = { window-mean = 3 }", "loses = { window-mean = 1 }"))
    (problems, kept) = prove(course, Chosen(names=("sum-for-mean",)))["sum-for-mean"]
    assert kept
    assert problems[0].startswith("window-mean: loses 3, listed 1")


def test_another_test_is_another_proof(edited, prove):
    course = edited()
    prove(course, Chosen(names=("sum-for-mean",)))
    path = course.assignment("window").rubric
    path.write_text(
        path.read_text().replace("for shape in ((2, 3), (5, 1), (4, 4)):", "for shape in ((2, 3), (5, 1)):")
    )
    assert not prove(course, Chosen(names=("sum-for-mean",)))["sum-for-mean"][1]


def test_one_check_or_one_mutant_is_proven_alone(edited, prove):
    course = edited()
    assert list(prove(course, Chosen(names=("square-windows-only",)))) == ["square-windows-only"]
    assert set(prove(course, Chosen(checks=("window-mean",)))) == {
        "the solution",
        "the alternative loops",
        "the stub",
        "sum-for-mean",
        "square-windows-only",
        "each test can fail",
    }


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (Chosen(checks=("window-maen",)), "no check is called 'window-maen'; there are: window-mean. Did you mean"),
        (Chosen(names=("sum",)), "no mutant or alternative is called 'sum'; there are: loops, sum-for-mean, square-w"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(edited, prove, chosen, words):
    with pytest.raises(UsageError, match=words):
        prove(edited(), chosen)
