"""`cnnkit release`"""

from pathlib import Path

import click

from cnngrader.commands import arguments


@click.command(epilog="Example: cnnkit release mnist_cnn")
@arguments.any_ids
@arguments.course
@click.option("--check", is_flag=True, help="Change nothing; fail where assignments/ is not as a release would be.")
def release(ids: tuple[str, ...], course: Path | None, check: bool) -> int:
    """Write what students get to assignments/.

    Of all assignments, or of those named.
    """
    from cnngrader.authoring.release import compare_release
    from cnngrader.authoring.release import release as release_assignment

    found = arguments.find_course(course)
    differences = 0
    for id in ids or found.ids():
        assignment = found.assignment(id)
        if not check:
            click.echo(release_assignment(found, assignment))
            continue
        for difference in compare_release(found, assignment):
            differences += 1
            click.echo(difference)
    if differences:
        click.echo("Run: cnnkit release", err=True)
    return int(differences > 0)
