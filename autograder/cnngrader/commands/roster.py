"""`cnnkit roster`"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnngrader.commands import arguments
from cnngrader.plain_text import counted

if TYPE_CHECKING:
    from cnngrader.course import Course
    from cnngrader.roster.roster import Roster


@click.command(
    epilog="\b\nExample: cnnkit roster gradebook.csv\n"
    "         cnnkit roster --missing mnist_cnn\n"
    "         cnnkit roster"
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="[FILE]", required=False)
@arguments.course
@click.option(
    "--missing", metavar="ID", shell_complete=arguments.complete_id, help="Who handed in nothing for this assignment."
)
def roster(file: Path | None, course: Path | None, missing: str | None) -> int:
    """Show who is in the class, or bring in a list of it.

    FILE is what Canvas (gradebook), Moodle (worksheet or participants) or Gradescope (roster or grades) exported, or a
    CSV with a column id, login, email or number. It goes into course/students.csv, which may be edited: what FILE does
    not tell stays.
    """
    from cnngrader.errors import UsageError
    from cnngrader.roster.students_file import read_roster

    if file and missing:
        raise UsageError("bring in FILE first, and ask for --missing then")
    found = arguments.find_course(course)
    if file:
        return bring_roster(found, file)
    known = read_roster(found)
    if not known:
        raise UsageError(f"there is no roster yet: {found.roster} is not there. Run: cnnkit roster FILE")
    if missing is None:
        _show(known)
        return 0
    assignment = found.assignment(missing)
    absent = known.absent(found.students(assignment.id))
    for student in absent:
        _line("  ".join(part for part in (student.shown, student.email) if part))
    _line(f"{len(absent)} of {len(known.students)} handed in nothing for {assignment.id}.")
    return 0


def bring_roster(course: "Course", file: Path) -> int:
    """Take a platform's list of the class into the roster, and tell what came of it; returns the exit status."""
    from cnngrader.collecting.collected import name_some
    from cnngrader.roster.formats.find_format import find_format
    from cnngrader.roster.merge import merge
    from cnngrader.roster.students_file import read_roster, write_roster

    listed = find_format(file.read_bytes(), str(file))
    former = read_roster(course)
    merged = merge(former, listed.students(), course.all_students())
    write_roster(course, merged.roster)
    for words in (*merged.told, *listed.passed_over):
        _line(words)
    if merged.called:
        who = name_some([f"{shown} is {id}" for shown, id in merged.called.items()])
        _line(f"In the course already, and called as their folders are ({len(merged.called)}): {who}")
    if merged.absent:
        names = ", ".join(map(merged.roster.shown, merged.absent))
        _line(f"Not in {file.name}, and stay ({len(merged.absent)}): {names}")
    for words in merged.left_out:
        _line(f"! not taken: {words}")
    if ignored := listed.ignored():
        _line(f"Columns of which nothing is taken: {', '.join(ignored)}")
    if course.has_gradebook():
        from cnngrader.gradebook.enter_names import enter_names  # imports nbgrader, which takes seconds

        for words in enter_names(course, merged.roster):
            _line(words)
    same = len(merged.roster.students) - len(merged.added) - len(merged.updated)
    _line(
        f"{course.roster}: {counted(len(merged.roster.students), 'student')}, {len(merged.added)} new, "
        f"{len(merged.updated)} with something new, {same} as before; from {listed.KIND}."
    )
    return int(bool(merged.left_out))


def _show(roster: "Roster") -> None:
    from rich.table import Table
    from rich.text import Text

    from cnngrader.console import out
    from cnngrader.plain_text import plain
    from cnngrader.roster.student import heading_of

    extensions = [heading for heading in roster.header if heading_of(heading)]
    rows = [
        (one.id, one.called, one.email, one.group, *(one.others.get(heading, "") for heading in extensions))
        for one in roster.students.values()
    ]
    headings = ("id", "name", "email", "group", *extensions)
    told = [number for number in range(len(headings)) if number == 0 or any(row[number] for row in rows)]
    table = Table(box=None, pad_edge=False)
    for number in told:
        table.add_column(Text(plain(headings[number])))
    for row in rows:
        table.add_row(*(Text(plain(row[number])) for number in told))
    out.print(table)
    groups = roster.group_ids
    among = f" in {counted(len(groups), 'group')}" if groups else ""
    _line(f"{counted(len(rows), 'student')}{among}.")


def _line(words: str) -> None:
    from cnngrader.plain_text import plain

    click.echo(plain(words))
