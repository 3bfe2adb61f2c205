"""`cnnkit doctor`"""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnngrader.commands import arguments
from cnngrader.errors import UsageError

if TYPE_CHECKING:
    from cnngrader.diagnosis import Diagnosis


@click.command(epilog="\b\nExample: cnnkit doctor\n         cnnkit doctor --student")
@click.option("--student", is_flag=True, help="For working on an assignment, in its folder.")
def doctor(student: bool) -> int:
    """Tell what this machine offers and lacks, with remedies.

    For grading; or for a student's own work.
    """
    if student:
        from cnngrader.handout.workplace import examine_workplace

        return _tell(
            examine_workplace(Path.cwd()), "You can work here.", "Something is missing: do what the arrows say."
        )
    from cnngrader.doctor import examine

    with suppress(UsageError):  # in no course
        arguments.warn_of_unconfined(arguments.find_course())
    return _tell(examine(), "This machine can grade.", "Grading is refused on this machine.")


def _tell(diagnoses: Iterable["Diagnosis"], well: str, ill: str) -> int:
    from cnngrader.console import out
    from cnngrader.diagnosis import BAD, GOOD

    worst = 0
    for diagnosis in diagnoses:
        mark, style = {"good": ("✔", "green"), "less": ("!", "yellow"), "bad": ("✘", "bold red")}[diagnosis.state]
        out.print(
            f"{mark} {diagnosis.subject:<24} ", style=None if diagnosis.state == GOOD else style, end="", markup=False
        )
        out.print(diagnosis.found, markup=False)
        if diagnosis.remedy:
            out.print(f"  → {diagnosis.remedy}", style=style, markup=False)
        worst = max(worst, diagnosis.state == BAD)
    out.print(ill if worst else well)
    return worst
