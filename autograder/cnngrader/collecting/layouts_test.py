"""A class of 35 with awkward names, in each layout: no hand-in is lost without a word, nobody gets another's."""

import io
import json
import tarfile
import zipfile

import pytest

from cnngrader.collecting.collect import collect
from cnngrader.collecting.conftest import kept, pack, submitted, write
from cnngrader.collecting.handed_in import Member
from cnngrader.collecting.layouts.find_owners import find_owners
from cnngrader.collecting.layouts.layout import HandIn
from cnngrader.commands.main import main
from cnngrader.errors import UsageError
from cnngrader.ids import student_id

NAMES = [
    "Ana Silva", "Ana Silva", "José Núñez", "Sinéad O'Hara", "Jean-Luc Smith-Jones", "Zoë Müller", "Đặng Thị",
    "王 小明", "محمد علي", "Ana Silva-Roe", "D'Arcy O’Brien", "Łukasz Żak", "van der Berg", "Ana", "Anna", "Lee 2",
    "Ümit Şahin", "Åsa Öst", *(f"Student{n:02}" for n in range(17)),
]  # fmt: skip
CLASS = {4700 + number: name for number, name in enumerate(NAMES)}
EMPTY = {4704, 4711}  # who handed in no notebook, but a text
THRICE = {4703, 4720}  # who tried three times


def work(number, attempt=0):
    return f"the work of {number}, attempt {attempt}".encode()


def tries(number):
    return range(3 if number in THRICE else 1)


def joined(name):
    return "".join(c for c in name.lower() if c.isalnum())


def canvas(number, name, attempt):
    late = "_LATE" if attempt else ""
    stem = f"{joined(name)}{late}_{number}_{90000 + 10 * number + attempt}"
    return f"{joined(name)}_{number}", f"{stem}_{{file}}" + (f"-{attempt}" if attempt else "") + "{ending}"


def anonymous(number, name, attempt):
    late = "LATE_" if attempt else ""
    return f"anon_x{number}Yz", f"{late}anon_x{number}Yz_{90000 + 10 * number + attempt}_{{file}}{{ending}}"


def moodle(number, name, attempt):
    return f"{name}_{number}", f"{name}_{number}_assignsubmission_file/{{file}}{{ending}}"


def moodle_flat(number, name, attempt):
    return f"{name}_{number}", f"{name}_{number}_assignsubmission_file_{{file}}{{ending}}"


def moodle_blind(number, name, attempt):
    return f"Participant_{number}", f"Participant_{number}_assignsubmission_file/{{file}}{{ending}}"


def brightspace(number, name, attempt):
    time = f"Mar {8 + attempt}, 2026 1205 {'PM' if attempt else 'AM'}"
    return f"{name}_{number}", f"{number}-80551 - {name} - {time} - {{file}}{{ending}}"


def brightspace_folders(number, name, attempt):
    return brightspace(number, name, attempt)[0], brightspace(number, name, attempt)[1].replace(" - {file}", "/{file}")


def blackboard(number, name, attempt):
    return f"u{number}", f"Home_work_u{number}_attempt_2026-03-0{attempt + 1}-23-59-00_{{file}}{{ending}}"


def exchange(number, name, attempt):
    return f"u{number}", f"u{number}+pooling+2026-03-0{attempt + 1} 12:00:00 UTC/{{file}}{{ending}}"


def teams(number, name, attempt):
    given = f"{name} {number}"  # two of one name have one folder there
    return given, f"Submitted files/{given}/Home work/Version {attempt + 1}/{{file}}{{ending}}"


def sakai(number, name, attempt):
    return f"e{number}", f"Home work/{name}, X(e{number})/Submission attachment(s)/{{file}}{{ending}}"


def folders(number, name, attempt):
    return f"{name} {number}", f"{name} {number}/{{file}}{{ending}}"


def around(number, name, attempt):
    return f"{name} {number}", f"class/{name} {number}/pooling/{{file}}{{ending}}"


def classroom(number, name, attempt):
    return f"{joined(name)}-{number}", f"pooling-{joined(name)}-{number}/assignments/pooling/{{file}}{{ending}}"


KEEPS_ATTEMPTS = {canvas, anonymous, brightspace, brightspace_folders, blackboard, exchange, teams}
LAYOUTS = [
    *KEEPS_ATTEMPTS, moodle, moodle_flat, moodle_blind, sakai, folders, around, classroom
]  # fmt: skip
LAYOUTS.sort(key=lambda layout: layout.__name__)


def class_in(layout):
    """{path: content} of the class, and {student: their last work}."""
    files, last = {}, {}
    for number, name in CLASS.items():
        for attempt in tries(number) if layout in KEEPS_ATTEMPTS else range(1):
            given, path = layout(number, name, attempt)
            ending = ".txt" if number in EMPTY else ".ipynb"
            files[path.format(file="pooling", ending=ending)] = work(number, attempt)
            last[student_id(given)] = None if number in EMPTY else work(number, attempt)
    return files, last


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_a_class_is_collected_whole_and_nobodys_work_is_anothers(course, layout):
    files, last = class_in(layout)
    _, passed_over = collect(course, "pooling", pack(course.root / "x.zip", files))
    assert len(last) == len(CLASS)
    assert submitted(course) == {who: {"pooling.ipynb": done} for who, done in last.items() if done}
    told = {who.partition(" (")[0] for who in passed_over}
    assert told == {who.partition(" (")[0] for who, done in last.items() if not done}
    there = {content for files in submitted(course).values() for content in files.values()}
    there |= {done for times in kept(course).values() for files in times.values() for done in files.values()}
    assert there == {done for path, done in files.items() if path.endswith(".ipynb")}


@pytest.mark.parametrize("layout", [canvas, brightspace, blackboard], ids=lambda layout: layout.__name__)
def test_a_folder_around_a_flat_zip_is_no_student(course, layout):
    files, last = class_in(layout)
    collect(course, "pooling", pack(course.root / "x.zip", {f"all of it/{name}": done for name, done in files.items()}))
    assert set(submitted(course)) == {who for who, done in last.items() if done}


def test_blackboards_text_tells_the_username_and_the_time(course):
    stem = "Home_work_ana_b_attempt_2026-03-08-23-59-00"
    told = "Name: Ana (Ann) Bo (ana_b)\r\nDate Submitted: Sunday, March 8, 2026 11:59:30 PM CET\r\nName: Eve (work)\r\n"
    files = {f"{stem}_pooling.ipynb": b"1", f"{stem}.txt": told.encode()}
    (one,) = collect(course, "pooling", pack(course.root / "x.zip", files)).collected
    assert (one.student, f"{one.time:%H:%M:%S}", list(one.files)) == ("ana_b", "22:59:30", ["pooling.ipynb"])


def test_gradescopes_submitters_are_those_of_its_metadata(course):
    yml = """\
submission_1: !ruby/object:Submission
  :submitters:
  - :name: Ana Silva
    :sid: '007'
    :email: a@x.edu
  :created_at: 2026-03-08 23:59:00.5 Z
submission_2:
  :submitters:
  - :name: Ana Silva
    :email: b@x.edu
  - !ruby/hash
    :name: Ana Silva
submission_3:
  :submitters: []
"""
    files = {f"assignment_9_export/submission_{n}/pooling.ipynb": b"%d" % n for n in (1, 2, 3)}
    files |= {"assignment_9_export/submission_metadata.yml": yml.encode()}
    found = collect(course, "pooling", pack(course.root / "x.zip", files)).collected
    assert {one.student: one.files["pooling.ipynb"] for one in found} == {
        "007": b"1", "b@x.edu": b"2", "Ana Silva_2": b"2", "submission_3": b"3"
    }  # fmt: skip
    assert next(f"{one.time:%d %H:%M}" for one in found if one.student == "007") == "08 23:59"


@pytest.mark.parametrize("yml", [b"a: [", b"a: " + b"[" * 5000, b"\xff\xfe\x00"])
def test_metadata_that_cannot_be_read_are_told(course, yml):
    files = {"s/pooling.ipynb": b"1", "submission_metadata.yml": yml}
    with pytest.raises(UsageError, match="cannot be read"):
        collect(course, "pooling", pack(course.root / "x.zip", files))


def test_a_group_of_sakai_is_each_of_its_students(course):
    files = {
        "HW/grades.csv": b"",
        "HW/Silva, Ana(as1); Roe, Bo(br2)/Submission attachment(s)/pooling.ipynb": b"1",
        "HW/Silva, Ana(as1); Roe, Bo(br2)/timestamp.txt": b"20260308235900000",
        "HW/Silva, Ana(as1); Roe, Bo(br2)/Feedback Attachment(s)/pooling.ipynb": b"not theirs",
        "HW/Zed, Zoe(zz3)/Submission attachment(s)/pooling.ipynb": b"2",
    }
    found = collect(course, "pooling", pack(course.root / "x.zip", files)).collected
    assert submitted(course) == {who: {"pooling.ipynb": b"1"} for who in ("as1", "br2")} | {
        "zz3": {"pooling.ipynb": b"2"}
    }
    assert f"{found[0].time:%d %H:%M}" == "08 23:59"


def test_flat_files_are_those_of_whom_they_are_called(course):
    files = {f"{name}_{number}.ipynb": work(number) for number, name in CLASS.items()}
    files |= {"Ana Silva_4700 (1).ipynb": b"again", "pooling_2026.ipynb": b"whose?", "notes.ipynb": b"whose?"}
    _, passed_over = collect(course, "pooling", pack(course.root / "x.zip", files))
    wanted = {student_id(f"{name}_{number}"): {"pooling.ipynb": work(number)} for number, name in CLASS.items()}
    assert submitted(course) == wanted | {"Ana Silva_4700": {"pooling.ipynb": b"again"}}
    assert set(passed_over) == {"pooling_2026.ipynb", "notes.ipynb"}


def test_a_pattern_tells_what_no_layout_knows(course):
    files = {"hw3--ana--v1.ipynb": b"1", "hw3--bo--v1.ipynb": b"2", "readme.ipynb": b"3"}
    path = pack(course.root / "x.zip", files)
    _, passed_over = collect(course, "pooling", path, pattern=r"^hw3--(?P<student>\w+)--")
    assert {who: [*files.values()] for who, files in submitted(course).items()} == {"ana": [b"1"], "bo": [b"2"]}
    assert list(passed_over) == ["readme.ipynb"]


@pytest.mark.parametrize("pattern", ["(", r"hw3--(\w+)"])
def test_a_pattern_without_a_student_is_refused(course, pattern):
    with pytest.raises(UsageError, match="--pattern"):
        collect(course, "pooling", pack(course.root / "x.zip", {"a/pooling.ipynb": b""}), pattern=pattern)


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_students_own_zip_is_opened_once_and_is_theirs(hand_in, course):
    inner = {"bo/pooling.ipynb": b"1", "bo/more.zip": zipped({"x": b""}), "bo/._pooling.ipynb": b"x", "bo/a.csv": b"2"}
    hand_in({"ana/work.zip": zipped(inner | {"bo/timestamp.txt": b"2020-01-01"}), "bo/pooling.ipynb": b"3"})
    found = submitted(course)
    assert found["bo"] == {"pooling.ipynb": b"3"}
    assert {"pooling.ipynb", "more.zip", "a.csv"} <= set(found["ana"]) and found["ana"]["pooling.ipynb"] == b"1"
    assert "._pooling.ipynb" not in found["ana"] and "timestamp.txt" not in found["ana"]


def test_a_zip_beside_a_notebook_stays_one(hand_in, course):
    hand_in({"ana/pooling.ipynb": b"1", "ana/data.zip": zipped({"pooling.ipynb": b"2"})})
    assert submitted(course)["ana"]["pooling.ipynb"] == b"1" and "data.zip" in submitted(course)["ana"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (zipped({"pooling.ipynb": bytes(30 * 2**20)}), "unpack to too much"),
        (zipped({f"{n}.ipynb": b"" for n in range(1001)}), "unpack to too much"),
        (zipped({"../../pooling.ipynb": b"1"}), "outside itself"),
        (zipped({"pooling.ipynb": b"1" * 999})[:90], "cannot be opened"),
        (zipped({}), "an empty zip"),
    ],
    ids=["a bomb", "too many", "outside", "cut off", "empty"],
)
def test_a_students_zip_that_is_not_opened_is_told(hand_in, content, why):
    _, passed_over = hand_in({"ana/work.zip": content, "bo/pooling.ipynb": b"1"})
    assert why in passed_over["ana"]


def test_what_macos_adds_is_nobodys(hand_in, course):
    hand_in({"ana/._pooling.ipynb": b"x", "ana/pooling (1).ipynb": b"1", "__MACOSX/ana/._pooling.ipynb": b"x"})
    assert submitted(course) == {"ana": {"pooling.ipynb": b"1"}}


@pytest.mark.parametrize("ending", [".ipynb.txt", ".json", ".ipynb.json"])
def test_a_notebook_under_another_ending_is_one(hand_in, course, ending):
    notebook = json.dumps({"cells": [], "nbformat": 4}).encode()
    hand_in({f"ana/pooling{ending}": notebook, "ana/data.json": b"{}"})
    assert submitted(course) == {"ana": {"pooling.ipynb": notebook, "data.json": b"{}"}}


@pytest.mark.parametrize("encoding", ["cp437", "cp850", "utf-8"])
def test_names_of_zips_that_do_not_tell_their_encoding(course, encoding):
    name = "José Ñandú" if encoding == "cp437" else "JOSÉ NÃO Ávila"
    raw, path = name.encode(encoding), course.root / "x.zip"
    pack(path, {"#" * len(raw) + "/pooling.ipynb": b"1", "bo/pooling.ipynb": b"2"})
    path.write_bytes(path.read_bytes().replace(b"#" * len(raw), raw))
    collect(course, "pooling", path)
    assert set(submitted(course)) == {name, "bo"}


def tarred(path, files, link=None):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), 1772971200
            archive.addfile(info, io.BytesIO(content))
        if link:
            info = tarfile.TarInfo(link)
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(info)
    return path


def test_a_tar_is_read_as_a_zip_is(course):
    path = tarred(course.root / "x.tar.gz", {"./ana/pooling.ipynb": b"1"}, link="bo/pooling.ipynb")
    collected, passed_over = collect(course, "pooling", path)
    assert [f"{one.student} {one.time:%H:%M}" for one in collected] == ["ana 12:00"]
    assert "a link" in passed_over["bo"]


@pytest.mark.parametrize("name", ["../ana/pooling.ipynb", "/ana/pooling.ipynb"])
def test_a_tar_that_leads_outside_is_refused(course, name):
    with pytest.raises(UsageError, match="outside itself"):
        collect(course, "pooling", tarred(course.root / "x.tar.gz", {name: b"1"}))


def test_a_damaged_tar_is_told(course):
    path = tarred(course.root / "x.tar.gz", {"ana/pooling.ipynb": bytes(range(256)) * 99})
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(UsageError, match="damaged"):
        collect(course, "pooling", path)


def test_a_question_is_noted_as_one(hand_in):
    first, second = hand_in({"ana/a.ipynb": b"1", "ana/b.ipynb": b"2", "bo/pooling.ipynb": b"3"}).collected
    assert first.asks and not second.asks


def test_an_unanswered_question_makes_the_status_1(course, monkeypatch):
    monkeypatch.chdir(course.root)
    write(course.root / "inbox", dict.fromkeys(["ana/a.ipynb", "ana/b.ipynb", "bo/pooling.ipynb"], b"{}"))
    assert main(["collect", "pooling", "inbox"]) == 1
    write(course.root / "inbox", {"ana/pooling.ipynb": b"{}"})
    assert main(["collect", "pooling", "inbox"]) == 0


@pytest.mark.parametrize("file", ["HW1.ipynb", "hw1 (1).ipynb", "my HW1.IPYNB"])
def test_an_assignment_with_capitals_finds_its_notebook(file):
    (found,) = find_owners(HandIn([Member(f"ana/{file}", b"{}")], "HW1"))
    assert (found.student, found.file, found.exact) == ("ana", "HW1.ipynb", file == "HW1.ipynb")
