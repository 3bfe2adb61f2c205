"""`cnnkit grade path/to.ipynb`: notebooks that are in no course, as in office hours."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from cnngrader.collecting.collected import ids_of
from cnngrader.commands.grade_class import grade_class
from cnngrader.course import Course
from cnngrader.errors import UsageError
from cnngrader.files import write_content
from cnngrader.ids import student_id
from cnngrader.pages.feedback import write_feedback
from cnngrader.plain_text import plain


def grade_notebooks(
    course: Course,
    paths: Sequence[Path],
    student: str = "",
    *,
    workers: int = 0,
    confined: bool = True,
    lines: Callable[[dict[str, Any]], None] | None = None,
) -> int:
    """Grade each, print its verdict, and write its feedback beside it, NAME.feedback.html. Nothing is written into
    the course, and nothing read of it but its secret, of which a student's own files are made.

    student: whose it is, where each has files of their own. Returns 0 where all could be graded, else 1.
    """
    meant = {path: _assignment_of(course, path) for path in paths}
    status = 0
    for path, id in meant.items():
        assignment = course.assignment(id)
        if assignment.variant.is_file():
            if not student or len(paths) > 1:
                raise UsageError(f"in {id} each student has files of their own: grade {path} alone, with --student")
            if not course.secret.is_file():
                raise UsageError(
                    f"{course.secret} is missing, of which each student's files of {id} are made: name the course "
                    "that gave them, --course DIR"
                )
        name = student_id(student or path.stem)
        with tempfile.TemporaryDirectory(prefix="cnnkit-") as home:
            apart = Course(course.root, Path(home).resolve())
            if course.secret.is_file():
                shutil.copy(course.secret, apart.secret)
            apart.prepare()
            write_content(apart.submitted(id, name) / f"{id}.ipynb", path.read_bytes())
            records: list[dict[str, Any]] = []
            status |= grade_class(apart, assignment, workers=workers, confined=confined, lines=records.append)
            _tell(path, [record for record in records if "summary" not in record], lines)
            page = path.with_name(f"{path.stem}.feedback.html")
            for written in write_feedback(apart, assignment, [name]):
                shutil.copyfile(written, page)
                if lines is None:
                    click.echo("  " + plain(f"its page: {page}"))
    return status


def _assignment_of(course: Course, path: Path) -> str:
    """The assignment whose release shares the most cells with a notebook."""
    if not path.is_file():
        raise UsageError(f"{path} does not exist")
    found = ids_of(path.read_bytes())
    releases = {id: course.released(id) / f"{id}.ipynb" for id in course.ids()}
    shared = {id: len(found & ids_of(file.read_bytes())) for id, file in releases.items() if file.is_file()}
    best = max(shared, key=lambda id: (shared[id], id in path.stem), default="")
    if not best or not shared[best]:
        raise UsageError(f"{path} has no cell of an assignment of {course.root}: is it another course's?")
    return best


def _tell(path: Path, records: list[dict[str, Any]], lines: Callable[[dict[str, Any]], None] | None) -> None:
    for record in records:
        if lines is not None:
            lines({"path": str(path), **record})
            continue
        detail = f" ({record['detail']})" if record["detail"] else ""
        total = f"{record['total'] or 0:g} of {record['max_score'] or 0:g}"
        click.echo(plain(f"{path}: {record['assignment']}, {record['status']}{detail}: {total}"))
        for cell in record["cells"]:
            if cell["written"]:
                click.echo("  " + plain(f"{cell['id']}: waits for a person"))
            else:
                message = f": {' '.join(cell['message'].split())}" if cell["message"] else ""
                click.echo("  " + plain(f"{cell['id']}: {cell['score'] or 0:g} of {cell['max_score']:g}{message}"))
