"""What a roster changes, from what was handed in to what goes back."""

import csv
import io

import pytest

from cnngrader.commands.main import main
from cnngrader.gradebook.enter_names import enter_names
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.grading.crash_test import InstantPool, hand_in, released_course
from cnngrader.grading.grading import Grading
from cnngrader.roster.roster import Roster
from cnngrader.roster.student import Student
from cnngrader.roster.students_file import write_roster

ADA = Student("ada", "Lovelace, Ada", "ada@x.edu", canvas="101")
BO = Student("bo", "Li, Bo", "bo@x.edu", canvas="102", group="Team <1>")
CY = Student("cy", "Cyrus Äé", "cy@x.edu", canvas="103", group="Team <1>")
DEE = Student("dee", "Dee Doe", canvas="104")
TEAM = BO.group_id

SHEET = """Student,ID,SIS Login ID,Section,Window (77)
    Points Possible,,,,4
"Lovelace, Ada",101,x1,A,
"Li, Bo",102,x2,A,
"Äé, Cyrus",103,x3,A,
"Doe, Dee",104,x4,A,
"""


def roster_of(*students):
    return Roster({student.id: student for student in students})


def grade(course):
    grading = Grading(course, course.assignment("window"), confined=False)
    return [*grading.run(InstantPool(course))]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Ada and a group handed in, Dee did not, and somebody whom the roster does not have did."""
    course = released_course(tmp_path)
    for student, text in (("ada", "right"), (TEAM, "right"), ("stranger", "wrong")):
        hand_in(course, student, text)
    write_roster(course, roster_of(ADA, BO, CY, DEE))
    grade(course)
    monkeypatch.chdir(tmp_path)
    return course


def entered(course):
    with open_gradebook(course) as book:
        return {one.id: (one.first_name, one.last_name, one.email) for one in book.students}


def test_the_gradebook_has_names_and_what_somebody_else_entered_is_told(course):
    with open_gradebook(course) as book:
        book.update_or_create_student("ada", first_name="Augusta", email="own@x.edu")
        book.update_or_create_student("dee", email="dee@x.edu")
    told = enter_names(course, roster_of(ADA, BO, CY, DEE))
    assert entered(course) == {
        "ada": ("Ada", "Lovelace", "ada@x.edu"),
        "bo": ("Bo", "Li", "bo@x.edu"),
        "cy": ("Cyrus", "Äé", "cy@x.edu"),
        "dee": ("Dee", "Doe", "dee@x.edu"),
        TEAM: ("Bo Li, Cyrus Äé", "Team <1>", None),
        "stranger": (None, None, None),
    }
    assert [line for line in told if "'Augusta'" in line and "'Ada'" in line]
    assert [line for line in told if "'own@x.edu'" in line]
    assert enter_names(course, roster_of(ADA, BO, CY, DEE)) == []


def test_pages_and_report_have_names(course, capsys):
    assert main(["feedback", "window"]) == 0
    assert "Ada Lovelace (ada)" in course.page("window", "ada").read_text(encoding="utf-8")
    assert "Bo Li, Cyrus Äé" in course.page("window", TEAM).read_text(encoding="utf-8")
    assert "<strong>stranger</strong>" in course.page("window", "stranger").read_text(encoding="utf-8")
    assert main(["report", "window"]) == 0
    page = course.report("window").read_text(encoding="utf-8")
    assert "Ada Lovelace (ada)" in page and "Dee Doe (dee)" in page
    assert "1 handed in nothing" in capsys.readouterr().out
    assert main(["report", "window", "--pseudonymous"]) == 0
    page = course.report("window").read_text(encoding="utf-8")
    assert not [name for name in ("Ada", "ada", "Dee", "dee", "Bo", "Cyrus", "stranger") if f">{name}" in page]


def test_a_group_has_one_grade_which_goes_to_each_of_its_students(course, tmp_path, capsys):
    path = tmp_path / "gradebook.csv"
    path.write_text(SHEET, encoding="utf-8")
    assert main(["export", "window", "--canvas", str(path), "--column", "Window"]) == 1
    assert "not found in the file (1): stranger" in capsys.readouterr().out
    filled = list(csv.reader(io.StringIO((tmp_path / "gradebook-graded.csv").read_text(encoding="utf-8"))))
    grades = {row[0]: row[-1] for row in filled[2:]}
    assert grades["Li, Bo"] == grades["Äé, Cyrus"] == grades["Lovelace, Ada"] != ""
    assert grades["Doe, Dee"] == ""
    assert main(["export", "window", "--csv", str(tmp_path / "all.csv")]) == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "all.csv").read_text(encoding="utf-8"))))
    assert {(row["student"], row["name"]) for row in rows} == {
        ("ada", "Ada Lovelace"),
        ("bo", "Bo Li"),
        ("cy", "Cyrus Äé"),
        ("stranger", ""),
    }
    assert main(["export", "window", "--csv", str(tmp_path / "none.csv"), "--pseudonymous"]) == 0
    table = (tmp_path / "none.csv").read_text(encoding="utf-8")
    assert not [name for name in ("ada", "Ada", "Bo", "stranger") if name in table]


def test_who_handed_in_their_own_gets_no_grade_of_the_group(course, tmp_path):
    hand_in(course, "bo", "wrong")
    grade(course)
    assert main(["export", "window", "--csv", str(tmp_path / "all.csv")]) == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "all.csv").read_text(encoding="utf-8"))))
    totals = {row["student"]: float(row["total"]) for row in rows}
    assert totals["bo"] == 0 < totals["cy"]
