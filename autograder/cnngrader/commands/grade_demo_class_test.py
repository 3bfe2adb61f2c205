"""A class of 40, made up, through collecting, grading, report and export."""

import csv
import os
import shutil

import pytest
from sqlalchemy import event

from cnngrader.commands.grade_demo_class import grade_demo_class
from cnngrader.commands.main import main
from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.exporting.scores import read_scores
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.gradebook.standing import read_standing, read_standings
from cnngrader.grading.crash_test import released_course
from cnngrader.reporting.class_report import make_class_report
from cnngrader.reporting.graded_class import read_class
from cnngrader.roster.students_file import read_roster
from cnngrader.serving.class_tables import ClassTables


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(the course, its made-up students, the folder with what Canvas has)"""
    course = released_course(tmp_path_factory.mktemp("crowd") / "root")
    folder = course.root / "demo-class"
    crowd = grade_demo_class(course, folder, 40, "window")
    return Course(course.root, folder / "course"), crowd, folder


def test_each_has_the_points_that_are_due(made):
    course, crowd, _ = made
    handed_in = [member for member in crowd.members if member.data]
    assert len(handed_in) >= 35
    found = {
        student: one.by_tests for student, one in read_scores(course, course.assignment("window")).standings.items()
    }
    assert found == {member.student: crowd.due(member) for member in handed_in}
    assert len(set(found.values())) > 1


def test_the_report_is_of_all_of_them_and_names_usual_mistakes(made):
    course, crowd, _ = made
    report = make_class_report(read_class(course, course.assignment("window")))
    assert len(report.graded.students) == sum(bool(member.data) for member in crowd.members)
    assert report.mistakes
    stopped = {read_roster(course).shown(one.student) for one in crowd.members if one.status != "graded"}
    assert stopped <= report.attention.keys()


def test_all_have_names_in_the_gradebook_and_who_is_absent_is_known(made):
    course, crowd, _ = made
    roster = read_roster(course)
    assert {one.name for one in roster.students.values()} == {member.name for member in crowd.members}
    absent = {one.id for one in roster.absent(course.students("window"))}
    assert len(absent) == sum(not member.data for member in crowd.members)
    with open_gradebook(course) as book:
        assert all(student.first_name and student.last_name for student in book.students if student.id not in absent)


def test_canvas_gets_everybodys_total(made, monkeypatch, capsys):
    course, crowd, folder = made
    monkeypatch.chdir(course.root)
    sheet = folder / "gradebook.csv"
    before = sheet.read_bytes()
    assert main(["export", "window", "--course", str(course.home), "--canvas", str(sheet)]) == 0
    assert "the platform gives" not in capsys.readouterr().out
    assert sheet.read_bytes() == before
    rows = list(csv.reader((folder / "gradebook-graded.csv").read_text(encoding="utf-8").splitlines()))[2:]
    totals = {int(row[1]): float(row[4]) for row in rows if row[4]}
    due = {member.number: crowd.due(member) for member in crowd.members if member.data}
    assert totals == pytest.approx(due, abs=0.005)


def test_a_class_is_read_from_the_gradebook_with_as_many_questions_as_a_student(made):
    course, _, _ = made
    students, asked = course.students("window"), []
    with open_gradebook(course) as book, book.engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", lambda *args: asked.append(args[2]))
        read_standings(connection, "window", students[:1])
        of_one = len(asked)
        of_all = read_standings(connection, "window", students)
        assert len(asked) == 2 * of_one
        assert of_all == {student: read_standing(connection, "window", student) for student in students}


def test_the_table_in_the_browser_is_read_anew_where_something_has_changed_and_only_there(made):
    course, crowd, _ = made
    tables, assignment = ClassTables(course), course.assignment("window")
    for path in course.home.rglob("*"):
        os.utime(path, (0, 0))
    first = tables.read(assignment)
    assert len(first.graded) == sum(bool(member.data) for member in crowd.members)
    assert tables.read(assignment).rows is first.rows
    with open_gradebook(course) as book:
        grade = book.find_grade("lost-and-gained", "window", "window", first.rows[0].student)
        grade.manual_score = 1.5
        book.db.commit()
    assert tables.read(assignment).rows[0].standing.by_hand == 1.5
    (course.submitted("window", "zoe")).mkdir(parents=True)
    assert tables.read(assignment).rows[-1].student == "zoe"
    shutil.rmtree(course.submitted("window", "zoe").parent)


def test_the_same_class_is_made_again_and_nothing_elses_folder(made, tmp_path):
    course, crowd, _ = made
    again = type(crowd)(crowd.assignment, {"window.ipynb": crowd.stub}, 40)
    assert again.members == crowd.members
    (tmp_path / "work.txt").touch()
    with pytest.raises(UsageError, match="holds files that no demo made"):
        grade_demo_class(course, tmp_path, 40, "window")
    assert (tmp_path / "work.txt").exists()
