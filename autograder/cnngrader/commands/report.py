"""`cnnkit report`"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnngrader.commands import arguments

if TYPE_CHECKING:
    from cnngrader.reporting.class_report import ClassReport


@click.command(epilog="Example: cnnkit report mnist_cnn")
@click.argument("id", metavar="[ID]", required=False, shell_complete=arguments.complete_id)
@arguments.course
@click.option("--pseudonymous", is_flag=True, help="With numbers in place of students' names.")
def report(id: str | None, course: Path | None, pseudonymous: bool) -> int:
    """Show how the class did: what to repeat, which test to look at, who needs attention.

    Of one assignment; without an ID of each that is graded, and of the term. Writes pages to course/reports/.
    """
    from cnngrader.console import out
    from cnngrader.errors import UsageError
    from cnngrader.reporting.class_report import make_class_report
    from cnngrader.reporting.graded_class import read_class
    from cnngrader.reporting.report_pages import write_class_page, write_term_page
    from cnngrader.reporting.term_report import make_class_reports, make_term_report

    found = arguments.find_course(course, made=True)
    if id:
        reports = [make_class_report(read_class(found, found.assignment(id), pseudonymous=pseudonymous))]
    else:
        reports = make_class_reports(found, pseudonymous=pseudonymous)
    if not reports:
        raise UsageError("nothing is graded yet. Run: cnnkit grade ID")
    pages = [write_class_page(found, each) for each in reports]
    for made, page in zip(reports, pages, strict=True):
        _tell(made)
        out.print(f"Page: {page}\n", markup=False)
    if not id:
        out.print(f"Term: {write_term_page(found, make_term_report(reports))}", markup=False)
    return 0


def _tell(report: "ClassReport") -> None:
    """What of it fits on a terminal."""
    from rich.table import Table

    from cnngrader.console import out
    from cnngrader.plain_text import plain

    graded = report.graded
    out.print(f"{graded.assignment.title}", style="bold", markup=False)
    out.print(
        f"{len(graded.students)} graded, mean {report.mean:.2f}, median {report.median:g} of {report.max_score:g}; "
        f"{len(graded.absent)} handed in nothing, {len(graded.waiting)} wait for the next run, "
        f"{report.waiting:g} points for a person.",
        markup=False,
    )
    table = Table("check", "points", "mean", "all", "none", "discr.", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for check in report.checks:
        discriminates = "" if check.discrimination is None else f"{check.discrimination:.2f}"
        shares = [f"{100 * share:.0f} %" for share in (check.mean, check.full, check.none)]
        table.add_row(check.id, f"{check.points:g}", *shares, discriminates, style="red" if check.doubt else None)
    out.print(table)
    if report.hints:
        asked = ", ".join(f"{check} {students}" for check, students in report.hints.items())
        out.print(f"Hints stand in notebooks for: {asked}", markup=False)
    for item in (*report.checks, *report.tests):
        if item.doubt:
            out.print(f"! {item.title}: {item.doubt}", style="bold red", markup=False)
    for count in report.items:
        given = f"{count.students:4} of {count.read} {count.question}: {plain(count.name)} ({count.points:+g})"
        out.print(given, markup=False)
    if report.outdated:
        out.print(f"! {report.outdated}. See: cnnkit items {graded.assignment.id}", style="bold red", markup=False)
    for mistake in report.mistakes[:5]:
        out.print(f"{mistake.students:4} {mistake.check}: {plain(mistake.example, 120)}", markup=False)
    for student, reasons in list(report.attention.items())[:10]:
        out.print(f"{plain(student):<28} {plain('; '.join(reasons), 100)}", markup=False)
    if len(report.attention) > 10:
        out.print(f"and {len(report.attention) - 10} more who need attention: see the page")
