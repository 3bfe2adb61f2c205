"""What several commands take, under one name and with one meaning."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from cnngrader.course import Course


def find_course(home: Path | None = None, *, made: bool = False) -> "Course":
    """The checkout around the current directory, with its course directory, or the one that --course names.

    made: whether a directory that is named must be a course already; else it becomes one.
    Raises UsageError where there is none.
    """
    from cnngrader.course import CONFIG_NAME, Course
    from cnngrader.errors import UsageError

    if made and home and not (home / CONFIG_NAME).is_file():
        raise UsageError(
            f"--course {home} is no course: it has no {CONFIG_NAME}. `cnnkit release` and `cnnkit collect` make one"
        )
    return Course.find(home)


def warn_of_unconfined(course: "Course") -> None:
    """Say so where nbgrader's own Autograde would run students' code with one's own rights."""
    from cnngrader.console import err

    if words := course.find_unconfined():
        err.print(f"cnnkit: {words}", style="bold red", markup=False)


def complete_id(context: click.Context, parameter: click.Parameter, begun: str) -> Sequence[CompletionItem]:
    from cnngrader.errors import CnnkitError

    try:
        return [CompletionItem(id) for id in find_course().ids() if id.startswith(begun)]
    except CnnkitError:
        return []


one_id = click.argument("id", metavar="ID", shell_complete=complete_id)
any_ids = click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=complete_id)
course = click.option(
    "--course",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="nbgrader's course directory (default: course/ in the checkout).",
)
students = click.option(
    "--student", "students", multiple=True, metavar="STUDENT", help="Only this one; may be repeated."
)
workers = click.option(
    "--workers", type=click.IntRange(min=1), metavar="N", help="Submissions at a time (default: one a core)."
)
unconfined = click.option(
    "--unconfined", is_flag=True, help="Run code with your own rights, where you trust all of it."
)
