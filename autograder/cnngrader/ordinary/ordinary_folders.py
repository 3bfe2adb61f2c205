"""Where an ordinary course has its submissions: no id is taken for a pattern, and each is written in one form.

nbgrader takes ids for patterns, and one whose accents are written in another way for another one.
"""

import glob
import os
import re
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from cnngrader.ids import move_to_one_form, normal

_STUDENT, _ASSIGNMENT = "\ue000", "\ue001"
"""Stand in for ids in a course's directory_structure; neither is special in a pattern."""


def handed_in(courses: CourseDirectory, step: str, id: str) -> list[tuple[str, Path]]:
    """(student, folder) of a step, such as courses.submitted_directory, as they are called on disk."""
    place = courses.format_path(step, _STUDENT, _ASSIGNMENT)
    pattern = glob.escape(place).replace(_STUDENT, "*").replace(_ASSIGNMENT, "*")
    named = re.escape(place)
    for sign, name in ((_STUDENT, "student"), (_ASSIGNMENT, "assignment")):
        named = named.replace(sign, f"(?P<{name}>[^/]+)", 1).replace(sign, f"(?P={name})")
    found = []
    for folder in glob.glob(pattern):
        match = re.fullmatch(named, folder, re.DOTALL)
        if match and normal(match["assignment"]) == normal(id) and os.path.isdir(folder):
            found.append((match["student"], Path(folder)))
    return found


def write_in_one_form(courses: CourseDirectory, book: Gradebook, id: str) -> None:
    """Have folders and notebooks of the assignment be called as the gradebook has them.

    Raises UsageError where a student has handed in twice, once in each form.
    """
    notebooks = {normal(notebook.name): notebook.name for notebook in book.find_assignment(id).notebooks}
    for step in (courses.submitted_directory, courses.autograded_directory, courses.feedback_directory):
        for student, folder in handed_in(courses, step, id):
            wanted = Path(courses.format_path(step, normal(student), id))
            if step == courses.submitted_directory or not wanted.exists():
                move_to_one_form(folder, wanted)
            for path in list(wanted.glob("*.ipynb")):
                name = f"{notebooks.get(normal(path.stem), path.stem)}.ipynb"
                if not (wanted / name).exists():
                    path.rename(wanted / name)
