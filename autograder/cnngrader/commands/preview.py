"""`cnnkit preview`"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cnngrader.handout.preview import HandIn
    from cnngrader.submission.verdict import Verdict


@click.command(epilog="\b\nExample: cnnkit preview\n         cnnkit preview mnist_cnn.ipynb")
@click.argument("notebook", type=click.Path(path_type=Path), metavar="[NOTEBOOK]", required=False)
def preview(notebook: Path | None) -> int:
    """Show what the grader will see, before you hand in.

    Runs the notebook as you saved it, from its start, in a fresh kernel within the grader's limits, and asks it what
    the public tests ask. The exit status is 0 where nothing is missing that can be known.
    """
    from cnngrader.console import bar, out
    from cnngrader.handout.preview import read_hand_in, run_hand_in

    hand_in = read_hand_in(notebook or _only_one())
    out.print(f"{hand_in.notebook.name}, saved {_ago(hand_in.minutes)}. What you have changed since is not in it.")
    for doubt in hand_in.doubts:
        out.print(f"! {doubt}", style="bold red", markup=False)
    if due := hand_in.checks.due:
        out.print(due.tell_here(), markup=False)
    with bar("running it from its start"):
        verdict = run_hand_in(hand_in)
    fine = _tell(hand_in, verdict)
    out.print(
        f"\nThe file to hand in: {hand_in.notebook.resolve()} ({len(hand_in.data) / 1000:.0f} kB, {hand_in.digest})",
        markup=False,
        soft_wrap=True,
    )
    return int(not fine or bool(hand_in.doubts))


def _only_one() -> Path:
    from cnngrader.errors import UsageError
    from cnngrader.handout.carry_over import is_kept

    there = sorted(path for path in Path.cwd().glob("*.ipynb") if not is_kept(path))
    if len(there) != 1:
        names = ", ".join(path.name for path in there)
        raise UsageError(f"{names}: name the one that you hand in" if there else f"{Path.cwd()} has no notebook")
    return there[0]


def _tell(hand_in: "HandIn", verdict: "Verdict") -> bool:
    """Whether nothing is missing."""
    from cnngrader.console import out
    from cnngrader.submission.status import Status

    graded, hidden = verdict.status == Status.GRADED, hand_in.checks.hidden
    if not graded:
        out.print(f"✘ {verdict.status.sentence}: {verdict.detail}.", style="bold red", markup=False)
    for test in verdict.tests:
        outcome = test.outcome
        out.print(f"{outcome.mark} {test.check}: {outcome}", style=None if outcome.passed else "red", markup=False)
    limits = hand_in.limits
    out.print(
        f"\n{verdict.score:g} of {verdict.max_score:g} points by the public tests; {sum(hidden.values()):g} more by "
        "tests that run when you hand in.",
        markup=False,
    )
    where = "confined as the grader does it" if len(verdict.layers) > 1 else "not confined: this machine cannot"
    out.print(
        f"It took {verdict.used_seconds:.0f} s of its own time and {verdict.used_mb:.0f} MB of memory, {where}; a cell "
        f"may take {limits.cell_seconds:g} s, all of them {limits.total_seconds:g} s, and {limits.memory_mb} MB.",
        markup=False,
    )
    for id in hand_in.empty:
        out.print(f"! {id}: the written answer is empty", style="bold red", markup=False)
    for note in verdict.repairs:
        out.print(f"! will be repaired: {note}", style="yellow", markup=False)
    for error in verdict.errors:
        out.print(f"! {error.splitlines()[0]}", style="red", markup=False)
    if hand_in.beside and (wanted := [name for name in hand_in.beside if any(name in e for e in verdict.errors)]):
        out.print(f"! {', '.join(wanted)} must be handed in as well: the notebook asks for it", style="bold red")
    elif hand_in.beside:
        out.print(f"Not handed in with it: {', '.join(hand_in.beside)}", markup=False)
    return graded and verdict.score == verdict.max_score and not (hand_in.empty or verdict.errors)


def _ago(minutes: float) -> str:
    if minutes < 1:
        return "just now"
    if minutes < 120:
        return f"{minutes:.0f} minutes ago"
    return f"{minutes / 60:.0f} hours ago" if minutes < 2880 else f"{minutes / 1440:.0f} days ago"
