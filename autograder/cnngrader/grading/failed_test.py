"""Whatever goes wrong with one submission, the others are graded, and it is told and tried again."""

import errno
import pkgutil
import shutil
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest
from sqlalchemy.exc import DataError, OperationalError

from cnngrader.authoring.release import release
from cnngrader.commands.grade_class import grade_class
from cnngrader.course import Course
from cnngrader.errors import AuthorError, CnnkitError, CourseError, GraderError
from cnngrader.grading import dispatch
from cnngrader.grading.grading import Grading
from cnngrader.grading.grading_test import hand_in, scores
from cnngrader.pages.feedback import write_feedback
from cnngrader.submission.job import Job
from cnngrader.submission.status import Status
from cnngrader.submission.verdict import Verdict
from cnngrader.testing import InProcess

VICTIM = "ben"


class HerePool(InProcess):
    """In this process; it knows whom it is grading."""

    now = ""

    def submit(self, job: Job) -> Future[Verdict]:
        self.now = job.student if job.notebook else ""
        return super().submit(job)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


@pytest.fixture(scope="module")
def handed_in(window, tmp_path_factory):
    """Of three students, each with a right answer."""
    course = Course(window.course.root, tmp_path_factory.mktemp("handed_in") / "course")
    release(course, window.assignment)
    for student in ("ana", VICTIM, "cem"):
        hand_in_to(course, window, student, "window.mean()")
    return course


@pytest.fixture
def course(handed_in, tmp_path):
    return Course(handed_in.root, shutil.copytree(handed_in.home, tmp_path / "course"))


def hand_in_to(course: Course, window, student: str, answer: str) -> None:
    folder = course.home / "submitted" / student / "window"
    folder.mkdir(parents=True, exist_ok=True)
    hand_in(
        window,
        folder.parent.parent,
        f"{student}/window",
        window.notebook(f"def window_mean(window):\n    return {answer}"),
    )


def run(course: Course, window, pool: HerePool) -> dict:
    """{student: graded} of a run of the class."""
    return {graded.verdict.student: graded for graded in Grading(course, window.assignment).run(pool)}


def broken(monkeypatch, pool: HerePool, step: str, error: Exception, times: int = 100) -> list[str]:
    """Have a step of the grader fail for one student; returns a list that grows with each failure."""
    whole, failures = pkgutil.resolve_name(f"cnngrader.{step}"), []

    def fails(*arguments, **options):
        now = pool.now if step in RUNNING else {student_of(value) for value in [*arguments, *options.values()]}
        if VICTIM in now and len(failures) < times:
            failures.append(step)
            raise error
        return whole(*arguments, **options)

    monkeypatch.setattr(f"cnngrader.{step}", fails)
    return failures


def student_of(value: object) -> str:
    """Of a verdict, an entry of the journal, a job, the folder of a submission, or of the name itself."""
    if isinstance(value, Path):
        return value.parent.name
    value = getattr(value, "verdict", value)
    return value if isinstance(value, str) else str(getattr(value, "student", ""))


READING = [f"grading.grading.{name}" for name in ("read_submission", "job_of")]
RUNNING = [
    f"submission.grade.{name}"
    for name in ("repair", "WarmKernel", "run_notebook", "_outcome", "judge", "show_verdicts")
]
WRITING = [
    "grading.grading.key_of",
    "gradebook.autograded.Autograded.stage",
    "grading.journal.Journal.write",
    "gradebook.autograded.Autograded.install",
    "gradebook.gradebook_writer.GradebookWriter.enter",
    "grading.writer.Writer.standing",
]
STEPS = [*READING, *RUNNING, *WRITING]
ERRORS = [MemoryError(), KeyError("a bug"), OSError(errno.ENAMETOOLONG, "File name too long"), CnnkitError("no kernel")]


@pytest.mark.parametrize("step", STEPS)
def test_at_whatever_step_one_fails_it_is_told_and_the_others_are_graded(course, window, warm, monkeypatch, step):
    pool = HerePool(warm.address)
    error = ERRORS[STEPS.index(step) % len(ERRORS)]
    with monkeypatch.context() as patch:
        failures = broken(patch, pool, step, error)
        first = run(course, window, pool)
    assert {name: graded.verdict.status for name, graded in first.items()} == {
        "ana": "graded", VICTIM: Status.FAILED, "cem": "graded"
    }  # fmt: skip
    assert len(failures) >= 2, "it had a second try"
    verdict = first[VICTIM].verdict
    assert (type(error).__name__ in verdict.detail) or str(error) in verdict.detail
    assert (verdict.score, verdict.max_score) == (0.0, 3.0)
    assert step.rsplit(".", 1)[1] in verdict.errors[0], "staff are told where"
    assert run(course, window, pool)[VICTIM].verdict.status == "graded"
    assert scores(course) == {"ana": 3.0, VICTIM: 3.0, "cem": 3.0}


@pytest.mark.parametrize("step", ["submission.grade.judge", "gradebook.gradebook_writer.GradebookWriter.enter"])
def test_what_goes_wrong_once_costs_nothing(course, window, warm, monkeypatch, step):
    pool = HerePool(warm.address)
    broken(monkeypatch, pool, step, MemoryError(), times=1)
    assert [graded.verdict.score for graded in run(course, window, pool).values()] == [3.0] * 3


def test_the_second_try_is_alone_and_an_empty_notebook_is_tried_beside_it(course, window, warm, monkeypatch):
    pool = HerePool(warm.address)
    broken(monkeypatch, pool, "submission.grade.judge", MemoryError())
    flying = []
    monkeypatch.setattr(dispatch._Dispatch, "_alone", _noting(dispatch._Dispatch._alone, flying))
    run(course, window, pool)
    assert flying == [0, 0]
    assert pool.graded.count(VICTIM) == 2
    assert pool.graded.count("") == 1


def _noting(alone: Callable, flying: list[int]) -> Callable:
    def noting(self, job):
        flying.append(len(self._sent))
        return alone(self, job)

    return noting


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (AuthorError("the rubric cannot be loaded"), "^the rubric cannot be loaded$"),
        (KeyError("x"), "not even an empty notebook.*KeyError"),
    ],
)
def test_what_fails_for_everybody_is_told_once_and_found_at_the_first(course, window, warm, monkeypatch, error, said):
    pool = HerePool(warm.address)

    def fails(*_, **__):
        raise error

    monkeypatch.setattr("cnngrader.submission.grade.judge", fails)
    monkeypatch.setattr(dispatch, "AHEAD", 1)
    with pytest.raises(type(error) if isinstance(error, CnnkitError) else GraderError, match=said):
        run(course, window, pool)
    assert len(pool.graded) == 3, "once beside others, once alone, once emptied"


FULL = OSError(errno.ENOSPC, "No space left on device", "x")
LOCKED = OperationalError("UPDATE", {}, Exception("database is locked"))


@pytest.mark.parametrize(
    ("where", "error"),
    [("gradebook.autograded.Autograded.stage", FULL), ("gradebook.gradebook_writer.GradebookWriter.enter", LOCKED)],
)
def test_a_full_disk_and_a_locked_gradebook_are_no_submissions_fault(course, window, warm, monkeypatch, where, error):
    pool = HerePool(warm.address)
    broken(monkeypatch, pool, where, error)
    with pytest.raises(CourseError, match="the same command goes on"):
        run(course, window, pool)


def test_a_text_that_the_database_refuses_is_one_submissions_own(course, window, warm, monkeypatch):
    pool = HerePool(warm.address)
    refused = DataError("INSERT", {}, Exception("NUL in a text"))
    broken(monkeypatch, pool, "gradebook.gradebook_writer.GradebookWriter.enter", refused)
    assert run(course, window, pool)[VICTIM].verdict.status == Status.FAILED


def test_a_former_score_stays_and_so_does_its_page(course, window, warm, monkeypatch):
    pool = HerePool(warm.address)
    run(course, window, pool)
    hand_in_to(course, window, VICTIM, "0.0")
    broken(monkeypatch, pool, "submission.grade.run_notebook", MemoryError())
    failed = run(course, window, pool)[VICTIM]
    assert "the former score stays" in failed.verdict.detail
    assert scores(course)[VICTIM] == 3.0
    (page,) = write_feedback(course, window.assignment, [VICTIM])
    assert "MemoryError" not in page.read_text()


def test_neither_a_folder_that_cannot_be_read_nor_a_log_that_cannot_be_written_stops_the_command(
    course, window, warm, monkeypatch, capsys
):
    pool = HerePool(warm.address)
    monkeypatch.setattr("cnngrader.commands.grade_class.Pool", lambda *_, **__: pool)
    broken(monkeypatch, pool, READING[0], PermissionError(errno.EACCES, "Permission denied", "window.ipynb"))
    broken(monkeypatch, pool, "commands.grade_class.write_log", OSError(errno.ENAMETOOLONG, "File name too long"))
    records: list[dict] = []
    assert grade_class(course, window.assignment, lines=records.append) == 1
    found = {record["student"]: (record["status"], record["total"]) for record in records if "student" in record}
    assert found == {"ana": ("graded", 3.0), VICTIM: (Status.FAILED, 0.0), "cem": ("graded", 3.0)}
    assert f"{VICTIM}: the log cannot be written: File name too long" in capsys.readouterr().err
    assert grade_class(course, window.assignment) == 1
    shown = capsys.readouterr().out
    assert "Mean 3, median 3 of 5." in shown
    assert "failed: the grader could not grade it (PermissionError" in shown
