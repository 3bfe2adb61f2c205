"""A replay asks what was asked when it was judged, and says where something is another."""

from contextlib import nullcontext

import nbformat
import pytest

from cnngrader.commands import replay as module
from cnngrader.commands.replay import replay
from cnngrader.grading.crash_test import released_course
from cnngrader.grading.grading import Grading
from cnngrader.testing import InProcess

TELLS = "def window_mean(window):\n    raise ValueError(str(window.shape) + str(window.ravel()[:3].tolist()))"


@pytest.fixture
def course(tmp_path, warm, window, monkeypatch):
    """A course in which ana handed in what tells of its inputs, and was graded."""
    course = released_course(tmp_path / "root")
    for student in ("ana", "bo"):
        folder = course.submitted("window", student)
        folder.mkdir(parents=True)
        (folder / "window.ipynb").write_text(nbformat.writes(window.notebook(TELLS)))
    pool = InProcess(warm.address)
    list(Grading(course, course.assignment("window"), ["ana"]).run(pool))
    monkeypatch.setattr(module, "Pool", lambda *_, **__: nullcontext(pool))
    return course


def files(course):
    return {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}


def test_each_call_is_shown_as_it_was_judged_and_nothing_is_written(course, capsys):
    before = files(course)
    assert replay(course, course.assignment("window"), "ana") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("ana: window, graded: 0 of 3\nwindow-mean: test_window_of_the_text, 0 of 1\n")
    assert "  window_mean(float64 (2, 2) [[1.0, 2.0], [3.0, 6.0]]) → raised: ValueError: (2, 2)[1.0, 2.0, 3.0]" in shown
    assert shown.endswith("This is what was judged.\n")
    assert files(course) == before


def test_another_submission_was_not_judged(course, capsys):
    assert replay(course, course.assignment("window"), "bo") == 1
    assert capsys.readouterr().out.endswith("It was not judged yet.\n")
    path = course.submitted("window", "ana") / "window.ipynb"
    path.write_text(path.read_text() + "\n")
    assert replay(course, course.assignment("window"), "ana") == 1
    said = capsys.readouterr().out
    assert "What was judged was another: the submission, the release" in said
    assert "test_fresh_windows gave 0: `window_mean` raised ValueError" in said, "it met other inputs"


def test_another_rubric_is_told(course, capsys):
    rubric = course.assignment("window").rubric
    rubric.write_text(rubric.read_text().replace("(5, 1)", "(5, 2)"))
    assert replay(course, course.assignment("window"), "ana") == 1
    assert "test_fresh_windows of the rubric was another when it was judged." in capsys.readouterr().out
