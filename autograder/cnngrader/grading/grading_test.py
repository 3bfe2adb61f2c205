"""A class from its folder to the gradebook and back, with nbgrader's own tools on the result."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import nbformat
import pytest

from cnngrader.authoring.release import release
from cnngrader.collecting.collect import collect
from cnngrader.course import Course
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.gradebook.standing import CellScore, read_standing
from cnngrader.grading.grading import Grading
from cnngrader.grading.journal import Journal
from cnngrader.pages.feedback import write_feedback
from cnngrader.testing import InProcess

MANUAL = "lost-and-gained"


@pytest.fixture(scope="module")
def class_of(window, warm, tmp_path_factory):
    """A course of its own, released, with submissions; and a pool."""
    course = Course(window.course.root, tmp_path_factory.mktemp("home") / "course")
    release(course, window.assignment)
    inbox = tmp_path_factory.mktemp("inbox")
    wrong = "def window_mean(window):\n    return np.sum(window)"
    hand_in(window, inbox, "ana", window.notebook())
    hand_in(window, inbox, "béla", window.notebook(wrong))
    hand_in(window, inbox, "caj us", nbformat.v4.new_notebook())
    hand_in(window, inbox, "dora", b"not a notebook")
    collect(course, "window", inbox)
    pool = InProcess(warm.address)
    list(Grading(course, window.assignment).run(pool))
    return course, pool, inbox


def hand_in(window, inbox: Path, student: str, notebook) -> None:
    data = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode()
    (inbox / student).mkdir(exist_ok=True)
    (inbox / student / "window.ipynb").write_bytes(data)


def answered(window, text: str):
    """The notebook with its written question answered."""
    notebook = window.notebook()
    next(cell for cell in notebook.cells if cell.id == MANUAL).source = text
    return notebook


def scores(course: Course) -> dict[str, float]:
    with open_gradebook(course) as book:
        return {s["student"]: s["score"] for s in book.submission_dicts("window")}


def question(course: Course, student: str) -> CellScore:
    """What the gradebook says of a student's written answer."""
    with open_gradebook(course) as book, book.engine.connect() as connection:
        (found,) = (cell for cell in read_standing(connection, "window", student).cells if cell.written)
    return found


def test_every_submission_has_its_score(class_of):
    course, _, _ = class_of
    assert scores(course) == {"ana": 3.0, "béla": 0.0, "caj us": 0.0, "dora": 0.0}


def test_an_unanswered_question_scores_0_and_an_answered_one_waits_for_a_person(class_of, window):
    course, pool, inbox = class_of
    assert question(course, "ana").score == 0.0
    hand_in(window, inbox, "emre", answered(window, "It loses where things are."))
    collect(course, "window", inbox, "emre")
    list(Grading(course, window.assignment).run(pool))
    waits = question(course, "emre")
    assert (waits.id, waits.score, waits.max_score) == (MANUAL, None, 2.0)


def test_what_has_not_changed_is_not_graded_again(class_of, window):
    course, pool, _ = class_of
    before = list(pool.graded)
    again = list(Grading(course, window.assignment).run(None))
    assert pool.graded == before
    assert all(graded.kept for graded in again)


def test_a_verdict_that_missed_the_gradebook_is_entered_by_the_next_run(class_of, window):
    course, _, _ = class_of
    journal = Journal(course.journal("window"))
    lines = journal.path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if not ("committed" in json.loads(line) and json.loads(line)["student"] == "ana")]
    journal.path.write_bytes(b"".join(kept))
    with closing(sqlite3.connect(course.home / "gradebook.db")) as database, database:
        database.execute("UPDATE grade SET auto_score = NULL")
    list(Grading(course, window.assignment).run(None))
    assert scores(course)["ana"] == 3.0


def test_a_deleted_cell_scores_0_and_not_what_it_had(class_of, window):
    course, pool, inbox = class_of
    hand_in(window, inbox, "fay", window.notebook())
    collect(course, "window", inbox, "fay")
    list(Grading(course, window.assignment, ["fay"]).run(pool))
    assert scores(course)["fay"] == 3.0
    notebook = window.notebook()
    notebook.cells = [c for c in notebook.cells if c.id not in ("answer-window-mean", "window-mean")]
    hand_in(window, inbox, "fay", notebook)
    collect(course, "window", inbox, "fay")
    (graded,) = Grading(course, window.assignment, ["fay"]).run(pool)
    assert scores(course)["fay"] == 0.0
    assert len(graded.verdict.repairs) == 2


def test_scores_and_comments_given_by_hand_stay(class_of, window):
    course, pool, inbox = class_of
    hand_in(window, inbox, "gus", answered(window, "A first answer."))
    collect(course, "window", inbox, "gus")
    list(Grading(course, window.assignment, ["gus"]).run(pool))
    with open_gradebook(course) as book:
        grade_, comment = (
            book.find_grade(MANUAL, "window", "window", "gus"),
            book.find_comment(MANUAL, "window", "window", "gus"),
        )
        grade_.manual_score, grade_.needs_manual_grade = 1.5, False
        comment.manual_comment = "Think of <edges>."
        book.db.commit()
    hand_in(window, inbox, "gus", answered(window, "A second answer."))
    collect(course, "window", inbox, "gus")
    list(Grading(course, window.assignment, ["gus"]).run(pool))
    assert question(course, "gus").score == 1.5
    (page,) = write_feedback(course, window.assignment, ["gus"])
    assert "Think of &lt;edges&gt;." in page.read_text()
    assert "4.5 of 5 points" in page.read_text()


def test_feedback_says_what_was_wrong_and_nothing_of_the_grader(class_of, window):
    course, _, _ = class_of
    pages = {path.parents[1].name: path.read_text() for path in write_feedback(course, window.assignment, [])}
    assert "forget to divide" in pages["béla"]
    assert "could not be read as a notebook" in pages["dora"]
    assert "was missing and was put back" in pages["caj us"]
    for page in pages.values():
        assert "Traceback" not in page
        assert "submission.rng" not in page
        assert str(course.home) not in page
        assert "http" not in page.replace("http-equiv", ""), "self-contained"


def test_nbgraders_own_commands_work_on_the_result(class_of):
    course, _, _ = class_of
    for command in (["generate_feedback", "window", "--force"], ["export"]):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command], cwd=course.home, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
    html = (course.home / "feedback" / "ana" / "window" / "window.html").read_text()
    assert "window_mean" in html
    exported = (course.home / "grades.csv").read_text()
    assert ",béla," in exported
