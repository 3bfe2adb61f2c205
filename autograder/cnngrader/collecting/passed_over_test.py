"""Nobody who handed in something is left out without a word."""

import json
import os
import stat
import zipfile

import pytest

from cnngrader.authoring.scaffold import scaffold
from cnngrader.collecting.collect import collect
from cnngrader.collecting.conftest import pack, submitted, tree, write
from cnngrader.commands.main import main
from cnngrader.errors import UsageError
from cnngrader.ids import student_id

JANE = {"jane/pooling.ipynb": b"1"}


NO_ZIP = "a zip that cannot be opened (File is not a zip file)"


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"fay/report.pdf": b""}, "report.pdf"),
        ({"fay/pooling.ipynb.txt": b"", "fay/work.zip": b""}, f"pooling.ipynb.txt, work.zip: {NO_ZIP}"),
        ({f"fay/{n}.png": b"" for n in range(9)}, "0.png, 1.png, 2.png, 3.png, 4.png, 5.png and 3 more"),
    ],
)
def test_a_student_without_a_notebook_is_told(hand_in, course, files, why):
    collected, passed_over = hand_in(JANE | files)
    assert [one.student for one in collected] == ["jane"]
    assert passed_over == {"fay": f"no notebook ({why})"}
    assert submitted(course) == {"jane": {"pooling.ipynb": b"1"}}


def test_empty_folders_and_links_are_told(course):
    folder = write(course.root / "x", {**JANE, "gus/.DS_Store": b""})
    (folder / "fay").mkdir()
    (folder / "hal").symlink_to(folder / "jane")
    (folder / "ivy").mkdir()
    (folder / "ivy" / "pooling.ipynb").symlink_to(folder / "jane" / "pooling.ipynb")
    _, passed_over = collect(course, "pooling", folder)
    empty = "no notebook (an empty folder)"
    assert passed_over == {
        "fay": empty,
        "gus": empty,
        "hal": "no notebook (a link)",
        "ivy": "no notebook (pooling.ipynb: a link)",
    }


@pytest.mark.parametrize("around", ["", "class/"])
def test_empty_folders_and_links_in_a_zip_are_told(course, around):
    path = pack(course.root / "x.zip", {f"{around}{name}": content for name, content in JANE.items()})
    link = zipfile.ZipInfo(f"{around}ivy/pooling.ipynb")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.mkdir(f"{around}fay")
        archive.mkdir(f"{around}jane/empty")
        archive.writestr(link, "../jane/pooling.ipynb")
    collected, passed_over = collect(course, "pooling", path)
    assert [one.student for one in collected] == ["jane"]
    assert passed_over == {"fay": "no notebook (an empty folder)", "ivy": "no notebook (pooling.ipynb: a link)"}


def test_what_was_typed_into_a_platform_is_no_notebook(course):
    files = {
        "Al Onl_4713_assignsubmission_onlinetext_/onlinetext.html": b"hi",
        "Bo Onl_4714_assignsubmission_onlinetext_onlinetext.html": b"hi",
        "Jane_4711_assignsubmission_file_/pooling.ipynb": b"1",
        "doejoe_LATE_4715_text.html": b"hi",
    }
    collected, passed_over = collect(course, "pooling", pack(course.root / "x.zip", files))
    assert [one.student for one in collected] == ["Jane_4711"]
    assert passed_over == {
        "Al Onl_4713": "no notebook (onlinetext.html: typed into Moodle)",
        "Bo Onl_4714": "no notebook (onlinetext.html: typed into Moodle)",
        "doejoe_4715": "no notebook (text.html: typed into Canvas)",
    }


@pytest.mark.parametrize("name", ["pooling.IPYNB", "Pooling.ipynb", "my_POOLING (1).Ipynb"])
def test_capitals_do_not_matter(hand_in, course, name):
    hand_in({f"jane/{name}": b"1", "joe/Final.IPYNB": b"2"})
    assert submitted(course) == {"jane": {"pooling.ipynb": b"1"}, "joe": {"Final.ipynb": b"2"}}


def test_the_command_counts_them_and_its_status_is_1(course, capsys, monkeypatch):
    monkeypatch.chdir(course.root)
    write(course.root / "inbox", {"jane/pooling.ipynb": b'{"cells": []}', "fay/report.pdf": b""})
    assert main(["collect", "pooling", "inbox"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "jane: pooling.ipynb",
        "fay: no notebook (report.pdf), not collected",
        "1 submission. 1 not collected. Now: cnnkit grade pooling",
    ]


@pytest.mark.parametrize("student", [None, "fay"])
def test_where_there_is_no_notebook_at_all_what_there_is_is_told(hand_in, course, student):
    before = submitted(course, but="")
    with pytest.raises(UsageError, match=r"holds no notebook( of fay)?\. .* It has fay: no notebook \(report.pdf\)$"):
        hand_in({"fay/report.pdf": b""}, student=student)
    assert submitted(course, but="") == before


@pytest.mark.parametrize("around", ["", "class/"])
def test_loose_notebooks_are_nobodys(hand_in, course, around):
    before = submitted(course, but="")
    with pytest.raises(
        UsageError,
        match=f"holds no notebook in a student's folder.*Whose are {around}ada.ipynb, {around}my_pooling.ipynb",
    ):
        hand_in({f"{around}ada.ipynb": b"1", f"{around}my_pooling.ipynb": b"2"})
    assert submitted(course, but="") == before


def test_loose_notebooks_beside_students_are_told(hand_in, course):
    collected, passed_over = hand_in({**JANE, "ada.ipynb": b"1"})
    assert [one.student for one in collected] == ["jane"]
    assert passed_over == {"ada.ipynb": "whose is not told (collect it alone, with --student)"}


def test_several_notebooks_of_the_student_named_are_theirs(hand_in, course):
    hand_in({"ada/draft.ipynb": b"1", "ada/final.ipynb": b"2"}, student="ada")
    assert submitted(course) == {"ada": {"draft.ipynb": b"1", "final.ipynb": b"2"}}


def test_of_several_notebooks_the_ta_is_asked_which_it_is(hand_in):
    (ada, jane), _ = hand_in({**JANE, "ada/draft.ipynb": b"1", "ada/final.ipynb": b"2", "jane/old.ipynb": b"3"})
    assert ada.notes == ["draft.ipynb and final.ipynb: which is pooling.ipynb?"]
    assert jane.notes == []


def test_what_cannot_be_graded_is_told_when_it_is_collected(hand_in):
    """While its student can still be asked for the right file."""
    contents = {"ada": b" ", "bob": b"PK", "cyd": b'{"cells": 1}', "dan": notebook()}
    collected, _ = hand_in({f"{student}/pooling.ipynb": content for student, content in contents.items()})
    assert {one.student: one.fault.partition(": ")[2].split(" (")[0] for one in collected} == {
        "ada": "it is empty",
        "bob": "the file is no notebook",
        "cyd": "the file is JSON, but no notebook: it has no list of cells",
        "dan": "",
    }


def notebook(*grade_ids):
    cells = [{"metadata": {"nbgrader": {"grade_id": name}} if name else {}} for name in grade_ids]
    return json.dumps({"cells": cells}).encode()


@pytest.fixture
def mnist(course):
    """A second assignment, released like the first; each has cells of its own and one in common."""
    scaffold(course, "mnist")
    for id in ("pooling", "mnist"):
        write(course.released(id), {f"{id}.ipynb": notebook("imports", f"{id}-1", f"{id}-2")})


@pytest.mark.usefixtures("mnist")
@pytest.mark.parametrize("around", ["", "submitted/"])
def test_another_assignments_folder_is_not_this_ones(hand_in, course, around):
    files = {"ada/mnist/mnist.ipynb": b"1", "ada/pooling/pooling.ipynb": b"2", "bob/mnist/mnist.ipynb": b"3"}
    _, passed_over = hand_in({f"{around}{name}": content for name, content in files.items()})
    assert submitted(course) == {"ada": {"pooling.ipynb": b"2"}}
    assert passed_over == {"bob": "no notebook (mnist/mnist.ipynb: another assignment's)"}


@pytest.mark.usefixtures("mnist")
def test_one_students_other_assignment_alone_is_no_class(hand_in):
    with pytest.raises(UsageError, match="It has bob: no notebook"):
        hand_in({"bob/mnist/mnist.ipynb": b"3"})


@pytest.mark.usefixtures("mnist")
def test_another_assignments_notebook_is_noticed_and_collected(hand_in, course):
    files = {
        "ada/mnist.ipynb": notebook("imports", "mnist-1", "mnist-2"),
        "bob/pooling.ipynb": notebook("mnist-2"),
        "cyd/pooling.ipynb": notebook("imports", "pooling-1"),
        "dan/pooling.ipynb": notebook("", ""),
        "eva/pooling.ipynb": b"no notebook",
        "fay/pooling.ipynb": notebook("imports", "pooling-2", "mnist-1", "mnist-2"),
        "gus/pooling.ipynb": notebook("their-own"),
    }
    collected, _ = hand_in(files)
    assert {one.student for one in collected if one.notes == ["looks like the notebook of mnist"]} == {"ada", "bob"}
    assert [one.student for one in collected if one.notes] == ["ada", "bob"]
    assert len(submitted(course)) == 7


PLUS = student_id("a+b")


def test_a_changed_name_meets_nobody_elses_in_one_run_or_two(hand_in, course):
    hand_in({"a+b/pooling.ipynb": b"1", "a_b/pooling.ipynb": b"2"})
    for name in ("a*b", "a_b", "a?b", "a_b."):
        hand_in({f"{name}/pooling.ipynb": name.encode()})
    found = submitted(course)
    assert found[PLUS] == {"pooling.ipynb": b"1"} and found["a_b"] == {"pooling.ipynb": b"a_b"} and len(found) == 5


@pytest.mark.parametrize("student", ["a+b", PLUS, "a_b"])
def test_a_student_is_picked_by_the_name_handed_in(hand_in, course, student):
    hand_in({"a+b/pooling.ipynb": b"1", "a_b/pooling.ipynb": b"2"}, student=student)
    assert list(submitted(course)) == [student_id(student)]


@pytest.mark.parametrize("student", ["a+b", PLUS])
def test_a_changed_name_is_shown_with_its_former(course, capsys, monkeypatch, student):
    monkeypatch.chdir(course.root)
    write(course.root / "inbox", {"a+b/pooling.ipynb": b"1"})
    assert main(["collect", "pooling", "inbox", "--student", student]) == 0
    assert capsys.readouterr().out.startswith(f"{PLUS} (a+b): pooling.ipynb")


@pytest.mark.parametrize("student", ["a+b", "Jose\N{COMBINING ACUTE ACCENT}", "ana@x.edu", "12 (2)"])
def test_a_single_notebook_is_of_whom_a_folder_would_be_of(course, student):
    path = write(course.root, {"work.ipynb": b"1"}) / "work.ipynb"
    collect(course, "pooling", path, student=student)
    collect(course, "pooling", write(course.root / "inbox", {f"{student}/pooling.ipynb": b"2"}))
    assert submitted(course) == {student_id(student): {"pooling.ipynb": b"2"}}


def test_a_folder_whose_name_is_no_text_is_collected(course):
    name = os.fsdecode(b"\xff\xfe")
    collect(course, "pooling", write(course.root / "inbox", {f"{name}/pooling.ipynb": b"1"}))
    assert submitted(course) == {student_id(name): {"pooling.ipynb": b"1"}}


def test_where_a_file_system_ignores_case_two_students_do_not_meet(hand_in, course):
    files = {"Ana/pooling.ipynb": b"1", "ana/pooling.ipynb": b"2"}
    (course.home / "SUBMITTED").symlink_to("submitted")
    with pytest.raises(UsageError, match="'ana' and 'Ana' would have one folder"):
        hand_in(files)
    assert submitted(course) == {}
    (course.home / "SUBMITTED").unlink()
    hand_in(files)
    assert sorted(submitted(course)) == ["Ana", "ana"]


def test_what_cannot_be_read_is_named(course, monkeypatch):
    folder = write(course.root / "x", JANE)

    def refuse(path):
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(type(folder), "read_bytes", refuse)
    with pytest.raises(UsageError, match=f"x{os.sep}jane{os.sep}pooling.ipynb cannot be read .Invalid argument"):
        collect(course, "pooling", folder)


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[: len(data) // 2], lambda data: b"<html>"])
def test_a_zip_cut_short_is_told(course, damage):
    path = pack(course.root / "x.zip", dict.fromkeys(JANE, b"1" * 1000))
    path.write_bytes(damage(path.read_bytes()))
    before = tree(course)
    with pytest.raises(UsageError, match="x.zip is damaged, or was not completely downloaded"):
        collect(course, "pooling", path)
    assert tree(course) == before
