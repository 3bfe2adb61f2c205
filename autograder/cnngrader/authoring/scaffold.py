"""`cnnkit new`: a first assignment that already passes verify."""

import re
import shutil
from importlib.resources import as_file, files
from keyword import iskeyword
from pathlib import Path

from cnngrader.assignment import paths_of
from cnngrader.course import Course
from cnngrader.errors import UsageError


def scaffold(course: Course, id: str) -> list[Path]:
    """Write solutions/<id>/ and the rubric; returns the files. Raises UsageError where the id is
    no Python name or is taken."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", id):
        raise UsageError(f"{id!r} is no id for an assignment: small letters, digits and _, a letter first")
    if iskeyword(id):
        raise UsageError(f"{id!r} is a word of Python's own, and no file of the assignment could be imported by it")
    folder, rubric = paths_of(course.root, id)
    for path in (folder, rubric):
        if path.exists():
            raise UsageError(f"{path} is there already; choose another id, or remove it first")
    targets = {
        "notebook.py": folder / f"{id}.py",
        "assignment.toml": folder / "assignment.toml",
        "mutants.toml": folder / "mutants.toml",
        "alternatives.toml": folder / "alternatives.toml",
        "rubric.py": rubric,
    }
    folder.mkdir(parents=True)
    rubric.parent.mkdir(parents=True, exist_ok=True)
    with as_file(files("cnngrader.authoring") / "new") as templates:
        for name, target in targets.items():
            shutil.copy(templates / f"{name}.txt", target)
            target.write_text(target.read_text(encoding="utf-8").replace("ASSIGNMENT", id), encoding="utf-8")
    return list(targets.values())
