"""Where an ordinary nbgrader course is: told without importing nbgrader, which takes seconds."""

from pathlib import Path

from cnngrader.assignment import holds_assignments


def ordinary_root(here: Path, course: Path | None = None) -> Path | None:
    """The nearest folder with a course of nbgrader's, from `course` on where it is given, else from
    `here`; None where `here` is in a checkout of cnnkit's."""
    for folder in (here.resolve(), *here.resolve().parents):
        if holds_assignments(folder):
            return None
    start = (course or here).resolve()
    return next((folder for folder in (start, *start.parents) if (folder / "nbgrader_config.py").is_file()), None)
