"""`cnnkit edit`"""

import os
import sys
from importlib.util import find_spec

import click

from cnngrader.commands import arguments


@click.command(epilog="Example: cnnkit edit window_means")
@arguments.one_id
def edit(id: str) -> int:
    """Open an assignment as a notebook, in JupyterLab: double-click ID.py there.

    What is saved goes into solutions/ID/ID.py, and the rest of that stays as it is. Checks and files lie beside it, so
    that all of it runs. A cell's mark, answer or grade, is in its metadata, behind the gears at the upper right.
    """
    from cnngrader.authoring.lay_out_for_editing import JUPYTER, lay_out_for_editing

    course = arguments.find_course()
    source = lay_out_for_editing(course, course.assignment(id))
    click.echo(
        f"{source.parent} has {source.name}, with its checks and files. Double-click it: it opens as a notebook."
    )
    if find_spec("jupyterlab") is None:
        click.echo(f"JupyterLab is missing: {sys.executable} -m pip install jupyterlab, then this command again")
    elif sys.stdout.isatty():
        os.chdir(source.parent)
        paths = [str(source.parent / JUPYTER), *os.environ.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep)]
        os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
        os.execv(sys.executable, [sys.executable, "-m", "jupyterlab"])
    return 0
