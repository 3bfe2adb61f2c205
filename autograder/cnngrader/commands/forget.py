"""`cnnkit forget`"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnngrader.commands import arguments
from cnngrader.plain_text import counted

if TYPE_CHECKING:
    from cnngrader.course import Course
    from cnngrader.privacy.personal_data import PersonalData

SHOWN = 12
BEYOND = (
    "Not reached: what was collected from (zips, folders), the learning platform, pages and tables that were given "
    "out or written elsewhere, backups and Git's history."
)


@click.command(epilog="Example: cnnkit forget doejane_4711")
@click.argument("student", metavar="[STUDENT]", required=False)
@arguments.course
@click.option("--term", is_flag=True, help="Everybody, and the secret by which pseudonyms could be told.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(student: str | None, course: Path | None, term: bool, yes: bool) -> int:
    """Remove all that the course holds of a student, or of everybody.

    That is what they handed in, then and now, their grades, pages and logs. Reports and exports of the class, which
    name them, are removed as well, and made again by their commands.
    """
    from cnngrader.errors import UsageError
    from cnngrader.gradebook.student_rows import contacts_of
    from cnngrader.ids import find_meant
    from cnngrader.plain_text import plain
    from cnngrader.privacy.forget import forget as remove
    from cnngrader.privacy.mentions import find_mentions
    from cnngrader.privacy.personal_data import find_all_personal_data, find_personal_data, known_students

    if bool(student) == term:
        raise UsageError("say whom to forget: STUDENT, or --term for everybody")
    found = arguments.find_course(course, made=True)
    if student:
        known = known_students(found)
        meant = find_meant(student, known)
        if meant not in known:
            raise UsageError(f"{found.home} holds nothing of {meant!r}. {_similar(student, known)}")
        data = find_personal_data(found, meant)
    else:
        data = find_all_personal_data(found)
        if not (data.own or data.students):
            raise UsageError(f"{found.home} holds nothing of anybody")
    who = meant if student else f"everybody ({counted(len(data.students), 'student')})"
    click.echo(plain(f"Of {who}, in {found.home}:"))
    for line in _lines(found, data):
        click.echo(f"  {plain(line)}")
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("nothing was removed: there is nobody to ask. Give --yes to remove it")
        if not click.confirm("This cannot be undone. Remove it?"):
            click.echo("Nothing was removed.")
            return 1
    words = {*data.students, *contacts_of(found, data.in_gradebook)} if student else set()
    remove(found, data)
    click.echo(f"Removed. {BEYOND}")
    if left := find_mentions(found.home, words):
        more = f" and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
        click.echo(plain(f"! files of the course that still have that word: {', '.join(left[:SHOWN])}{more}"))
    return int(bool(left))


def _lines(course: "Course", data: "PersonalData") -> list[str]:
    """What there is, in words."""

    def named(paths: tuple[Path, ...]) -> str:
        names = [str(path.relative_to(course.home)) + ("/" if path.is_dir() else "") for path in paths]
        return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")

    lines = [named(data.own)] if data.own else []
    lines += [f"lines of {named(data.lists)}"] if data.lists else []
    lines += ["rows of the gradebook: who they are, points and comments"] if data.in_gradebook else []
    return lines + (
        [f"made of the whole class, and made again when asked: {named(data.of_all)}"] if data.of_all else []
    )


def _similar(student: str, known: "frozenset[str]") -> str:
    from difflib import get_close_matches

    near = get_close_matches(student, known, n=3)
    return f"Did you mean {' or '.join(near)}?" if near else f"It knows {counted(len(known), 'student')}"
