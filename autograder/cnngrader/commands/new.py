"""`cnnkit new`"""

import click

from cnngrader.commands import arguments


@click.command(epilog="Example: cnnkit new window_means")
@click.argument("id", metavar="ID")
def new(id: str) -> int:
    """Write a first assignment that already passes verify.

    ID is of small letters, digits and _.
    """
    from cnngrader.authoring.scaffold import scaffold

    for path in scaffold(arguments.find_course(), id):
        click.echo(path)
    click.echo(f"Now: cnnkit verify {id}")
    return 0
