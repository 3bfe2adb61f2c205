"""`verify --generate` finds what no test tells from the solution."""

import pytest

from cnngrader.errors import UsageError
from cnngrader.testing import InProcess
from cnngrader.verifying.chosen import Chosen
from cnngrader.verifying.trials import Trials
from cnngrader.verifying.verify_generated import MARKED, verify_generated

SHAPES = "for shape in ((2, 3), (5, 1), (4, 4)):"
SURVIVES = """[[equivalent]]
answer = "window-mean"
before = "return np.sum(window) / window.size"
after = ["return np.sum(window) // window.size"]
reason = "the window of the text has a whole mean"

"""


@pytest.fixture
def findings(edited, warm):
    def run(chosen=Chosen(), at_most=None, reuse=False, course=None, **edits):  # noqa: B008
        course = course or edited(**edits)
        trials = Trials(course, course.assignment("window"), InProcess(warm.address), draws=2, reuse=reuse)
        expected = []
        found = list(verify_generated(trials, expected.append, chosen, at_most))
        assert expected == [len(found)]
        return found

    return run


def problems(found):
    return [problem for finding in found for problem in finding.problems]


def test_tests_that_tell_them_all_apart_have_no_survivor(findings):
    found = findings()
    assert problems(found) == []
    assert [finding.subject for finding in found if not finding.minor] == [MARKED, "the solution"]


def test_what_no_test_tells_apart_is_shown(findings):
    (problem,) = problems(findings(rubric=(SHAPES, "for shape in ():")))
    assert problem.startswith(
        "loses no point:\n- return np.sum(window) / window.size\n+ return np.sum(window) // window"
    )


def test_what_is_marked_is_none(findings, edited):
    course = edited(rubric=(SHAPES, "for shape in ():"))
    path = course.assignment("window").mutants
    path.write_text(SURVIVES + path.read_text())
    assert problems(findings(course=course)) == []
    path.write_text(path.read_text().replace("before = ", "before = 'x' #"))
    assert len(problems(findings(course=course))) == 2


def test_a_solution_that_loses_points_is_told(findings):
    found = findings(notebook=("/ window.size", "/ 7"), at_most=1)
    assert any("test_window_of_the_text earns 0 of 1" in problem for problem in problems(found))


def test_one_of_them_is_proven_alone_and_not_again(findings, edited):
    course = edited()
    first = findings(Chosen(names=("window-mean:2",)), reuse=True, course=course)
    again = findings(Chosen(names=("window-mean:2",)), reuse=True, course=course)
    assert [finding.subject for finding in again] == ["the solution", "window-mean:2"]
    assert not any(finding.kept for finding in first)
    assert all(finding.kept for finding in again)


def test_what_a_check_asks_for_is_changed(findings):
    assert len(findings(Chosen(checks=("window-mean",)), at_most=3)) == 4


def test_what_is_not_there_is_told(findings):
    with pytest.raises(UsageError, match="no check is called 'mean'"):
        findings(Chosen(checks=("mean",)))


def test_what_all_needs_training_is_left_out(findings):
    found = findings(rubric=("points=", "trains=True, points="))
    assert problems(found) == []
    assert not any(finding.minor for finding in found)


VALUE = """

# %% answer="size"
SIZE = 0
### BEGIN SOLUTION
SIZE = 3 * 1
### END SOLUTION

# %% grade="size"
check("size")
"""
ASKS = """

@graded("size", points=1)
def test_size(submission):
    \"\"\"The size\"\"\"
    expect(submission.value("SIZE") > 2, True, of="SIZE > 2")
"""


def test_how_a_value_came_about_is_nobodys_business(findings, edited):
    course = edited()
    for path, more in ((course.assignment("window").source, VALUE), (course.assignment("window").rubric, ASKS)):
        path.write_text(path.read_text() + more)
    found = {finding.subject: finding.problems for finding in findings(Chosen(checks=("size",)), course=course)}
    assert sorted(problems[0] for problems in found.values() if problems) == [
        f"loses no point:\n- SIZE = 3 * 1\n+ SIZE = {other}" for other in ("3 * 2", "3 / 1", "4 * 1")
    ]
    assert len(found) > 6  # 3 is the same, and is not told
