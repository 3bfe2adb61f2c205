"""nbgrader's own autograder on an assignment with a rubric: it gives the points of the trusted process."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import chdir, closing

import nbformat
import pytest
from nbgrader.apps import AutogradeApp, NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.utils import determine_grade
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from cnngrader.authoring.release import release
from cnngrader.authoring.scaffold import scaffold
from cnngrader.collecting.collect import collect
from cnngrader.course import CONFIG, Course
from cnngrader.ordinary.confined_execute import ConfinedExecute, with_results
from cnngrader.sandbox.confine import find_missing
from cnngrader.submission.verdict import TestVerdict, Verdict

RIGHT = "def window_mean(window):\n    return np.mean(window)"
WRONG = "def window_mean(window):\n    return np.sum(window)"
FORGED = "check = lambda name: 1000.0"


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    """With one assignment and four submissions, and nothing graded."""
    if missing := find_missing():
        pytest.skip(f"this machine cannot confine: {missing[0]}")
    root = tmp_path_factory.mktemp("drop_in")
    course = Course(root, root / "course")
    scaffold(course, "window")
    release(course, course.assignment("window"))
    for student, answer in {"ana": RIGHT, "ben": WRONG, "cyd": FORGED, "dan": RIGHT}.items():
        notebook = nbformat.read(course.released("window") / "window.ipynb", as_version=4)
        next(cell for cell in notebook.cells if cell.id == "answer-window-mean").source = answer
        if student == "dan":
            notebook.cells = [cell for cell in notebook.cells if cell.id != "window-mean"]
        (root / "inbox" / student).mkdir(parents=True)
        nbformat.write(notebook, root / "inbox" / student / "window.ipynb")
    collect(course, "window", root / "inbox")
    return course


def press(course: Course, student: str) -> dict:
    """What formgrader's button does, which reads the course's configuration when its server starts."""
    with chdir(course.home):
        application = AutogradeApp(raise_config_file_errors=True)
        application.initialize([])
        return NbGraderAPI(application.coursedir, config=application.config).autograde("window", student)


def scores(course: Course) -> dict[str, float | None]:
    with closing(sqlite3.connect(course.home / "gradebook.db")) as database, database:
        return dict(
            database.execute(
                """SELECT student.id, grade.auto_score FROM grade
                JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
                JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
                JOIN student ON submitted_assignment.student_id = student.id
                JOIN base_cell ON grade.cell_id = base_cell.id WHERE base_cell.name = 'window-mean'"""
            )
        )


def test_nbgraders_command_enters_what_the_trusted_process_found(course):
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", "window"], cwd=course.home, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert scores(course) == {"ana": 3.0, "ben": 0.0, "cyd": 0.0, "dan": 3.0}, "a check that is put back counts"
    ben = nbformat.read(course.home / "autograded" / "ben" / "window" / "window.ipynb", as_version=4)
    (check,) = (cell for cell in ben.cells if cell.id == "window-mean")
    assert "✘" in check.outputs[0].text
    assert check.outputs[1].data["text/plain"] == "0.0"


def test_formgraders_button_does_so_within_its_servers_event_loop(course):
    with closing(sqlite3.connect(course.home / "gradebook.db")) as database, database:
        database.execute("UPDATE grade SET auto_score = NULL")

    async def server() -> dict:
        return press(course, "ana")

    result = asyncio.run(server())
    assert result["success"], result
    assert scores(course)["ana"] == 3.0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ('c.ConfinedExecute.checkout = "nowhere"', "holds no solutions/"),
        ("c.Execute.enabled = False", "Execute is not enabled"),
    ],
)
def test_where_the_rubric_cannot_be_asked_nothing_is_graded(course, change, told):
    config = course.home / "nbgrader_config.py"
    config.write_text(f"{CONFIG}\n{change}\n")
    try:
        result = press(course, "ana")
    finally:
        config.write_text(CONFIG)
    assert not result["success"]
    assert told in result["log"]
    assert not (course.home / "autograded" / "ana" / "window").exists()


def test_a_broken_rubric_fails_the_submission(course):
    rubric = course.assignment("window").rubric
    text = rubric.read_text()
    rubric.write_text(text + "\nimport no_such_module\n")
    try:
        result = press(course, "ben")
    finally:
        rubric.write_text(text)
    assert not result["success"]
    assert "no_such_module" in result["log"]
    assert not (course.home / "autograded" / "ben" / "window").exists()


def test_the_configuration_differs_from_nbgraders_in_the_one_step():
    config = Config()
    exec(CONFIG, {"get_config": lambda: config})
    ours = [import_item(name) for name in config.Autograde.autograde_preprocessors]
    theirs = Autograde().autograde_preprocessors
    assert len(ours) == len(theirs)
    assert [(a, b) for a, b in zip(ours, theirs, strict=True) if a is not b] == [
        (ConfinedExecute, ConfinedExecute.__mro__[1])
    ]


@pytest.mark.parametrize("earned", [0.0, 1 / 3, 1e-7, 2.0, 2.0000001])
def test_nbgrader_makes_the_same_points_of_a_check(earned):
    check = nbformat.v4.new_code_cell('check("a")')
    check.metadata.nbgrader = {"grade": True, "solution": False, "grade_id": "a", "points": 2}
    test = TestVerdict("test_a", "a", "It is so", 2.0, round(earned, 6), "error: no.")
    text = nbformat.writes(nbformat.v4.new_notebook(cells=[check]))
    verdict = Verdict("ana", "window", "graded", "", 1.0, [test], [], [], [], text)
    (cell,) = with_results(verdict).cells
    assert determine_grade(cell) == (min(round(earned, 6), 2.0), 2.0)
