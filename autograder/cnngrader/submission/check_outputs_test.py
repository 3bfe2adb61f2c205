import nbformat
import pytest

from cnngrader.submission.check_outputs import find_pictures, show_verdicts
from cnngrader.submission.verdict import TestVerdict


def cell(name, *, solution=False, output="forged"):
    made = nbformat.v4.new_code_cell(f"# {name}")
    made.outputs = [nbformat.v4.new_output("stream", name="stdout", text=output)]
    made.metadata.nbgrader = {"grade": True, "solution": solution, "grade_id": name, "locked": not solution}
    return made


@pytest.fixture
def shown():
    """Texts of the cells "mean", "other" and "written" after the verdicts of "mean" are shown."""
    cells = [cell("mean"), cell("other"), cell("written", solution=True)]
    tests = [
        TestVerdict("test_a", "mean", "One window", 1.0, 1.0),
        TestVerdict("test_b", "mean", "Others", 2.0, 0.5, "divide by 4."),
    ]
    notebook = nbformat.reads(
        show_verdicts(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), tests), as_version=4
    )
    return ["".join(output.text for output in made.outputs) for made in notebook.cells]


def test_a_check_shows_its_tests_and_nothing_that_a_student_printed(shown):
    assert shown[0] == "✔ One window (1 of 1)\n✘ Others (0.5 of 2): divide by 4.\n"


def test_a_check_without_tests_shows_nothing_and_answers_keep_what_they_printed(shown):
    assert shown[1:] == ["", "forged"]


def test_pictures_stand_below_their_check_and_are_found_there_again():
    tests = [TestVerdict("test_a", "mean", "One", 1.0, 0.0, "wrong."), TestVerdict("test_c", "other", "Two", 1.0, 1.0)]
    forged = cell("mean")
    forged.outputs[0] = nbformat.v4.new_output("display_data", {"image/png": "Zm9yZ2Vk", "text/plain": "right"})
    notebook = nbformat.writes(nbformat.v4.new_notebook(cells=[forged, cell("other")]))
    pictures = {"test_a": ("cGljdHVyZQ==", "yours and expected"), "test_of_another_release": ("eA==", "x")}
    shown = nbformat.reads(show_verdicts(notebook, tests, pictures), as_version=4)
    nbformat.validate(shown)
    assert find_pictures(shown) == {"test_a": pictures["test_a"]}
    text, picture = shown.cells[0].outputs
    assert text.text == "✘ One (0 of 1): wrong.\n"
    assert picture.metadata["image/png"].alt == picture.data["text/plain"] == "yours and expected"
