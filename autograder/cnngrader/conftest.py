"""What the tests of the grader share."""

import pytest

from cnngrader.authoring.scaffold import scaffold
from cnngrader.course import Course


@pytest.fixture
def tiny_course(tmp_path):
    """A course in tmp_path with one assignment, "pooling", as `cnnkit new` writes it."""
    (tmp_path / "solutions").mkdir()
    (tmp_path / "autograder" / "rubrics").mkdir(parents=True)
    course = Course(tmp_path, tmp_path / "course")
    scaffold(course, "pooling")
    return course


@pytest.fixture
def pooling(tiny_course):
    return tiny_course.assignment("pooling")
