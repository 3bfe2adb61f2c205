import os
import stat
import sys
from pathlib import Path

import pytest

from cnngrader.course import CONFIG_NAME, CONFINED, TEXT_STUB, Course
from cnngrader.errors import AuthorError, UsageError
from cnngrader.gradebook.gradebook import knows
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnnkit.check.saved_notebook import UNANSWERED


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path / "checkout", tmp_path / "course")


def configure(course: Course, url: str) -> None:
    course.prepare()
    with (course.home / CONFIG_NAME).open("a") as file:
        file.write(f"c.CourseDirectory.db_url = {url!r}\n")


def test_the_gradebook_is_in_the_course_directory(course):
    assert course.database == f"sqlite:///{course.home}/gradebook.db"
    course.prepare()
    assert course.database == f"sqlite:///{course.home}/gradebook.db"


@pytest.mark.parametrize(
    ("url", "database"),
    [
        ("sqlite:////srv/grades.db", "sqlite:////srv/grades.db"),
        ("sqlite:///grades/all.db", "sqlite:///HOME/grades/all.db"),
        ("sqlite:///all.db?timeout=5", "sqlite:///HOME/all.db?timeout=5"),
        ("postgresql://nbgrader:secret@localhost:5432/grades", "postgresql://nbgrader:secret@localhost:5432/grades"),
    ],
)
def test_the_configuration_names_another_one(course, url, database):
    configure(course, url)
    assert course.database == database.replace("HOME", str(course.home))


def test_another_file_is_a_secret_too(course, tmp_path):
    configure(course, f"sqlite:///{tmp_path}/elsewhere.db?timeout=5")
    assert tmp_path / "elsewhere.db" in course.secrets()
    configure(course, "postgresql://localhost/grades")
    assert course.secrets() == [course.root / "solutions", course.root / "autograder" / "rubrics", course.home]


def test_another_file_is_the_gradebook(course, tmp_path):
    configure(course, f"sqlite:///{tmp_path}/elsewhere.db")
    with open_gradebook(course) as book:
        book.add_assignment("pooling")
    assert (tmp_path / "elsewhere.db").exists()
    assert not (course.home / "gradebook.db").exists()
    assert not knows(course, "pooling", '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')


@pytest.mark.parametrize("text", ["c = get_config(", "raise ValueError('broken')", "import no_such_module"])
def test_a_broken_configuration_is_told_by_its_file(course, text):
    course.prepare()
    (course.home / CONFIG_NAME).write_text(text)
    with pytest.raises(AuthorError, match=f"{CONFIG_NAME}: "):
        course.database  # noqa: B018


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql+nodriver://localhost/grades", "cannot be opened: Can't load plugin"),
        ("grades.db", "Could not parse"),
        ("sqlite:////no/such/folder/grades.db", "cannot be opened: unable to open database file"),
    ],
)
def test_a_database_that_cannot_be_opened_is_told_in_a_line(course, url, told):
    configure(course, url)
    with pytest.raises(UsageError, match=told) as error:
        open_gradebook(course)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("scheme", "module", "told"),
    [
        ("postgresql", "psycopg", r"pip install 'psycopg\[binary\]'"),
        ("postgresql+psycopg2", "psycopg2", "pip install psycopg2-binary"),
        ("mysql+pymysql", "pymysql", "pip install pymysql"),
    ],
)
def test_a_driver_that_is_missing_is_named_and_the_password_is_not(course, monkeypatch, scheme, module, told):
    monkeypatch.setitem(sys.modules, module, None)
    configure(course, f"{scheme}://nbgrader:hush@localhost/grades")
    with pytest.raises(UsageError, match=told) as error:
        open_gradebook(course)
    assert "hush" not in str(error.value)


def test_nobody_else_can_read_a_course(course):
    before = os.umask(0)
    try:
        course.prepare()
    finally:
        os.umask(before)
    assert stat.S_IMODE(course.home.stat().st_mode) == 0o700


def test_a_course_that_was_open_to_a_group_stays_so_and_to_nobody_else(course):
    course.home.mkdir()
    course.home.chmod(0o2775)
    course.prepare()
    assert stat.S_IMODE(course.home.stat().st_mode) == 0o2770


def test_a_path_that_no_gradebook_can_have_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"no '\?'"):
        Course(tmp_path, tmp_path / "q?x=1").prepare()
    assert not (tmp_path / "q?x=1").exists()


@pytest.mark.parametrize(
    "text",
    [
        "c = get_config()\nc.CourseDirectory.db_url = 'sqlite:///grades.db'",
        "c = get_config()\nc.Autograde.autograde_preprocessors = ['nbgrader.preprocessors.Execute']",
        "c = get_config()\nc.Autograde.autograde_preprocessors.insert(0, 'cnngrader.ordinary.ConfinedExecute')",
        f"c = get_config()\n{CONFINED}c.Autograde.autograde_preprocessors.append('nbgrader.preprocessors.Execute')",
    ],
)
def test_a_configuration_under_which_nbgrader_would_confine_nobody_is_told(course, text):
    course.prepare()
    assert course.find_unconfined() == ""
    (course.home / CONFIG_NAME).write_text(text)
    told = course.find_unconfined()
    assert "with your rights" in told
    lines = told.partition("\n\n")[2]
    (course.home / CONFIG_NAME).write_text(f"{text}\n{lines}")
    assert course.find_unconfined() == "", "the lines that are offered are right"


def test_preparing_leaves_the_configuration_of_others_alone(course):
    course.home.mkdir()
    (course.home / CONFIG_NAME).write_text("mine")
    course.prepare()
    assert (course.home / CONFIG_NAME).read_text() == "mine"
    assert [path.name for path in Path(course.home).iterdir()] == [CONFIG_NAME]


def test_a_course_elsewhere_knows_its_checkout(tiny_course):
    elsewhere = Course(tiny_course.root, tiny_course.root / "years" / "2026")
    elsewhere.prepare()
    found = elsewhere.home / elsewhere.config().ConfinedExecute.checkout
    assert found.resolve() == tiny_course.root.resolve()


def test_the_library_knows_an_answer_that_is_not_written_yet():
    """Which the course does not ask it for, since that would import NumPy for every command."""
    assert TEXT_STUB == UNANSWERED
