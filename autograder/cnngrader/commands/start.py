"""`cnnkit start`"""

import sys
from pathlib import Path

import click


@click.command(
    epilog="\b\nExample: cnnkit start mnist_cnn\n"
    "         cnnkit start unet --from https://example.org/course.zip --into week4"
)
@click.argument("id", metavar="[ID]", required=False)
@click.option("--into", type=click.Path(path_type=Path), metavar="FOLDER", help="Where to work (default: ./ID).")
@click.option("--from", "address", default="", metavar="ADDRESS", help="A folder, a zip, or a zip's address.")
@click.option("--personal", default="", metavar="STUDENT", help="With your own files of an assignment that has such.")
@click.option("--no-open", is_flag=True, help="Only lay it out.")
def start(id: str | None, into: Path | None, address: str, personal: str, no_open: bool) -> int:
    """Begin an assignment, or go on with it.

    Lays its notebook, its checks and its files into a folder and opens it. What is there already stays as it is.
    Without an ID the assignments are listed.
    """
    from cnngrader.handout.handout import Handouts
    from cnngrader.handout.lay_out import lay_out
    from cnngrader.handout.open_notebook import open_notebook, ways_to_open

    handouts = Handouts(address)
    if id is None:
        click.echo("\n".join(handouts.ids) or "There is no assignment here; name an address with --from.")
        return 0
    handout = handouts.find(id, personal=personal)
    laid = lay_out(handout, into or Path(handout.id))
    if laid.begun:
        click.echo(f"{laid.notebook} is there: you go on with it, and it stays as it is.")
        if laid.added:
            click.echo(f"Added beside it: {', '.join(laid.added)}")
        if laid.other_release:
            click.echo("It is of another release than what is given out now. To go over to that: cnnkit update")
    else:
        click.echo(f"{laid.notebook}, with {', '.join(name for name in laid.added if name != laid.notebook.name)}")
    if not no_open and sys.stdout.isatty():
        open_notebook(laid.notebook)
    click.echo("\n".join(["Open it:", *ways_to_open(laid.notebook)]))
    return 0
