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
    metavar="DIR",
    help="Where its course is made anew (default: demo/, or demo-class/).",
)
@click.option(
    "--students",
    type=click.IntRange(min=1),
    metavar="N",
    help="A class of N whose verdicts are made up, too, to try what comes after grading.",
)
def demo(workers: int | None, unconfined: bool, folder: Path | None, students: int | None) -> int:
    """Grade a made-up class, from collecting to feedback."""
    if students:
        from cnngrader.commands.grade_demo_class import grade_demo_class

        grade_demo_class(arguments.find_course(), folder or Path("demo-class"), students)
        return 0
    from cnngrader.commands.grade_demo import grade_demo

    return grade_demo(arguments.find_course(), folder or Path("demo"), workers=workers or 0, confined=not unconfined)
