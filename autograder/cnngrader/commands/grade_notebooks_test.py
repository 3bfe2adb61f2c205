import pytest

from cnngrader.commands.grade_notebooks import _assignment_of
from cnngrader.commands.main import main
from cnngrader.course import Course
from cnngrader.errors import UsageError


def test_the_assignment_is_that_of_the_notebooks_cells(tmp_path):
    course = Course.find()
    for id in course.ids():
        path = tmp_path / "Untitled.ipynb"
        path.write_bytes((course.released(id) / f"{id}.ipynb").read_bytes())
        assert _assignment_of(course, path) == id


def test_a_notebook_of_no_assignment_is_refused(tmp_path):
    (tmp_path / "x.ipynb").write_text('{"cells": []}')
    with pytest.raises(UsageError, match="no cell of an assignment"):
        _assignment_of(Course.find(), tmp_path / "x.ipynb")


@pytest.mark.parametrize("arguments", [["a", "b"], ["no/such.ipynb"], ["a.ipynb", "--student", "a", "--student", "b"]])
def test_what_cannot_be_graded_so_is_refused(arguments):
    assert main(["grade", *arguments]) == 2


def test_variants_need_a_student(tmp_path, capsys):
    course, path = Course.find(), tmp_path / "x.ipynb"
    path.write_bytes((course.released("alexnet_counting") / "alexnet_counting.ipynb").read_bytes())
    assert main(["grade", str(path)]) == 2
    assert "with --student" in capsys.readouterr().err


def test_nobody_is_given_anothers_variant_for_want_of_the_secret(tmp_path, capsys):
    path = tmp_path / "x.ipynb"
    path.write_bytes((Course.find().released("alexnet_counting") / "alexnet_counting.ipynb").read_bytes())
    assert main(["grade", str(path), "--student", "ana", "--course", str(tmp_path / "course")]) == 2
    assert "secret is missing" in capsys.readouterr().err
