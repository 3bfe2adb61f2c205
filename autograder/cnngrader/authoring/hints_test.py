from pathlib import Path

import pytest

from cnngrader.authoring.rubric import Rubric
from cnngrader.course import Course

COURSE = Course(Path(__file__).parents[3], Path("course"))


@pytest.mark.parametrize("id", COURSE.ids())
def test_each_check_has_two_or_three_hints_that_are_short(id):
    for check, hints in Rubric(COURSE.assignment(id).rubric).hints().items():
        assert 2 <= len(hints) <= 3, check
        assert all(len(hint) <= 240 for hint in hints), check
