"""`cnnkit preview`"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cnnkit.check.check_result import Line


@click.command(epilog="\b\nExample: cnnkit preview\n         cnnkit preview mnist_cnn.ipynb")
@click.argument("notebook", type=click.Path(path_type=Path), metavar="[NOTEBOOK]", required=False)
@click.option("--json", "as_json", is_flag=True, hidden=True, help="For the cell of a notebook; 0 once all is told.")
def preview(notebook: Path | None, as_json: bool) -> int:
    """Show what the grader will see, before you hand in.

    Runs the notebook as you saved it, from its start, in a fresh kernel within the grader's limits, and asks it what
    the public tests ask. The exit status is 0 where nothing is missing that can be known.
    """
    from cnngrader.console import bar
    from cnngrader.handout.hand_in import read_hand_in
    from cnngrader.handout.tell_hand_in import CANNOT_RUN, tell_files, tell_look, tell_run
    from cnnkit.check.check_result import ASIDE, WRONG

    tell = _tell_as_json if as_json else _tell
    hand_in = read_hand_in(notebook or _only_one())
    told = tell(tell_look(hand_in))
    verdict = None
    if sys.platform == "linux":
        from cnngrader.handout.preview import run_hand_in

        with bar("running it from its start"):
            verdict = run_hand_in(hand_in)
        told += tell(tell_run(hand_in, verdict))
    else:
        told += tell([(ASIDE, "!", CANNOT_RUN)])
    told += tell(tell_files(hand_in, verdict))
    return int(not as_json and any(kind == WRONG for kind, *_ in told))


def _only_one() -> Path:
    from cnngrader.errors import UsageError
    from cnngrader.handout.carry_over import is_kept

    there = sorted(path for path in Path.cwd().glob("*.ipynb") if not is_kept(path))
    if len(there) != 1:
        names = ", ".join(path.name for path in there)
        raise UsageError(f"{names}: name the one that you hand in" if there else f"{Path.cwd()} has no notebook")
    return there[0]


def _tell(lines: "Iterable[Line]") -> "list[Line]":
    from cnngrader.console import out
    from cnnkit.check.check_result import WRONG

    told = list(lines)
    for kind, mark, text in told:
        style = ("bold red" if mark == "!" else "red") if kind == WRONG else None
        out.print(f"{mark} {text}".lstrip(), style=style, markup=False)
    return told


def _tell_as_json(lines: "Iterable[Line]") -> "list[Line]":
    """Each in a line of its own, as soon as it is known."""
    told = list(lines)
    for line in told:
        print(json.dumps(line), flush=True)
    return told
