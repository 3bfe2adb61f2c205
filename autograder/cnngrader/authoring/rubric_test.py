import sys
import types
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cnngrader.authoring.rubric import Rubric, without_due
from cnngrader.errors import AuthorError

TEXT = '''"""What the staff know of this assignment."""

import math

import numpy as np
from cnnkit.check import PartialCredit, expect, graded

SIZES = [(7, 3), (5, 5)]  # of the text
SECRET_SIZES = [(226, 11)]
UNUSED = "left over"


def reference(n, f):
    """The right answer."""
    return n - f + 1


def secret_reference(n, f):
    # nobody guesses this
    return math.floor(n - f) + 1


class Sizes:
    rows = np.arange(3)


def ask(submission, n, f):
    return submission.output_size(n, f)


@graded("size", points=0.5)
def test_sizes(submission):
    """Sizes of the text"""
    for n, f in SIZES:
        expect(ask(submission, n, f), reference(n, f), of="output_size")


# what comes next is hidden
@graded(
    "size",
    points=1.5,
    hidden=True,
)
def test_secret_sizes(submission):
    """Other sizes"""
    for n, f in SECRET_SIZES:
        expect(submission.output_size(n, f), secret_reference(n, f), of="output_size")


@graded("model", points=3, trains=True, seconds=60)
def test_model(submission):
    """The model"""
    expect(submission.value("rate"), 0.1, of="rate")
    model = submission.model("build", 3)
    if model.parameters != 6 and submission.rng.normal() < 100:
        raise PartialCredit(0.5, "half")


@graded("late", points=2, hidden=True)
def test_late(submission):
    """Later"""
    expect(submission.late(Sizes.rows), 1, of="late")
'''


@pytest.fixture
def write(tmp_path):
    """Write a rubric to test_x.py and read it."""

    def write(text, encoding="utf-8"):
        path = tmp_path / "test_x.py"
        path.write_bytes(text.encode(encoding))
        return Rubric(path)

    return write


@pytest.fixture
def load(monkeypatch):
    """Run a rubric's public text as the module `checks`, as a student's notebook does."""

    def load(rubric):
        module = types.ModuleType("checks_of_a_rubric")
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.delenv("CNNKIT_GRADING", raising=False)
        exec(compile(rubric.public_text(), "checks.py", "exec"), vars(module))
        return module

    return load


def test_points_are_summed_by_check_in_the_rubrics_order(write):
    rubric = write(TEXT)
    assert list(rubric.points().items()) == [("size", 2.0), ("model", 3.0), ("late", 2.0)]
    assert rubric.hidden_points() == {"size": 1.5, "late": 2.0}


def test_marks_are_those_of_the_tests(write):
    rubric = write(TEXT)
    (model,) = [test for test in rubric.tests if test.name == "test_model"]
    assert (model.mark.check, model.mark.points, model.mark.trains, model.mark.seconds) == ("model", 3, True, 60)
    assert [test.mark.hidden for test in rubric.tests] == [False, True, False, True]


def test_asks_are_found_by_call_value_and_model_and_through_helpers(write):
    asks = {test.name: test.asks for test in write(TEXT).tests}
    assert asks == {
        "test_sizes": {"output_size"},
        "test_secret_sizes": {"output_size"},
        "test_model": {"rate", "build"},
        "test_late": {"late"},
    }


def test_the_public_text_runs_on_its_own(write, load):
    checks = load(write(TEXT))
    checks.check.variables = {"output_size": lambda n, f: n - f + 1, "rate": 0.1}
    result = checks.check("size")
    assert result.passed
    assert (result.outcomes[0].points, result.hidden_points) == (0.5, 1.5)
    assert checks.check("late").hidden_points == 2.0
    assert "no `build`" in repr(checks.check("model"))


def test_a_due_date_is_told_and_changes_neither_the_release_nor_what_is_graded(write, monkeypatch):
    rubric = write(TEXT)
    dated = rubric.public_text(
        "aaaa1111", datetime(2026, 3, 8, 23, 59, tzinfo=ZoneInfo("Europe/Berlin")), "Don't (10% a day)."
    )
    module = types.ModuleType("checks_of_a_rubric")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(dated, "checks.py", "exec"), vars(module))
    assert module.check.release == "aaaa1111"
    assert module.check.due.due == datetime(2026, 3, 8, 22, 59, tzinfo=UTC)
    assert module.check.due.late == "Don't (10% a day)."
    assert without_due(dated.encode()) == rubric.public_text("aaaa1111").encode() != dated.encode()


def test_hints_go_to_students_also_those_of_a_check_whose_tests_are_hidden(write, load):
    hinted = TEXT.replace('@graded("late",', '@graded("late", hints=["Look at `build`.", "Two of them."],')
    assert hinted != TEXT
    rubric = write(hinted)
    assert rubric.hints() == {"size": [], "model": [], "late": ["Look at `build`.", "Two of them."]}
    assert repr(load(rubric).check("late", hint=2)) == "Two of them."


def test_the_public_text_holds_nothing_that_only_hidden_tests_reach(write):
    public = write(TEXT).public_text()
    for word in ("secret", "SECRET", "Sizes:", "UNUSED", "math", "hidden is", "what comes next", "staff"):
        assert word not in public
    for word in ("def ask", "def reference", "SIZES = [(7, 3), (5, 5)]  # of the text", "import PartialCredit"):
        assert word in public


def test_each_line_is_in_the_public_text_or_in_the_hidden_one(write):
    rubric = write(TEXT)
    hidden = rubric.hidden_text()
    assert not {line for line in hidden.splitlines() if line.strip()} & set(rubric.public_text().splitlines())
    for line in ("SECRET_SIZES = [(226, 11)]", "# nobody guesses this", "hidden=True,"):
        assert line in hidden


def test_the_public_text_is_the_same_each_time(write):
    assert write(TEXT).public_text() == write(TEXT).public_text()


@pytest.mark.parametrize("mark", ["\f", "\x1c", "\u2028", "\x85"], ids=ascii)
def test_a_character_that_python_does_not_count_as_a_line_end_moves_no_line(write, load, mark):
    """Such as the form feed that some editors put between functions."""
    rubric = write(TEXT.replace("# of the text", f"# of the{mark}text"))
    assert "secret" not in rubric.public_text().lower()
    assert "size" in load(rubric).check.tests()


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_line_ends_of_other_systems_are_read(write, load, end):
    assert load(write(TEXT.replace("\n", end))).check.tests().keys() == {"size", "late", "model"}


HEAD = "from cnnkit.check import expect, graded\n\n"
ONE = '\n\n@graded("a", points=1)\ndef test_a(submission):\n    expect(submission.a(), VALUE, of="a")\n'


@pytest.mark.parametrize(
    "definition",
    [
        "VALUE = 3",
        "VALUE: int = 3",
        "OTHER, VALUE = 1, 3",
        "if True:\n    VALUE = 3\nelse:\n    VALUE = 4",
        "try:\n    from math import no_such_thing as VALUE\nexcept ImportError:\n    VALUE = 3",
        "from operator import add\nVALUE = add(1, 2)",
        "import os.path\nVALUE = len(os.path.join('a', 'b'))",
        "for VALUE in range(4):\n    pass",
        "VALUE = 1\nVALUE += 2",
        "def value():\n    return INNER\n\n\nINNER = 3\nVALUE = value()",
        "VALUES = [1]\nVALUES.append(3)\nVALUE = VALUES[1]",
    ],
)
def test_what_a_public_test_reaches_comes_with_it(write, load, definition):
    checks = load(write(HEAD + definition + ONE))
    checks.check.variables = {"a": lambda: 3}
    assert checks.check("a").passed


HIDDEN = '@graded("a", points=1, hidden=True)\n'
PYTEST = HEAD + "import pytest\n"
TEST = "def test_a(submission): pass\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("def test_a(:\n", 1, "invalid syntax"),
        (HEAD + "x = (\n", 3, "never closed"),
        (HEAD + "@graded()\n" + TEST, 3, "graded() missing"),
        (HEAD + '@graded("a")\n' + TEST, 3, "points"),
        (HEAD + '@graded("a", "b", points=1)\n' + TEST, 3, "graded() takes 1 positional argument"),
        (HEAD + '@graded("a", points=N)\n' + TEST, 3, "NameError: name 'N' is not defined"),
        (HEAD + '@graded("a", points=1, hide=True)\n' + TEST, 3, "unexpected keyword argument 'hide'"),
        (HEAD + '@graded("a", points=1)\ndef sizes(submission): pass\n', 3, "sizes is graded, so its name must begin"),
        (HEAD + '@graded("a", points=0)\n' + TEST, 3, "points must be a number above 0, not 0"),
        (HEAD + '@graded("a", points="1")\n' + TEST, 3, "points must be a number above 0, not '1'"),
        (HEAD + '@graded("a", points=1, seconds=0)\n' + TEST, 3, "seconds"),
        (HEAD + "@graded(3, points=1)\n" + TEST, 3, "the id of a check is a text"),
        (HEAD + '@graded("a", points=1)\ndef test_a(submission, n): pass\n', 3, "fixture 'n' not found"),
        (HEAD + '@graded("a", points=1)\ndef test_a(submission, tmp_path): pass\n', 3, "takes (submission, tmp_path)"),
        (HEAD + '@graded("a", points=1)\ndef test_a(): pass\n', 3, "(submission) alone"),
        (HEAD + "1 / 0\n", 3, "ZeroDivisionError: division by zero"),
        (HEAD + "def f():\n    return {}[3]\n\n\nf()\n", 4, "KeyError: 3"),
        (HEAD + "raise SystemExit\n", None, "pytest ended with"),
        (HEAD + "import os\nos._exit(0)\n", None, "the process that loads it ended"),
        (HEAD + "import helper_beside\n", 3, "No module named 'helper_beside'. A rubric is run in a folder of its own"),
        (HEAD + "open(__file__.replace('test_x.py', 'truth.csv'))\n", 3, "A rubric is run in a folder of its own"),
        (HEAD + "open('autograder/rubrics/truth.csv')\n", 3, "A rubric is run in a folder of its own"),
    ],
)
def test_an_error_names_file_and_line_in_one_line(write, text, line, words):
    with pytest.raises(AuthorError) as error:
        write(text)
    said = str(error.value)
    assert "test_x.py" in said
    assert line is None or f"test_x.py:{line}: " in said
    assert words in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HIDDEN + '@pytest.mark.parametrize("n", [1, 2])\ndef test_a(submission, n): pass\n', "parametrized"),
        ("@pytest.fixture(params=[1])\ndef n(): pass\n" + HIDDEN + "def test_a(submission, n): pass\n", "parametrized"),
        ("@pytest.fixture(params=[1, 2], autouse=True)\ndef n(): pass\n" + HIDDEN + TEST, "parametrized"),
        (
            "def pytest_generate_tests(metafunc): metafunc.parametrize('n', [1, 2])\n"
            + HIDDEN
            + "def test_a(submission, n): pass\n",
            "parametrized",
        ),
        (HIDDEN + "@pytest.mark.skip\n" + TEST, "test_a is marked skip"),
        (HIDDEN + "@pytest.mark.skipif(False, reason='')\n" + TEST, "test_a is marked skipif"),
        (HIDDEN + "@pytest.mark.xfail\n" + TEST, "test_a is marked xfail"),
        ("pytestmark = pytest.mark.skip\n" + HIDDEN + TEST, "test_a is marked skip"),
        ("pytest.importorskip('no_module')\n" + HIDDEN + TEST, "skipped as a whole: Skipped: could not import"),
        ("pytest.skip('why', allow_module_level=True)\n" + HIDDEN + TEST, "skipped as a whole: Skipped: why"),
        (HIDDEN + "async def test_a(submission): pass\n", "is async or has a yield"),
        (HIDDEN + "def test_a(submission): yield\n", "yield"),
        ("class TestA:\n    " + HIDDEN + "    def test_a(self, submission): pass\n", "in the class TestA"),
        (
            "class A:\n    " + HIDDEN + "    def test_a(self, submission): pass\n",
            "A.test_a is graded, and pytest does not",
        ),
        (
            "import unittest\nclass A(unittest.TestCase):\n    " + HIDDEN + "    def test_a(self): pass\n",
            "in the class A",
        ),
        ((HIDDEN + TEST) * 2, "two tests are called test_a, so only the last would run"),
        (HIDDEN + TEST + "test_b = test_a\n", "test_b is no function of the file"),
        ("if True:\n    " + HIDDEN + "    " + TEST, "test_a is no function of the file"),
        (
            f"for n in '12':\n    {HIDDEN}    def test(submission): pass\n    globals()['test_' + n] = test\n",
            "no function of the file",
        ),
        (f"def make():\n    {HIDDEN}    {TEST}    return test_a\n\ntest_a = make()\n", "test_a is no function"),
        (HIDDEN + "@pytest.mark.usefixtures('gone')\n" + TEST, "fixture 'gone' not found"),
        (
            "@pytest.fixture(scope='module')\ndef n(submission): pass\n" + HIDDEN + "def test_a(n): pass\n",
            "ScopeMismatch",
        ),
        ("@pytest.fixture(autouse=True)\ndef n(): pass\n" + HIDDEN.replace("True", "False") + TEST, "pytest calls n"),
        ("@pytest.mark.usefixtures('tmp_path')\n" + HIDDEN.replace("True", "False") + TEST, "pytest calls tmp_path"),
        ("def setup_function(): pass\n" + HIDDEN.replace("True", "False") + TEST, "pytest calls"),
        (
            HIDDEN.replace("True", "False") + "def test_a(submission):\n    with pytest.raises(ValueError): pass\n",
            "a public test uses pytest, which students do not have",
        ),
    ],
)
def test_what_pytest_would_not_run_or_not_once_is_refused(write, text, words):
    with pytest.raises(AuthorError, match=r"test_x\.py:( |\d+: )[^\n]*$") as error:
        write(PYTEST + text)
    assert words in str(error.value)


def test_what_pytest_does_with_fixtures_is_as_it_says(write):
    rubric = write(
        PYTEST
        + """
POINTS = 1.5


@pytest.fixture(name="image", scope="module")
def make_image():
    yield [1]


@pytest.fixture
def larger(image):
    return image * 2


@pytest.fixture(autouse=True)
def quiet():
    pass


@graded("a", points=POINTS, hidden=True)
def test_a(submission, larger):
    \"\"\"Larger images\"\"\"


@pytest.mark.usefixtures("image")
@pytest.mark.filterwarnings("ignore")
@graded("a", points=1, hidden=True)
def test_b(submission):
    submission.half(3)


def test_without_points():
    pass
"""
    )
    assert [(test.name, test.title, test.mark.points) for test in rubric.tests] == [
        ("test_a", "Larger images", 1.5), ("test_b", "b", 1),
    ]  # fmt: skip
    assert [test.fixtures for test in rubric.tests] == [("larger", "make_image", "quiet"), ("make_image", "quiet")]
    assert rubric.tests[1].asks == {"half"}


def test_what_a_fixture_asks_of_the_notebook_its_test_asks(write):
    fixture = "@pytest.fixture(name='right')\ndef answer(submission): return submission.half(3)\n"
    (test,) = write(PYTEST + fixture + HIDDEN + "def test_a(submission, right): pass\n").tests
    assert test.asks == {"half"}


@pytest.mark.parametrize("text", ["", "def test_a(submission): pass\n"])
def test_a_rubric_without_graded_tests_is_refused(write, text):
    with pytest.raises(AuthorError, match=r"test_x\.py: no function is marked with @graded"):
        write(text)


@pytest.mark.parametrize("text", [b"x = '\xff'\n", b"x = '\0'\n"], ids=["latin-1", "zero"])
def test_a_file_that_is_no_text_is_refused_by_name(tmp_path, text):
    path = tmp_path / "test_x.py"
    path.write_bytes(text)
    with pytest.raises(AuthorError, match=r"test_x\.py"):
        Rubric(path)
