"""`cnnkit variant`"""

from pathlib import Path

import click

from cnngrader.commands import arguments


@click.command(
    epilog="\b\nExample: cnnkit variant alexnet_counting ada\n         cnnkit variant alexnet_counting --to tables/"
)
@arguments.one_id
@click.argument("student", metavar="[STUDENT]", required=False)
@arguments.course
@click.option(
    "--class",
    "students",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A CSV with a column `id`, or one id a line (default: the roster).",
)
@click.option(
    "--to", type=click.Path(path_type=Path), metavar="DIR", help="Where each student of the class gets a folder."
)
def variant(id: str, student: str | None, course: Path | None, students: Path | None, to: Path | None) -> int:
    """Print or write the personal variants of students.

    With STUDENT, that variant and its answers are printed; with --to, those of a class are written without answers.
    """
    from cnngrader.authoring.variants import class_of_roster, read_class, variant_text, write_variants
    from cnngrader.errors import UsageError
    from cnngrader.grading.grading import course_secret

    found = arguments.find_course(course, made=True)
    assignment = found.assignment(id)
    if student is not None and not students and not to:
        click.echo(variant_text(assignment, student, course_secret(found)))
    elif to and not student:
        names = read_class(students) if students else class_of_roster(found, assignment)
        for path in write_variants(found, assignment, names, course_secret(found), to):
            click.echo(path)
    else:
        raise UsageError(
            "name one STUDENT, whose variant is printed, or a class with --to DIR: --class FILE or the roster"
        )
    return 0
