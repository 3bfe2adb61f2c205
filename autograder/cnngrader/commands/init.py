"""`cnnkit init`"""

from pathlib import Path

import click


@click.command(epilog="Example: cnnkit init my-course")
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
def init(folder: Path) -> int:
    """Write a repository for a course of your own, with a first assignment.

    It depends on this version of cnnkit. FOLDER is new, or empty.
    """
    from cnngrader.authoring.new_course import FIRST, new_course

    for path in new_course(folder):
        click.echo(path)
    click.echo(f"Now: cd {folder} && cnnkit verify {FIRST}")
    return 0
