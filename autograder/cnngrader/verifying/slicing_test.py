import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from cnngrader.verifying.slicing import Slices


def needed(asked, *cells):
    """Places of the cells needed for names asked for, as "a b"."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    return Slices(notebook).needed(asked.split())


@pytest.mark.parametrize(
    "definition",
    [
        "a = 1",
        "a: int = 1",
        "b, a = 1, 2",
        "b = a = 1",
        "a += 1",
        "def a(): pass",
        "async def a(): pass",
        "class a: pass",
        "import a",
        "import a.b",
        "import numpy as a",
        "from numpy import a",
        "for a in range(3): pass",
        "with open('x') as a: pass",
        "if (a := 3): pass",
        "b = [(a := i) for i in range(3)]",
        "if True:\n    a = 1",
        "try:\n    a = 1\nexcept OSError:\n    pass",
        "%%time\na = 1",
        "!pip list\na = 1",
        "  %matplotlib inline\na = 1",
        "a[0] = 1",
        "a.rate = 1",
        "a.layers[0].rate = 1",
        "a.fit(1)",
        "a.layers[0].build(1)",
        "for i in range(3):\n    a.fit(i)",
        "b = a.pop()",
        "print(a.pop())",
    ],
)
def test_a_cell_that_defines_or_changes_a_name_is_needed_for_it(definition):
    assert needed("a", "c = 1", definition, "d = 1") == {1}


@pytest.mark.parametrize(
    "other",
    [
        "b = a",
        "print(a)",
        "def b(): a = 1",
        "def b(a): return a",
        "def b():\n    a.fit(1)",
        "b = [a for a in range(3)]",
        "b = {a for a in range(3)}",
        "b = {a: 2 for a in range(3)}",
        "b = {2: a for a in range(3)}",
        "b = [[a for a in range(3)] for _ in range(2)]",
        "b = [c for a in range(3) for c in range(a) if a]",
        "b = sum(a for a in range(3))",
        "def b(): return [a for a in range(3)]",
        "class b:\n    c = [a for a in range(3)]",
        "b = lambda a: a",
        "f(a=1)",
        "b.a = 1",
        "b['a'] = 1",
        "b.a(1)",
        "'a = 1'",
        "# a = 1",
        "a = 1 +",
    ],
)
def test_a_cell_that_only_uses_a_name_or_has_one_of_its_own_is_not_needed(other):
    assert needed("a", "a = 3", other) == {0}


@pytest.mark.parametrize(
    "use",
    [
        "b = a",
        "b = f(a)",
        "b = a + 1",
        "def b(): return a",
        "def b(x=a): return x",
        "def b(x: a): return x",
        "@a\ndef b(): pass",
        "def b():\n    def inner():\n        return a\n    return inner",
        "def b():\n    global a\n    a = 1",
        "class b(a): pass",
        "class b:\n    x = a",
        "class b:\n    def f(self): return a",
        "b = [a for _ in range(3)]",
        "b = [a for a in range(a)]",
        "b = {a: 1 for _ in range(3)}",
        "b = {1: a for _ in range(3)}",
        "b = [[a for _ in range(3)] for _ in range(2)]",
        "class b:\n    x = [a for _ in range(3)]",
        "b = lambda: a",
        "b = f'{a}'",
        "b = {}\nb[a] = 1",
        "%%time\nb = a",
        "a += 1\nb = 2",
        "b = 2\na.append(3)",
    ],
)
def test_what_a_needed_cell_uses_is_needed_too(use):
    assert needed("b", "a = 1", use) == {0, 1}


@pytest.mark.parametrize(
    "use",
    [
        "def b():\n    a = 1\n    return a",
        "def b(a): return a",
        "b = [a for a in range(3)]",
        "b = x.a",
        "b = dict(a=1)",
        "b = 'a'",
    ],
)
def test_a_name_of_its_own_needs_no_other_cell(use):
    assert needed("b", "a = 1", use) == {1}


def test_needs_are_followed_from_cell_to_cell_wherever_they_stand():
    cells = ["d = c()", "def b(): return a", "unrelated = 1", "def c(): return b()", "a = 1", "unrelated = d"]
    assert needed("d", *cells) == {0, 1, 3, 4}


def test_every_cell_that_defines_a_name_is_needed():
    assert needed("a", "a = 1", "b = 1", "a = 2") == {0, 2}


def test_cells_that_need_each_other_end_the_search():
    assert needed("even", "def even(n): return odd(n - 1)", "def odd(n): return even(n - 1)") == {0, 1}


def test_calling_what_is_in_a_module_does_not_change_it():
    cells = ["import numpy as np", "np.random.seed(0)", "np.pi = 3", "b = np.zeros(3)"]
    assert needed("b", *cells) == {0, 3}


def test_training_is_needed_for_the_model_and_not_for_what_made_it():
    cells = ["def build(): return Model()", "model = build()", "history = model.fit(images)", "images = load()"]
    assert needed("model", *cells) == {0, 1, 2, 3}
    assert needed("build", *cells) == {0}


def test_a_name_that_hides_a_builtin_is_a_name_like_others():
    assert needed("b", "filter = [1, 0, -1]", "def b(): return filter") == {0, 1}


def test_an_operator_at_the_beginning_of_a_line_is_no_magic():
    assert needed("b", "a = 1", "b = (a\n    % 2)") == {0, 1}


def test_several_names_need_the_cells_of_each():
    assert needed("a c", "a = 1", "b = 1", "c = 1") == {0, 2}
    assert needed("", "a = 1") == set()
    assert needed("unknown", "a = 1") == set()


def test_text_is_no_code():
    notebook = new_notebook(cells=[new_markdown_cell("a = 1"), new_code_cell("a = 2")])
    assert Slices(notebook).needed(["a"]) == {1}


@pytest.mark.parametrize("broken", ["a = (", "def a(:", "a = 1\n  b = 2", "\0", "a = " + "-" * 100_000 + "1"])
def test_a_cell_that_does_not_parse_defines_nothing(broken):
    assert needed("a", broken, "a = 1") == {1}


def test_what_a_function_adds_to_is_its_own():
    assert needed("f", "rate = 1", "def f(rate):\n    rate *= 2\n    return rate") == {1}
    assert needed("f", "rate = 1", "def f():\n    global rate\n    rate *= 2") == {0, 1}
    assert needed("rate", "rate = 1", "if True:\n    rate *= 2") == {0, 1}
