"""A standing says what nbgrader's own objects, and so its formgrader and its export, say."""

from datetime import UTC, datetime, timedelta

import pytest

from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.gradebook.standing import comments_of, read_standing
from cnngrader.grading.crash_test import InstantPool, hand_in, released_course
from cnngrader.grading.grading import Grading

CHECK, WRITTEN = "window-mean", "lost-and-gained"
DUE = datetime(2026, 3, 8, 23, 0)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A gradebook of ana, who is right, and béla, who is wrong, both handed in an hour late."""
    course = released_course(tmp_path_factory.mktemp("standing") / "root")
    for student, answer in {"ana": "right", "béla": "wrong"}.items():
        hand_in(course, student, answer)
        (course.submitted("window", student) / "timestamp.txt").write_text("2026-03-09 00:00:00 UTC")
    list(Grading(course, course.assignment("window"), confined=False).run(InstantPool(course)))
    with open_gradebook(course) as book:
        book.find_assignment("window").duedate = DUE
        book.db.commit()
        yield book


def standing(book, student):
    book.db.commit()
    with book.engine.connect() as connection:
        return read_standing(connection, "window", student)


def agrees(book, student):
    """The standing, which is as nbgrader has it."""
    found = standing(book, student)
    submission = book.find_submission("window", student)
    book.db.refresh(submission)
    assert found.by_tests + found.by_hand == submission.score
    assert (found.max_score, found.penalty) == (submission.max_score, submission.late_submission_penalty)
    assert found.seconds_late == submission.total_seconds_late
    assert {cell.id: cell.asks for cell in found.cells} == {
        grade.name: grade.needs_manual_grade for notebook in submission.notebooks for grade in notebook.grades
    }
    return found


def set_grade(book, cell, student="ana", **what):
    grade = book.find_grade(cell, "window", "window", student)
    for name, value in what.items():
        setattr(grade, name, value)


def test_points_go_to_tests_or_to_people(book):
    first = agrees(book, "ana")
    assert (first.by_tests, first.by_hand, first.total, first.max_score) == (3.0, 0.0, 3.0, 5.0)
    set_grade(book, WRITTEN, manual_score=1.5)
    assert (agrees(book, "ana").by_tests, agrees(book, "ana").by_hand) == (3.0, 1.5)
    set_grade(book, CHECK, manual_score=0.5, extra_credit=0.25)
    assert (agrees(book, "ana").by_tests, agrees(book, "ana").by_hand) == (0.0, 2.25)
    book.find_submission_notebook("window", "window", "ana").late_submission_penalty = 1.0
    assert agrees(book, "ana").total == 1.25
    assert agrees(book, "béla").total == 0.0


def test_a_written_answer_waits_until_somebody_has_given_points(book):
    set_grade(book, WRITTEN, "béla", auto_score=None, manual_score=None, needs_manual_grade=True)
    assert agrees(book, "béla").waiting == 2.0
    set_grade(book, WRITTEN, "béla", manual_score=0.0, needs_manual_grade=False)
    assert agrees(book, "béla").waiting == 0.0


def test_an_extension_is_time(book):
    late = agrees(book, "ana")
    assert (late.submitted, late.seconds_late) == (datetime(2026, 3, 9, tzinfo=UTC), 3600.0)
    book.find_submission("window", "ana").extension = timedelta(minutes=30)
    assert agrees(book, "ana").seconds_late == 1800.0
    book.find_assignment("window").duedate = None
    assert standing(book, "béla").seconds_late == 0.0


def test_who_is_not_in_the_gradebook_has_no_standing(book):
    assert standing(book, "caj") is None


def test_comments_are_told_from_nbgraders_own(book):
    book.find_comment(f"answer-{CHECK}", "window", "window", "ana").manual_comment = "Good."
    book.db.commit()
    with book.engine.connect() as connection:
        found = comments_of(connection, "window", "ana")
    assert found[f"answer-{CHECK}"].by_hand == "Good."
    assert (found[WRITTEN].by_hand, found[WRITTEN].automatic) == ("", "No response.")
