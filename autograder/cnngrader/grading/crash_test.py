"""Killed at every file operation and every SQL statement, a run goes on as if nothing had been."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import nbformat
import pytest

from cnngrader.authoring.release import release
from cnngrader.authoring.rubric import Rubric
from cnngrader.authoring.rubric_digests import digest_tests
from cnngrader.authoring.scaffold import scaffold
from cnngrader.course import Course
from cnngrader.grading.grading import Grading
from cnngrader.grading.journal import Entry, Journal
from cnngrader.submission.check_outputs import show_verdicts
from cnngrader.submission.job import Job
from cnngrader.submission.verdict import TestVerdict, Verdict
from cnngrader.testing import InProcess

WATCHED = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "sqlite3.connect"}


class InstantPool(InProcess):
    """Verdicts at once: every test that a job asks for earns its points where the notebook says
    "right". ran: (student, names of tests)."""

    def __init__(self, course: Course):
        super().__init__()
        self.tests = digest_tests(Rubric(course.assignment("window").rubric))
        self.ran: list[tuple[str, tuple[str, ...]]] = []
        self.status = "graded"

    def grade(self, job: Job) -> Verdict:
        tests = [
            TestVerdict(
                test.name,
                test.mark.check,
                test.title,
                test.mark.points,
                test.mark.points if b"right" in job.notebook else 0.0,
                hidden=test.mark.hidden,
            )
            for test in self.tests
            if job.only is None or test.name in job.only
        ]
        self.ran.append((job.student, tuple(test.test for test in tests)))
        notebook = show_verdicts(_with(job.template, job.notebook), tests)
        return Verdict(job.student, "window", self.status, "", 1.0, tests, [], [], [], notebook)


def _with(template: bytes, answer: bytes) -> str:
    """The released notebook with an answer as a further cell, as if executed."""
    notebook = nbformat.reads(template.decode(), as_version=4)
    notebook.cells.append(nbformat.v4.new_raw_cell(answer.decode(), id="answer"))
    return nbformat.writes(notebook)


def hand_in(course: Course, student: str, text: str) -> None:
    folder = course.submitted("window", student)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "window.ipynb").write_text(text)


def gradebook_rows(course: Course) -> list[tuple]:
    with closing(sqlite3.connect(course.home / "gradebook.db")) as database:
        return sorted(
            database.execute(
                "SELECT student_id, base_cell.name, auto_score, manual_score, needs_manual_grade FROM grade "
                "JOIN base_cell ON base_cell.id = cell_id JOIN submitted_notebook AS n ON n.id = grade.notebook_id "
                "JOIN submitted_assignment AS a ON a.id = n.assignment_id"
            )
        )


def released_course(root: Path) -> Course:
    course = Course(root, root / "course")
    scaffold(course, "window")
    release(course, course.assignment("window"))
    return course


# What the process of the test below does


def main(root: Path) -> None:
    """Prints a JSON object for each place of a kill."""
    template = Course(root, root / "template")
    for student in ("ana", "béla"):
        hand_in(template, student, "wrong")
    _grade(template)
    reverted = _copy(template, "reverted")
    hand_in(reverted, "caj us", "right")
    _grade(reverted)
    hand_in(template, "ana", "right")  # again; béla's is as it was
    hand_in(template, "caj us", "right")
    whole = _copy(template, "whole")
    _grade(whole)
    place = 0
    while True:
        killed = _copy(template, "killed")
        child = os.fork()
        if not child:
            _kill_at(place, str(killed.home))
            _grade(killed)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        journaled = [student for student, entry in Journal(killed.journal("window")).latest().items() if _of_now(entry)]
        back = _copy(killed, "back")
        hand_in(back, "ana", "wrong")
        _grade(back)
        again = [student for student, _ in _grade(killed).ran]
        same = _state(killed) == _state(whole) and _state(back) == _state(reverted)
        print(json.dumps({"place": place, "journaled": journaled, "again": again, "same": same}))
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            return
        place += 1


def _copy(course: Course, name: str) -> Course:
    home = course.root / name
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(course.home, home)
    return Course(course.root, home)


def _of_now(entry: Entry) -> bool:
    """Whether the verdict is of what is handed in now."""
    return entry.verdict.student == "béla" or entry.verdict.score > 0


def _grade(course: Course) -> InstantPool:
    pool = InstantPool(course)
    for _ in Grading(course, course.assignment("window"), confined=False).run(pool):
        pass
    return pool


def _state(course: Course) -> tuple:
    """All that a run leaves, but for the journal's lines and the random ids of rows."""
    files = {
        str(path.relative_to(course.home)): path.read_bytes()
        for folder in ("autograded", "submitted")
        for path in (course.home / folder).rglob("*")
        if path.is_file()
    }
    entries = Journal(course.journal("window")).latest()
    return gradebook_rows(course), files, {s: (e.verdict, e.committed, e.digests) for s, e in entries.items()}


def _kill_at(place: int, home: str) -> None:
    """End this process with SIGKILL at the place-th thing that it does in a course directory."""
    from sqlalchemy import Engine, event

    left = place

    def count() -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    def audit(what: str, arguments: tuple) -> None:
        if what in WATCHED and str(arguments[0]).startswith(home) and not _reads(what, arguments):
            count()

    sync = os.fsync

    def synced(descriptor: int) -> None:
        sync(descriptor)
        count()

    os.fsync = synced
    for moment in ("before_cursor_execute", "commit"):
        event.listen(Engine, moment, lambda *arguments: count())
    sys.addaudithook(audit)


def _reads(what: str, arguments: tuple) -> bool:
    return what == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR)


# The test


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    root = tmp_path_factory.mktemp("killed")
    course = released_course(root)
    shutil.move(course.home, root / "template")
    done = subprocess.run(
        [sys.executable, "-m", "cnngrader.grading.crash_test", str(root)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_there_are_many_places_at_which_a_run_is_killed(killed):
    assert len(killed) > 40
    journaled = [len(run["journaled"]) for run in killed]
    assert journaled[0] == 1 and journaled[-1] == 3, "one was graded before, and in the end all are"


def test_wherever_it_is_killed_it_ends_as_if_it_had_not_been(killed):
    """Also where the former submission is handed in again before the next run."""
    assert [run["place"] for run in killed if not run["same"]] == []


def test_what_the_journal_holds_is_not_graded_again(killed):
    assert [run["place"] for run in killed if set(run["journaled"]) & set(run["again"])] == []
    assert all({*run["journaled"], *run["again"]} == {"ana", "béla", "caj us"} for run in killed)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
