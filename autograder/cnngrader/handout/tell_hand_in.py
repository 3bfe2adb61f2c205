"""What a student is told of a notebook before it is handed in, in lines."""

from collections.abc import Iterator

from cnngrader.handout.hand_in import HandIn
from cnngrader.submission.status import Status
from cnngrader.submission.verdict import Verdict
from cnnkit.check.check_result import ASIDE, OKAY, WRONG, Line

CANNOT_RUN = (
    "It was not run: a preview needs Linux (or WSL). Here, restart the kernel, run all cells, and look at what check() "
    "says"
)
_UNWRITTEN = "NotImplementedError: "


def tell_look(hand_in: HandIn) -> Iterator[Line]:
    """Before anything is run."""
    saved = f"{hand_in.notebook.name}, saved {_ago(hand_in.minutes)}"
    yield ASIDE, "", f"{saved}. What you have changed since is not in it."
    for doubt in hand_in.doubts:
        yield WRONG, "!", doubt
    if due := hand_in.checks.due:
        yield ASIDE, "", due.tell_here()


def tell_run(hand_in: HandIn, verdict: Verdict) -> Iterator[Line]:
    """Once it was run."""
    if verdict.status != Status.GRADED:
        yield WRONG, "✘", f"{verdict.status.sentence}: {verdict.detail}."
    for test in verdict.tests:
        yield OKAY if test.outcome.passed else WRONG, test.outcome.mark, f"{test.check}: {test.outcome}"
    points, hidden = f"{verdict.score:g} of {verdict.max_score:g} points", sum(hand_in.checks.hidden.values())
    yield ASIDE, "", f"{points} by the public tests; {hidden:g} more by tests that run when you hand in."
    where = "confined as the grader does it" if len(verdict.layers) > 1 else "not confined: this machine cannot"
    limits = hand_in.limits
    yield (
        ASIDE,
        "",
        f"It took {verdict.used_seconds:.0f} s of its own time and {verdict.used_mb:.0f} MB of memory, {where}; a cell "
        f"may take {limits.cell_seconds:g} s, all of them {limits.total_seconds:g} s, and {limits.memory_mb} MB.",
    )
    for note in verdict.repairs:
        yield ASIDE, "!", f"will be repaired: {note}"
    yield from _errors(verdict.errors)


def tell_files(hand_in: HandIn, verdict: Verdict | None) -> Iterator[Line]:
    """What is empty, what is left behind, and what to hand in. verdict: None where it was not run."""
    for id in hand_in.empty:
        yield WRONG, "!", f"{id}: the written answer is empty"
    errors = verdict.errors if verdict else []
    if wanted := [name for name in hand_in.beside if any(name in error for error in errors)]:
        yield WRONG, "!", f"{', '.join(wanted)} must be handed in as well: the notebook asks for it"
    elif hand_in.beside:
        yield ASIDE, "", f"Not handed in with it: {', '.join(hand_in.beside)}"
    size = f"{len(hand_in.data) / 1000:.0f} kB"
    yield ASIDE, "", f"The file to hand in: {hand_in.notebook.resolve()} ({size}, {hand_in.digest})"


def _errors(errors: list[str]) -> Iterator[Line]:
    """Of cells; those that lack an answer alone are told in one line."""
    cells = [error.removesuffix(_UNWRITTEN).rstrip(": ") for error in errors if error.endswith(_UNWRITTEN)]
    if cells:
        yield WRONG, "!", f"An answer is not written yet, which these need: {', '.join(cells)}"
    for error in errors:
        if not error.endswith(_UNWRITTEN):
            yield WRONG, "!", error.splitlines()[0]


def _ago(minutes: float) -> str:
    if minutes < 1:
        return "just now"
    if minutes < 120:
        return f"{minutes:.0f} minutes ago"
    return f"{minutes / 60:.0f} hours ago" if minutes < 2880 else f"{minutes / 1440:.0f} days ago"
