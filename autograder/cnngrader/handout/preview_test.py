"""What the grader will see, told before it is handed in."""

from contextlib import chdir
from pathlib import Path

import nbformat
import pytest

from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.release_digest import release_digest
from cnngrader.authoring.rubric import Rubric
from cnngrader.commands.main import main
from cnngrader.course import Course
from cnngrader.errors import NotebookError, UsageError
from cnngrader.handout.hand_in import read_hand_in
from cnngrader.handout.handout import Handouts
from cnngrader.handout.lay_out import lay_out
from cnngrader.handout.released_checks import read_checks
from cnngrader.sandbox.confine import find_missing

ROOT = Path(__file__).resolve().parents[3]
ID = "alexnet_counting"


@pytest.fixture
def work(tmp_path) -> Path:
    """The notebook as it is given out, in a folder of a student's."""
    return lay_out(Handouts().find(ID), tmp_path / ID).notebook


@pytest.mark.parametrize("id", sorted(path.name for path in (ROOT / "assignments").iterdir()))
def test_the_released_checks_say_what_the_grader_allows(id):
    assignment = Course(ROOT, ROOT / "course").assignment(id)
    checks = read_checks(ROOT / "assignments" / id / "checks.py")
    assert (checks.assignment, checks.release) == (id, release_digest(assignment, Rubric(assignment.rubric)))
    assert {name: getattr(assignment.limits, name) for name in checks.limits} == checks.limits
    assert tuple(checks.datasets) == assignment.datasets
    assert checks.hidden == Rubric(assignment.rubric).hidden_points()


def test_an_untouched_notebook_has_its_answers_empty_and_no_doubts(work):
    hand_in = read_hand_in(work)
    assert hand_in.doubts == []
    assert hand_in.empty == ["why-there", "how-it-came-about"]
    assert hand_in.minutes < 1
    (work.parent / "mine.txt").touch()
    assert read_hand_in(work).beside == ["mine.txt"]


def test_what_is_wrong_is_told_before_anything_is_run(work):
    renamed = work.rename(work.with_name("final (2).ipynb"))
    assert "handed in must be alexnet_counting.ipynb" in read_hand_in(renamed).doubts[0]
    release = read_checks(work.with_name("checks.py")).release
    renamed.write_text(renamed.read_text().replace(release, "00000000"))
    assert "cnnkit update" in read_hand_in(renamed).doubts[1]
    renamed.write_text('{"cells": []}')
    assert "it loads no checks" in read_hand_in(renamed).doubts[1]
    renamed.write_bytes(b"%PDF")
    with pytest.raises(NotebookError):
        read_hand_in(renamed)


@pytest.mark.parametrize("text", [None, "", "import os", "check = 3", "check = Checks(", "HIDDEN = {}"])
def test_checks_that_are_none_are_told(work, text):
    checks = work.with_name("checks.py")
    checks.unlink()
    if text is not None:
        checks.write_text(text)
    with pytest.raises(UsageError, match="checks.py"):
        read_hand_in(work)


def test_the_solution_is_fine_and_one_that_needs_another_file_is_not(work, capsys):
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    assignment = Course(ROOT, ROOT / "course").assignment(ID)
    solved = build_notebook(assignment, Rubric(assignment.rubric))
    nbformat.write(solved, work)
    with chdir(work.parent):
        assert main(["preview"]) == 0, capsys.readouterr().out
        said = capsys.readouterr().out
        assert "7 of 7 points by the public tests; 17 more" in said
        assert "confined as the grader does it" in said
        assert "empty" not in said
        solved.cells.append(nbformat.v4.new_code_cell("open('mine.txt').read()"))
        nbformat.write(solved, work)
        (work.parent / "mine.txt").write_text("here")
        assert main(["preview", work.name]) == 1
        assert "mine.txt must be handed in as well" in capsys.readouterr().out


def test_the_command_needs_a_notebook(tmp_path, capsys):
    with chdir(tmp_path):
        assert main(["preview"]) == 2
        assert "has no notebook" in capsys.readouterr().err
        assert main(["preview", "no.ipynb"]) == 2
