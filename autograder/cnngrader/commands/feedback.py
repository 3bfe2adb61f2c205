"""`cnnkit feedback`"""

from pathlib import Path

import click

from cnngrader.commands import arguments
from cnngrader.plain_text import plain


@click.command(epilog="Example: cnnkit feedback mnist_cnn")
@arguments.one_id
@arguments.course
@arguments.students
@click.option("--zip", "platform", type=click.Choice(["moodle"]), help="Also a zip of them, to upload there.")
def feedback(id: str, course: Path | None, students: tuple[str, ...], platform: str | None) -> int:
    """Write a page for each graded student."""
    from cnngrader.exporting.moodle_feedback import called_in_moodle, make_moodle_zip
    from cnngrader.files import OWNER_ALONE, write_whole
    from cnngrader.pages.feedback import write_feedback
    from cnngrader.roster.students_file import read_roster

    found = arguments.find_course(course, made=True)
    pages = write_feedback(found, found.assignment(id), students)
    for path in pages:
        click.echo(plain(path))
    if not platform:
        return 0
    roster, present = read_roster(found), found.students(found.assignment(id).id)
    named = {
        name: path.read_bytes()
        for path in pages
        for student in roster.alone(path.parent.parent.name, present)
        for name in [called_in_moodle(student, roster)]
    }
    content, nameless = make_moodle_zip(named, pages[0].name)
    target = found.exported(f"{pages[0].stem}-{platform}.zip")
    target.parent.mkdir(exist_ok=True)
    write_whole(target, content, OWNER_ALONE)
    click.echo(plain(target))
    if nameless:
        click.echo(f"! not in it, for their number in Moodle is not known: {plain(', '.join(nameless))}")
    return 1 if nameless else 0
