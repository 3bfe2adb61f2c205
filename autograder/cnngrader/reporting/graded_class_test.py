from contextlib import chdir

import pytest

from cnngrader.commands.main import main
from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.gradebook.standing import read_standing
from cnngrader.grading.grading_test import class_of  # noqa: F401  # a fixture
from cnngrader.reporting.graded_class import read_class


def test_the_class_is_as_journal_and_gradebook_have_it(class_of, window):  # noqa: F811
    course, _, _ = class_of
    with open_gradebook(course) as book:
        book.add_student("zoe")
        with book.engine.connect() as connection:
            expected = {name: read_standing(connection, "window", name) for name in ("ana", "béla")}
    graded = read_class(course, window.assignment)
    found = {student.name: student.standing for student in graded.students}
    assert {name: found[name].total for name in expected} == {name: each.total for name, each in expected.items()}
    assert (set(found), graded.absent, graded.waiting) == ({"ana", "béla", "caj us", "dora"}, ["zoe"], [])


def test_pseudonyms_tell_no_name_and_stay(class_of, window):  # noqa: F811
    course, _, _ = class_of
    one, again = (read_class(course, window.assignment, pseudonymous=True) for _ in range(2))
    names = [student.name for student in one.students]
    assert names == [student.name for student in again.students]
    assert not {"ana", "béla"} & set(names)
    assert len(set(names)) == len(names)


def test_the_command_writes_both_pages(class_of, capsys):  # noqa: F811
    course, _, _ = class_of
    with chdir(course.root):
        assert main(["report", "--course", str(course.home)]) == 0
    said = capsys.readouterr().out
    assert "4 graded" in said
    assert course.report("window").is_file()
    assert course.report("term").is_file()


def test_where_nothing_is_graded_that_is_told(tiny_course, pooling, tmp_path):
    tiny_course.prepare()
    with pytest.raises(UsageError, match="Run: cnnkit grade pooling"):
        read_class(Course(tiny_course.root, tiny_course.home), pooling)
