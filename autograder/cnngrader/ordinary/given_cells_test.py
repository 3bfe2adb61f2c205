"""What a submission says of cells that are not its own, and what it shows to staff."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from cnngrader.ordinary.given_cells import given_texts, restore_metadata
from cnngrader.ordinary.ordinary_course_run_test import (  # noqa: F401  # fixtures
    RIGHT,
    course,
    grade,
    hand_in,
    outcome,
    released,
)
from cnngrader.ordinary.ordinary_course_test import mark

TAGS = ["skip-execution", "raises-exception", "remove-cell", "nbgrader-skip"]
SCRIPT = "<script>fetch('//evil.example')</script>"


def change(course, student, what):  # noqa: F811
    path = course / "submitted" / student / "ps1" / "first.ipynb"
    handed = nbformat.read(path, as_version=4)
    what(handed)
    nbformat.write(handed, path)


def test_a_check_that_is_tagged_is_run_all_the_same(course):  # noqa: F811
    for tag in TAGS:
        hand_in(course, tag, "double = None")
        change(course, tag, lambda handed, tag=tag: handed.cells[1].metadata.update(tags=[tag], collapsed=True))
    assert {student: outcome(record) for student, record in grade(course).items()} == dict.fromkeys(TAGS, ("graded", 0))


def test_what_staff_open_runs_nothing(course):  # noqa: F811
    hand_in(course, "ana", f"{RIGHT}\nfrom IPython.display import HTML\ndisplay(HTML({SCRIPT!r}))")

    def add(handed):
        handed.cells += [new_markdown_cell(SCRIPT), nbformat.v4.new_raw_cell(SCRIPT)]

    change(course, "ana", add)
    (record,) = grade(course).values()
    assert outcome(record) == ("graded", 2), record
    shown = (course / "autograded" / "ana" / "ps1" / "first.ipynb").read_text()
    assert "//evil.example" in shown
    cells = nbformat.reads(shown, as_version=4).cells
    assert not [cell for cell in cells if cell.cell_type != "code" and "<script" in cell.source]
    assert not [output for cell in cells for output in cell.get("outputs", ()) if "<script" in str(output)]


def test_the_courses_own_tags_stay_with_their_cell():
    given = mark(new_code_cell("slow()"), "check", grade=True, locked=True)
    given.metadata.tags = ["raises-exception"]
    handed = mark(new_code_cell("slow()"), "check", grade=True, locked=True, points=2)
    handed.metadata.tags = ["skip-execution"]
    own = new_code_cell("mine()", metadata={"tags": ["mine"]})
    notebook = nbformat.v4.new_notebook(cells=[handed, own])
    restore_metadata(notebook, nbformat.v4.new_notebook(cells=[given]))
    assert handed.metadata.tags == ["raises-exception"]
    assert handed.metadata.nbgrader.points == 2, "the mark is the gradebook's"
    assert own.metadata.tags == ["mine"]


def test_a_text_is_not_the_courses_because_it_says_so():
    forged = mark(new_markdown_cell(SCRIPT), "", locked=True)
    del forged.metadata.nbgrader["grade_id"]  # as nbgrader does where it does not know it
    assert given_texts(nbformat.v4.new_notebook(cells=[forged]), nbformat.v4.new_notebook()) == set()
