"""`cnnkit verify`"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from textwrap import indent

import click

from cnngrader.commands import arguments

SURVIVORS = (
    "A test that tells the others from the solution makes them lose points, too. Where they are as right as it is, "
    "mark them in mutants.toml: [[equivalent]] in docs/authoring.md."
)


@click.command(epilog="Example: cnnkit verify mnist_cnn --mutant kernel-turned --watch")
@arguments.any_ids
@click.option("--check", "checks", multiple=True, metavar="CHECK", help="Only what concerns this one; may be repeated.")
@click.option("--mutant", "names", multiple=True, metavar="NAME", help="Only this one, or this alternative; likewise.")
@click.option("--generate", is_flag=True, help="In place of your mutants: small changes, made by cnnkit.")
@click.option("--at-most", type=click.IntRange(min=1), metavar="N", help="So many of these, evenly over the answers.")
@click.option("--tell", is_flag=True, help="What the student of each mutant would be told.")
@click.option("--watch", is_flag=True, help="Again whenever a file of the assignment is saved, until Ctrl-C.")
@click.option("--anew", is_flag=True, help="Run also what was run before and has not changed.")
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
def verify(
    ids: tuple[str, ...],
    checks: tuple[str, ...],
    names: tuple[str, ...],
    generate: bool,
    at_most: int | None,
    tell: bool,
    watch: bool,
    anew: bool,
    workers: int | None,
    unconfined: bool,
    draws: int,
) -> int:
    """Prove assignments sound: solution, stub, mutants, leaks.

    All assignments, or those named. What was run before is run again only where it, the tests, the library, the
    grader or a package has changed; it is marked `as before`.

    With --generate it changes each answer of the solution in many small ways, one at a time, and lists those changes
    that cost no point: add a test, or mark them in mutants.toml.
    """
    from cnngrader.assignment import Assignment
    from cnngrader.console import bar, out
    from cnngrader.errors import AuthorError, CnnkitError, ConfinementError, UsageError
    from cnngrader.verifying.chosen import Chosen
    from cnngrader.verifying.finding import Finding
    from cnngrader.verifying.trials import Trials
    from cnngrader.verifying.verify import verify as verify_written
    from cnngrader.verifying.verify_generated import verify_generated
    from cnngrader.verifying.wait_for_change import state_of, wait_for_change
    from cnngrader.workers.pool import Needs, Pool

    course = arguments.find_course()
    chosen = Chosen(checks, names)
    if len(ids) != 1 and (watch or not chosen.everything):
        raise UsageError("--check, --mutant and --watch are of one assignment: name it, as in cnnkit verify mnist_cnn")
    if at_most and not generate:
        raise UsageError("--at-most is of generated mutants: add --generate")
    reuse = not (anew or unconfined)
    failed = 0

    def show(id: str, subject: str, problems: Sequence[str], took: str = "0.0 s") -> None:
        nonlocal failed
        failed += len(problems)
        out.print(f"{'✘' if problems else '✔'} {id}: {subject} ({took})", markup=False)
        for problem in problems:
            out.print(indent(problem, "    "), style="bold red", markup=False)

    def prove(assignment: Assignment, pool: Pool, expected: Callable[[int], None]) -> Iterator[Finding]:
        trials = Trials(course, assignment, pool, draws, reuse)
        if generate:
            return verify_generated(trials, expected, chosen, at_most)
        return verify_written(trials, expected, chosen)

    def prove_all(assignments: Sequence[Assignment], pool: Pool) -> None:
        for assignment in assignments:
            with bar(f"verifying {assignment.id}") as progress:
                try:
                    minor = Counter[bool]()
                    for found in prove(assignment, pool, progress.total):
                        progress.step()
                        took = "as before" if found.kept else f"{found.seconds:.1f} s"
                        if found.problems or not found.minor:
                            show(assignment.id, found.subject, found.problems, took)
                        for message in found.told if tell else ():
                            out.print(indent(message, "    "), markup=False)
                        if found.minor:
                            minor[not found.problems] += 1
                    if generate:
                        counted = f"{minor.total()} generated mutants of {assignment.id}"
                        out.print(f"{counted}: {minor[True]} lose points, or change no value", markup=False)
                    if minor[False]:
                        out.print(SURVIVORS, markup=False)
                except (ConfinementError, UsageError):
                    raise
                except CnnkitError as error:  # the proof of the others goes on
                    show(assignment.id, "its files", [str(error)])
        out.print(f"{failed} problem{'s' * (failed != 1)} found." if failed else "Sound.")

    assignments = []
    for id in ids or course.ids():
        try:
            assignments.append(course.assignment(id))
        except AuthorError as error:
            show(id, "its files", [str(error)])
    if reuse:
        course.prepare()
    with Pool(Needs.of(assignments), workers or 0, confined=not unconfined) as pool:
        before = [state_of(assignment) for assignment in assignments]
        prove_all(assignments, pool)
        while watch and assignments:
            out.print(f"Waiting until a file of {ids[0]} is saved ...")
            wait_for_change(assignments[0], before[0])
            failed, before = 0, [state_of(assignments[0])]
            try:
                prove_all([course.assignment(ids[0])], pool)
            except (AuthorError, UsageError) as error:
                show(ids[0], "its files", [str(error)])
    return int(failed > 0)
