"""What a second `cnnkit grade` runs, keeps and says, with verdicts that come at once."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from cnngrader.commands.grade_class import record_of
from cnngrader.course import Course
from cnngrader.errors import CnnkitError, UsageError
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.grading import verdict_key
from cnngrader.grading.crash_test import InstantPool, gradebook_rows, hand_in, released_course
from cnngrader.grading.grading import Graded, Grading
from cnngrader.grading.journal import Journal
from cnngrader.submission.status import Status

TEXT, FRESH = "test_window_of_the_text", "test_fresh_windows"
MANUAL = "lost-and-gained"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A released course, in which ana is right and béla is wrong; both are graded."""
    course = released_course(tmp_path_factory.mktemp("again") / "root")
    hand_in(course, "ana", "right")
    hand_in(course, "béla", "wrong")
    grade(course)
    return course


@pytest.fixture
def course(template, tmp_path):
    shutil.copytree(template.root, tmp_path / "root")
    return Course(tmp_path / "root", tmp_path / "root" / "course")


def grade(course: Course, pool: InstantPool | None = None, *students: str, **options) -> dict[str, Graded]:
    run = Grading(course, course.assignment("window"), students, confined=False, **options)
    return {graded.verdict.student: graded for graded in run.run(pool or InstantPool(course))}


def edit_rubric(course: Course, old: str, new: str) -> None:
    path = course.assignment("window").rubric
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def scores(course: Course, cell: str = "window-mean") -> dict[str, float]:
    return {row[0]: row[2] for row in gradebook_rows(course) if row[1] == cell}


def most(course: Course) -> float:
    """Points of the assignment in the gradebook, those of the written question with them."""
    with open_gradebook(course) as book:
        return book.find_assignment("window").max_score


def shown(course: Course, student: str) -> str:
    notebook = nbformat.read(course.home / "autograded" / student / "window" / "window.ipynb", as_version=4)
    (output,) = next(cell.outputs for cell in notebook.cells if cell.id == "window-mean")
    return output.text


def test_nothing_changed_and_nothing_runs(course):
    before = Journal(course.journal("window")).path.read_bytes()
    again = grade(course, pool := InstantPool(course))
    assert pool.ran == []
    assert {s: (g.kept, g.before, g.verdict.score) for s, g in again.items()} == {
        "ana": (True, None, 3.0),
        "béla": (True, None, 0.0),
    }
    assert Journal(course.journal("window")).path.read_bytes() == before


def test_a_score_that_was_given_by_hand_is_told(course):
    with open_gradebook(course) as book:
        book.find_grade("window-mean", "window", "window", "ana").manual_score = 0.5
        book.db.commit()
    before = {student: graded.standing.by_hand for student, graded in grade(course).items()}
    assert before == {"ana": 0.5, "béla": 0.0}
    edit_rubric(course, "(2, 3), (5, 1), (4, 4)", "(2, 3), (5, 1)")
    again = grade(course)["ana"]
    assert (again.kept, again.verdict.score, again.standing.total) == (False, 3.0, 0.5)
    assert "0 by tests + 0.5 by hand; window-mean is 0.5 by hand, not 3" in record_of(again).line(None)


def test_who_was_given_no_variant_is_told_where_others_were(course):
    assert Grading(course, course.assignment("window"), confined=False).without_variant() == []
    (course.home / "variants").mkdir()
    (course.home / "variants" / "window.txt").write_text("ana\ncaj\n")
    assert Grading(course, course.assignment("window"), confined=False).without_variant() == ["béla"]


def lose_everything(course):
    (course.home / "gradebook.db").unlink()


def lose_one(course):
    with open_gradebook(course) as book:
        book.remove_student("ana")


def go_back(course):
    with open_gradebook(course) as book:
        for grade in book.find_submission_notebook("window", "window", "ana").grades:
            grade.auto_score = 1.0
        book.db.commit()


@pytest.mark.parametrize("lose", [lose_everything, lose_one, go_back])
def test_a_gradebook_without_the_scores_gets_them_and_nothing_runs(course, lose):
    before = scores(course)
    lose(course)
    grading = Grading(course, course.assignment("window"), confined=False)
    assert not any(plan.runs for plan in grading.prepare())
    grading.enter()
    assert all(graded.kept for graded in grading.run(None))
    assert scores(course) == before == {"ana": 3.0, "béla": 0.0}


def test_a_remark_in_the_rubric_runs_nothing(course):
    edit_rubric(course, '@graded("window-mean", points=2', '# of other sizes\n\n\n@graded("window-mean", points=2')
    assert not any(plan.runs for plan in Grading(course, course.assignment("window"), confined=False).prepare())
    grade(course, pool := InstantPool(course))
    assert pool.ran == []


def test_a_changed_test_runs_alone_and_the_score_before_is_told(course):
    edit_rubric(course, "(2, 3), (5, 1), (4, 4)", "(2, 3), (5, 1)")
    hand_in(course, "caj", "right")
    again = grade(course, pool := InstantPool(course))
    assert sorted(pool.ran) == [("ana", (FRESH,)), ("béla", (FRESH,)), ("caj", (TEXT, FRESH))]
    assert {s: (g.kept, g.before, g.verdict.score) for s, g in again.items()} == {
        "ana": (False, 3.0, 3.0),
        "béla": (False, 0.0, 0.0),
        "caj": (False, None, 3.0),
    }
    assert [test.test for test in again["ana"].verdict.tests] == [TEXT, FRESH]
    assert shown(course, "ana").splitlines() == [
        "✔ The window of the text (1 of 1)",
        "✔ Windows of other sizes (2 of 2)",
    ]
    grade(course, pool := InstantPool(course))
    assert pool.ran == []


def test_what_a_test_uses_is_part_of_it(course):
    edit_rubric(course, "import numpy as np", "import numpy as np\n\nSIZES = ((2, 3), (5, 1))")
    edit_rubric(course, "((2, 3), (5, 1), (4, 4))", "SIZES")
    grade(course)
    edit_rubric(course, "SIZES = ((2, 3), (5, 1))", "SIZES = ((2, 3), (5, 2))")
    grade(course, pool := InstantPool(course))
    assert pool.ran == [("ana", (FRESH,)), ("béla", (FRESH,))]


def test_other_points_and_titles_need_no_run(course):
    edit_rubric(course, "points=2, hidden=True", "points=4, hidden=True")
    edit_rubric(course, "Windows of other sizes", "Other windows")
    again = grade(course, pool := InstantPool(course))
    assert pool.ran == []
    assert (again["ana"].kept, again["ana"].before, again["ana"].verdict.score) == (True, 3.0, 5.0)
    assert scores(course) == {"ana": 5.0, "béla": 0.0}
    assert most(course) == 5.0 + 2.0
    assert shown(course, "béla").splitlines() == ["✘ The window of the text (0 of 1)", "✘ Other windows (0 of 4)"]
    assert grade(course)["ana"].before is None


def test_a_test_that_was_taken_out_vanishes(course):
    path = course.assignment("window").rubric
    text = path.read_text()
    path.write_text(text[: text.index('\n\n@graded("window-mean", points=2')])
    again = grade(course, pool := InstantPool(course))
    assert pool.ran == []
    assert [test.test for test in again["ana"].verdict.tests] == [TEXT]
    assert scores(course) == {"ana": 1.0, "béla": 0.0}
    assert most(course) == 1.0 + 2.0


def test_a_new_check_needs_a_release(course):
    edit_rubric(course, '@graded("window-mean", points=2', '@graded("other", points=2')
    with pytest.raises(UsageError, match="no check 'other' yet. Run: cnnkit release window"):
        grade(course)


def test_a_new_test_runs_alone(course):
    path = course.assignment("window").rubric
    with path.open("a") as file:
        file.write('\n\n@graded("window-mean", points=1, hidden=True)\ndef test_new(submission):\n    pass\n')
    again = grade(course, pool := InstantPool(course))
    assert pool.ran == [("ana", ("test_new",)), ("béla", ("test_new",))]
    assert again["ana"].verdict.score == 4.0


def test_what_went_wrong_is_run_as_a_whole_when_a_test_changed(course):
    journal = Journal(course.journal("window"))
    entry = journal.latest()["béla"]
    journal.write(replace(entry, verdict=replace(entry.verdict, status="timeout")))
    journal.commit(entry.key, "béla")
    edit_rubric(course, "(2, 3), (5, 1), (4, 4)", "(2, 3), (5, 1)")
    grade(course, pool := InstantPool(course))
    assert dict(pool.ran)["béla"] == (TEXT, FRESH)


def journaled(course: Course, student: str, **changes) -> None:
    """As if the student's verdict had been another."""
    journal = Journal(course.journal("window"))
    entry = journal.latest()[student]
    journal.write(replace(entry, verdict=replace(entry.verdict, **changes)))
    journal.commit(entry.key, student)


def test_a_test_that_failed_itself_is_run_again_alone(course):
    text, fresh = Journal(course.journal("window")).latest()["béla"].verdict.tests
    journaled(course, "béla", tests=[text, replace(fresh, fault="ZeroDivisionError")])
    again = grade(course, pool := InstantPool(course))
    assert pool.ran == [("béla", (FRESH,))]
    assert not any(test.fault for test in again["béla"].verdict.tests)
    assert not any(plan.runs for plan in Grading(course, course.assignment("window"), confined=False).prepare())


def test_who_ran_out_of_time_is_run_again_on_more_cores(course):
    hand_in(course, "béla", "slow")
    pool = InstantPool(course)
    pool.status = "timeout"
    grade(course, pool)
    pool = InstantPool(course)
    assert grade(course, pool)["béla"].kept
    grade(course, pool, threads=2)
    assert pool.ran == [("béla", (TEXT, FRESH))]


@pytest.mark.parametrize("status", [status for status in Status if status.settled])
def test_what_comes_of_the_submission_itself_holds(course, status):
    journaled(course, "béla", status=status)
    assert grade(course, pool := InstantPool(course))["béla"].kept
    assert pool.ran == []


@pytest.mark.parametrize("status", [Status.LOST, Status.FAILED, "of another version"])
def test_a_failure_of_the_grader_never_holds(course, status):
    journaled(course, "béla", status=status)
    assert grade(course, pool := InstantPool(course))["béla"].verdict.status == "graded"
    assert pool.ran == [("béla", (TEXT, FRESH))]


def test_force_runs_what_holds_and_tells_the_score_before(course):
    again = grade(course, pool := InstantPool(course), "ana", force=True)
    assert pool.ran == [("ana", (TEXT, FRESH))]
    assert (again["ana"].kept, again["ana"].before) == (False, 3.0)


def test_scores_and_comments_given_by_hand_stay(course):
    with open_gradebook(course) as book:
        question = book.find_grade(MANUAL, "window", "window", "ana")
        question.manual_score, question.needs_manual_grade = 1.5, False
        check = book.find_grade("window-mean", "window", "window", "ana")
        check.manual_score, check.extra_credit = 2.5, 0.5
        book.find_comment(MANUAL, "window", "window", "ana").manual_comment = "Think of edges."
        book.db.commit()
    edit_rubric(course, "(2, 3), (5, 1), (4, 4)", "(2, 3), (5, 1)")
    grade(course)
    with open_gradebook(course) as book:
        question = book.find_grade(MANUAL, "window", "window", "ana")
        check = book.find_grade("window-mean", "window", "window", "ana")
        assert (question.manual_score, question.needs_manual_grade) == (1.5, False)
        assert (check.auto_score, check.manual_score, check.extra_credit, check.score) == (3.0, 2.5, 0.5, 3.0)
        assert book.find_comment(MANUAL, "window", "window", "ana").manual_comment == "Think of edges."


def grade_by_hand(course: Course, **scores: float) -> None:
    """All of ana's cells that are named, in whose names "_" stands for "-"."""
    with open_gradebook(course) as book:
        for name, score in scores.items():
            grade = book.find_grade(name.replace("_", "-"), "window", "window", "ana")
            grade.manual_score, grade.needs_manual_grade = score, False
        book.db.commit()


def asks(course: Course) -> set[str]:
    """What of ana's a person is asked to look at."""
    with open_gradebook(course) as book:
        grades = book.find_submission_notebook("window", "window", "ana").grades
        return {grade.name for grade in grades if grade.needs_manual_grade}


def uncommitted(course: Course) -> None:
    """As if the run had been killed before it told the gradebook of its last verdict."""
    journal = Journal(course.journal("window"))
    lines = journal.path.read_text().splitlines(keepends=True)
    last = max(i for i, line in enumerate(lines) if "committed" in json.loads(line) and "ana" in line)
    journal.path.write_text("".join(lines[:last] + lines[last + 1 :]))


@pytest.mark.parametrize("killed", [False, True])
def test_what_was_graded_by_hand_is_not_asked_for_again_where_it_has_not_changed(course, killed):
    grade_by_hand(course, lost_and_gained=1.5, window_mean=2.5)
    hand_in(course, "ana", "right, once more")
    grade(course)
    assert asks(course) == set()
    edit_rubric(course, "points=2, hidden=True", "points=4, hidden=True")
    grade(course)
    if killed:
        grade_by_hand(course, window_mean=2.5)
        uncommitted(course)
        grade(course)
    assert asks(course) == {"window-mean"}


def test_another_submission_or_environment_runs_everything(course, monkeypatch):
    hand_in(course, "béla", "right")
    again = grade(course, pool := InstantPool(course))
    assert pool.ran == [("béla", (TEXT, FRESH))]
    assert (again["béla"].before, again["béla"].verdict.score) == (0.0, 3.0)
    monkeypatch.setattr(verdict_key, "_versions", lambda: ("keras 4",))
    grade(course, pool := InstantPool(course))
    assert pool.ran == [("ana", (TEXT, FRESH)), ("béla", (TEXT, FRESH))]


class DrawingPool(InstantPool):
    """Remembers what inputs each job's tests would draw of. Killed after the first where it `dies`."""

    def __init__(self, course, dies=False):
        super().__init__(course)
        self.drawn, self.dies = {}, dies

    def grade(self, job):
        if self.dies and self.drawn:
            raise KeyboardInterrupt
        self.drawn[job.student] = job.draw
        return super().grade(job)


def test_a_submission_meets_its_own_inputs_in_each_run_until_it_changes(course):
    """By force, or in a run that goes on with what a killed one had left. A group's folder is its student."""
    hand_in(course, "team-1", "right")
    grade(course, first := DrawingPool(course), force=True)
    with pytest.raises(KeyboardInterrupt):
        grade(course, killed := DrawingPool(course, dies=True), force=True)
    grade(course, again := DrawingPool(course), force=True)
    assert len(set(first.drawn.values())) == len(first.drawn) == 3
    assert again.drawn == first.drawn and killed.drawn.items() <= first.drawn.items()
    hand_in(course, "team-1", "right, too")
    grade(course, changed := DrawingPool(course), force=True)
    assert {one for one in first.drawn if changed.drawn[one] != first.drawn[one]} == {"team-1"}


def test_lines_of_the_former_journal_are_graded_again(course):
    journal = Journal(course.journal("window"))
    lines = [json.loads(line) for line in journal.path.read_text().splitlines()]
    for line in lines:
        line.pop("tests", None)
    journal.path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    grade(course, pool := InstantPool(course))
    assert [student for student, _ in pool.ran] == ["ana", "béla"]


def test_a_missing_autograded_notebook_is_made_again(course):
    shutil.rmtree(course.home / "autograded" / "ana")
    grade(course, pool := InstantPool(course))
    assert pool.ran == [("ana", (TEXT, FRESH))]


def test_a_score_that_moved_in_an_interrupted_run_is_told_by_the_next(course, monkeypatch):
    hand_in(course, "béla", "right")
    with monkeypatch.context() as broken, pytest.raises(CnnkitError, match="goes on"):
        broken.setattr(Journal, "commit", lambda *arguments: (_ for _ in ()).throw(OSError(28, "No space left")))
        grade(course)
    again = grade(course, pool := InstantPool(course))
    assert pool.ran == []
    assert (again["béla"].kept, again["béla"].before, again["béla"].verdict.score) == (True, 0.0, 3.0)


def test_two_at_once_are_refused_until_the_first_has_ended(course):
    first = Grading(course, course.assignment("window"), confined=False)
    first.prepare()
    with pytest.raises(UsageError, match="window is being graded already"):
        grade(course)
    list(first.run(None))
    grade(course)


def test_a_release_that_was_cut_short_is_entered_anew(course: Course):
    with open_gradebook(course) as book:
        for student in ("ana", "béla"):
            book.remove_submission("window", student)
        notebook = book.find_notebook("window", "window")
        book.db.delete(notebook.source_cells[-1])
        book.db.commit()
    Journal(course.journal("window")).path.unlink()
    run = Grading(course, course.assignment("window"), confined=False)
    run.enter()
    assert {graded.verdict.student for graded in run.run(InstantPool(course))} == {"ana", "béla"}
    assert scores(course) == {"ana": 3.0, "béla": 0.0}


def test_nothing_but_what_a_run_leaves_is_left(course):
    left = {path.name for path in course.home.rglob("*") if path.name.startswith(".")}
    assert left == set()
    assert Path(course.home / "secret").stat().st_mode & 0o77 == 0
