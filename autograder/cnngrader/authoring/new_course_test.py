from importlib.metadata import version

import pytest

from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.new_course import FIRST, new_course
from cnngrader.authoring.rubric import Rubric
from cnngrader.course import Course
from cnngrader.course_file import CourseFile, read_course_file
from cnngrader.errors import UsageError


def test_a_new_course_is_one_with_an_assignment_that_can_be_built(tmp_path):
    folder = tmp_path / "my course"
    new_course(folder)
    course = Course.find(start=folder / "solutions")
    assert course.root == folder.resolve() and course.ids() == [FIRST]
    assignment = course.assignment(FIRST)
    assert build_notebook(assignment, Rubric(assignment.rubric)).cells
    assert read_course_file(folder) == CourseFile()


def test_its_kit_is_this_one_and_what_was_handed_in_is_not_in_its_repository(tmp_path):
    new_course(tmp_path)
    assert f"cnnkit[grader]=={version('cnnkit')}" in (tmp_path / "requirements.txt").read_text()
    assert "/course/" in (tmp_path / ".gitignore").read_text().splitlines()


def test_nothing_that_is_there_is_written_over(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        new_course(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(UsageError, match="there already"):
        new_course(tmp_path / "mine.txt")
