"""`cnnkit grade`"""

import json
from pathlib import Path

import click

from cnngrader.commands import arguments


@click.command(epilog="Example: cnnkit grade mnist_cnn --workers 4")
@arguments.one_id
@arguments.course
@arguments.students
@arguments.workers
@arguments.unconfined
@click.option("--cluster", default="", metavar="ADDR", help="The scheduler whose workers grade: see docs/cluster/.")
@click.option(
    "--gpu-share", type=click.IntRange(min=1), metavar="K", help="K kernels share a GPU (default: on the CPU)."
)
@click.option("--force", is_flag=True, help="Grade again what has not changed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def grade(
    id: str,
    course: Path | None,
    students: tuple[str, ...],
    workers: int | None,
    unconfined: bool,
    cluster: str,
    gpu_share: int | None,
    force: bool,
    as_json: bool,
) -> int:
    """Grade what was collected.

    In an ordinary nbgrader course as well: there, what its folder submitted/ holds.
    """
    from cnngrader.errors import UsageError
    from cnngrader.ordinary.ordinary_root import ordinary_root

    lines = (lambda record: click.echo(json.dumps(record))) if as_json else None
    if root := ordinary_root(Path.cwd(), course):
        if cluster or gpu_share:
            raise UsageError(f"{root} is an ordinary nbgrader course, which is graded on this machine's CPU alone")
        from cnngrader.ordinary.ordinary_course import grade_ordinary

        return grade_ordinary(
            root, id, students, workers=workers or 0, confined=not unconfined, force=force, lines=lines
        )
    from cnngrader.commands.grade_class import grade_class

    found = arguments.find_course(course, made=True)
    arguments.warn_of_unconfined(found)
    return grade_class(
        found,
        found.assignment(id),
        students,
        workers=workers or 0,
        cluster=cluster,
        gpu_share=gpu_share or 0,
        confined=not unconfined,
        force=force,
        lines=lines,
    )
