"""`cnnkit items`"""

from pathlib import Path

import click

from cnngrader.commands import arguments


@click.command(epilog="Example: cnnkit items mnist_cnn --apply")
@arguments.one_id
@arguments.course
@click.option("--apply", "apply_", is_flag=True, help="Bring up what was graded to the items as they are now.")
def items(id: str, course: Path | None, apply_: bool) -> int:
    """Show how often each item of written answers was given, and what was graded by items that have changed since.

    Items are the `[[item]]` of assignment.toml; `cnnkit serve` has them to click. Points that somebody has set to
    something else than the items give stay, also with --apply.
    """
    from rich.markup import escape
    from rich.table import Table

    from cnngrader.console import out
    from cnngrader.errors import UsageError
    from cnngrader.gradebook.by_hand import read_all_by_hand
    from cnngrader.gradebook.item_counts import count_items
    from cnngrader.gradebook.nbgrader_course import open_gradebook
    from cnngrader.gradebook.outdated_items import bring_up, find_outdated, tell_outdated
    from cnngrader.plain_text import plain
    from cnngrader.roster.students_file import read_roster

    found = arguments.find_course(course, made=True)
    assignment = found.assignment(id)
    with open_gradebook(found) as book, book.engine.connect() as connection:
        by_hand = read_all_by_hand(connection, assignment.id)
    counts = count_items(assignment.items, by_hand)
    if not counts:
        raise UsageError(f"{assignment.settings} has no items. One is: [[item]] with question, name, points, comment")
    table = Table("question", "item", "points", "given", "of read", box=None, pad_edge=False)
    for count in counts:
        gone = f" (no more in {assignment.settings.name})" if count.gone else ""
        row = (
            count.question,
            escape(plain(count.name) + gone),
            f"{count.points:+g}",
            str(count.students),
            str(count.read),
        )
        table.add_row(*row)
    out.print(table)
    outdated = find_outdated(assignment, by_hand)
    if not outdated:
        return 0
    out.print(f"! {tell_outdated(assignment, outdated)}", markup=False)
    if not apply_:
        out.print(f"To have them count: cnnkit items {assignment.id} --apply", markup=False)
        return 1
    bring_up(found, assignment.id, outdated)
    roster = read_roster(found)
    for one in outdated:
        if one.before.score != one.now.score:
            scores = [f"{score:g}" for score in (one.before.score, one.now.score) if score is not None]
            out.print(f"{plain(roster.shown(one.student))}, {one.question}: {' -> '.join(scores)}", markup=False)
    return 0
