"""`cnnkit assign`"""

from pathlib import Path

import click

from cnngrader.commands import arguments


@click.command(epilog="Example: cnnkit assign mnist_cnn --graders ana,bo,cy --blind")
@arguments.one_id
@arguments.course
@click.option("--graders", default="", metavar="A,B,C", help="Who grades by hand, with commas between.")
@click.option("--blind", "--pseudonymous", "blind", is_flag=True, help="Show graders pseudonyms in place of names.")
def assign(id: str, course: Path | None, graders: str, blind: bool) -> int:
    """Share out grading by hand, and show who has what, and what is left.

    Each student has one grader, for all written answers. Late hand-ins go to whoever has fewest. Called again with
    other graders, it moves as few as it can, and none of whom an answer was read, but from graders who are named no
    more. Graders see their own with `cnnkit serve --grader NAME`.
    """
    from rich.markup import escape
    from rich.table import Table

    from cnngrader.console import out
    from cnngrader.errors import UsageError
    from cnngrader.gradebook.grader_split import share_out, split_of
    from cnngrader.gradebook.nbgrader_course import open_gradebook
    from cnngrader.gradebook.standing import read_standings

    found = arguments.find_course(course, made=True)
    assignment = found.assignment(id)
    students = found.students(assignment.id)
    if not students:
        raise UsageError(f"nobody handed in {assignment.id}. Run: cnnkit collect {assignment.id} PATH")
    names = list(dict.fromkeys(name.strip() for name in graders.split(",") if name.strip()))
    if graders and not names:
        raise UsageError(f"--graders {graders!r} names nobody. Write names with commas between: --graders ana,bo")
    with open_gradebook(found) as book, book.engine.connect() as connection:
        standings = read_standings(connection, assignment.id, students)
    if names:
        done = {
            student
            for student, one in standings.items()
            if any(cell.written and cell.by_hand is not None for cell in one.cells)
        }
        split = share_out(found, assignment.id, students, names, blind=blind, done=done)
    elif blind:
        raise UsageError("--blind says how graders see students: name them, too, --graders ana,bo")
    else:
        split = split_of(found, assignment.id, students)
    if not split.graders:
        raise UsageError(f"{assignment.id} is not shared out. Run: cnnkit assign {assignment.id} --graders ana,bo")
    table = Table("grader", "students", "answers to be read", box=None, pad_edge=False)
    for grader, left in split.left(standings).items():
        table.add_row(escape(grader), str(len(split.students_of(grader))), str(left))
    out.print(table)
    if ungraded := len(students) - len(standings):
        out.print(f"{ungraded} are not graded by tests yet. Run: cnnkit grade {assignment.id}", markup=False)
    out.print(f"Next: cnnkit serve --grader {split.graders[0]}", markup=False)
    return 0
