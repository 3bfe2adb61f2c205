"""Which attempt counts, from what is collected to the gradebook and the page."""

import shutil
from contextlib import nullcontext
from datetime import timedelta

import pytest

from cnngrader.collecting.attempts import find_attempts
from cnngrader.collecting.collect import collect
from cnngrader.commands.grade_class import grade_class
from cnngrader.commands.main import main
from cnngrader.course import Course
from cnngrader.errors import AuthorError
from cnngrader.exporting.scores import read_scores
from cnngrader.gradebook.nbgrader_course import open_gradebook
from cnngrader.grading.crash_test import InstantPool, released_course
from cnngrader.pages.feedback import write_feedback

DUE = "2026-03-08 12:00:00+00:00"
IN_TIME = ("2026-03-06 12:00:00 UTC", "2026-03-07 12:00:00 UTC", "2026-03-08 12:00:00 UTC")
LATE = ("2026-03-08 12:00:01 UTC", "2026-03-10 12:00:00 UTC")
ZERO = '\nc.LateSubmissionPlugin.penalty_method = "zero"\n'


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return released_course(tmp_path_factory.mktemp("attempts") / "root")


@pytest.fixture
def course(released, tmp_path, monkeypatch):
    """A course of its own in which nothing was handed in; grading needs no kernel."""
    shutil.copytree(released.root, tmp_path / "root")
    course = Course(tmp_path / "root", tmp_path / "root" / "course")
    course.prepare()
    monkeypatch.chdir(course.root)
    return course


class Class:
    """Students hand in and are graded. ran: of whom something was run by the last `grade`."""

    def __init__(self, course, tmp_path, monkeypatch):
        self.course, self.inbox = course, tmp_path / "inbox"
        monkeypatch.setattr("cnngrader.commands.grade_class.Pool", self._pool)

    def _pool(self, *needs, **options):
        self.pool = InstantPool(self.course)
        return nullcontext(self.pool)

    def rule(self, rule: str) -> None:
        path = self.course.root / "solutions" / "window" / "assignment.toml"
        text = path.read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if not line.startswith(("due", "attempts"))]
        path.write_text("\n".join([f"due = {DUE}", f'attempts = "{rule}"', *lines]), encoding="utf-8")

    def hand_in(self, student: str, *attempts: tuple[str, str]) -> None:
        """(words of the notebook, time), each collected alone."""
        for words, time in attempts:
            folder = self.inbox / student
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "window.ipynb").write_text(words, encoding="utf-8")
            (folder / "timestamp.txt").write_text(time, encoding="utf-8")
            collect(self.course, "window", self.inbox, student)

    def grade(self) -> dict[str, float]:
        self.pool = None
        grade_class(self.course, self.course.assignment("window"))
        self.ran = [student for student, _ in self.pool.ran] if self.pool else []
        return read_scores(self.course, self.course.assignment("window")).totals

    def counts(self, student: str) -> str:
        return (self.course.submitted("window", student) / "window.ipynb").read_text(encoding="utf-8")

    def page(self, student: str) -> str:
        (path,) = write_feedback(self.course, self.course.assignment("window"), [student])
        return path.read_text(encoding="utf-8")


@pytest.fixture
def handed(course, tmp_path, monkeypatch):
    return Class(course, tmp_path, monkeypatch)


def test_the_best_counts_whichever_is_handed_in_when_and_each_is_run_once(handed):
    handed.rule("best")
    handed.hand_in("ana", ("right, first", IN_TIME[0]), ("wrong", IN_TIME[1]), ("wrong, too", IN_TIME[2]))
    handed.hand_in("bo", ("wrong", IN_TIME[0]), ("right", IN_TIME[1]))
    handed.hand_in("caj", ("wrong", IN_TIME[0]))
    assert handed.grade() == {"ana": 3.0, "bo": 3.0, "caj": 0.0}
    assert sorted(handed.ran) == ["ana"] * 3 + ["bo"] * 2 + ["caj"]
    assert (handed.counts("ana"), handed.counts("bo")) == ("right, first", "right")
    assert handed.grade() == {"ana": 3.0, "bo": 3.0, "caj": 0.0}
    assert handed.ran == []
    assert "1 of 3: the best one counts" in handed.page("ana")
    assert "2 of 2: the best one counts" in handed.page("bo")
    assert "<dt>Attempt</dt>" not in handed.page("caj")
    handed.hand_in("caj", ("right", IN_TIME[1]))
    assert handed.grade()["caj"] == 3.0
    assert handed.ran == ["caj"], "the former attempt has its verdict already"


def test_a_worse_one_that_comes_later_changes_nothing(handed):
    handed.rule("best")
    handed.hand_in("ana", ("right", IN_TIME[0]))
    handed.grade()
    handed.hand_in("ana", ("wrong", IN_TIME[1]))
    assert (handed.grade(), handed.counts("ana")) == ({"ana": 3.0}, "right")
    handed.hand_in("ana", ("wrong", IN_TIME[1]))  # the same zip, collected again
    assert (handed.grade(), handed.counts("ana"), handed.ran) == ({"ana": 3.0}, "right", [])
    assert len(find_attempts(handed.course, "window", "ana")) == 2


def test_what_is_taken_off_for_being_late_counts_in_what_is_best(handed):
    config = handed.course.home / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + ZERO, encoding="utf-8")
    handed.rule("best")
    handed.hand_in("ana", ("right, in time", IN_TIME[0]), ("right, late", LATE[0]))
    assert (handed.grade(), handed.counts("ana")) == ({"ana": 3.0}, "right, in time")


def test_of_equals_the_last_counts_and_then_stays(handed):
    handed.rule("best")
    handed.hand_in("ana", ("right, first", IN_TIME[0]), ("right, last", IN_TIME[1]))
    assert (handed.grade(), handed.counts("ana")) == ({"ana": 3.0}, "right, last")


@pytest.mark.parametrize(
    ("times", "number"),
    [
        (IN_TIME, 2),
        ((*IN_TIME, *LATE), 2),
        ((IN_TIME[0], *LATE), 0),
        (LATE, 1),
        ((LATE[0], IN_TIME[1]), 1),
    ],
    ids=["all in time", "two late", "one in time", "none in time", "collected the other way round"],
)
def test_the_last_in_time_counts_or_the_last(handed, times, number):
    handed.rule("last before due")
    handed.hand_in("ana", *((f"wrong {n}", time) for n, time in enumerate(times)))
    handed.grade()
    assert handed.counts("ana") == f"wrong {number}"
    assert f"{1 + sorted(times).index(times[number])} of {len(times)}: the last one in time" in handed.page("ana")
    handed.grade()
    assert handed.ran == []


def test_an_extension_makes_a_later_one_count(handed):
    handed.rule("last before due")
    handed.hand_in("ana", ("wrong", IN_TIME[0]), ("right", LATE[1]))
    assert handed.grade() == {"ana": 0.0}
    with open_gradebook(handed.course) as book:
        book.find_submission("window", "ana").extension = timedelta(days=3)
        book.db.commit()
    assert handed.grade() == {"ana": 3.0}


def test_where_the_last_counts_nothing_else_is_run(handed):
    handed.rule("last")
    handed.hand_in("ana", ("right", IN_TIME[0]), ("wrong", LATE[0]))
    assert (handed.grade(), handed.ran) == ({"ana": 0.0}, ["ana"])
    assert "2 of 2: the last one counts" in handed.page("ana")


def test_collect_says_which_counts(handed, capsys):
    handed.rule("last before due")
    handed.hand_in("ana", ("right", IN_TIME[0]))
    (handed.inbox / "ana" / "window.ipynb").write_text("wrong", encoding="utf-8")
    (handed.inbox / "ana" / "timestamp.txt").write_text(LATE[0], encoding="utf-8")
    assert main(["collect", "window", str(handed.inbox)]) == 0
    assert "the attempt of 2026-03-06 12:00" in capsys.readouterr().out
    assert handed.counts("ana") == "right"


@pytest.mark.parametrize("where", ["course.toml", "solutions/window/assignment.toml"])
def test_a_rule_that_there_is_not_is_refused_with_those_that_there_are(course, where):
    (course.root / where).write_text('attempts = "first"\n', encoding="utf-8")
    with pytest.raises(
        AuthorError, match='attempts is \'first\', and must be one of "last", "best", "last before due"'
    ):
        course.assignment("window")


def test_the_course_says_it_for_all_and_an_assignment_for_itself(course):
    (course.root / "course.toml").write_text('attempts = "best"\n', encoding="utf-8")
    assert course.assignment("window").attempts == "best"
    (course.root / "solutions/window/assignment.toml").write_text('attempts = "last"\n', encoding="utf-8")
    assert course.assignment("window").attempts == "last"
