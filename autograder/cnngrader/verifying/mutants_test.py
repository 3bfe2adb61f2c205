import copy

import pytest

from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.rubric import Rubric
from cnngrader.errors import AuthorError
from cnngrader.verifying.mutants import Mutant, load_mutants

TEXT = """[[mutant]]
name = "sum"
answer = "window-mean"
edits = [[" / window.size", ""]]
loses = { window-mean = 3 }
says = "divide"
"""


@pytest.fixture
def rubric(pooling):
    return Rubric(pooling.rubric)


@pytest.fixture
def solution(pooling, rubric):
    """The built notebook of "pooling", with further cells of which some are needed."""
    text = pooling.source.read_text()
    text = text.replace("np.sum(window) / window.size", "total(window) / window.size")
    text += (
        "\n# %%\nscale = 1\n\n# %%\ndef total(window):\n    return np.sum(window) * scale\n\n# %%\nunused = total(3)\n"
    )
    pooling.source.write_text(text)
    return build_notebook(pooling, rubric)


@pytest.fixture
def load(pooling, rubric):
    def load(text):
        pooling.mutants.write_text(text)
        return load_mutants(pooling.mutants, rubric)

    return load


def mutant(**changes):
    parts = {"name": "sum", "answer": "window-mean", "edits": ((" / window.size", ""),), "loses": {}, "says": ""}
    return Mutant(**parts | changes)


def code(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def test_mutants_are_read_in_their_order(load):
    first, second = load(TEXT + TEXT.replace('"sum"', '"other"'))
    assert first == Mutant("sum", "window-mean", ((" / window.size", ""),), {"window-mean": 3}, "divide")
    assert second.name == "other"


def test_without_a_file_there_are_none(pooling, rubric):
    pooling.mutants.unlink()
    assert load_mutants(pooling.mutants, rubric) == []


def test_edits_apply_in_order_and_leave_the_solution_alone(solution, rubric):
    before = copy.deepcopy(solution)
    edits = ((" / window.size", " / len(window)"), ("len(window)", "2"))
    made = mutant(edits=edits).notebook(solution, rubric.tests)
    assert "return total(window) / 2" in "\n".join(code(made))
    assert solution == before


def test_cells_that_no_test_needs_are_blank(solution, rubric):
    made = mutant().notebook(solution, rubric.tests)
    kept = [source for source in code(made) if source]
    assert [source.split()[1] for source in kept] == ["numpy", "window_mean(window):", "=", "total(window):"]
    assert len(code(made)) == len(code(solution))
    assert [c.source for c in made.cells if c.cell_type == "markdown"] == [
        c.source for c in solution.cells if c.cell_type == "markdown"
    ]


def test_what_an_edit_needs_anew_is_kept(solution, rubric):
    made = mutant(edits=((" / window.size", " + unused"),)).notebook(solution, rubric.tests)
    assert "unused = total(3)" in code(made)


def test_only_tests_that_depend_on_the_answer_are_run(solution, rubric, pooling):
    extra = '\n\n@graded("window-mean", points=1)\ndef test_scale(submission):\n    submission.value("scale")\n'
    pooling.rubric.write_text(pooling.rubric.read_text() + extra)
    tests = mutant().tests(solution, Rubric(pooling.rubric))
    assert [test.name for test in tests] == ["test_window_of_the_text", "test_fresh_windows"]


@pytest.mark.parametrize(("loses", "run"), [({}, False), ({"window-mean": 1}, True), ({"other": 1}, False)])
def test_a_test_that_trains_is_run_only_for_a_mutant_that_lists_its_check(solution, pooling, loses, run):
    text = pooling.rubric.read_text().replace("hidden=True)", "hidden=True, trains=True)")
    pooling.rubric.write_text(text)
    tests = mutant(loses=loses).tests(solution, Rubric(pooling.rubric))
    assert ("test_fresh_windows" in [test.name for test in tests]) is run


@pytest.mark.parametrize("edits", [(("no such text", ""),), ((" / window.size", ""), (" / window.size", ""))])
def test_an_edit_that_does_not_apply_names_the_mutant(solution, rubric, edits):
    with pytest.raises(AuthorError, match="mutant 'sum': answer 'window-mean' does not hold"):
        mutant(edits=edits).notebook(solution, rubric.tests)


def test_an_unknown_answer_names_the_mutant(solution, rubric):
    for action in (lambda m: m.notebook(solution, rubric.tests), lambda m: m.tests(solution, rubric)):
        with pytest.raises(AuthorError, match="mutant 'sum': no cell is marked answer='mean'"):
            action(mutant(answer="mean"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TEXT.replace('says = "divide"\n', ""), "line 1: mutant 'sum'.says is missing"),
        (TEXT + 'say = "x"\n', "line 7: mutant 'sum'.say is unknown; known are answer, edits, loses, name, says"),
        (TEXT.replace('name = "sum"\n', ""), "line 1: mutant 1.name is missing"),
        (TEXT + TEXT, "line 7: mutant 'sum' is there twice"),
        (
            TEXT.replace("{ window-mean", "{ window"),
            "line 5: mutant 'sum'.loses names 'window', and the checks are window-mean",
        ),
        (TEXT.replace('[[" / window.size", ""]]', '[[" / window.size"]]'), "mutant 'sum'"),
        (TEXT.replace('[[" / window.size", ""]]', '" / window.size"'), "mutant 'sum'"),
        (TEXT.replace('[[" / window.size", ""]]', "[]"), "mutant 'sum'"),
        (TEXT.replace("{ window-mean = 3 }", '["window-mean"]'), "mutant 'sum'"),
        (TEXT.replace("= 3 }", '= "3" }'), "mutant 'sum'"),
        (TEXT.replace("[[mutant]]", "[mutant]"), "mutant is one table"),
        (TEXT.replace("[[mutant]]", "[[mutants]]"), "line 1: mutants is unknown; known are equivalent, mutant"),
        (TEXT.replace('"divide"', '"divide'), "not valid TOML"),
    ],
)
def test_an_error_names_the_file_and_the_mutant(load, pooling, text, words):
    with pytest.raises(AuthorError) as error:
        load(text)
    assert str(error.value).startswith(str(pooling.mutants))
    assert words in str(error.value)
