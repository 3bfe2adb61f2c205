import io
import stat
import zipfile
from contextlib import chdir

import pytest

from cnngrader.commands.main import main
from cnngrader.errors import UsageError
from cnngrader.exporting.moodle_feedback import called_in_moodle, make_moodle_zip
from cnngrader.grading.grading_test import class_of  # noqa: F401  # a fixture
from cnngrader.roster.roster import Roster
from cnngrader.roster.student import Student


def test_moodle_reads_each_number_beside_its_page():
    pages = {"Jané O'Neil_12": b"a", "a_b, c_345~b347c545": b"b", "bob": b"c"}
    content, nameless = make_moodle_zip(pages, "window.html")
    read = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for path in archive.namelist():
            folder, _, file = path.partition("/")
            _, number, *plugin = folder.split("_")  # as Moodle does
            read[number] = (plugin, file, archive.read(path))
    plugin = ["assignfeedback", "file"]
    assert read == {"12": (plugin, "window.html", b"a"), "345": (plugin, "window.html", b"b")}
    assert nameless == ["bob"]


def test_the_roster_tells_moodles_number():
    roster = Roster({"ada": Student("ada", "Love_lace, Ada", moodle="55"), "bo": Student("bo", "Li, Bo")})
    assert [called_in_moodle(student, roster) for student in ("ada", "bo", "cy_7")] == [
        "Ada Love_lace_55",
        "bo",
        "cy_7",
    ]


@pytest.mark.parametrize(
    ("students", "said"), [(["bob"], "NAME_NUMBER"), (["a_1", "b_1"], "several students: a_1, b_1")]
)
def test_nobody_gets_anothers_page(students, said):
    with pytest.raises(UsageError, match=said):
        make_moodle_zip(dict.fromkeys(students, b""), "window.html")


def test_the_command_makes_no_zip_of_a_class_that_moodle_does_not_know(class_of, capsys):  # noqa: F811
    course, _, _ = class_of
    with chdir(course.root):
        assert main(["feedback", "window", "--course", str(course.home), "--zip", "moodle"]) == 2
    assert "no student is called NAME_NUMBER" in capsys.readouterr().err


def test_the_command_writes_it_for_its_owner_alone(class_of, monkeypatch):  # noqa: F811
    course, _, _ = class_of
    page = course.page("window", "Ana_7")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("hers", encoding="utf-8")
    monkeypatch.setattr("cnngrader.pages.feedback.write_feedback", lambda *_: [page])
    with chdir(course.root):
        assert main(["feedback", "window", "--course", str(course.home), "--zip", "moodle"]) == 0
    made = course.exported("window-moodle.zip")
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert zipfile.ZipFile(made).read("Ana_7_assignfeedback_file/window.html") == b"hers"
