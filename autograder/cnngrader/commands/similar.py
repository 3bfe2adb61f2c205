"""`cnnkit similar`"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnngrader.commands import arguments
from cnngrader.plain_text import counted

if TYPE_CHECKING:
    from cnngrader.similar.handed_in_class import HandedInClass
    from cnngrader.similar.pair import Pair


@click.command(epilog="Example: cnnkit similar mnist_cnn --against ~/2025/course/submitted")
@arguments.one_id
@arguments.course
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FOLDER",
    help="Also with the notebooks and .py files of past terms or published solutions; may be repeated.",
)
@click.option(
    "--most", type=click.IntRange(min=1), default=30, show_default=True, metavar="N", help="Show at most N pairs."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def similar(id: str, course: Path | None, against: tuple[Path, ...], most: int, as_json: bool) -> int:
    """List submissions that have much in common, beyond what was given, for you to look at.

    Writes a page with each pair side by side to course/reports/. It is evidence, and no verdict. In an ordinary
    nbgrader course as well.
    """
    from cnngrader.console import bar
    from cnngrader.plain_text import plain
    from cnngrader.similar.write_similar import write_similar

    handed_in = _find_class(id, course)
    with bar(f"comparing {handed_in.id}") as progress:
        progress.total(len(handed_in.folders))
        found = write_similar(handed_in, against, most, follow=progress.follow)
    compared, pairs = found.compared, found.pairs
    if as_json:
        for pair in pairs:
            click.echo(json.dumps(pair.asdict()))
        counts = {"students": compared.students, "others": found.others, "pairs": len(compared.overlaps.found)}
        summary = {"assignment": handed_in.id, **counts, "not_compared": found.unread, "page": str(handed_in.page)}
        click.echo(json.dumps({"summary": summary}))
        return 0
    for file, why in found.unread.items():
        click.echo(f"! not compared: {plain(f'{file}: {why}')}", err=True)
    if not handed_in.release.is_dir():
        click.echo(f"! {plain(handed_in.release)} is not there: what was given is not left out", err=True)
    click.echo(
        f"{counted(compared.students, 'submission')}" + (f", and {found.others} other works" if found.others else "")
    )
    for pair in pairs:
        click.echo(_line(pair))
    if more := len(compared.telling) - len(pairs):
        click.echo(f"and {more} pairs with less in common; --most shows more")
    if joined := len(compared.overlaps.found) - len(compared.telling):
        click.echo(f"and {joined} pairs more among works that nearly identical ones above join")
    click.echo("No two stand out." if not pairs else f"Evidence to look at, and no verdict: {handed_in.page}")
    return 0


def _line(pair: "Pair") -> str:
    from cnngrader.plain_text import plain

    counts = [f"{pair.matching_lines(side)} of {pair.lines(side)}" for side in (0, 1)]
    return plain(f"{' and '.join(pair.owners)}: {pair.likeness}; {' and '.join(counts)} lines match")


def _find_class(id: str, course: Path | None) -> "HandedInClass":
    from cnngrader.ordinary.ordinary_root import ordinary_root
    from cnngrader.similar.handed_in_class import HandedInClass

    if root := ordinary_root(Path.cwd(), course):
        from cnngrader.ordinary.ordinary_course import read_ordinary

        return read_ordinary(root, id)
    found = arguments.find_course(course, made=True)
    return HandedInClass.of(found, found.assignment(id))
