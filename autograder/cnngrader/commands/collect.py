"""`cnnkit collect`"""

from pathlib import Path

import click

from cnngrader.commands import arguments
from cnngrader.plain_text import plain


@click.command(epilog="Example: cnnkit collect mnist_cnn submissions.zip")
@arguments.one_id
@click.argument("path", type=click.Path(path_type=Path), metavar="PATH")
@arguments.course
@click.option("--student", metavar="STUDENT", help="Whose notebook it is, or the only one to take.")
@click.option(
    "--pattern", metavar="REGEX", default="", help="What tells the student of a path: '(?P<student>[^/]+)/.*' or so."
)
def collect(id: str, path: Path, course: Path | None, student: str | None, pattern: str) -> int:
    """Bring submissions into the course.

    PATH is a folder of STUDENT/*.ipynb, what Canvas, Moodle, Brightspace, Blackboard, Gradescope, Teams or Sakai hands
    out, GitHub Classroom's repositories, nbgrader's inbound folder, a zip or tar of one of these, or a notebook.
    """
    from cnngrader.collecting.attempts import choose_in_time
    from cnngrader.collecting.collect import collect as bring
    from cnngrader.roster.students_file import read_roster
    from cnngrader.when import at, how_late, yet_to_come

    found_course = arguments.find_course(course)
    arguments.warn_of_unconfined(found_course)
    assignment = found_course.assignment(id)
    zone = found_course.zone_of(assignment)
    found, passed_over = bring(found_course, assignment.id, path, student, zone, pattern)
    dates = None
    if assignment.due or found_course.has_gradebook():
        from cnngrader.gradebook.due_dates import enter_due  # imports nbgrader, which takes seconds

        dates = enter_due(found_course, assignment)
        if moved := dates.moved(zone):
            click.echo(f"{assignment.id} is {moved}")
        for words in dates.other_extensions(zone):
            click.echo(plain(words))
    of = dates.of if dates else lambda _: assignment.due
    chosen = choose_in_time(found_course, assignment, [collected.student for collected in found], of)
    for collected in found:
        due = dates.of(collected.student) if dates else None
        late = how_late(collected.time, due) if collected.time and due else ""
        if (attempt := chosen.get(collected.student)) and attempt.time:
            collected.notes.append(f"the attempt of {at(attempt.time, zone)} counts, the last in time")
        late = "late, says Canvas" if collected.late else late
        early = yet_to_come(collected.time) if collected.time else ""
        earlier = f"{len(collected.earlier)} earlier kept in {found_course.attempts(assignment.id, collected.student)}"
        notes = [
            note
            for note in (collected.fault, late, early, earlier if collected.earlier else "", *collected.notes)
            if note
        ]
        click.echo(plain("; ".join([f"{collected.shown}: {', '.join(sorted(collected.files))}", *notes])))
    for who, why in passed_over.items():
        click.echo(plain(f"{who}: {why}, not collected"))
    left = f" {len(passed_over)} not collected." if passed_over else ""
    click.echo(f"{len(found)} submission{'s' * (len(found) != 1)}.{left} Now: cnnkit grade {assignment.id}")
    if roster := read_roster(found_course):
        absent = roster.absent(found_course.students(assignment.id))
        click.echo(
            f"{len(absent)} of {len(roster.students)} in the roster handed in nothing: "
            f"cnnkit roster --missing {assignment.id}"
        )
    return int(bool(passed_over) or any(collected.asks for collected in found))
