import pytest

from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.rubric import Rubric
from cnngrader.errors import AuthorError
from cnngrader.verifying.alternatives import load_alternatives

TEXT = '''[[alternative]]
name = "builtins"
[alternative.answers]
window-mean = """
def window_mean(window):
    return sum(map(sum, window)) / window.size
"""
'''


@pytest.fixture
def load(pooling):
    def load(text):
        pooling.alternatives.write_text(text)
        return load_alternatives(pooling.alternatives)

    return load


def test_without_a_file_there_are_none(pooling):
    pooling.alternatives.unlink()
    assert load_alternatives(pooling.alternatives) == []


def test_an_alternative_takes_the_place_of_the_whole_cell(load, pooling):
    (made,) = load(TEXT)
    rubric = Rubric(pooling.rubric)
    solution = build_notebook(pooling, rubric)
    tests = made.tests(solution, rubric)
    assert [test.name for test in tests] == ["test_window_of_the_text", "test_fresh_windows"]
    (source,) = [cell.source for cell in made.notebook(solution, tests).cells if cell.id == "answer-window-mean"]
    assert source == "def window_mean(window):\n    return sum(map(sum, window)) / window.size"


@pytest.mark.parametrize("trains", [True, False])
def test_tests_that_train_are_run_where_it_says_so(load, pooling, trains):
    pooling.rubric.write_text(pooling.rubric.read_text().replace("hidden=True)", "hidden=True, trains=True)"))
    (made,) = load(TEXT.replace("[alternative.answers]", f"trains = {str(trains).lower()}\n[alternative.answers]"))
    rubric = Rubric(pooling.rubric)
    names = [test.name for test in made.tests(build_notebook(pooling, rubric), rubric)]
    assert ("test_fresh_windows" in names) is trains


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TEXT + TEXT, "alternative 'builtins' is there twice"),
        (TEXT.replace('name = "builtins"\n', ""), "line 1: alternative 1.name is missing"),
        ("[[alternative]]\nname = 'a'\nanswers = 3\n", "alternative 'a'.answers is 3, and must be a table"),
        ("[[alternative]]\nname = 'a'\nanswers = {}\n", "line 3: alternative 'a'.answers must be a table of {"),
        ("[[alternative]]\nname = 'a'\nanswers = { b = 1 }\n", "alternative 'a'.answers is {'b': 1}, and must be text"),
        (TEXT.replace("[alternative.a", "trains = 1\n[alternative.a"), "'builtins'.trains is 1, and must be true"),
        (TEXT.replace("[[alternative]]", "[alternative]"), "alternative is one table"),
        ("[[mutant]]\nname = 'a'\n", "mutant is unknown; known are alternative"),
    ],
)
def test_an_error_names_the_file_and_the_alternative(load, pooling, text, words):
    with pytest.raises(AuthorError) as error:
        load(text)
    assert str(error.value).startswith(str(pooling.alternatives))
    assert words in str(error.value)
