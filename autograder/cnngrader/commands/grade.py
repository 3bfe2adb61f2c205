"""`cnnkit grade`"""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from cnngrader.commands import arguments


@click.command(epilog="\b\nExample: cnnkit grade mnist_cnn\n         cnnkit grade ~/Downloads/homework.ipynb")
@click.argument("ids", nargs=-1, required=True, metavar="ID | PATH...", shell_complete=arguments.complete_id)
@arguments.course
@arguments.students
@arguments.workers
@arguments.unconfined
@click.option("--cluster", default="", metavar="ADDR", help="The scheduler whose workers grade: see docs/cluster/.")
@click.option(
    "--gpu-share", type=click.IntRange(min=1), metavar="K", help="K kernels share a GPU (default: on the CPU)."
)
@click.option("--replay", metavar="STUDENT", help="Show each call of theirs as it was judged, and enter nothing.")
@click.option("--force", is_flag=True, help="Grade again what has not changed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def grade(
    ids: tuple[str, ...],
    course: Path | None,
    students: tuple[str, ...],
    workers: int | None,
    unconfined: bool,
    cluster: str,
    gpu_share: int | None,
    replay: str | None,
    force: bool,
    as_json: bool,
) -> int:
    """Grade what was collected.

    In an ordinary nbgrader course as well: there, what its folder submitted/ holds. Of notebooks, path/to.ipynb, or
    those in a folder or a zip, the verdict is told and a page written beside each, and nothing enters a course.
    """
    from cnngrader.errors import UsageError
    from cnngrader.ordinary.ordinary_root import ordinary_root

    if replay and (cluster or gpu_share or students or as_json):
        raise UsageError("--replay STUDENT shows one submission, graded on this machine's CPU")
    lines = (lambda record: click.echo(json.dumps(record))) if as_json else None
    root = ordinary_root(Path.cwd(), course)
    paths = [Path(id) for id in ids if _is_path(id, [] if root else arguments.find_course(course).ids())]
    if paths:
        if len(paths) < len(ids):
            raise UsageError(f"give assignments or notebooks, and not both; received {' '.join(ids)}")
        if cluster or gpu_share or replay or len(students) > 1:
            raise UsageError("notebooks are graded on this machine's CPU, with one --student at most")
        from cnngrader.commands.grade_notebooks import grade_notebooks

        return grade_notebooks(
            arguments.find_course(course),
            paths,
            "".join(students),
            workers=workers or 0,
            confined=not unconfined,
            lines=lines,
        )
    if len(ids) > 1:
        raise UsageError(f"one assignment at a time, or notebooks that end in .ipynb; received {' '.join(ids)}")
    (id,) = ids
    if root:
        if cluster or gpu_share or replay:
            raise UsageError(f"{root} is an ordinary nbgrader course, which is graded on this machine's CPU alone")
        from cnngrader.ordinary.ordinary_course import grade_ordinary

        return grade_ordinary(
            root, id, students, workers=workers or 0, confined=not unconfined, force=force, lines=lines
        )
    from cnngrader.commands.grade_class import grade_class

    found = arguments.find_course(course, made=True)
    arguments.warn_of_unconfined(found)
    if replay:
        from cnngrader.commands.replay import replay as show

        return show(found, found.assignment(id), replay, confined=not unconfined)
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


def _is_path(given: str, known: Sequence[str]) -> bool:
    """Whether notebooks are meant, and no assignment, which may be called as a folder is. known: assignments."""
    path = Path(given)
    named = given.endswith((".ipynb", "/")) or len(path.parts) > 1
    return named or path.is_file() or bool(known and given not in known and path.is_dir())
