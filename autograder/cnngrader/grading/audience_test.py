"""What is for some students alone is in no sum of the others', wherever one is made."""

import csv
import json
import shutil
from contextlib import nullcontext

import pytest

from cnngrader.commands.main import main
from cnngrader.course import Course
from cnngrader.gradebook.by_hand import ByHand, enter_by_hand
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.grading.crash_test import InstantPool, hand_in, released_course
from cnngrader.reporting.class_report import make_class_report
from cnngrader.reporting.graded_class import read_class
from cnngrader.serving.class_table import read_table

WRITTEN, CHECK = "lost-and-gained", "window-mean"
ROSTER = "id,name,group,audience\ngra,Gra Duate,,Graduates; honours\nund,Under Graduate,,\ngrp,In Group,graduates,\n"


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return released_course(tmp_path_factory.mktemp("audience") / "root")


class Class:
    def __init__(self, course, capsys):
        self.course, self.capsys = course, capsys
        self.own = course.assignment("window").settings.read_text(encoding="utf-8")
        self.pools = []

    def pool(self, *needs, **options):
        self.pools.append(InstantPool(self.course))
        return nullcontext(self.pools[-1])

    def is_for_graduates(self, *ids):
        audience = f"[audience]\ngraduates = {list(ids)!r}\n" if ids else ""
        self.course.assignment("window").settings.write_text(self.own + audience, encoding="utf-8")

    def is_in(self, roster):
        self.course.roster.write_text(roster, encoding="utf-8")

    def grade(self):
        """{student: record}, and what was said beside."""
        self.pools = []
        self.capsys.readouterr()
        main(["grade", "window", "--json"])
        said = self.capsys.readouterr()
        records = [json.loads(line) for line in said.out.splitlines()]
        return {record["student"]: record for record in records if "student" in record}, said.err

    def ran(self):
        return {student for pool in self.pools for student, tests in pool.ran if student}


@pytest.fixture
def klass(released, tmp_path, monkeypatch, capsys):
    shutil.copytree(released.root, tmp_path / "root")
    course = Course(tmp_path / "root", tmp_path / "root" / "course")
    monkeypatch.chdir(course.root)
    made = Class(course, capsys)
    monkeypatch.setattr("cnngrader.commands.grade_class.Pool", made.pool)
    for student in ("gra", "und", "grp"):
        hand_in(course, student, "right")
    made.is_in(ROSTER)
    return made


def sums(records):
    return {student: (record["total"], record["max_score"]) for student, record in records.items()}


def test_a_written_question_of_graduates_is_in_no_sum_of_others(klass, tmp_path):
    klass.is_for_graduates(WRITTEN)
    records, said = klass.grade()
    assert sums(records) == {"gra": (3, 5), "und": (3, 3), "grp": (3, 5)} and not said
    course, assignment = klass.course, klass.course.assignment("window")
    of = {row.student: row.standing for row in read_table(course, assignment).rows}
    assert (of["und"].max_score, of["gra"].max_score) == (3, 5)
    report = make_class_report(read_class(course, assignment))
    assert report.max_score == 5 and [check.students for check in report.checks] == [3]
    assert main(["feedback", "window"]) == 0 and main(["export", "window", "--csv", str(tmp_path / "s.csv")]) == 0
    page = course.page("window", "und").read_text(encoding="utf-8")
    assert "3 of 3 points" in page and f"{WRITTEN}, which is for graduates" in page and "Waiting" not in page
    page = course.page("window", "gra").read_text(encoding="utf-8")
    assert "3 of 5 points" in page and "Not counted" not in page
    with (tmp_path / "s.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {row["student"] for row in rows if row["check"] == WRITTEN} == {"gra", "grp"}


def test_a_check_of_graduates_is_tested_for_nobody_else(klass):
    klass.is_for_graduates(CHECK)
    records, _ = klass.grade()
    assert sums(records) == {"gra": (3, 5), "und": (0, 2), "grp": (3, 5)}
    assert {student: tests for pool in klass.pools for student, tests in pool.ran}["und"] == ()
    with open_gradebook(klass.course) as book:
        assert book.find_submission("window", "und").score == 0 and book.find_submission("window", "gra").score == 3
    klass.grade()
    assert klass.ran() == set()


def test_who_becomes_one_of_an_audience_or_is_one_no_more_counts_so_by_the_next_run(klass):
    klass.is_for_graduates(WRITTEN, CHECK)
    assert sums(klass.grade()[0])["und"] == (0, 0)
    klass.is_in(ROSTER.replace("und,Under Graduate,,", "und,Under Graduate,,graduates"))
    assert sums(klass.grade()[0])["und"] == (3, 5) and klass.ran() == {"und"}
    klass.is_in(ROSTER)
    assert sums(klass.grade()[0])["und"] == (0, 0) and klass.ran() == set()
    klass.is_for_graduates()
    assert sums(klass.grade()[0])["und"] == (3, 5)


def test_points_by_hand_are_not_lost_with_an_audience_and_that_is_told(klass):
    klass.grade()
    enter_by_hand(klass.course, "window", "und", WRITTEN, ByHand(1.5, "Good"), ByHand())
    klass.is_for_graduates(WRITTEN)
    for _ in range(2):
        records, said = klass.grade()
        assert sums(records)["und"] == (4.5, 5) and klass.ran() == set()
        assert f"und: {WRITTEN} is for graduates alone, and counts all the same" in said
    enter_by_hand(klass.course, "window", "und", WRITTEN, ByHand(), ByHand(1.5, "Good"))
    records, said = klass.grade()
    assert sums(records)["und"] == (3, 3) and not said


def test_an_audience_that_nobody_is_of_is_told(klass):
    klass.is_for_graduates(WRITTEN)
    klass.is_in("id,name\nund,Under Graduate\n")
    records, said = klass.grade()
    assert "is for graduates alone, and nobody in students.csv is" in " ".join(said.split())
    assert sums(records) == dict.fromkeys(("gra", "und", "grp"), (3, 3))


def test_a_group_is_of_an_audience_where_all_of_it_are(klass):
    klass.is_for_graduates(WRITTEN)
    klass.is_in("id,group,audience\na,team,graduates\nb,team,graduates\nc,mixed,graduates\nd,mixed,\n")
    for group in ("team", "mixed"):
        hand_in(klass.course, group, "right")
    records, _ = klass.grade()
    assert sums(records)["team"] == (3, 5) and sums(records)["mixed"] == (3, 3)
