"""Ids in an ordinary course that are patterns to nbgrader, or whose accents are written in two ways."""

import unicodedata
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

from cnngrader.commands.main import main
from cnngrader.errors import UsageError
from cnngrader.ordinary.ordinary_course import grade_ordinary
from cnngrader.ordinary.ordinary_course_test import mark, nbgrader, notebook
from cnngrader.sandbox.confine import find_missing

RIGHT = "double = lambda x: 2 * x"
COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "é") for form in ("NFC", "NFD"))
BY_NBGRADER = ["hw (1)", "50% *", f"devoir {COMPOSED}"]
STUDENTS = ["ana (1)", "[ben]", "x+y", "x_y", "*", "a?b", "{student_id}", "dan^$|\\d", " eva", "c.d", "Ana", "ana"]
CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "plain"
c.CourseDirectory.root = {root!r}
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """With an assignment for each id, of one notebook worth 2 points."""
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    root = tmp_path_factory.mktemp("ids") / "course"
    for id in BY_NBGRADER:
        (root / "source" / id).mkdir(parents=True)
        answer = mark(new_code_cell(f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION"), "answer", solution=True)
        check = mark(new_code_cell("assert double(2) == 4"), "check", grade=True, locked=True, points=2)
        nbformat.write(notebook(answer, check), root / "source" / id / f"pr{COMPOSED}mier.ipynb")
    (root / "nbgrader_config.py").write_text(CONFIG.format(root=str(root)))
    for id in BY_NBGRADER:
        nbgrader(root, "generate_assignment", id)
    return root


def hand_in(course: Path, student: str, id: str, name: str = f"pr{COMPOSED}mier") -> None:
    handed = nbformat.read(course / "release" / unicodedata.normalize("NFC", id) / f"pr{COMPOSED}mier.ipynb", 4)
    handed.cells[0].source = RIGHT
    folder = course / "submitted" / student / id
    folder.mkdir(parents=True)
    nbformat.write(handed, folder / f"{name}.ipynb")


def grade(course: Path, id: str, *students: str) -> dict[str, tuple[str, str, float]]:
    said: list[dict] = []
    grade_ordinary(course, id, students, lines=said.append)
    return {record["student"]: (record["status"], record["detail"], record["total"]) for record in said[:-1]}


def rows(course: Path, id: str) -> dict[str, float]:
    with Gradebook(f"sqlite:///{course}/gradebook.db", "plain") as book:
        return {submission.student.id: submission.score for submission in book.assignment_submissions(id)}


@pytest.mark.parametrize("id", BY_NBGRADER[:2])
def test_no_id_is_a_pattern(course, id):
    for student in STUDENTS:
        hand_in(course, student, id)
    assert grade(course, id, "*") == {"*": ("graded", "", 2.0)}
    assert rows(course, id) == {"*": 2.0}
    graded = grade(course, id)
    assert sorted(graded) == sorted(STUDENTS) and set(graded.values()) == {("graded", "", 2.0)}
    assert rows(course, id) == dict.fromkeys(STUDENTS, 2.0)


def test_what_is_written_in_another_form_is_found_and_entered_once(course):
    id, jose = BY_NBGRADER[2], f"Jos{COMPOSED}"
    with Gradebook(f"sqlite:///{course}/gradebook.db", "plain") as book:
        book.add_student(f"Jos{DECOMPOSED}", first_name="from a class list")
    hand_in(course, f"Jos{DECOMPOSED}", f"devoir {DECOMPOSED}", f"pr{DECOMPOSED}mier")
    hand_in(course, f"Andr{COMPOSED}", id)
    nbformat.write(notebook(), course / "submitted" / f"Andr{COMPOSED}" / id / f"pr{DECOMPOSED}mier.ipynb")
    (course / "autograded" / f"Andr{DECOMPOSED}" / id).mkdir(parents=True)
    assert grade(course, f"devoir {DECOMPOSED}", f"Jos{DECOMPOSED}") == {jose: ("graded", "", 2.0)}
    assert set(grade(course, id).values()) == {("graded", "", 2.0)}
    assert rows(course, id) == {jose: 2.0, f"Andr{COMPOSED}": 2.0}
    with Gradebook(f"sqlite:///{course}/gradebook.db", "plain") as book:
        assert book.find_student(jose).first_name == "from a class list"
        assert [s.id for s in book.students if s.id.startswith("Jos")] == [jose]
    hand_in(course, f"Jos{DECOMPOSED}", id)
    with pytest.raises(UsageError, match="are one name, its accents written in two ways"):
        grade(course, id)
    assert (course / "submitted" / f"Jos{DECOMPOSED}" / id / f"pr{COMPOSED}mier.ipynb").is_file()


@pytest.mark.parametrize(("id", "sign"), [("a+b", "'+'"), ("hw [2]", "'['")])
def test_what_nbgrader_cannot_have_is_refused(course, id, sign, monkeypatch, capsys):
    monkeypatch.chdir(course)
    assert main(["grade", id]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"nbgrader can have no assignment {id!r}, since it takes {sign} in an id" in line and "Rename" in line


def test_commands_that_are_told_can_be_copied(course, monkeypatch, capsys):
    monkeypatch.chdir(course)
    assert main(["grade", "hw 2"]) == 2
    assert "Run: nbgrader generate_assignment 'hw 2'" in capsys.readouterr().err
