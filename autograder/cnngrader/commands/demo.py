"""`cnnkit demo`"""

from pathlib import Path

import click

from cnngrader.commands import arguments


@click.command(epilog="Example: cnnkit demo")
@arguments.workers
@arguments.unconfined
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    metavar="DIR",
    help="Where its course is made anew (default: demo/).",
)
def demo(workers: int | None, unconfined: bool, folder: Path) -> int:
    """Grade a made-up class, from collecting to feedback."""
    from cnngrader.commands.grade_demo import grade_demo

    return grade_demo(arguments.find_course(), folder, workers=workers or 0, confined=not unconfined)
