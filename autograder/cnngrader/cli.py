"""The command line. Each command is a function here and a module that does the work, imported
only when the command runs, so that `cnnkit --help` is instant."""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cnngrader.errors import INSTALL, AuthorError, CnnkitError, ConfinementError
from cnngrader.plain_text import plain, plain_lines

if TYPE_CHECKING:
    from cnngrader.course import Course

Command = Callable[[argparse.Namespace], int]


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit status: 0 done, 1 something was not right, 2 usage."""
    options = _parser().parse_args(arguments)
    run: Command = options.run
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # a cluster's time is up: as Ctrl-C
    try:
        return run(options)
    except CnnkitError as error:
        print(f"cnnkit: {plain_lines(error)}", file=sys.stderr)
        return error.status
    except ModuleNotFoundError as error:
        if not error.name or error.name.startswith(("cnngrader", "cnnkit")):
            raise
        print(f"cnnkit: {error.name} is not installed here. What grades needs all of: {INSTALL}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if not error.strerror:
            raise
        print(f"cnnkit: {plain(error.filename or 'a file')}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ncnnkit: stopped. What was finished is kept; the same command goes on from there.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cnnkit", description="Write, prove, release, collect and grade assignments.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: Command, summary: str, example: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            help=summary,
            description=summary,
            epilog=f"example: {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(run=run)
        return sub

    course = argparse.ArgumentParser(add_help=False)
    course.add_argument(
        "--course", type=Path, metavar="DIR", help="nbgrader's course directory (default: course/ in the checkout)"
    )
    workers = argparse.ArgumentParser(add_help=False)
    workers.add_argument(
        "--workers", type=int, default=0, metavar="N", help="submissions at a time (default: one a core)"
    )
    workers.add_argument(
        "--unconfined", action="store_true", help="run code with your own rights, where you trust all of it"
    )

    command("doctor", _doctor, "Tell what this machine offers and lacks, each lack with its remedy.", "cnnkit doctor")
    sub = command("new", _new, "Write a first assignment that already passes verify.", "cnnkit new conv_by_hand")
    sub.add_argument("id", help="small letters, digits and _")
    sub = _with(
        command("build", _build, "Write the source notebooks with solutions for nbgrader.", "cnnkit build mnist_cnn"),
        course,
    )
    sub.add_argument("ids", nargs="*", metavar="ID", help="assignments (default: all)")
    sub = _with(
        command("release", _release, "Write what students get to assignments/.", "cnnkit release mnist_cnn"), course
    )
    sub.add_argument("ids", nargs="*", metavar="ID", help="assignments (default: all)")
    sub.add_argument(
        "--check", action="store_true", help="change nothing; fail where assignments/ is not as a release would be"
    )
    sub = _with(
        command(
            "verify", _verify, "Prove assignments sound: solution, stub, mutants and leaks.", "cnnkit verify mnist_cnn"
        ),
        workers,
    )
    sub.add_argument("ids", nargs="*", metavar="ID", help="assignments (default: all)")
    sub = _with(
        command("collect", _collect, "Bring submissions into the course.", "cnnkit collect mnist_cnn submissions.zip"),
        course,
    )
    sub.add_argument("id", metavar="ID")
    sub.add_argument(
        "path",
        type=Path,
        metavar="PATH",
        help="a folder of STUDENT/*.ipynb, a Canvas or Moodle zip, GitHub Classroom's repositories, nbgrader's inbound "
        "folder, or a notebook",
    )
    sub.add_argument("--student", help="whose notebook it is, or the only one to take")
    sub = _with(
        command("grade", _grade, "Grade what was collected.", "cnnkit grade mnist_cnn --workers 4"), course, workers
    )
    sub.add_argument("id", metavar="ID")
    sub.add_argument("--student", action="append", default=[], help="only this one; may be repeated")
    sub.add_argument("--cluster", default="", metavar="ADDR", help="the scheduler whose workers grade: docs/cluster/")
    sub.add_argument(
        "--gpu-share", type=int, default=0, metavar="K", help="K kernels share a GPU (default: on the CPU)"
    )
    sub.add_argument("--force", action="store_true", help="grade again what has not changed")
    sub.add_argument("--json", action="store_true", help="print one JSON object a line")
    sub = _with(
        command("feedback", _feedback, "Write a page for each graded student.", "cnnkit feedback mnist_cnn"), course
    )
    sub.add_argument("id", metavar="ID")
    sub.add_argument("--student", action="append", default=[], help="only this one; may be repeated")
    sub = _with(
        command(
            "variant",
            _variant,
            "Print a student's personal variant with its answers, or write those of a class without them.",
            "cnnkit variant alexnet_counting ada\n"
            "         cnnkit variant alexnet_counting --class students.csv --to tables/",
        ),
        course,
    )
    sub.add_argument("id", metavar="ID")
    sub.add_argument("student", metavar="STUDENT", nargs="?", help="whose variant to print")
    sub.add_argument(
        "--class", dest="students", type=Path, metavar="FILE", help="a CSV with a column `id`, or one id a line"
    )
    sub.add_argument("--to", type=Path, metavar="DIR", help="where each student of the class gets a folder")
    sub = _with(command("demo", _demo, "Grade a made-up class, from collecting to feedback.", "cnnkit demo"), workers)
    sub.add_argument(
        "--folder",
        type=Path,
        default=Path("demo"),
        metavar="DIR",
        help="where its course is made anew (default: demo/)",
    )
    return parser


def _with(sub: argparse.ArgumentParser, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
    for parent in parents:
        for action in parent._actions:
            sub._add_action(action)
    return sub


def _course(options: argparse.Namespace, *, made: bool = False) -> "Course":
    """made: whether a directory that is named must be a course already; else it becomes one."""
    from cnngrader.course import CONFIG_NAME, Course
    from cnngrader.errors import UsageError

    home = getattr(options, "course", None)
    if made and home and not (home / CONFIG_NAME).is_file():
        raise UsageError(
            f"--course {home} is no course: it has no {CONFIG_NAME}. `cnnkit release` and `cnnkit collect` make one"
        )
    return Course.find(home)


def _doctor(options: argparse.Namespace) -> int:
    from cnngrader.console import out
    from cnngrader.doctor import BAD, GOOD, examine

    worst = 0
    for diagnosis in examine():
        mark, style = {"good": ("✔", "green"), "less": ("!", "yellow"), "bad": ("✘", "bold red")}[diagnosis.state]
        out.print(
            f"{mark} {diagnosis.subject:<22}", style=None if diagnosis.state == GOOD else style, end="", markup=False
        )
        out.print(diagnosis.found, markup=False)
        if diagnosis.remedy:
            out.print(f"  → {diagnosis.remedy}", style=style, markup=False)
        worst = max(worst, diagnosis.state == BAD)
    out.print("Grading is refused on this machine." if worst else "This machine can grade.")
    return worst


def _new(options: argparse.Namespace) -> int:
    from cnngrader.authoring.scaffold import scaffold

    for path in scaffold(_course(options), options.id):
        print(path)
    print(f"Now: cnnkit verify {options.id}")
    return 0


def _build(options: argparse.Namespace) -> int:
    from cnngrader.authoring.release import build

    course = _course(options)
    for id in options.ids or course.ids():
        print(build(course, course.assignment(id)))
    return 0


def _release(options: argparse.Namespace) -> int:
    from cnngrader.authoring.release import release, stale

    course = _course(options)
    differences = 0
    for id in options.ids or course.ids():
        assignment = course.assignment(id)
        if not options.check:
            print(release(course, assignment))
            continue
        for difference in stale(course, assignment):
            differences += 1
            print(difference)
    if differences:
        print("Run: cnnkit release", file=sys.stderr)
    return int(differences > 0)


def _verify(options: argparse.Namespace) -> int:
    from cnngrader.console import bar, out
    from cnngrader.marking.pool import Needs, Pool
    from cnngrader.verifying.verify import verify

    course = _course(options)
    failed = 0

    def tell(id: str, subject: str, problems: Sequence[str], seconds: float = 0.0) -> None:
        nonlocal failed
        failed += len(problems)
        out.print(f"{'✘' if problems else '✔'} {id}: {subject} ({seconds:.1f} s)", markup=False)
        for problem in problems:
            out.print(f"    {problem}", style="bold red", markup=False)

    assignments = []
    for id in options.ids or course.ids():
        try:
            assignments.append(course.assignment(id))
        except AuthorError as error:
            tell(id, "its files", [str(error)])
    with Pool(Needs.of(assignments), options.workers, confined=not options.unconfined) as pool:
        for assignment in assignments:
            with bar(f"verifying {assignment.id}") as progress:
                try:
                    for finding in verify(course, assignment, pool, progress.total):
                        progress.step()
                        tell(assignment.id, finding.subject, finding.problems, finding.seconds)
                except ConfinementError:
                    raise
                except CnnkitError as error:  # the proof of the others goes on
                    tell(assignment.id, "its files", [str(error)])
    out.print(f"{failed} problem{'s' * (failed != 1)} found." if failed else "Sound.")
    return int(failed > 0)


def _collect(options: argparse.Namespace) -> int:
    from cnngrader.collecting.collect import collect
    from cnngrader.when import how_late, yet_to_come

    course = _course(options)
    assignment = course.assignment(options.id)
    zone = course.zone_of(assignment)
    found, passed_over = collect(course, options.id, options.path, options.student, zone)
    dates = None
    if assignment.due or course.has_gradebook():
        from cnngrader.gradebook.due_dates import enter_due  # imports nbgrader, which takes seconds

        dates = enter_due(course, assignment)
        if moved := dates.moved(zone):
            print(f"{options.id} is {moved}")
    for collected in found:
        due = dates.of(collected.student) if dates else None
        late = how_late(collected.time, due) if collected.time and due else ""
        late = "late, says Canvas" if collected.late else late
        early = yet_to_come(collected.time) if collected.time else ""
        earlier = f"{len(collected.earlier)} earlier kept in {course.attempts(options.id, collected.student)}"
        notes = [note for note in (late, early, earlier if collected.earlier else "", *collected.notes) if note]
        print(plain("; ".join([f"{collected.shown}: {', '.join(sorted(collected.files))}", *notes])))
    for who, why in passed_over.items():
        print(plain(f"{who}: {why}, not collected"))
    left = f" {len(passed_over)} not collected." if passed_over else ""
    print(f"{len(found)} submission{'s' * (len(found) != 1)}.{left} Now: cnnkit grade {options.id}")
    return int(bool(passed_over))


def _grade(options: argparse.Namespace) -> int:
    from cnngrader.drop_in.plain_root import plain_root

    if plain := plain_root(Path.cwd(), options.course):
        return _grade_plain(options, plain)
    from cnngrader.grading.grading_console import grade_class

    course = _course(options, made=True)
    return grade_class(
        course,
        course.assignment(options.id),
        options.student,
        workers=options.workers,
        cluster=options.cluster,
        kernels_a_gpu=options.gpu_share,
        confined=not options.unconfined,
        force=options.force,
        lines=(lambda record: print(json.dumps(record), flush=True)) if options.json else None,
    )


def _grade_plain(options: argparse.Namespace, root: Path) -> int:
    from cnngrader.drop_in.plain_course import grade_plain
    from cnngrader.errors import UsageError

    if options.cluster or options.gpu_share:
        raise UsageError(f"{root} is an ordinary nbgrader course, which is graded on this machine's CPU alone")
    return grade_plain(
        root,
        options.id,
        options.student,
        workers=options.workers,
        confined=not options.unconfined,
        force=options.force,
        lines=(lambda record: print(json.dumps(record), flush=True)) if options.json else None,
    )


def _feedback(options: argparse.Namespace) -> int:
    from cnngrader.feedback import write_feedback

    course = _course(options, made=True)
    for path in write_feedback(course, course.assignment(options.id), options.student):
        print(plain(path))
    return 0


def _variant(options: argparse.Namespace) -> int:
    from cnngrader.authoring.variants import read_class, variant_text, write_variants
    from cnngrader.errors import UsageError
    from cnngrader.grading.grading import course_secret

    course = _course(options, made=True)
    assignment = course.assignment(options.id)
    if options.student is not None and not options.students and not options.to:
        print(variant_text(assignment, options.student, course_secret(course)))
    elif options.students and options.to and not options.student:
        for path in write_variants(course, assignment, read_class(options.students), course_secret(course), options.to):
            print(path)
    else:
        raise UsageError("name one STUDENT, whose variant is printed, or a class with both --class FILE and --to DIR")
    return 0


def _demo(options: argparse.Namespace) -> int:
    from cnngrader.demo import demo

    return demo(_course(options), options.folder, workers=options.workers, confined=not options.unconfined)


if __name__ == "__main__":
    sys.exit(main())
