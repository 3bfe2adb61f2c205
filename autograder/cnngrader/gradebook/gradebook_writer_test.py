"""The same class in nbgrader's SQLite file and in the database that CNNKIT_TEST_DB_URL names."""

import os
import shutil
import unicodedata
from collections.abc import Iterator

import pytest
from nbgrader.api import Base
from nbgrader.utils import parse_utc
from sqlalchemy import create_engine, text

from cnngrader.authoring.release import generate
from cnngrader.course import CONFIG_NAME, Course
from cnngrader.gradebook import gradebook
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.grading.crash_test import InstantPool, hand_in, released_course
from cnngrader.grading.grading import Grading
from cnngrader.pages.feedback import write_feedback

MANUAL = "lost-and-gained"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return released_course(tmp_path_factory.mktemp("writer") / "root")


@pytest.fixture(params=["SQLite", "CNNKIT_TEST_DB_URL"])
def course(request, template, tmp_path) -> Iterator[Course]:
    course = Course(template.root, tmp_path / "course")
    if request.param == "SQLite":
        shutil.copytree(template.home, course.home)
        yield course
        return
    if not (url := os.environ.get(request.param, "")):
        pytest.skip("CNNKIT_TEST_DB_URL names no database, such as postgresql://user@localhost/test, to try")
    course.prepare()
    with (course.home / CONFIG_NAME).open("a") as file:
        file.write(f"c.CourseDirectory.db_url = {url!r}\n")
    empty(url)
    generate(course, course.assignment("window"))
    yield course
    assert not (course.home / "gradebook.db").exists()
    empty(url)


def empty(url: str) -> None:
    engine = create_engine(url)
    Base.metadata.drop_all(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    engine.dispose()


def grade(course: Course) -> None:
    list(Grading(course, course.assignment("window"), confined=False).run(InstantPool(course)))


def test_scores_are_entered_as_nbgrader_reads_them(course):
    hand_in(course, "ana", "right")
    hand_in(course, "نور", "wrong")
    (course.submitted("window", "ana") / "timestamp.txt").write_text("2026-03-01 12:00:00 Europe/Berlin")
    grade(course)
    with open_gradebook(course) as book:
        found = {row["student"]: row for row in book.submission_dicts("window")}
        assert {student: row["score"] for student, row in found.items()} == {"ana": 3.0, "نور": 0.0}
        assert found["ana"]["max_score"] == 5.0
        assert found["ana"]["timestamp"] == parse_utc("2026-03-01 12:00:00 Europe/Berlin")
        assert found["نور"]["timestamp"] is None
        unanswered = book.find_grade(MANUAL, "window", "window", "ana")
        assert (unanswered.auto_score, unanswered.needs_manual_grade) == (0.0, False)
        assert book.find_comment(MANUAL, "window", "window", "ana").comment == "No response."
    assert gradebook.knows(course, "window", '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')


def test_rows_are_those_that_nbgrader_makes(course):
    hand_in(course, "ana", "right")
    grade(course)
    with open_gradebook(course) as book:
        book.add_student("béla")
        theirs, ours = book.add_submission("window", "béla"), book.find_submission("window", "ana")
        for which in ("grades", "comments"):
            cells = [sorted(row.name for row in getattr(s.notebooks[0], which)) for s in (ours, theirs)]
            assert cells[0] == cells[1] != []
        assert [notebook.flagged for notebook in ours.notebooks] == [notebook.flagged for notebook in theirs.notebooks]
        assert ours.extension is theirs.extension is None


def test_a_submission_that_nbgrader_entered_is_taken_up(course):
    with open_gradebook(course) as book:
        book.add_student("ana", first_name="Ana", last_name="Lima")
        made = book.add_submission("window", "ana").id
        grade_ = book.find_grade("window-mean", "window", "window", "ana")
        grade_.manual_score = 1.0
        book.db.commit()
    hand_in(course, "ana", "right")
    grade(course)
    with open_gradebook(course) as book:
        submission = book.find_submission("window", "ana")
        assert (submission.id, submission.student.first_name) == (made, "Ana")
        grade_ = book.find_grade("window-mean", "window", "window", "ana")
        assert (grade_.auto_score, grade_.manual_score, grade_.needs_manual_grade) == (3.0, 1.0, True)


def students_of(course: Course) -> dict[str, tuple[str | None, list[tuple[str, float]]]]:
    with open_gradebook(course) as book:
        return {s.id: (s.email, [(a.name, a.score) for a in s.submissions]) for s in book.students}


def test_a_student_is_one_however_their_accents_are_written(course):
    jose, decomposed = (unicodedata.normalize(form, "José") for form in ("NFC", "NFD"))
    with open_gradebook(course) as book:
        book.add_student(decomposed, email="jose@x.edu")
        book.add_submission("window", decomposed)
    hand_in(course, decomposed, "right")
    list(Grading(course, course.assignment("window"), [decomposed], confined=False).run(InstantPool(course)))
    assert write_feedback(course, course.assignment("window"), [decomposed]) == [
        course.home / "feedback" / jose / "window" / "window.html"
    ]
    (alone,) = students_of(course).items()
    assert alone == (jose, ("jose@x.edu", [("window", 3.0)]))
    with open_gradebook(course) as book:
        book.add_assignment("other")
        book.add_student(decomposed, email="another@x.edu", first_name="José")
        book.add_submission("other", decomposed)
    assert students_of(course) == {jose: ("jose@x.edu", [("window", 3.0), ("other", 0.0)])}


def test_two_submissions_of_one_student_are_both_kept(course):
    jose, decomposed = (unicodedata.normalize(form, "José") for form in ("NFC", "NFD"))
    hand_in(course, jose, "right")
    grade(course)
    with open_gradebook(course) as book:
        book.add_student(decomposed)
        book.add_submission("window", decomposed)
    assert students_of(course) == {jose: (None, [("window", 3.0)]), decomposed: (None, [("window", 0.0)])}
