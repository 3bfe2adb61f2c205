"""`cnnkit export`"""

from pathlib import Path

import click

from cnngrader.commands import arguments

_FILE = click.Path(path_type=Path, dir_okay=False)
_THERE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command(epilog="Example: cnnkit export mnist_cnn --canvas gradebook.csv")
@arguments.one_id
@arguments.course
@click.option("--canvas", type=_THERE, metavar="FILE", help="Fill the gradebook that Canvas exported.")
@click.option("--moodle", type=_THERE, metavar="FILE", help="Fill the grading worksheet that Moodle exported.")
@click.option("--column", default="", metavar="TITLE", help="Canvas's column, if not called as the assignment.")
@click.option("--in-place", is_flag=True, help="Write to FILE itself, in place of FILE with -graded in its name.")
@click.option("--missing-as-zero", is_flag=True, help="Write 0 for who handed in nothing and has no grade there.")
@click.option("--csv", type=_FILE, metavar="FILE", help="Write a row a student and check.")
@click.option("--parquet", type=_FILE, metavar="FILE", help="The same as Parquet, which needs pyarrow.")
@click.option("--pseudonymous", is_flag=True, help="Tables with numbers in place of students' ids, as in the report.")
def export(
    id: str,
    course: Path | None,
    canvas: Path | None,
    moodle: Path | None,
    column: str,
    in_place: bool,
    missing_as_zero: bool,
    csv: Path | None,
    parquet: Path | None,
    pseudonymous: bool,
) -> int:
    """Write the gradebook's totals for a learning platform, or all scores as a table.

    Totals are of tests, by hand and less penalties. Everything else in the platform's file stays as it is.
    """
    from cnngrader.errors import UsageError
    from cnngrader.exporting.platforms import fill_file
    from cnngrader.exporting.scores import read_scores, write_csv, write_parquet
    from cnngrader.files import OWNER_ALONE, write_whole
    from cnngrader.plain_text import counted, plain
    from cnngrader.pseudonyms import pseudonyms

    given = {name: path for name, path in (("canvas", canvas), ("moodle", moodle)) if path}
    if not (given or csv or parquet):
        raise UsageError("say what to write: --canvas FILE, --moodle FILE, --csv FILE or --parquet FILE")
    if missing := next((table for table in (csv, parquet) if table and not table.parent.is_dir()), None):
        raise UsageError(f"{missing.parent}, where {missing.name} is to be written, is no folder. Make it first")
    if pseudonymous and given:
        raise UsageError("a learning platform's own file has names: --pseudonymous goes with --csv or --parquet alone")
    found = arguments.find_course(course, made=True)
    assignment = found.assignment(id)
    scores = read_scores(found, assignment)
    if pseudonymous:
        scores = scores.renamed(pseudonyms(found, scores.handed_in))
    if scores.waiting:
        lack = f"{len(scores.waiting)} of {counted(len(scores.totals), 'total')} lack"
        click.echo(f"! {lack} written answers that nobody has read")
    if scores.again:
        click.echo(
            f"! {len(scores.again)} handed in something else since they were graded: {plain(', '.join(scores.again))}. "
            f"Their former totals are in tables alone. Run: cnnkit grade {assignment.id}"
        )
    complete = not scores.again
    for platform, path in given.items():
        target = path if in_place else path.with_name(f"{path.stem}-graded{path.suffix}")
        if target != path and target.exists():
            raise UsageError(f"{target} is there already, and is not written over. Take it away")
        filled = fill_file(
            platform,
            path.read_bytes(),
            str(path),
            assignment,
            scores,
            column=column or "",
            missing_as_zero=missing_as_zero,
        )
        write_whole(target, filled.content, OWNER_ALONE)
        click.echo(f"{plain(target)}: {counted(filled.written, 'grade')}")
        for words, who in filled.told.items():
            names = [plain(name) for name in who if name]
            click.echo(f"! {plain(words)}" + (f" ({len(names)}): {'; '.join(names)}" if names else ""))
        complete = complete and not any(words.startswith("not ") for words in filled.told)
    for table, write in ((csv, write_csv), (parquet, write_parquet)):
        if table:
            write(table, scores)
            click.echo(f"{plain(table)}: {counted(len(scores.totals), 'student')}")
    return 0 if complete else 1
