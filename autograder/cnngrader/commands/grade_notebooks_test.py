import json
import shutil
import zipfile
from contextlib import nullcontext

import nbformat
import pytest

from cnngrader.collecting.collected import ids_of
from cnngrader.collecting.loose_notebooks import read_loose
from cnngrader.commands.grade_notebooks import _assignment_of
from cnngrader.commands.main import main
from cnngrader.course import Course
from cnngrader.grading.crash_test import InstantPool, released_course


def test_the_assignment_is_that_of_the_notebooks_cells(tmp_path):
    course = Course.find()
    known = {id: ids_of((course.released(id) / f"{id}.ipynb").read_bytes()) for id in course.ids()}
    for id in course.ids():
        path = tmp_path / "Untitled.ipynb"
        path.write_bytes((course.released(id) / f"{id}.ipynb").read_bytes())
        (notebook,) = read_loose([path])
        assert _assignment_of(notebook, known) == id


def test_a_notebook_of_no_assignment_is_refused(tmp_path, capsys):
    (tmp_path / "x.ipynb").write_text('{"cells": []}')
    assert main(["grade", str(tmp_path / "x.ipynb")]) == 2
    assert "no cell of an assignment" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["a", "b"],
        ["no/such.ipynb"],
        ["no/such"],
        ["mnist_cnn", "a.ipynb"],
        ["a.ipynb", "--student", "a", "--student", "b"],
    ],
)
def test_what_cannot_be_graded_so_is_refused(arguments):
    assert main(["grade", *arguments]) == 2


def test_variants_need_a_student(tmp_path, capsys):
    course, path = Course.find(), tmp_path / "x.ipynb"
    path.write_bytes((course.released("alexnet_counting") / "alexnet_counting.ipynb").read_bytes())
    assert main(["grade", str(path)]) == 2
    assert "with --student" in capsys.readouterr().err


def test_nobody_is_given_anothers_variant_for_want_of_the_secret(tmp_path, capsys):
    path = tmp_path / "x.ipynb"
    path.write_bytes((Course.find().released("alexnet_counting") / "alexnet_counting.ipynb").read_bytes())
    assert main(["grade", str(path), "--student", "ana", "--course", str(tmp_path / "course")]) == 2
    assert "secret is missing" in capsys.readouterr().err


# From the file to the page


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return released_course(tmp_path_factory.mktemp("loose") / "root")


class Desk:
    """In office hours: files lie in `inbox`, and grading needs no kernel."""

    def __init__(self, course, inbox, capsys):
        self.course, self.inbox, self.capsys = course, inbox, capsys
        self.release = (course.released("window") / "window.ipynb").read_text(encoding="utf-8")
        self.pools = 0

    def pool(self, *needs, **options):
        self.pools += 1
        return nullcontext(InstantPool(self.course))

    def notebook(self, answer="right"):
        notebook = nbformat.reads(self.release, as_version=4)
        notebook.cells.append(nbformat.v4.new_raw_cell(answer, id="answer"))
        return nbformat.writes(notebook)

    def put(self, name, answer="right", content=None):
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content or self.notebook(answer), encoding="utf-8")
        return path

    def grade(self, *arguments):
        """(exit status, {path: record}, what was said beside)."""
        self.capsys.readouterr()
        status = main(["grade", *map(str, arguments), "--json"])
        said = self.capsys.readouterr()
        records = [json.loads(line) for line in said.out.splitlines()]
        return status, {record["path"]: record for record in records}, said.err


@pytest.fixture
def desk(released, tmp_path, monkeypatch, capsys):
    shutil.copytree(released.root, tmp_path / "root")
    course = Course(tmp_path / "root", tmp_path / "root" / "course")
    monkeypatch.chdir(course.root)
    made = Desk(course, tmp_path / "inbox", capsys)
    monkeypatch.setattr("cnngrader.commands.grade_class.Pool", made.pool)
    return made


def test_a_notebook_gets_a_verdict_and_a_page_beside_it_and_no_course_knows(desk):
    path = desk.put("My homework.ipynb")
    before = sorted(desk.course.home.rglob("*"))
    desk.capsys.readouterr()
    assert main(["grade", str(path)]) == 0
    said = desk.capsys.readouterr().out
    assert f"{path}: window, graded: 3 of 5" in said and "window-mean: 3 of 3" in said
    page = path.with_name("My homework.feedback.html")
    assert f"its page: {page}" in said and "3 of 5 points" in page.read_text(encoding="utf-8")
    assert sorted(desk.course.home.rglob("*")) == before


def test_several_files_a_folder_and_a_zip_are_graded_by_one_pool(desk):
    one, other = desk.put("a.ipynb"), desk.put("b.ipynb", "wrong")
    folder = desk.inbox / "folder"
    desk.put("folder/ada/window.ipynb"), desk.put("folder/bo/window.ipynb", "wrong")
    desk.put("folder/bo/._window.ipynb", content="Mac"), desk.put("folder/bo/notes.txt", content="hello")
    desk.put("folder/cy/window.ipynb.txt")
    archive = desk.inbox / "all of them.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("dee/window.ipynb", desk.notebook())
    status, records, _ = desk.grade(one, other, folder, archive)
    assert status == 0 and desk.pools == 1
    totals = {path.removeprefix(f"{desk.inbox}/"): record["total"] for path, record in records.items()}
    assert totals == {
        "a.ipynb": 3,
        "b.ipynb": 0,
        "folder/ada/window.ipynb": 3,
        "folder/bo/window.ipynb": 0,
        "folder/cy/window.ipynb": 3,
        "all of them.zip/dee/window.ipynb": 3,
    }
    pages = sorted(str(page.relative_to(desk.inbox)) for page in desk.inbox.rglob("*.feedback.html"))
    assert pages == sorted(
        [
            "a.feedback.html",
            "b.feedback.html",
            "folder/ada/window.feedback.html",
            "folder/bo/window.feedback.html",
            "folder/cy/window.feedback.html",
            "all of them.zip.feedback/dee/window.feedback.html",
        ]
    )
    assert all(record["page"] for record in records.values())


def test_what_is_no_homework_is_told_and_the_others_are_graded(desk):
    right, strange = desk.put("a.ipynb"), desk.put("b.ipynb", content='{"cells": []}')
    status, records, said = desk.grade(right, strange)
    assert status == 1 and list(records) == [str(right)] and f"{strange} has no cell of an assignment" in said


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty", None, "holds no notebook"),
        ("broken.zip", "PK\x03\x04", "is damaged"),
        ("words.docx", "hello", "is no folder, zip, tar or notebook"),
    ],
)
def test_what_holds_none_is_told(desk, name, content, words):
    path = desk.inbox / name
    desk.put(name, content=content) if content else path.mkdir(parents=True)
    status, records, said = desk.grade(path)
    assert status == 2 and not records and words in said


def test_a_folder_called_as_an_assignment_is_that(desk):
    (desk.course.root / "window").mkdir()
    status, _, said = desk.grade("window")
    assert status == 2 and "nobody handed in window" in said


def test_a_student_of_the_roster_is_named_on_the_page(desk):
    path = desk.put("a.ipynb")
    desk.course.roster.write_text("id,name,email\nada1,Ada Lovelace,ada@x.edu\ndoe1,J Doe,\ndoe2,J Doe,\n")
    status, records, _ = desk.grade(path, "--student", "ada@x.edu")
    assert status == 0 and records[str(path)]["student"] == "ada1"
    assert "Ada Lovelace (ada1)" in path.with_name("a.feedback.html").read_text(encoding="utf-8")
    status, _, said = desk.grade(path, "--student", "J Doe")
    assert status == 2 and "J Doe (doe1), J Doe (doe2)" in said


def test_whoever_it_is_all_of_it_is_graded_also_what_is_for_some_alone(desk):
    settings = desk.course.assignment("window").settings
    with settings.open("a", encoding="utf-8") as file:
        file.write('[audience]\ngraduates = ["window-mean"]\n')
    path = desk.put("a.ipynb")
    _, records, said = desk.grade(path)
    assert records[str(path)]["total"] == 3 and not said
    desk.course.roster.write_text("id\nund\n")
    assert desk.grade(path, "--student", "und")[1][str(path)]["max_score"] == 2


def test_a_page_that_cannot_be_written_takes_no_verdict_away(desk, monkeypatch):
    path = desk.put("a.ipynb")
    path.with_name("a.feedback.html").mkdir()
    status, records, said = desk.grade(path)
    assert status == 1 and records[str(path)]["total"] == 3 and "cannot be written" in said
