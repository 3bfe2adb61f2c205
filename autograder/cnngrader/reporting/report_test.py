"""What a report says of a made-up class of 35."""

import json
import random
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import pytest

from cnngrader.course import Course
from cnngrader.gradebook.by_hand import ByHand
from cnngrader.gradebook.standing import CellScore, Standing
from cnngrader.pages.templates import templates
from cnngrader.reporting.class_report import make_class_report
from cnngrader.reporting.graded_class import GradedClass, GradedStudent
from cnngrader.reporting.hints import find_hints
from cnngrader.reporting.item_statistics import item_statistics
from cnngrader.reporting.mistakes import count_mistakes
from cnngrader.reporting.report_pages import write_class_page, write_term_page
from cnngrader.reporting.term_report import make_term_report
from cnngrader.rubric_item import RubricItem
from cnngrader.sandbox.limits import Limits
from cnngrader.submission.verdict import TestVerdict, Verdict

DUE = datetime(2026, 3, 8, 22, 59, tzinfo=UTC)
BIAS = "an image of ({0}, {0}): the values are right but for the bias. Did you forget to add it?"
EVIL = "<script>alert(1)</script>"


def student(number: int, *, earned=(1.0, 2.0), message="", status="graded", by_hand=None, late=timedelta(), name=""):
    """Of an assignment with a check of 1 point, one of 2, and a written answer of 2."""
    name = name or f"student{number:02}"
    tests = [
        TestVerdict("test_easy", "easy", "Easy", 1.0, earned[0]),
        TestVerdict("test_hard", "hard", "Hard", 2.0, earned[1], message, hidden=True),
    ]
    cells = [
        CellScore("n", "easy", 1.0, earned[0], None, 0.0, written=False, asks=False),
        CellScore("n", "hard", 2.0, earned[1], None, 0.0, written=False, asks=False),
        CellScore("n", "why", 2.0, None, by_hand, 0.0, written=True, asks=by_hand is None),
    ]
    verdict = Verdict(name, "ps", status, "because" if status != "graded" else "", 1.0 + number, tests, [], [], [], "")
    verdict = replace(verdict, used_seconds=verdict.seconds / 2, used_mb=10 * verdict.seconds)
    return GradedStudent(name, verdict, Standing(cells, 0.0, DUE + late, DUE))


def class_of(students, absent=(), waiting=(), by_hand=MappingProxyType({})):
    items = (RubricItem("why", f"reason {EVIL}", 1.5), RubricItem("why", "example", 0.5))
    assignment = SimpleNamespace(
        id="ps", title=f"Problem set {EVIL}", limits=Limits(), items=items, settings=Path("assignment.toml")
    )
    return GradedClass(assignment, students, absent, waiting, by_hand)


@pytest.fixture
def report():
    """Ten forget the bias, three have written nothing, one crashed, one is late, one was not there."""
    students = [student(n, earned=(1.0, 0.5), message=BIAS.format(n + 3)) for n in range(10)]
    unwritten = "`hard` is not written yet: it still raises NotImplementedError."
    students += [student(n, earned=(0.0, 0.0), message=unwritten) for n in range(10, 13)]
    students += [student(13, earned=(0.0, 0.0), status="crashed", message="`hard` could not be asked: it ended.")]
    students += [student(14, late=timedelta(hours=30)), student(15, by_hand=2.0, name=f"eve {EVIL}")]
    students += [student(n) for n in range(16, 35)]
    return make_class_report(class_of(students, absent=["zoe"]))


def test_the_figures_of_the_class_are_those_of_its_students(report):
    totals = [each.standing.total for each in report.graded.students]
    assert report.mean == pytest.approx((10 * 1.5 + 0 + 20 * 3.0 + 5.0) / 35) == pytest.approx(sum(totals) / 35)
    assert (report.median, report.max_score, report.waiting) == (3.0, 5.0, 68.0)
    assert sum(report.histogram) == 35
    assert (report.histogram[0], report.histogram[3], report.histogram[6], report.histogram[9]) == (4, 10, 20, 1)
    assert (report.seconds, report.megabytes) == ((9.0, 17.5), (180.0, 350.0))


def test_a_check_tells_how_many_have_it_and_what_it_cost(report):
    checks = {check.id: check for check in report.checks}
    assert list(checks) == ["easy", "hard", "why"]
    hard = checks["hard"]
    assert (hard.full, hard.none) == (pytest.approx(21 / 35), pytest.approx(4 / 35))
    assert hard.lost == pytest.approx(2.0 - (10 * 0.5 + 21 * 2.0) / 35)
    assert checks["why"].students == 1, "of written answers, those that were read"


def test_what_numbers_alone_tell_apart_is_one_mistake_and_the_unwritten_come_last(report):
    assert [(mistake.check, mistake.students, mistake.unwritten) for mistake in report.mistakes] == [
        ("hard", 10, False),
        ("hard", 3, True),
    ]
    assert "forget to add it" in report.mistakes[0].example


def test_a_student_who_was_told_twice_counts_once():
    tests = [TestVerdict(f"test_{n}", "a", "A", 1.0, 0.0, f"try {n}: turned by 180 degrees") for n in range(3)]
    (mistake,) = count_mistakes([Verdict("ana", "ps", "graded", "", 1.0, tests, [], [], [], "")])
    assert mistake.students == 1


def test_who_needs_attention_is_told_why(report):
    assert report.attention["zoe"] == ["handed in nothing"]
    assert report.attention["student13"][0] == "crashed: because"
    assert report.attention["student14"] == ["1.2 days late"]
    assert "student20" not in report.attention
    assert next(iter(report.attention)) == "zoe"


RNG = random.Random(0)
SKILL = [RNG.random() for _ in range(40)]


@pytest.mark.parametrize(
    ("earned", "sign"),
    [([2 * skill for skill in SKILL], 1), ([2 - 2 * skill for skill in SKILL], -1)],
    ids=["the able earn it", "the able lose it"],
)
def test_a_test_that_works_the_wrong_way_stands_out(earned, sign):
    totals = [8 * skill + own for skill, own in zip(SKILL, earned, strict=True)]
    item = item_statistics("a", "A", 2.0, earned, totals)
    assert item.discrimination == pytest.approx(sign)
    assert bool(item.doubt) == (sign < 0)


def test_a_test_that_nobody_passes_stands_out_where_the_class_is_large_enough():
    assert "is it the test" in item_statistics("a", "A", 1.0, [0.0] * 9, range(9)).doubt
    assert item_statistics("a", "A", 1.0, [0.0] * 3, range(3)).doubt == ""


@pytest.mark.parametrize("earned", [[1.0] * 20, [0.0] * 20, [1.0, 0.0]])
def test_where_all_did_alike_or_few_did_it_nothing_is_made_up(earned):
    assert item_statistics("a", "A", 1.0, earned, [float(n) for n in range(len(earned))]).discrimination is None


def test_the_pages_show_it_and_run_nothing(report, tmp_path):
    course = Course(tmp_path, tmp_path / "course")
    text = write_class_page(course, report).read_text()
    assert EVIL not in text
    assert "Content-Security-Policy" in text
    assert not re.search(r"<script|https?://", text)
    label = re.search(r'aria-label="(Histogram[^"]*)"', text)[1]
    assert "20 from 60 %" in label
    assert text.count("<th scope=") == text.count("<th ")
    term = write_term_page(course, make_term_report([report])).read_text()
    assert EVIL not in term
    assert (course.report("ps").stat().st_mode & 0o077) == 0


def test_a_term_has_a_dash_where_somebody_has_nothing(report):
    term = make_term_report([report])
    assert term.shares["zoe"] == {"ps": None}
    assert term.shares["student20"]["ps"] == pytest.approx(0.6)


def test_a_template_that_asks_for_what_is_not_there_fails():
    with pytest.raises(Exception, match="undefined"):
        templates("cnngrader.reporting").get_template("term.html.j2").render()


def test_hints_that_stand_in_notebooks_are_counted():
    def notebook(*sources, kind="code"):
        outputs = [{"text": 'check("printed", hint=1)'}]
        cells = [{"cell_type": kind, "source": source, "outputs": outputs} for source in sources]
        return json.dumps({"cells": cells}).encode()

    asked = find_hints(
        notebook('check("easy")\ncheck("hard", hint=1)', ["check('hard',", " 2)"], "check('odd', hint = 3)")
    )
    assert asked == {"hard", "odd"}
    assert find_hints(notebook('check("hard", hint=1)', kind="markdown")) == find_hints(b"[[[") == frozenset()
    students = [replace(student(n), hints=asked if n < 2 else frozenset({"odd"})) for n in range(3)]
    assert make_class_report(class_of(students)).hints == {"odd": 3, "hard": 2}


def test_items_of_written_answers_are_counted_and_told_where_they_have_changed(tmp_path):
    given = {"ana": ByHand(2.0, "example (+0.5)\nGood."), "bo": ByHand(0.25, "example (+0.25)"), "cy": ByHand()}
    by_hand = {(student, "why"): one for student, one in given.items()}
    report = make_class_report(class_of([student(n) for n in range(3)], by_hand=by_hand))
    assert [(item.students, item.read) for item in report.items] == [(0, 2), (2, 2)]
    page = write_class_page(Course(tmp_path, tmp_path), report).read_text(encoding="utf-8")
    assert "1 written answer was given items that assignment.toml has changed since: example" in page
    assert "given to 100 %" in page and EVIL not in page
