"""The writer where the disk or the database does not take what it writes."""

import errno
import os
import shutil
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from cnngrader.authoring.rubric import Rubric
from cnngrader.course import Course
from cnngrader.errors import CnnkitError
from cnngrader.gradebook import nbgrader_course
from cnngrader.grading.crash_test import InstantPool, gradebook_rows, hand_in, released_course
from cnngrader.grading.grading import Grading
from cnngrader.grading.journal import Entry, Journal
from cnngrader.grading.writer import Writer

POINTS = {"window-mean": 3.0}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return released_course(tmp_path_factory.mktemp("writer") / "root")


@pytest.fixture
def course(template, tmp_path):
    shutil.copytree(template.home, tmp_path / "course")
    course = Course(template.root, tmp_path / "course")
    for student in ("ana", "béla"):
        hand_in(course, student, "right")
    return course


def grade(course: Course) -> list[str]:
    """Who had to be run."""
    pool = InstantPool(course)
    list(Grading(course, course.assignment("window"), confined=False).run(pool))
    return [student for student, _ in pool.ran]


def entries(course: Course) -> list[tuple]:
    """(job, entry) of each student, as a run would write them."""
    grading = Grading(course, course.assignment("window"), confined=False)
    jobs = map(grading._job, grading.students)
    return [(job, Entry("key", {}, InstantPool(course).grade(job))) for job in jobs]


def full(place: int):
    """os.fsync, which finds the disk full for the first time at the place-th call."""
    sync, calls = os.fsync, iter(range(100))

    def synced(descriptor: int) -> None:
        if next(calls) >= place:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(descriptor)

    return synced


@pytest.mark.parametrize("place", range(4))
def test_a_full_disk_is_an_error_that_loses_nothing(course, monkeypatch, place):
    grade(course)
    wanted = gradebook_rows(course)
    for student in ("ana", "béla"):
        hand_in(course, student, "right again")
    with monkeypatch.context() as broken, pytest.raises(CnnkitError, match="No space left on device.*goes on") as told:
        broken.setattr(os, "fsync", full(place))
        grade(course)
    assert told.value.status == 1
    journaled = (place + 1) // 2  # each syncs its notebook, then its verdict, whose line is there by then
    assert grade(course) == ["ana", "béla"][journaled:]
    assert gradebook_rows(course) == wanted
    assert all(entry.committed for entry in Journal(course.journal("window")).latest().values())


def test_a_gradebook_in_use_is_waited_for(course):
    other = sqlite3.connect(course.home / "gradebook.db", check_same_thread=False, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    freed = threading.Timer(0.3, other.rollback)
    freed.start()
    assert grade(course) == ["ana", "béla"]
    freed.join()
    other.close()


def test_a_gradebook_in_use_for_too_long_is_an_error_after_which_grading_goes_on(course, monkeypatch):
    other = sqlite3.connect(course.home / "gradebook.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(nbgrader_course, "PATIENCE", 0.1)
    with pytest.raises(CnnkitError, match="gradebook cannot be written: database is locked.*goes on"):
        grade(course)
    with monkeypatch.context() as other_points:  # of which the gradebook is told first
        other_points.setattr(Rubric, "points", lambda self: {"window-mean": 4.0})
        with pytest.raises(CnnkitError, match="database is locked.*goes on"):
            grade(course)
    other.close()
    assert grade(course) == ["béla"], "what was graded is not graded again"
    assert {row[0] for row in gradebook_rows(course)} == {"ana", "béla"}


def test_a_submission_that_fails_leaves_nothing_and_the_writer_goes_on(course):
    (ana, béla) = entries(course)
    with closing(sqlite3.connect(course.home / "gradebook.db")) as database:
        database.execute("CREATE TRIGGER no BEFORE UPDATE ON comment BEGIN SELECT RAISE(ABORT, 'not today'); END")
    with Writer(course, "window", Journal(course.journal("window")), POINTS) as writer:
        with pytest.raises(IntegrityError, match="not today"):
            writer.write(*ana)
        with closing(sqlite3.connect(course.home / "gradebook.db")) as database:
            for table in ("student", "submitted_assignment", "submitted_notebook", "grade", "comment"):
                assert database.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (0,)
            database.execute("DROP TRIGGER no")
        writer.write(*béla)
        writer.finish(ana[1])
    assert {row[0] for row in gradebook_rows(course)} == {"ana", "béla"}


def test_writing_again_changes_nothing(course):
    with Writer(course, "window", Journal(course.journal("window")), POINTS) as writer:
        for job, entry in entries(course):
            writer.write(job, entry)
        once = gradebook_rows(course)
        for job, entry in entries(course):
            writer.write(job, entry)
            writer.finish(replace(entry, verdict=replace(entry.verdict, notebook="")))
    assert gradebook_rows(course) == once


def test_an_assignment_that_the_gradebook_does_not_know_is_an_error(course):
    (course.home / "gradebook.db").unlink()
    with pytest.raises(CnnkitError, match="knows no window. Run: cnnkit release window"):
        grade(course)
