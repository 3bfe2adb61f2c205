"""`verify` finds what is wrong with an assignment, and says where."""

import pytest

from cnngrader.authoring.release import build, compare_release
from cnngrader.testing import InProcess
from cnngrader.verifying.trials import Trials
from cnngrader.verifying.verify import verify

SOLUTION = "return np.sum(window) / window.size"


@pytest.fixture
def findings(edited, warm):
    """findings(**edits): {subject: problems} of verifying the edited assignment."""

    def run(**edits: tuple[str, str]) -> dict[str, list[str]]:
        course = edited(**edits)
        found = verify(Trials(course, course.assignment("window"), InProcess(warm.address)))
        return {finding.subject: finding.problems for finding in found}

    return run


def test_what_is_sound_has_no_problem(findings):
    assert findings() == {
        "nothing leaks": [],
        "the solution": [],
        "the alternative loops": [],
        "the stub": [],
        "sum-for-mean": [],
        "square-windows-only": [],
        "accessible to everybody": [],
        "each test can fail": [],
    }


def test_a_wrong_solution_is_named_with_its_check(findings):
    found = findings(
        notebook=(SOLUTION, "return np.sum(window) / window.size + 1"), mutants=('" / window.size"', '" + 1"')
    )
    assert any(
        problem.startswith("window-mean: test_window_of_the_text earns 0 of 1") for problem in found["the solution"]
    )


def test_a_solution_that_ends_in_an_error_is_told_with_its_cell(findings):
    found = findings(notebook=("import numpy as np\n", "import numpy as np\n1 / 0\n"))
    assert any("ZeroDivisionError" in problem and "setup" in problem for problem in found["the solution"])


def test_a_stub_that_earns_points_is_found(findings):
    window = "    window = np.array([[1.0, 2.0], [3.0, 6.0]])\n"
    found = findings(rubric=(window, f"    return\n{window}"))
    assert found["the stub"] == ["window-mean: test_window_of_the_text gives 1 of 1 for nothing"]


def test_a_mutant_that_loses_something_else_is_named_with_its_check(findings):
    found = findings(mutants=("loses = { window-mean = 3 }", "loses = { window-mean = 1 }"))
    (problem,) = found["sum-for-mean"]
    assert problem.startswith("window-mean: loses 3, listed 1")


def test_a_mutant_that_is_told_something_else_is_found(findings):
    found = findings(mutants=('says = "square window only"', 'says = "the bias"'))
    assert len(found["square-windows-only"]) == 1
    assert "no failed test says 'the bias'" in found["square-windows-only"][0]


def test_a_mutant_that_survives_is_found(findings):
    found = findings(mutants=('["window.size", "len(window) ** 2"]', '["window.size", "np.size(window)"]'))
    assert any("loses 0, listed 2" in problem for problem in found["square-windows-only"])


def test_a_test_that_no_mutant_fails_is_named(findings):
    found = findings(rubric=("for shape in ((2, 3), (5, 1), (4, 4)):", "for shape in ():"))
    (problem,) = found["each test can fail"]
    assert problem.startswith("window-mean: no mutant fails test_fresh_windows, so nothing shows that it can fail")


def test_without_mutants_nothing_shows_that_a_test_can_fail(findings):
    found = findings(mutants=("", ""))
    assert len(found["each test can fail"]) == 2


def test_what_the_student_of_a_mutant_is_told_is_there_to_read(edited, warm):
    course = edited()
    trials = Trials(course, course.assignment("window"), InProcess(warm.address), draws=1)
    told = {found.subject: found.told for found in verify(trials)}
    of_the_text, fresh = told["sum-for-mean"]
    assert of_the_text.startswith("window-mean, 0 of 1: ")
    assert "divide" in of_the_text
    assert fresh.startswith("window-mean, 0 of 2: ")
    assert [subject for subject, messages in told.items() if messages] == ["sum-for-mean", "square-windows-only"]


RARELY = "(abs(np.mean(window)) < 0.1)"


def test_a_solution_that_is_right_for_some_draws_alone_is_found(findings):
    found = findings(notebook=(SOLUTION, f"return np.mean(window) + {RARELY}"))
    (problem,) = found["the solution"]
    assert problem.startswith("window-mean: test_fresh_windows gives 2 with the first draw and 0 with number ")
    assert "and should be" in problem


def test_a_mutant_that_loses_for_some_draws_alone_is_found(findings):
    found = findings(mutants=('[" / window.size", ""]', f'["window.size", "window.size + {RARELY}"]'))
    assert any("test_fresh_windows gives 2 with the first draw and 0 with number" in p for p in found["sum-for-mean"])


def test_an_alternative_that_loses_points_is_named_with_its_check(findings):
    found = findings(alternatives=("len(window[0])", "2"))
    assert any("window-mean: test_fresh_windows earns 0 of 2" in problem for problem in found["the alternative loops"])


def test_a_change_that_does_not_apply_ends_no_other_proof(findings):
    found = findings(mutants=('" / window.size"', '" / window.area"'), alternatives=("window-mean =", "mean ="))
    assert found["sum-for-mean"] == ["mutant 'sum-for-mean': answer 'window-mean' does not hold ' / window.area'"]
    assert found["the alternative loops"] == ["alternative 'loops': no cell is marked answer='mean'"]
    assert found["square-windows-only"] == []


def test_a_rubric_that_fails_by_itself_is_told_with_its_traceback(findings):
    found = findings(rubric=("for shape in ((2, 3), (5, 1), (4, 4)):", "for shape in no_such_name:"))
    assert any(
        "test_fresh_windows itself fails" in problem and "NameError" in problem for problem in found["the solution"]
    )


def test_a_changed_release_is_stale_and_says_which_file(edited, window):
    course = edited()
    assignment = course.assignment("window")
    folder = course.released("window")
    folder.mkdir(parents=True)
    for name, content in window.release.items():
        (folder / name).write_bytes(content)
    assert compare_release(course, assignment) == []
    (folder / "checks.py").write_text("pass\n")
    (folder / "answers.txt").write_text("42\n")
    (folder / "solution__pycache__.txt").write_text("42\n")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "window-checkpoint.ipynb").write_text("{}")
    assert compare_release(course, assignment) == [
        f"{folder / 'answers.txt'} is in no release",
        f"{folder / 'checks.py'} differs",
        f"{folder / 'solution__pycache__.txt'} is in no release",
    ]


def test_building_twice_writes_the_same_bytes(edited):
    course = edited()
    assignment = course.assignment("window")
    folder = build(course, assignment)
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    build(course, assignment)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
