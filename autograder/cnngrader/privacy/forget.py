"""Removing what a course holds of its students."""

import shutil
from contextlib import ExitStack
from dataclasses import replace

from cnngrader.course import Course
from cnngrader.files import write_whole
from cnngrader.gradebook.extensions import Extensions
from cnngrader.gradebook.grader_split import read_split, write_split
from cnngrader.gradebook.student_rows import remove_rows
from cnngrader.grading.journal import Journal
from cnngrader.grading.run_lock import RunLock
from cnngrader.ids import normal
from cnngrader.privacy.personal_data import PersonalData, journals
from cnngrader.roster.students_file import read_roster, write_roster


def forget(course: Course, data: PersonalData) -> None:
    """Remove it. Where that is stopped, the students are still known, and the same does the rest.

    Raises UsageError where an assignment is being graded, and then nothing was changed.
    """
    with ExitStack() as stack:
        for journal in journals(course):
            stack.enter_context(RunLock(journal.with_suffix(".lock")))
        for path in (*data.own, *data.of_all):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        remove_rows(course, data.in_gradebook)
        for path in data.lists:
            if path.suffix == ".jsonl":
                Journal(path).forget(data.students)
            elif path.suffix == ".extensions":
                Extensions.write(path, {id: s for id, s in Extensions.read(path).items() if id not in data.students})
            elif path.suffix == ".graders":
                split = read_split(path)
                kept = {student: grader for student, grader in split.of.items() if student not in data.students}
                write_split(path, replace(split, of=kept))
            elif path == course.roster:
                roster = read_roster(course)
                left = {id: student for id, student in roster.students.items() if id not in data.students}
                write_roster(course, replace(roster, students=left))
            else:
                names = path.read_text(encoding="utf-8").splitlines(keepends=True)
                others = [name for name in names if normal(name.strip()) not in data.students]
                write_whole(path, "".join(others), path.stat().st_mode & 0o777)
