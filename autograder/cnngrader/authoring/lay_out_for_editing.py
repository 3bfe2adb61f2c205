"""An assignment's source where it can be opened as a notebook: with its checks and files beside it."""

import json
import shutil
from pathlib import Path

from cnngrader.assignment import Assignment
from cnngrader.authoring.release import build
from cnngrader.course import Course
from cnngrader.files import write_content

SETTINGS = """\
# The source stays as its author writes it: a magic as in a notebook, and no header.
comment_magics = false
notebook_metadata_filter = "-all"
"""
JUPYTER = ".jupyter"
AS_NOTEBOOK = {"@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"python": "Jupytext Notebook"}}}


def lay_out_for_editing(course: Course, assignment: Assignment) -> Path:
    """Write course/edit/<id>/ anew; returns the source in it, a link to the author's own. JupyterLab shows it as a
    notebook where the folder's JUPYTER is on JUPYTER_CONFIG_PATH.

    Raises AuthorError, naming cell and file, where the assignment cannot be built.
    """
    built = build(course, assignment)
    folder = course.generated(assignment.id, "edit")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(built, folder, ignore=shutil.ignore_patterns(f"{assignment.id}.ipynb"))
    (folder / "jupytext.toml").write_text(SETTINGS, encoding="utf-8")
    viewers = folder / JUPYTER / "labconfig" / "default_setting_overrides.json"
    write_content(viewers, json.dumps(AS_NOTEBOOK).encode())
    source = folder / assignment.source.name
    source.symlink_to(assignment.source)
    return source
