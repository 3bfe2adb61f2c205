import shutil

import pytest

from cnngrader.course import Course


@pytest.fixture
def edited(window, tmp_path):
    """edited(notebook=..., rubric=..., ...): `window` with (find, put) edits; ("", put) is a whole file."""

    def edit(**edits: tuple[str, str]) -> Course:
        for name in ("solutions", "autograder"):
            shutil.copytree(window.course.root / name, tmp_path / name)
        course = Course(tmp_path, tmp_path / "course")
        assignment = course.assignment("window")
        paths = {"notebook": assignment.source, "rubric": assignment.rubric}
        paths |= {"mutants": assignment.mutants, "alternatives": assignment.alternatives}
        for what, (find, put) in edits.items():
            text = paths[what].read_text()
            assert find in text
            paths[what].write_text(text.replace(find, put) if find else put)
        return course

    return edit
