"""`cnnkit doctor`"""

from contextlib import suppress

import click

from cnngrader.commands import arguments
from cnngrader.errors import UsageError


@click.command(epilog="Example: cnnkit doctor")
def doctor() -> int:
    """Tell what this machine offers and lacks, with remedies."""
    from cnngrader.console import out
    from cnngrader.doctor import BAD, GOOD, examine

    with suppress(UsageError):  # in no course
        arguments.warn_of_unconfined(arguments.find_course())
    worst = 0
    for diagnosis in examine():
        mark, style = {"good": ("✔", "green"), "less": ("!", "yellow"), "bad": ("✘", "bold red")}[diagnosis.state]
        out.print(
            f"{mark} {diagnosis.subject:<22}", style=None if diagnosis.state == GOOD else style, end="", markup=False
        )
        out.print(diagnosis.found, markup=False)
        if diagnosis.remedy:
            out.print(f"  → {diagnosis.remedy}", style=style, markup=False)
        worst = max(worst, diagnosis.state == BAD)
    out.print("Grading is refused on this machine." if worst else "This machine can grade.")
    return worst
