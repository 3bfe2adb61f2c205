import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from cnngrader.authoring.release import release
from cnngrader.commands.main import main
from cnngrader.gradebook.due_dates import enter_due
from cnngrader.gradebook.nbgrader_course import open_gradebook

DUE = datetime(2026, 3, 8, 23, 0, tzinfo=UTC)


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


def formgrader_moves(course, due):
    with open_gradebook(course) as book:
        book.update_or_create_assignment("pooling", duedate=due)


def due_of(course):
    with open_gradebook(course) as book:
        return book.find_assignment("pooling").duedate


MOVED = datetime(2026, 3, 10, 12)


def test_what_formgrader_sets_stays_until_the_author_says_something_else(tiny_course, pooling):
    release(tiny_course, pooling)
    formgrader_moves(tiny_course, MOVED)
    for assignment in (pooling, replace(pooling, due=None)):
        release(tiny_course, assignment)
        assert enter_due(tiny_course, assignment).moved(UTC) == ""
        assert due_of(tiny_course) == MOVED
    due = replace(pooling, due=DUE)
    assert enter_due(tiny_course, due).due == DUE
    formgrader_moves(tiny_course, MOVED)
    for _ in range(2):
        release(tiny_course, due)
        dates = enter_due(tiny_course, due)
        assert due_of(tiny_course) == MOVED and dates.of("jane") == MOVED.replace(tzinfo=UTC)
        assert dates.moved(UTC) == (
            "due 2026-03-10 12:00 UTC, as the gradebook has it; assignment.toml says 2026-03-08 23:00 UTC"
        )
    formgrader_moves(tiny_course, None)
    assert enter_due(tiny_course, due).moved(UTC).startswith("not due at any time")
    enter_due(tiny_course, replace(pooling, due=DUE + timedelta(days=1)))
    assert due_of(tiny_course) == datetime(2026, 3, 9, 23)
    formgrader_moves(tiny_course, MOVED)
    enter_due(tiny_course, pooling)
    assert due_of(tiny_course) == MOVED


def test_another_gradebook_is_told_anew(tiny_course, pooling):
    due = replace(pooling, due=DUE)
    release(tiny_course, due)
    (tiny_course.home / "gradebook.db").unlink()
    release(tiny_course, due)
    assert due_of(tiny_course) == datetime(2026, 3, 8, 23)


def test_a_gradebook_of_which_nothing_is_known_keeps_what_it_has(tiny_course, pooling):
    release(tiny_course, pooling)
    (tiny_course.home / "journal" / "pooling.due").unlink()
    formgrader_moves(tiny_course, MOVED)
    assert enter_due(tiny_course, replace(pooling, due=DUE)).moved(UTC)
    assert due_of(tiny_course) == MOVED


def test_an_extension_is_the_student_s_own(tiny_course, pooling):
    due = replace(pooling, due=DUE)
    release(tiny_course, due)
    with open_gradebook(tiny_course) as book:
        for student in ("jane", "joe"):
            book.add_student(student)
            book.add_submission("pooling", student)
        book.grant_extension("pooling", "jane", days=2)
    dates = enter_due(tiny_course, due)
    assert (dates.of("jane"), dates.of("joe"), dates.of("new")) == (DUE + timedelta(days=2), DUE, DUE)


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
    assert main(["collect", "pooling", "inbox"]) == 0
    jane, joe, _ = capsys.readouterr().out.splitlines()
    assert "late" not in jane
    assert joe.endswith("1 day 1 h late")
