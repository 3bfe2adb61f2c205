"""A class as it comes, by commands alone: a roster, a group, one who has longer, one who is late, questions for
graduates. Gradebook, pages, table and report say the same of each."""

import csv
from html.parser import HTMLParser

import nbformat
import pytest

from cnngrader.commands.main import main
from cnngrader.course import CONFIG_NAME
from cnngrader.exporting.scores import read_scores
from cnngrader.grading.crash_test import released_course
from cnngrader.sandbox.confine import find_missing

ROSTER = """id,name,group,extension,audience
ana,"Alvarez, Ana",team-1,,
bo,"Berg, Bo",team-1,,
cyd,"Castro, Cyd",,2026-03-20 23:59,
dan,"Dubois, Dan",,,
eva,"Eriksen, Eva",,,graduates
fay,"Fischer, Fay",,,
"""
NAMES = [line.split('"')[1].split(", ") for line in ROSTER.splitlines()[1:-1]]  # of who handed in
SETTINGS = 'groups = true\ndue = 2026-03-08 23:59:00+00:00\n[audience]\ngraduates = ["lost-and-gained"]\n'
HANDED_IN = {
    "ana": ("2026-03-06", "return np.sum(window)"),
    "bo": ("2026-03-07", "return np.mean(window)"),
    "cyd": ("2026-03-15", "return np.mean(window)"),
    "dan": ("2026-03-15", "return np.mean(window)"),
    "eva": ("2026-03-01", "return np.mean(window)"),
}
DUE = {"ana": (3.0, 0.0), "bo": (3.0, 0.0), "cyd": (3.0, 0.0), "dan": (0.0, 3.0), "eva": (3.0, 0.0)}  # total, penalty


class Text(HTMLParser):
    """A page's."""

    def __init__(self, page):
        super().__init__()
        self.text = ""
        self.feed(page.read_text(encoding="utf-8"))

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The course, after collect, grade, feedback, export and report."""
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    course = released_course(tmp_path_factory.mktemp("groups") / "root")
    settings = course.assignment("window").settings
    settings.write_text(settings.read_text(encoding="utf-8").replace("[limits]", f"{SETTINGS}\n[limits]"))
    course.roster.write_text(ROSTER)
    with (course.home / CONFIG_NAME).open("a") as config:
        config.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    for student, (day, body) in HANDED_IN.items():
        notebook = nbformat.read(course.released("window") / "window.ipynb", as_version=4)
        (answer,) = (cell for cell in notebook.cells if cell.id == "answer-window-mean")
        answer.source = f"def window_mean(window):\n    {body}"
        folder = course.root / "inbox" / student
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "window.ipynb")
        (folder / "timestamp.txt").write_text(f"{day} 12:00:00 UTC")
    with pytest.MonkeyPatch.context() as there:
        there.chdir(course.root)
        there.setenv("KERAS_BACKEND", "numpy")  # nothing here needs TensorFlow
        for command in ("release", "collect inbox", "grade", "feedback", "export --csv scores.csv", "report"):
            name, *options = command.split()
            assert main([name, "window", *options]) == 0, command
    return course


def test_a_group_has_one_submission_and_the_last_of_its_students_counts(graded):
    assert graded.students("window") == ["cyd", "dan", "eva", "team-1"]


def test_totals_are_the_groups_the_extensions_and_the_penaltys(graded):
    scores = read_scores(graded, graded.assignment("window"))
    assert {student: (one.total, one.penalty) for student, one in scores.standings.items()} == DUE
    most = {student: one.max_score for student, one in scores.standings.items()}
    assert most == {"ana": 3.0, "bo": 3.0, "cyd": 3.0, "dan": 3.0, "eva": 5.0}, "one question is for graduates"


def test_the_table_has_a_line_for_each_student_with_their_name_and_total(graded):
    with (graded.root / "scores.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["student"]: float(row["total"]) for row in rows} == {one: total for one, (total, _) in DUE.items()}
    assert {row["name"] for row in rows} == {f"{first} {last}" for last, first in NAMES}


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("team-1", ["Ana Alvarez", "Bo Berg"]),
        ("cyd", ["Cyd Castro"]),
        ("dan", ["Dan Dubois", "late"]),
        ("eva", ["Eva Eriksen", "lost-and-gained"]),
    ],
)
def test_the_page_names_all_whose_it_is_and_what_counts(graded, page, words):
    text = Text(graded.home / "feedback" / page / "window" / "window.html").text
    assert [word for word in words if word not in text] == []


def test_the_report_names_who_handed_in_nothing_and_who_is_late(graded):
    text = Text(graded.home / "reports" / "window.html").text
    assert "Fay Fischer" in text and "Dan Dubois" in text
