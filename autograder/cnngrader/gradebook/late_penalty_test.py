"""A course whose penalty is a point for each day that has begun."""

import importlib
import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cnngrader.course import CONFIG_NAME
from cnngrader.gradebook.due_dates import enter_due
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.grading.crash_test import InstantPool, hand_in, released_course
from cnngrader.grading.grading import Grading
from cnngrader.grading.journal import Journal
from cnngrader.submission.status import Status

PLUGIN = """
from math import ceil
from nbgrader.plugins import BasePlugin

class APointADay(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return ceil(total_seconds_late / 86400)
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "a_point_a_day", raising=False)
    course = released_course(tmp_path / "root")
    (course.home / "a_point_a_day.py").write_text(PLUGIN)
    with (course.home / CONFIG_NAME).open("a") as config:
        config.write("c.AssignLatePenalties.plugin_class = 'a_point_a_day.APointADay'\n")
    enter_due(course, replace(course.assignment("window"), due=datetime(2026, 3, 8, 23, tzinfo=UTC)))
    return course


def grade(course, **stamps):
    for student, stamp in stamps.items():
        hand_in(course, student, "right")
        (course.submitted("window", student) / "timestamp.txt").write_text(f"{stamp} UTC")
    return list(Grading(course, course.assignment("window"), confined=False).run(InstantPool(course)))


def penalties(course):
    with open_gradebook(course) as book:
        return {s.student.id: s.notebooks[0].late_submission_penalty for s in book.assignment_submissions("window")}


def test_the_course_s_own_plugin_decides(course):
    grade(course, ana="2026-03-08 23:00:00", bo="2026-03-08 23:00:01", cy="2026-03-10 12:00:00")
    assert penalties(course) == {"ana": None, "bo": 1, "cy": 2}


def test_a_penalty_is_the_score_at_most(course):
    grade(course, ana="2027-03-08 23:00:00")
    with open_gradebook(course) as book:
        (submission,) = book.assignment_submissions("window")
        assert submission.notebooks[0].late_submission_penalty == submission.score > 0


def test_who_hands_in_anew_in_time_has_none(course):
    grade(course, ana="2026-03-09 23:00:00")
    assert penalties(course) == {"ana": 1}
    hand_in(course, "ana", "wrong")
    (course.submitted("window", "ana") / "timestamp.txt").write_text("2026-03-08 20:00:00 UTC")
    list(Grading(course, course.assignment("window"), confined=False).run(InstantPool(course)))
    assert penalties(course) == {"ana": None}


@pytest.mark.parametrize(
    ("stamp", "due", "penalty"), [("2026-03-08 20:00:00", 8, None), ("2026-03-10 20:00:00", 8, 2), ("", 7, 2)]
)
def test_another_time_alone_changes_the_penalty_and_runs_nothing(course, stamp, due, penalty):
    grade(course, ana="2026-03-09 20:00:00")
    before = Journal(course.journal("window")).latest()["ana"].verdict
    if stamp:
        (course.submitted("window", "ana") / "timestamp.txt").write_text(f"{stamp} UTC")
    assignment = replace(course.assignment("window"), due=datetime(2026, 3, due, 23, tzinfo=UTC))
    enter_due(course, assignment)
    (graded,) = Grading(course, assignment, confined=False).run(None)
    assert (graded.kept, graded.before, graded.verdict.score) == (True, None, before.score)
    assert penalties(course) == {"ana": penalty}


def grade_again(course):
    """Nothing is run."""
    list(Grading(course, course.assignment("window"), confined=False).run(None))


def formgrader_moves(course, due):
    with open_gradebook(course) as book:
        book.update_or_create_assignment("window", duedate=due)


def test_a_due_date_moved_in_formgrader_holds_for_all(course):
    grade(course, ana="2026-03-09 20:00:00", bo="2026-03-11 20:00:00", cy="2026-03-07 00:00:00")
    assert penalties(course) == {"ana": 1, "bo": 3, "cy": None}
    formgrader_moves(course, datetime(2026, 3, 10, 23))
    grade_again(course)
    assert penalties(course) == {"ana": None, "bo": 1, "cy": None}
    formgrader_moves(course, datetime(2026, 3, 6, 23))
    grade_again(course)
    assert penalties(course) == {"ana": 3, "bo": 3, "cy": 1}  # 3 of 3 points
    formgrader_moves(course, None)
    grade_again(course)
    assert penalties(course) == dict.fromkeys(["ana", "bo", "cy"])


def test_an_extension_holds_for_whom_it_was_granted(course):
    grade(course, ana="2026-03-10 20:00:00", bo="2026-03-10 20:00:00")
    with open_gradebook(course) as book:
        book.grant_extension("window", "ana", days=1)
    grade_again(course)
    assert penalties(course) == {"ana": 1, "bo": 2}
    with open_gradebook(course) as book:
        book.grant_extension("window", "ana", weeks=1)
        book.grant_extension("window", "bo", hours=1)
    grade_again(course)
    assert penalties(course) == {"ana": None, "bo": 2}


def test_other_code_of_the_plugin_holds_for_all(course, monkeypatch):
    grade(course, ana="2026-03-09 20:00:00", bo="2026-03-10 20:00:00")
    (course.home / "a_point_a_day.py").write_text(PLUGIN.replace("/ 86400)", "/ 86400) / 2"))
    monkeypatch.delitem(sys.modules, "a_point_a_day")
    importlib.invalidate_caches()
    shutil.rmtree(course.home / "__pycache__", ignore_errors=True)
    grade_again(course)
    assert penalties(course) == {"ana": 0.5, "bo": 1}


def test_a_plugin_s_own_setting_holds_for_all(course, monkeypatch):
    setting = "rate = Float(1).tag(config=True)\n    def late"
    (course.home / "a_point_a_day.py").write_text(
        "from traitlets import Float\n"
        + PLUGIN.replace("def late", setting).replace("return ceil", "return self.rate * ceil")
    )
    grade(course, ana="2026-03-09 20:00:00")
    with (course.home / CONFIG_NAME).open("a") as config:
        config.write("c.APointADay.rate = 0.25\n")
    grade_again(course)
    assert penalties(course) == {"ana": 0.25}


def test_what_a_person_gives_changes_what_can_be_taken_off(course):
    grade(course, ana="2026-04-08 23:00:00")
    with open_gradebook(course) as book:
        (notebook,) = book.find_submission("window", "ana").notebooks
        grade_ = next(grade for grade in notebook.grades if grade.max_score)
        lost, grade_.manual_score, most = grade_.score, 0, notebook.score
        book.db.commit()
    grade_again(course)
    assert penalties(course) == {"ana": most - lost}


def test_who_has_no_time_any_more_has_no_penalty(course):
    grade(course, ana="2026-03-09 23:00:00")
    (course.submitted("window", "ana") / "timestamp.txt").unlink()
    grade_again(course)
    assert penalties(course) == {"ana": None}


@pytest.mark.parametrize("stamp", ["2026-03-08 18:30:00 EST", "20260308233000000", "2026-03-09T00:30:00+01:00"])
def test_every_stamp_is_charged_alike(course, stamp):
    hand_in(course, "ana", "right")
    (course.submitted("window", "ana") / "timestamp.txt").write_text(stamp)
    list(Grading(course, course.assignment("window"), confined=False).run(InstantPool(course)))
    assert penalties(course) == {"ana": 1}
    assert (course.home / "autograded/ana/window/timestamp.txt").read_text() == "2026-03-08 23:30:00 UTC"


def test_rules_that_are_set_later_hold_for_all(course):
    config = course.home / CONFIG_NAME
    rules = config.read_text()
    config.write_text(rules.rpartition("c.AssignLatePenalties")[0])
    grade(course, ana="2026-03-09 20:00:00")
    assert penalties(course) == {"ana": None}
    config.write_text(rules)
    list(Grading(course, course.assignment("window"), confined=False).run(None))
    assert penalties(course) == {"ana": 1}


@pytest.mark.parametrize("broken", ["raise ValueError('x')", PLUGIN.replace("/ 86400", "/ 0")])
def test_a_plugin_that_fails_is_named_and_tried_again(course, broken):
    (course.home / "a_point_a_day.py").write_text(broken)
    (graded,) = grade(course, ana="2026-03-09 23:00:00")
    assert graded.verdict.status == Status.FAILED
    assert f"{CONFIG_NAME}: the late penalty's plugin fails" in graded.verdict.detail
