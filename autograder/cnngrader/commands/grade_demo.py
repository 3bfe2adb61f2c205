"""`make demo`: a made-up class, from what it hands in to its feedback."""

import shutil
import time
from pathlib import Path

from cnngrader.collecting.collect import collect
from cnngrader.commands.grade_class import grade_class
from cnngrader.console import out
from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.grading.jobs import read_release
from cnngrader.grading.journal import Journal
from cnngrader.pages.feedback import write_feedback
from cnngrader.plain_text import counted
from cnngrader.verifying.made_up_class import MadeUpClass, MadeUpStudent

ASSIGNMENT = "mnist_cnn"
MARK = "made by cnnkit demo, and made anew by the next"


def grade_demo(course: Course, folder: Path, *, workers: int = 0, confined: bool = True) -> int:
    """Grade the class in a course of its own; returns 0 where each got the score that is due."""
    begun = time.monotonic()
    course = Course(course.root, clean_folder(folder.resolve()) / "course")
    assignment = course.assignment(ASSIGNMENT)
    students = MadeUpClass(assignment, read_release(course, assignment)).students()
    inbox = folder / "handed_in"
    for student in students:
        (inbox / student.name).mkdir(parents=True)
        (inbox / student.name / f"{ASSIGNMENT}.ipynb").write_bytes(student.data)
    out.print(f"A made-up class of {len(students)} hands in {ASSIGNMENT}. TensorFlow is loaded once; then:\n")
    collect(course, ASSIGNMENT, inbox)
    grade_class(course, assignment, workers=workers, confined=confined)
    pages = write_feedback(course, assignment, [])
    wrong = _compare(course, students)
    out.print(f"\n{counted(len(students), 'submission')} in {time.monotonic() - begun:.0f} s, setting up included.")
    out.print(f"Feedback:  {pages[0].parents[2]}/STUDENT/{ASSIGNMENT}/{pages[0].name}", markup=False)
    out.print(f"Start with {pages[1]}", markup=False)
    out.print(f"Gradebook: {course.home / 'gradebook.db'}; nbgrader and formgrader work in that folder.", markup=False)
    return int(wrong > 0)


def clean_folder(folder: Path) -> Path:
    """The folder, empty but for its mark. Raises UsageError where it holds something else's work."""
    mark = folder / ".cnnkit-demo"
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise UsageError(f"{folder} holds files that no demo made. Name another with --folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mark.write_text(MARK + "\n", encoding="utf-8")
    return folder


def _compare(course: Course, students: list[MadeUpStudent]) -> int:
    """Print what each got beside what is due; returns how many differ."""
    entries = Journal(course.journal(ASSIGNMENT)).latest()
    out.print("\n[bold]student   score   due    status     what they handed in[/bold]")
    wrong = 0
    for student in students:
        verdict = entries[student.name].verdict
        right = abs(verdict.score - student.score) < 1e-6 and verdict.status == student.status
        wrong += not right
        mark = "✔" if right else "✘"
        line = (
            f"{student.name:<8} {verdict.score:6.2f} {student.score:6.2f}  {mark} {verdict.status:<9} {student.story}"
        )
        out.print(line, style=None if right else "bold red", markup=False)
    out.print("Each got the score that is due." if not wrong else f"{wrong} did not get the score that is due.")
    return wrong
