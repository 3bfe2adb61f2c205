"""`cnnkit verify`"""

from collections.abc import Sequence

import click

from cnngrader.commands import arguments


@click.command(epilog="Example: cnnkit verify mnist_cnn")
@arguments.any_ids
@arguments.workers
@arguments.unconfined
@click.option(
    "--draws",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="Of hidden inputs, with each of which all must get the same points.",
)
def verify(ids: tuple[str, ...], workers: int | None, unconfined: bool, draws: int) -> int:
    """Prove assignments sound: solution, stub, mutants, leaks.

    All assignments, or those named.
    """
    from cnngrader.console import bar, out
    from cnngrader.errors import AuthorError, CnnkitError, ConfinementError
    from cnngrader.verifying.verify import verify as prove
    from cnngrader.workers.pool import Needs, Pool

    course = arguments.find_course()
    failed = 0

    def tell(id: str, subject: str, problems: Sequence[str], seconds: float = 0.0) -> None:
        nonlocal failed
        failed += len(problems)
        out.print(f"{'✘' if problems else '✔'} {id}: {subject} ({seconds:.1f} s)", markup=False)
        for problem in problems:
            out.print(f"    {problem}", style="bold red", markup=False)

    assignments = []
    for id in ids or course.ids():
        try:
            assignments.append(course.assignment(id))
        except AuthorError as error:
            tell(id, "its files", [str(error)])
    with Pool(Needs.of(assignments), workers or 0, confined=not unconfined) as pool:
        for assignment in assignments:
            with bar(f"verifying {assignment.id}") as progress:
                try:
                    for finding in prove(course, assignment, pool, progress.total, draws):
                        progress.step()
                        tell(assignment.id, finding.subject, finding.problems, finding.seconds)
                except ConfinementError:
                    raise
                except CnnkitError as error:  # the proof of the others goes on
                    tell(assignment.id, "its files", [str(error)])
    out.print(f"{failed} problem{'s' * (failed != 1)} found." if failed else "Sound.")
    return int(failed > 0)
