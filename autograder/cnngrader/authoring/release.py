"""From the author's files to what students get, by nbgrader's own generate_assignment."""

import re
import shutil
import tempfile
from pathlib import Path

import nbformat

from cnngrader.assignment import Assignment
from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.mistakes.find_mistakes import refuse_mistakes
from cnngrader.authoring.release_digest import release_digest
from cnngrader.authoring.rubric import Rubric
from cnngrader.authoring.variants import EXAMPLE, variant_of
from cnngrader.course import Course
from cnngrader.errors import AuthorError
from cnngrader.files import files_in, read_content, write_content

_RAISED = re.compile(r"^\S*[^\S\n]*Traceback .*?^ {4}(?=\S)(.+?)$", re.DOTALL | re.MULTILINE)
"""The exception of a traceback in a log, whose further lines are indented by four."""


def build(course: Course, assignment: Assignment) -> Path:
    """Write course/source/<id>/, whole and anew; returns it."""
    course.prepare()
    rubric = Rubric(assignment.rubric)
    refuse_mistakes(assignment, rubric)
    notebook = build_notebook(assignment, rubric)
    folder = course.generated(assignment.id, "source")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{assignment.id}.ipynb")
    release = release_digest(assignment, rubric)
    checks = rubric.public_text(release, assignment.due, assignment.late, assignment.about())
    (folder / "checks.py").write_text(checks, encoding="utf-8")
    for name, content in {**assignment.attached(), **variant_of(assignment, EXAMPLE, "").files}.items():
        write_content(folder / name, content)
    return folder


def release(course: Course, assignment: Assignment) -> Path:
    """Write assignments/<id>/ and enter the assignment in the course's gradebook; returns the folder."""
    from cnngrader.gradebook.due_dates import enter_due  # imports nbgrader, which takes seconds

    files = generate(course, assignment)
    enter_due(course, assignment)
    folder = course.released(assignment.id)
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        write_content(folder / name, content)
    return folder


def make_release(course: Course, assignment: Assignment) -> dict[str, bytes]:
    """What a release would hold now, made in a course of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="cnnkit-") as folder:
        return generate(Course(course.root, Path(folder)), assignment)


def compare_release(course: Course, assignment: Assignment) -> list[str]:
    """How assignments/<id>/ differs from a fresh release; nothing where it does not."""
    wanted = make_release(course, assignment)
    folder = course.released(assignment.id)
    found = files_in(folder)
    differences = [f"{folder / name} is missing" for name in wanted if name not in found]
    differences += [f"{folder / name} is in no release" for name in found if name not in wanted]
    differences += [
        f"{folder / name} differs" for name in wanted if name in found and found[name].read_bytes() != wanted[name]
    ]
    return sorted(differences)


def generate(course: Course, assignment: Assignment) -> dict[str, bytes]:
    """Build, and run nbgrader's generate_assignment in the course; returns the files it released."""
    from cnngrader.gradebook.nbgrader_course import open_api

    source = build(course, assignment)
    result = open_api(course).generate_assignment(assignment.id, force=True, create=True)
    if not result["success"]:
        log = result.get("log") or result.get("error") or ""
        if "Cannot add or remove cells" in log:
            raise AuthorError(
                f"{assignment.id}: cells were added or removed while {course.home / 'gradebook.db'} holds submissions "
                "of it. Give the new version an id of its own, or start a new course directory with --course."
            )
        raise AuthorError(f"{assignment.id}: nbgrader could not release it: {_reason(log)}")
    released = course.generated(assignment.id, "release")
    return {name: read_content(released / name) for name in files_in(source)}


def _reason(log: str) -> str:
    """What nbgrader met first: all that it logs of an error later is general."""
    if raised := _RAISED.search(log):
        return raised[1]
    said = [line for line in log.splitlines() if line.strip()]
    return next((line for line in said if line.startswith("[ERROR]")), said[-1] if said else "no message")
