"""A class, from the lists of platforms to students.csv and back."""

import stat
from contextlib import chdir
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cnngrader.commands.main import main
from cnngrader.errors import UsageError
from cnngrader.roster.formats.find_format import find_format
from cnngrader.roster.merge import merge
from cnngrader.roster.roster import Roster
from cnngrader.roster.student import Student, read_until
from cnngrader.roster.students_file import read_roster, write_roster

CANVAS = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Window (77)
,,,,,Manual Posting
    Points Possible,,,,,20
"Lovelace, Ada",101,s1,ada@x.edu,A,
"=""=1+1, Eve""\",102,s2,eve@x.edu,A,
"Smith, Jane",103,s3,jane1@x.edu,A,
"Smith, Jane",104,s4,jane2@x.edu,A,
"Student, Test",999,,,A,
"""
MOODLE = """Identifier,Full name,Email address,Group,Grade
Participant 55,Ada Lovelace,ada@x.edu,Team 1,
Participant 56,Jane Smith,jane2@x.edu,Team 1,
Participant 57,Ana Núñez,,,
"""
GRADESCOPE = """First Name;Last Name;SID;Email;Role
Ada;Lovelace;s1;;Student
Björn;Müller;s9;b@x.edu;
T;A;;ta@x.edu;TA
"""


def listed(text, encoding="utf-8"):
    return [*find_format(text.encode(encoding), "list.csv").students()]


def roster_of(*students):
    return Roster({student.id: student for student in students})


def test_each_platform_tells_its_students_and_nobody_else():
    assert [(one.id, one.called, one.canvas) for one in listed(CANVAS)] == [
        ("ada@x.edu", "Ada Lovelace", "101"),
        ("eve@x.edu", "Eve =1+1", "102"),
        ("jane1@x.edu", "Jane Smith", "103"),
        ("jane2@x.edu", "Jane Smith", "104"),
    ]
    assert [(one.called, one.moodle, one.group) for one in listed(MOODLE)][:2] == [
        ("Ada Lovelace", "55", "Team 1"),
        ("Jane Smith", "56", "Team 1"),
    ]
    told = [(one.last_name, one.number) for one in listed(GRADESCOPE, "latin-1")]
    assert told == [("Lovelace", "s1"), ("Müller", "s9")]


def test_lists_of_several_platforms_are_one_class():
    roster = Roster()
    for text in (CANVAS, MOODLE, GRADESCOPE):
        merged = merge(roster, listed(text))
        assert not merged.left_out
        roster = merged.roster
    assert len(roster.students) == 6
    ada = roster.students["ada@x.edu"]
    assert (ada.canvas, ada.moodle, ada.number, ada.group, ada.name) == ("101", "55", "s1", "Team 1", "Lovelace, Ada")
    again = merge(roster, listed(CANVAS))
    assert (again.roster, again.added, again.updated, again.told) == (roster, [], [], [])


def test_who_may_be_several_students_is_left_out_and_told():
    roster = merge(Roster(), listed(CANVAS)).roster
    merged = merge(roster, [Student("js", "Jane Smith")])
    assert merged.roster == roster
    assert "jane1@x.edu, jane2@x.edu" in merged.left_out[0]


def test_what_is_told_otherwise_is_updated_and_said_and_what_is_not_told_stays():
    ada = Student("ada", "Lovelace, Ada", "old@x.edu", group="G", others={"note": "front row"})
    merged = merge(roster_of(ada), [Student("ada", "Ada Lovelace", "new@x.edu")])
    assert merged.roster.students["ada"] == replace(ada, email="new@x.edu")
    assert "'old@x.edu', now 'new@x.edu'" in merged.told[0]


@pytest.mark.parametrize("folder", ["lovelaceada_101", "Ada Lovelace_101", "s1", "ada@x.edu"])
def test_who_handed_in_before_there_was_a_roster_keeps_their_folder(folder):
    merged = merge(Roster(), listed(CANVAS), [folder, "somebody_7"])
    assert merged.roster.students[folder].called == "Ada Lovelace"
    assert len(merged.roster.students) == 4


def test_the_file_keeps_what_a_person_added_and_is_its_owners_alone(tiny_course):
    tiny_course.prepare()
    given = "Name;seat;ID;extension\r\nNúñez, Ana;=3;ana;2026-03-01\r\n"
    tiny_course.roster.write_bytes(given.encode("utf-16"))
    roster = read_roster(tiny_course)
    merged = merge(roster, [Student("bo", "Bo Li", email="bo@x.edu")])
    write_roster(tiny_course, merged.roster)
    text = tiny_course.roster.read_text(encoding="utf-8-sig")
    assert text == "Name;seat;ID;extension;email\nNúñez, Ana;'=3;ana;2026-03-01;\nBo Li;;bo;;bo@x.edu\n"
    assert read_roster(tiny_course).students["ana"].others == {"seat": "=3", "extension": "2026-03-01"}
    assert stat.S_IMODE(tiny_course.roster.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nAda\n", "no column 'id'"),
        ("id,name\nada,A\n,B\n", "line 3 has no id"),
        ("id\nada\nbo\nada\n", "lines 2 and 4"),
        ("id,extension\nada,soon\n", "line 2, extension: 'soon' tells no time"),
        ("id,extension pooling\nada,3/4/2026\n", "Write it as 2026-"),
        ("id,group\nada,\nbo,ada\n", "line 3: the group is called as the student"),
    ],
)
def test_what_cannot_be_in_students_csv_is_named_with_its_line(tiny_course, text, said):
    tiny_course.prepare()
    tiny_course.roster.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        read_roster(tiny_course)


def test_a_roster_that_could_not_be_read_is_not_written(tiny_course):
    write_roster(tiny_course, roster_of(Student("ada")))
    before = tiny_course.roster.read_bytes()
    with pytest.raises(UsageError):
        write_roster(tiny_course, roster_of(Student("ada"), Student("bo", group="ada")))
    assert tiny_course.roster.read_bytes() == before


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("2026-03-15 12:30", datetime(2026, 3, 15, 11, 30, tzinfo=UTC)),
        ("15.3.2026 12:30", datetime(2026, 3, 15, 11, 30, tzinfo=UTC)),
        ("2026-03-15", datetime(2026, 3, 15, 22, 59, 59, tzinfo=UTC)),
        ("2026-03-15 24:00", datetime(2026, 3, 15, 23, 0, tzinfo=UTC)),
        ("2026-03-15T12:30:00Z", datetime(2026, 3, 15, 12, 30, tzinfo=UTC)),
    ],
)
def test_an_extension_is_told_on_the_courses_clocks(said, means):
    assert read_until(said, ZoneInfo("Europe/Berlin")) == means


def test_an_assignments_own_extension_comes_before_the_one_for_all():
    ada = Student("ada", others={"extension": "2026-03-01 10:00", "Extension until pooling": "2026-04-01 10:00"})
    assert ada.extended_until("pooling", UTC) == datetime(2026, 4, 1, 10, tzinfo=UTC)
    assert ada.extended_until("other", UTC) == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert Student("bo").extended_until("pooling", UTC) is None


CLASS = roster_of(
    Student("ada", "Lovelace, Ada", "ada@x.edu", number="0042", canvas="101", moodle="55", group="Team 1"),
    Student("js1", "Smith, Jane", canvas="103"),
    Student("js2", "Jane Smith", canvas="104", moodle="9"),
    Student("li", "O'Neil-Wu, Li"),
)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("ada", ["ada"]),
        ("ADA@x.edu", ["ada"]),
        ("0042", ["ada"]),
        ("lovelaceada_101", ["ada"]),
        ("lovelaceada_999", []),  # Canvas's number is another's
        ("Ada Lovelace_77", ["ada"]),  # Moodle's is another for each assignment
        ("Jane Smith_9", ["js2"]),
        ("Jane Smith_10", ["js1", "js2"]),
        ("smithjane_103", ["js1"]),
        ("oneilwuli_5", ["li"]),
        ("Li O'Neil-Wu", ["li"]),
        ("Team 1", ["Team 1"]),
        ("Team 1_88", ["Team 1"]),
        ("101", []),
        ("", []),
        ("nobody", []),
    ],
)
def test_who_is_meant_by_what_a_platform_calls_them(given, found):
    assert CLASS.find(given) == found


def test_a_group_that_handed_in_is_not_absent():
    assert [one.id for one in CLASS.absent(["Team 1", "li"])] == ["js1", "js2"]


def test_the_command_brings_in_shows_and_tells_who_is_missing(tiny_course, tmp_path, capsys):
    path = tmp_path / "gradebook.csv"
    path.write_text(CANVAS, encoding="utf-8")
    tiny_course.submitted("pooling", "ada@x.edu").mkdir(parents=True)
    with chdir(tmp_path):
        assert main(["roster"]) == 2
        assert "cnnkit roster FILE" in capsys.readouterr().err
        assert main(["roster", str(path)]) == 0
        assert "4 students, 4 new" in capsys.readouterr().out
        assert main(["roster"]) == 0
        assert "Ada Lovelace" in capsys.readouterr().out
        assert main(["roster", "--missing", "pooling"]) == 0
        out = capsys.readouterr().out
        assert "ada@x.edu" not in out
        assert "Jane Smith (jane2@x.edu)" in out
        assert "3 of 4 handed in nothing" in out
        path.write_text("id,name\njs,Jane Smith\n", encoding="utf-8")
        assert main(["roster", str(path)]) == 1
        assert "not taken" in capsys.readouterr().out
