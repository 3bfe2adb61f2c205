"""`cnnkit serve`"""

from pathlib import Path

import click

from cnngrader.commands import arguments


@click.command(epilog="Example: cnnkit serve --grader ana")
@arguments.course
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="N", help="On this port (default: a free one from 8890)."
)
@click.option("--grader", default="", metavar="NAME", help="Show the written answers that `cnnkit assign` gave NAME.")
def serve(course: Path | None, port: int | None, grader: str) -> int:
    """Show the course in a browser on this machine, until Ctrl-C.

    The class while it is graded, each student's page, reports, logs; grade again. It shows the course's files, and
    all that it does is a command, too. Whoever has the address that it prints can see it all.
    """
    from cnngrader.errors import UsageError
    from cnngrader.gradebook.grader_split import graders_of
    from cnngrader.serving.serve import serve as serve_course

    found = arguments.find_course(course, made=True)
    if grader and grader not in (graders := graders_of(found)):
        there = ", ".join(graders) or "nobody yet"
        raise UsageError(f"{grader!r} grades nothing; who does: {there}. Run: cnnkit assign ID --graders {grader}")
    arguments.warn_of_unconfined(found)
    try:
        serve_course(found, port, lambda address: click.echo(f"{address}\nCtrl-C ends it."), grader)
    except KeyboardInterrupt:
        click.echo("ended")
    return 0
