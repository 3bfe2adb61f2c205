"""`cnnkit update`"""

from pathlib import Path

import click


@click.command(
    epilog="\b\nExample: cnnkit update\n         cnnkit update mnist_cnn.ipynb --from https://example.org/course.zip"
)
@click.argument("notebook", type=click.Path(path_type=Path), metavar="[NOTEBOOK]", required=False)
@click.option(
    "--from",
    "address",
    default="",
    metavar="ADDRESS",
    help="A folder, a zip, or a zip's address (default: what checks.py tells).",
)
@click.option("--personal", default="", metavar="STUDENT", help="With your own files of an assignment that has such.")
def update(notebook: Path | None, address: str, personal: str) -> int:
    """Carry your work onto a corrected release of an assignment.

    Your answers, your texts and your own cells come along; the notebook as it was is kept beside it. Save it and close
    it first.
    """
    from cnngrader.errors import UsageError
    from cnngrader.handout.carry_over import carry_over
    from cnngrader.handout.handout import CHECKS, Handouts
    from cnngrader.handout.released_checks import find_checks

    folder = notebook.parent if notebook else Path.cwd()
    told = find_checks(folder / CHECKS)
    handouts = Handouts(address or (told.assignments if told else ""))
    if notebook is None:
        known = handouts.ids
        there = [path for path in sorted(Path.cwd().glob("*.ipynb")) if path.stem in known]
        if len(there) != 1:
            names = ", ".join(path.name for path in there)
            raise UsageError(
                f"{names}: name the one that is to be updated" if there else f"{Path.cwd()} has no notebook of {known}"
            )
        notebook = there[0]
    if not notebook.is_file():
        raise UsageError(f"{notebook} is not there. Go to its folder, or write its path")
    carried = carry_over(notebook, handouts.find(notebook.stem, personal=personal))
    for name in carried.added:
        click.echo(f"{name} was missing and is there again.")
    if carried.kept is None:
        click.echo(f"{notebook} is of the newest release, and stays as it is.")
        return 0
    click.echo(f"{notebook} is of the new release, with your work. As it was: {carried.kept.name}")
    for line in carried.changes:
        click.echo(f"  {line}")
    for name in carried.left:
        click.echo(
            f"  {name} stays as it is, and is not the release's. Is it your own, by --personal? That is as it should"
        )
        click.echo("  be. For the release's: delete it and run this again.")
    click.echo("Open it anew, restart the kernel and run all cells.")
    return 0
