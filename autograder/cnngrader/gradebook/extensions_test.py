"""Who may hand in later, by the roster and by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cnngrader.gradebook.due_dates import enter_due
from cnngrader.gradebook.extensions import Extensions
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.grading.crash_test import InstantPool, hand_in, released_course
from cnngrader.grading.grading import Grading
from cnngrader.roster.roster import Roster
from cnngrader.roster.student import Student
from cnngrader.roster.students_file import write_roster

DUE = datetime(2026, 3, 8, 23, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def course(tmp_path):
    """Ada and her team have handed in two days late."""
    course = released_course(tmp_path)
    settings = tmp_path / "solutions" / "window" / "assignment.toml"
    settings.write_text(f"due = 2026-03-08T23:00:00Z\n{settings.read_text(encoding='utf-8')}", encoding="utf-8")
    for student in ("ada", "Team"):
        hand_in(course, student, "right")
        stamp = course.submitted("window", student) / "timestamp.txt"
        stamp.write_text("2026-03-10 23:00:00 UTC", encoding="utf-8")
    return course


def say(course, **until):
    """Write the roster: of Ada, and of Bo and Cy, who are a team."""
    students = [Student("ada"), Student("bo", group="Team"), Student("cy", group="Team")]
    told = [replace(one, others={"extension window": until.get(one.id, "")}) for one in students]
    write_roster(course, Roster({one.id: one for one in told}))


def grade(course):
    """{student: hours late}, as the gradebook has it."""
    grading = Grading(course, course.assignment("window"), confined=False)
    grading.enter()
    found = list(grading.run(InstantPool(course)))
    return {graded.verdict.student: graded.standing.seconds_late / 3600 for graded in found}


def granted(course, student="ada"):
    with open_gradebook(course) as book:
        return book.find_submission("window", student).extension


def test_the_rosters_extension_counts_and_goes_with_it(course):
    say(course)
    assert grade(course) == {"ada": 48, "Team": 48}
    say(course, ada="2026-03-09 23:00")
    assert grade(course) == {"ada": 24, "Team": 48}
    assert granted(course) == DAY
    say(course, ada="2026-03-20")
    assert grade(course) == {"ada": 0, "Team": 48}
    say(course)
    assert grade(course) == {"ada": 48, "Team": 48}
    assert granted(course) is None
    say(course, ada="2026-03-01 10:00")  # nobody has to hand in earlier for it
    assert grade(course)["ada"] == 48


def test_a_group_has_the_longest_of_its_students(course):
    say(course, bo="2026-03-09 23:00", cy="2026-03-10 11:00")
    assert grade(course)["Team"] == 12


def test_what_was_granted_by_hand_stays_and_is_told(course):
    say(course)
    grade(course)
    with open_gradebook(course) as book:
        book.grant_extension("window", "ada", hours=30)
    say(course, ada="2026-03-09 23:00")
    assert grade(course)["ada"] == 18
    dates = enter_due(course, course.assignment("window"))
    assert dates.of("ada") == DUE + timedelta(hours=30)
    assert dates.other_extensions(UTC)[0].startswith("ada: due 2026-03-10 05:00 UTC, as was granted in the gradebook")
    with open_gradebook(course) as book:
        book.grant_extension("window", "ada")  # takes it back
    assert grade(course)["ada"] == 24


def test_who_has_not_handed_in_yet_has_their_extension(course):
    say(course, bo="2026-03-12 23:00")
    dates = enter_due(course, course.assignment("window"))
    assert dates.of("bo") == DUE + 4 * DAY == dates.of("Team")
    assert dates.of("cy") == DUE
    assert dates.other_extensions(UTC) == []


def test_a_due_date_that_moves_leaves_the_extension_where_it_is(course):
    say(course, ada="2026-03-10 22:00")
    assert grade(course)["ada"] == 1
    with open_gradebook(course) as book:
        book.update_or_create_assignment("window", duedate=datetime(2026, 3, 9, 23))
    assert grade(course) == {"ada": 1, "Team": 24}


def test_what_was_entered_and_not_remembered_is_still_the_rosters(course):
    say(course, ada="2026-03-09 23:00")
    grade(course)
    course.journal("window", "extensions").unlink()
    grade(course)
    assert Extensions.read(course.journal("window", "extensions")) == {"ada": 86400}
    say(course)
    assert grade(course)["ada"] == 48
