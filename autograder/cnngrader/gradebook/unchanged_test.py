import nbformat
import pytest

from cnngrader.gradebook.unchanged import unchanged


def notebook(answer="a = 1", shown="✔ A (1 of 1)", text="Because.", points=2.0, check_points=1.0, beside="x"):
    def cell(make, source, id, grade, solution, points=0.0):
        mark = {"schema_version": 3, "grade_id": id, "grade": grade, "solution": solution, "locked": False}
        return make(source, id=id, metadata={"nbgrader": {**mark, "points": points, "cell_type": "code"}})

    code, markdown = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
    check = cell(code, 'check("a")', "a", True, False, check_points)
    check.outputs = [nbformat.v4.new_output("stream", name="stdout", text=shown)]
    cells = [markdown(beside, id="beside"), cell(code, answer, "answer-a", False, True), check]
    return nbformat.writes(nbformat.v4.new_notebook(cells=[*cells, cell(markdown, text, "why", True, True, points)]))


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, ("a", "why")),
        ({"beside": "y"}, ("a", "why")),
        ({"answer": "a = 2"}, ("why",)),
        ({"shown": "✘ A (0 of 1)"}, ("why",)),
        ({"check_points": 2.0}, ("why",)),
        ({"text": "It is so."}, ("a",)),
        ({"points": 3.0}, ("a",)),
    ],
    ids=lambda change: ", ".join(change),
)
def test_what_a_person_looked_at_decides(change, same):
    assert unchanged(notebook(), notebook(**change)) == same


def test_a_cell_that_was_not_there_is_new():
    assert unchanged(nbformat.writes(nbformat.v4.new_notebook()), notebook()) == ()
