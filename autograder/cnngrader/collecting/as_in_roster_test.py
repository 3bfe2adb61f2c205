"""Who handed in is called as the roster calls them."""

import zipfile

import pytest

from cnngrader.collecting.collect import collect
from cnngrader.commands.main import main
from cnngrader.roster.roster import Roster
from cnngrader.roster.student import Student
from cnngrader.roster.students_file import write_roster

CLASS = [
    Student("ada", "Lovelace, Ada", "ada@x.edu", canvas="101", group="Team 1"),
    Student("bo", "Li, Bo", canvas="102", group="Team 1"),
    Student("js1", "Smith, Jane", moodle="55"),
    Student("js2", "Smith, Jane"),
    Student("öz", "Öztürk, Özlem", number="0042"),
]
NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@pytest.fixture
def course(tiny_course, monkeypatch):
    write_roster(tiny_course, Roster({one.id: one for one in CLASS}))
    monkeypatch.chdir(tiny_course.root)
    return tiny_course


def zip_of(folder, **files):
    """Each is (name, the notebook's minute); what differs in content differs in that."""
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for minute, name in enumerate(files.values()):
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 1, 12, minute, 0)), NOTEBOOK + " " * minute)
    return path


def in_groups(course):
    settings = course.root / "solutions" / "pooling" / "assignment.toml"
    settings.write_text(f"groups = true\n{settings.read_text(encoding='utf-8')}", encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("lovelaceada_101_9001_pooling.ipynb", "ada"),
        ("lovelaceada_LATE_101_9001_pooling.ipynb", "ada"),
        ("lovelaceada_999_9001_pooling.ipynb", "lovelaceada_999"),  # another of that name
        ("Bo Li_7_assignsubmission_file_/pooling.ipynb", "bo"),
        ("Jane Smith_55_assignsubmission_file_/pooling.ipynb", "js1"),
        ("Jane Smith_56_assignsubmission_file_/pooling.ipynb", "Jane Smith_56"),  # may be either
        ("Team 1_3_assignsubmission_file_/pooling.ipynb", "Team 1"),
        ("Submitted files/Özlem Öztürk/Homework/pooling.ipynb", "öz"),
        ("0042/pooling.ipynb", "öz"),
        ("ADA@x.edu/pooling.ipynb", "ada"),
        ("stranger/pooling.ipynb", "stranger"),
    ],
)
def test_whose_it_is_by_what_platforms_call_them(course, tmp_path, name, student):
    collect(course, "pooling", zip_of(tmp_path, one=name))
    assert course.students("pooling") == [student]


def test_who_is_not_in_the_roster_is_said_and_who_may_be_several_is_asked(course, tmp_path, capsys):
    path = zip_of(tmp_path, a="stranger/pooling.ipynb", b="ada/pooling.ipynb")
    assert main(["collect", "pooling", str(path)]) == 0
    out = capsys.readouterr().out
    assert "stranger: pooling.ipynb; not in the roster" in out
    assert "4 of 5 in the roster handed in nothing" in out
    path = zip_of(tmp_path, a="Jane Smith_56_assignsubmission_file_/pooling.ipynb")
    assert main(["collect", "pooling", str(path)]) == 1
    assert "may be any of js1, js2" in capsys.readouterr().out


def test_two_who_may_be_one_student_are_not_made_one(course, tmp_path):
    names = [f"Bo Li_{number}_assignsubmission_file_/pooling.ipynb" for number in (7, 8)]
    collected, _ = collect(course, "pooling", zip_of(tmp_path, a=names[0], b=names[1]))
    assert course.students("pooling") == ["Bo Li_7", "Bo Li_8"]
    assert all(one.asks for one in collected)


def test_who_is_in_the_course_under_another_name_is_asked_about(course, tmp_path):
    course.submitted("pooling", "lovelaceada_101").mkdir(parents=True)
    collected, _ = collect(course, "pooling", zip_of(tmp_path, a="lovelaceada_101_9001_pooling.ipynb"))
    assert collected[0].asks and "lovelaceada_101, too" in "; ".join(collected[0].notes)


def test_a_student_may_be_named_in_each_way(course, tmp_path):
    names = {"a": "lovelaceada_101_9001_pooling.ipynb", "b": "libo_102_9002_pooling.ipynb"}
    for student in ("ada", "lovelaceada_101", "ada@x.edu"):
        collected, _ = collect(course, "pooling", zip_of(tmp_path, **names), student)
        assert [one.student for one in collected] == ["ada"]
    single = tmp_path / "mine.ipynb"
    single.write_text(NOTEBOOK, encoding="utf-8")
    assert [one.student for one in collect(course, "pooling", single, "0042").collected] == ["öz"]


def test_a_group_has_one_hand_in_and_its_last_counts(course, tmp_path):
    in_groups(course)
    names = {"a": "libo_102_9001_pooling.ipynb", "b": "lovelaceada_101_9002_pooling.ipynb", "c": "js1/pooling.ipynb"}
    moodle = {
        "a": "Bo Li_7_assignsubmission_file_/pooling.ipynb",
        "b": "Ada Lovelace_8_assignsubmission_file_/pooling.ipynb",
    }
    collected, _ = collect(course, "pooling", zip_of(tmp_path, **moodle))
    assert course.students("pooling") == ["Team 1"]
    assert (course.submitted("pooling", "Team 1") / "pooling.ipynb").read_text(encoding="utf-8") == NOTEBOOK + " "
    assert len(list(course.attempts("pooling", "Team 1").iterdir())) == 1
    assert "handed in by Bo Li (bo), Ada Lovelace (ada)" in collected[0].notes
    del names["c"]
    collect(course, "pooling", zip_of(tmp_path, **names))
    assert course.students("pooling") == ["Team 1"]


def test_without_a_word_of_groups_each_hands_in_their_own(course, tmp_path):
    collect(course, "pooling", zip_of(tmp_path, a="ada/pooling.ipynb", b="bo/pooling.ipynb"))
    assert course.students("pooling") == ["ada", "bo"]
