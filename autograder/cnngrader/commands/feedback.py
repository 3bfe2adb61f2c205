"""`cnnkit feedback`"""

from pathlib import Path

import click

from cnngrader.commands import arguments
from cnngrader.plain_text import plain


@click.command(epilog="Example: cnnkit feedback mnist_cnn")
@arguments.one_id
@arguments.course
@arguments.students
@click.option("--zip", "platform", type=click.Choice(["moodle", "canvas"]), help="Also a zip of them, to upload there.")
@click.option(
    "--from",
    "handed_out",
    type=click.Path(path_type=Path, exists=True),
    metavar="FILE",
    help="The zip that Canvas handed out, for --zip canvas.",
)
def feedback(
    id: str, course: Path | None, students: tuple[str, ...], platform: str | None, handed_out: Path | None
) -> int:
    """Write a page for each graded student."""
    from cnngrader.errors import UsageError
    from cnngrader.exporting.canvas_feedback import make_canvas_zip, read_names
    from cnngrader.exporting.moodle_feedback import called_in_moodle, make_moodle_zip
    from cnngrader.files import OWNER_ALONE, write_whole
    from cnngrader.pages.feedback import write_feedback
    from cnngrader.roster.students_file import read_roster

    if (platform == "canvas") != bool(handed_out):
        raise UsageError("--zip canvas and --from ZIP go together: only the zip that Canvas handed out has its numbers")
    names = read_names(handed_out) if handed_out else []
    found = arguments.find_course(course, made=True)
    assignment = found.assignment(id)
    pages = write_feedback(found, assignment, students)
    for path in pages:
        click.echo(plain(path))
    if not platform:
        return 0
    canvas, file = platform == "canvas", pages[0].name
    by_folder = {path.parent.parent.name: path.read_bytes() for path in pages}
    if canvas:
        content, nameless = make_canvas_zip(by_folder, names, file)
    else:
        roster, present = read_roster(found), found.students(assignment.id)
        named = {
            called_in_moodle(student, roster): page
            for folder, page in by_folder.items()
            for student in roster.alone(folder, present)
        }
        content, nameless = make_moodle_zip(named, file)
    target = found.exported(f"{pages[0].stem}-{platform}.zip")
    target.parent.mkdir(exist_ok=True)
    write_whole(target, content, OWNER_ALONE)
    click.echo(plain(target))
    if canvas:
        click.echo("Canvas shows each page under the name of the notebook: students save it as .html, or open it so.")
    if nameless:
        click.echo(f"! not in it, for their number there is not known: {plain(', '.join(nameless))}")
    return 1 if nameless else 0
