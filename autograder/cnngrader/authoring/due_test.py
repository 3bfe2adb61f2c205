import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from cnngrader import cli
from cnngrader.authoring.due import enter_due, how_late
from cnngrader.authoring.release import release
from cnngrader.nbgrader_course import open_gradebook

DUE = datetime(2026, 3, 8, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (timedelta(days=-3), ""),
        (timedelta(0), ""),
        (timedelta(seconds=1), "1 min late"),
        (timedelta(hours=2), "2 h late"),
        (timedelta(days=2, minutes=3), "2 days 3 min late"),
    ],
)
def test_lateness_in_words(late, words):
    assert how_late(DUE + late, DUE) == words


def test_the_gradebook_counts_late_seconds_from_when_it_is_due(tiny_course, pooling):
    release(tiny_course, pooling)
    due = replace(pooling, due=DUE.astimezone(timezone(timedelta(hours=5))))
    enter_due(tiny_course, due)
    with open_gradebook(tiny_course) as book:
        book.add_student("jane")
        submission = book.add_submission("pooling", "jane", timestamp=datetime(2026, 3, 9, 0, 0, 30))
        assert submission.total_seconds_late == 3630
    enter_due(tiny_course, pooling)
    with open_gradebook(tiny_course) as book:
        assert book.find_assignment("pooling").duedate is None


def test_an_assignment_that_was_never_released_is_passed_over(tiny_course, pooling):
    enter_due(tiny_course, replace(pooling, due=DUE))
    with open_gradebook(tiny_course) as book:
        assert not book.assignments


def test_collect_says_who_is_late(tiny_course, capsys, monkeypatch):
    monkeypatch.chdir(tiny_course.root)
    settings = tiny_course.root / "solutions" / "pooling" / "assignment.toml"
    settings.write_text("due = 2026-03-08 23:00:00+00:00\n" + settings.read_text())
    for student, time in (("jane", DUE), ("joe", DUE + timedelta(days=1, hours=1))):
        folder = tiny_course.root / "inbox" / student
        folder.mkdir(parents=True)
        (folder / "pooling.ipynb").write_text("{}")
        os.utime(folder / "pooling.ipynb", (time.timestamp(), time.timestamp()))
    assert cli.main(["collect", "pooling", "inbox"]) == 0
    jane, joe, _ = capsys.readouterr().out.splitlines()
    assert "late" not in jane
    assert joe.endswith("1 day 1 h late")
