"""`cnnkit build`"""

from pathlib import Path

import click

from cnngrader.commands import arguments


@click.command(epilog="Example: cnnkit build mnist_cnn")
@arguments.any_ids
@arguments.course
def build(ids: tuple[str, ...], course: Path | None) -> int:
    """Write the source notebooks, with solutions, for nbgrader.

    Of all assignments, or of those named.
    """
    from cnngrader.authoring.release import build as build_assignment

    found = arguments.find_course(course)
    for id in ids or found.ids():
        click.echo(build_assignment(found, found.assignment(id)))
    return 0
