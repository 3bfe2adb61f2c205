import pytest

from cnngrader.authoring.rubric import Rubric
from cnngrader.authoring.rubric_digests import digest_tests

TEXT = '''"""The rubric."""

import math

import numpy as np
import pytest
from cnnkit.check import expect, graded

SIZES = [(7, 3), (5, 5)]
ROWS, COLUMNS = 3, 4
OTHER = "of nobody"


def half(n):
    """Half of it."""
    return n / 2


def reference(n):
    return math.floor(half(n))


@pytest.fixture
def image():
    return np.ones((ROWS, COLUMNS))


@graded("size", points=1, hidden=True)
def test_size(submission):
    """Sizes"""
    for n, f in SIZES:
        expect(submission.size(n), reference(n))


@graded("mean", points=2, hidden=True, seconds=5)
def test_mean(submission, image):
    expect(submission.mean(image), image.mean())
'''


def digests(tmp_path, text):
    path = tmp_path / "test_pooling.py"
    path.write_text(text)
    return {test.name: test.digest for test in digest_tests(Rubric(path))}


@pytest.fixture
def changed(tmp_path):
    """changed(old, new): names of the tests whose digest is another where `old` reads `new`."""

    def compare(old, new):
        assert old in TEXT
        before, after = digests(tmp_path, TEXT), digests(tmp_path, TEXT.replace(old, new))
        return {name for name in before if after.get(name) != before[name]}

    return compare


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("points=1, hidden", 'points=1, hints=["A hint."], hidden'),
        ("SIZES = [", "SIZES  = ["),
        ("SIZES = [(7, 3), (5, 5)]", "SIZES = [\n    (7, 3),  # of the text\n    (5, 5),\n]"),
        ("\n\n\n@graded", "\n\n\n# a remark\n\n@graded"),
        ('"""The rubric."""', '"""Another title."""'),
        ('"""Sizes"""', '"""Sizes of the text"""'),
        ('"size", points=1', '"sizes", points=3, trains=True'),
        ('"size", points=1, hidden=True', '"size", points=1'),
        ("points=2, hidden=True", "points=1, hidden=True"),
        ('OTHER = "of nobody"', "OTHER = 3"),
        ("import math\n\nimport numpy as np\n", "import numpy as np\nimport math\n"),
    ],
    ids=repr,
)
def test_what_decides_no_outcome_changes_no_digest(changed, old, new):
    assert changed(old, new) == set()


@pytest.mark.parametrize(
    ("old", "new", "touched"),
    [
        ("submission.size(n), ref", "submission.size(n, f), ref", "test_size"),
        ("(5, 5)", "(5, 4)", "test_size"),
        ("n / 2", "n / 3", "test_size"),
        ("math.floor", "math.ceil", "test_size"),
        ("import math", "import cmath as math", "test_size"),
        ("hidden=True, seconds=5", "hidden=True, seconds=6", "test_mean"),
        ("np.ones", "np.zeros", "test_mean"),
        ("ROWS, COLUMNS = 3, 4", "ROWS, COLUMNS = 3, 5", "test_mean"),
        ("import numpy as np", "import numpy.ma as np", "test_mean"),
        ("@pytest.fixture", '@pytest.fixture(scope="module")', "test_mean"),
    ],
    ids=repr,
)
def test_a_change_touches_the_tests_that_use_it_and_no_other(changed, old, new, touched):
    assert changed(old, new) == {touched}


@pytest.mark.parametrize(
    "more",
    [
        "SIZES.append((9, 2))",
        "SIZES[0] = (1, 1)",
        "np.random.seed(3)",
        "for size in SIZES:\n    print(size)",
        "try:\n    import scipy\nexcept ImportError:\n    scipy = None",
        "if True:\n    OTHER = 3",
        "from cnnkit.check import *",
        "from __future__ import annotations",
        "def setup_function(function):\n    pass",
        "def pytest_generate_tests(metafunc):\n    pass",
        'pytestmark = pytest.mark.filterwarnings("ignore")',
        "@pytest.fixture(autouse=True)\ndef quiet():\n    pass",
    ],
)
def test_a_statement_that_may_change_anything_touches_every_test(changed, more):
    first = "import math" if "__future__" in more else 'OTHER = "of nobody"'
    assert changed(first, f"{more}\n{first}") == {"test_size", "test_mean"}


def test_a_name_as_text_is_a_use(changed):
    changed_by = changed("def test_size(submission):", '@pytest.mark.usefixtures("image")\ndef test_size(submission):')
    assert changed_by == {"test_size"}


FIXTURES = """
import numpy as np
import pytest
from cnnkit.check import graded

RNG = np.random.default_rng(0)
FIRST = RNG.normal(size=3)
SECOND = RNG.normal(size=4)
KNOWN = {}


def register(function):
    KNOWN[function.__name__] = function
    return function


@register
def known():
    return 1


@pytest.fixture(name="image", scope="module")
def make_image():
    yield [1]


@pytest.fixture
def larger(image):
    return 2 * image


@pytest.fixture
def other():
    return 3


@pytest.fixture
def submission(submission):
    return [submission]


@graded("a", points=1, hidden=True)
def test_larger(submission, larger):
    pass


@graded("a", points=1, hidden=True)
@pytest.mark.usefixtures("other")
def test_other(submission):
    return SECOND


@graded("a", points=1, hidden=True)
def test_known(submission):
    return KNOWN["known"]


@graded("a", points=1, hidden=True)
def test_alone(submission):
    return RNG
"""


@pytest.mark.parametrize(
    ("old", "new", "touched"),
    [
        ("yield [1]", "yield [3]", {"test_larger"}),
        ("2 * image", "3 * image", {"test_larger"}),
        ('scope="module"', 'scope="session"', {"test_larger"}),
        ("return 3", "return 4", {"test_other"}),
        ("pytest.fixture\ndef other", "pytest.fixture(autouse=True)\ndef other", {*"larger other known alone".split()}),
        ("return [submission]", "return submission", {*"larger other known alone".split()}),
        ("return 1", "return 2", {"test_known"}),
        ("KNOWN[function.__name__]", "KNOWN[function.__name__ * 2]", {"test_known"}),
        ("size=3", "size=5", {"test_other", "test_alone"}),
    ],
    ids=lambda value: repr(sorted(value) if isinstance(value, set) else value),
)
def test_a_change_of_what_a_test_does_not_name_touches_it_where_pytest_or_a_call_reaches_it(
    tmp_path, old, new, touched
):
    assert old in FIXTURES
    before, after = digests(tmp_path, FIXTURES), digests(tmp_path, FIXTURES.replace(old, new))
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {name if name.startswith("test_") else f"test_{name}" for name in touched}


def test_the_title_and_mark_are_those_of_now(tmp_path):
    path = tmp_path / "test_pooling.py"
    path.write_text(TEXT)
    size, mean = digest_tests(Rubric(path))
    assert (size.title, size.mark.check, size.mark.points) == ("Sizes", "size", 1)
    assert (mean.title, mean.mark.hidden, mean.mark.points) == ("mean", True, 2)
