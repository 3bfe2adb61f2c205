"""`cnnkit feedback`"""

from pathlib import Path

import click

from cnngrader.commands import arguments
from cnngrader.plain_text import plain


@click.command(epilog="Example: cnnkit feedback mnist_cnn")
@arguments.one_id
@arguments.course
@arguments.students
def feedback(id: str, course: Path | None, students: tuple[str, ...]) -> int:
    """Write a page for each graded student."""
    from cnngrader.pages.feedback import write_feedback

    found = arguments.find_course(course, made=True)
    for path in write_feedback(found, found.assignment(id), students):
        click.echo(plain(path))
    return 0
