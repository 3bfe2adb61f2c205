"""`cnnkit grade path/to.ipynb`: notebooks that are in no course, as in office hours."""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from cnngrader.assignment import Assignment
from cnngrader.collecting.collected import ids_of
from cnngrader.collecting.loose_notebooks import LooseNotebook, read_loose
from cnngrader.commands.grade_class import grade_class
from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.files import write_content, write_whole
from cnngrader.ids import student_id
from cnngrader.pages.feedback import feedback_pages
from cnngrader.plain_text import plain
from cnngrader.roster.find_student import find_student
from cnngrader.roster.roster import Roster
from cnngrader.roster.student import AUDIENCE, Student
from cnngrader.roster.students_file import read_roster, write_roster

Lines = Callable[[dict[str, Any]], None] | None


def grade_notebooks(
    course: Course,
    paths: Sequence[Path],
    student: str = "",
    *,
    workers: int = 0,
    confined: bool = True,
    lines: Lines = None,
) -> int:
    """Grade the notebooks that are named, and those in folders and archives, print their verdicts, and write the
    feedback of each beside it, NAME.feedback.html. Nothing is written into the course, and nothing read of it but its
    roster and its secret, of which a student's own files are made.

    student: whose it is, where each has files of their own. Returns 0 where all could be graded, else 1.
    """
    roster = read_roster(course)
    owner = roster.students.get(find_student(student, roster.students, roster)) if student else None
    loose = read_loose(paths)
    if student and len(loose) > 1:
        raise UsageError(f"--student says whose one notebook is, and there are {len(loose)}")
    by_assignment = _by_assignment(course, loose, student)
    status = 0 if sum(map(len, by_assignment.values())) == len(loose) else 1
    for id, notebooks in by_assignment.items():
        assignment = course.assignment(id)
        names = {owner.id: notebooks[0]} if owner else _names(notebooks, student)
        with tempfile.TemporaryDirectory(prefix="cnnkit-") as home:
            apart = Course(course.root, Path(home).resolve())
            if course.secret.is_file():
                shutil.copy(course.secret, apart.secret)
            write_roster(apart, Roster({name: owner or _of_every_audience(name, assignment) for name in names}))
            for name, notebook in names.items():
                write_content(apart.submitted(id, name) / f"{id}.ipynb", notebook.content)
            records: list[dict[str, Any]] = []
            status |= grade_class(apart, assignment, workers=workers, confined=confined, lines=records.append)
            entered = [record["student"] for record in records if record.get("cells")]
            pages = dict(feedback_pages(apart, assignment, entered)) if entered else {}
            summary, told = records[-1]["summary"], {record["student"]: record for record in records[:-1]}
            if summary["course_fault"]:
                click.echo(plain(f"the course's own {summary['course_fault']}"), err=True)
            for name, notebook in names.items():
                status |= _tell(notebook, told[name], pages.get(name, ""), lines)
    return status


def _by_assignment(course: Course, loose: Sequence[LooseNotebook], student: str) -> dict[str, list[LooseNotebook]]:
    """{assignment: its notebooks} of those that can be graded, and the others are told. Raises UsageError where all
    are."""
    releases = {id: course.released(id) / f"{id}.ipynb" for id in course.ids()}
    known = {id: ids_of(file.read_bytes()) for id, file in releases.items() if file.is_file()}
    found: dict[str, list[LooseNotebook]] = {}
    others = []
    for notebook in loose:
        id = _assignment_of(notebook, known)
        if not id:
            others.append(f"{notebook.shown} has no cell of an assignment of {course.root}: is it another course's?")
        elif lack := _lack_of_variant(course, course.assignment(id), notebook, student):
            others.append(lack)
        else:
            found.setdefault(id, []).append(notebook)
    if not found:
        raise UsageError("\n".join(others))
    for words in others:
        click.echo(plain(words), err=True)
    return found


def _assignment_of(notebook: LooseNotebook, known: Mapping[str, set[bytes]]) -> str:
    """The assignment whose release shares the most cells with a notebook; "" where none shares any."""
    own = ids_of(notebook.content)
    shared = {id: len(own & ids) for id, ids in known.items()}
    best = max(shared, key=lambda id: (shared[id], id in notebook.stem), default="")
    return best if best and shared[best] else ""


def _lack_of_variant(course: Course, assignment: Assignment, notebook: LooseNotebook, student: str) -> str:
    """What is missing to have the student's own files, in words; "" where nothing is."""
    if not assignment.variant.is_file():
        return ""
    if not student:
        return f"in {assignment.id} each student has files of their own: grade {notebook.shown} alone, with --student"
    if not course.secret.is_file():
        return (
            f"{course.secret} is missing, of which each student's files of {assignment.id} are made: name the course "
            "that gave them, --course DIR"
        )
    return ""


def _names(notebooks: Sequence[LooseNotebook], student: str) -> dict[str, LooseNotebook]:
    """Each under a name of its own: the student's, else the file's, else where it is."""
    stems = [notebook.stem for notebook in notebooks]
    names = [
        student or (notebook.stem if stems.count(notebook.stem) == 1 else notebook.shown) for notebook in notebooks
    ]
    return {student_id(name): notebook for name, notebook in zip(names, notebooks, strict=True)}


def _of_every_audience(name: str, assignment: Assignment) -> Student:
    """Whoever it is, all of the assignment is looked at."""
    return Student(name, others={AUDIENCE: ";".join(assignment.audience)})


def _tell(notebook: LooseNotebook, record: Mapping[str, Any], page: str, lines: Lines) -> int:
    """Print a verdict, and write its page; returns 0 where there is one."""
    path, trouble = str(notebook.page), "" if page else "there is none"
    if page:
        try:
            notebook.page.parent.mkdir(parents=True, exist_ok=True)
            write_whole(notebook.page, page)
        except OSError as error:
            trouble = f"{path} cannot be written: {error.strerror}"
    if lines is not None:
        lines({"path": notebook.shown, "page": "" if trouble else path, **record})
    else:
        detail = f" ({record['detail']})" if record["detail"] else ""
        total = f"{record['total'] or 0:g} of {record['max_score'] or 0:g}"
        click.echo(plain(f"{notebook.shown}: {record['assignment']}, {record['status']}{detail}: {total}"))
        for cell in record["cells"]:
            click.echo("  " + plain(_of_cell(cell)))
        if not trouble:
            click.echo("  " + plain(f"its page: {path}"))
    if trouble:
        click.echo(plain(f"{notebook.shown}: its page: {trouble}"), err=True)
    return int(bool(trouble))


def _of_cell(cell: Mapping[str, Any]) -> str:
    if cell["written"]:
        return f"{cell['id']}: " + ("waits for a person" if cell["score"] is None else "no answer")
    message = f": {' '.join(cell['message'].split())}" if cell["message"] else ""
    return f"{cell['id']}: {cell['score'] or 0:g} of {cell['max_score']:g}{message}"
