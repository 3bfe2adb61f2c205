import sys
from types import SimpleNamespace

import matplotlib.pyplot as plt
import pytest
from IPython.core.interactiveshell import InteractiveShell

from cnnkit.check import load_checks
from cnnkit.check.waiting_cells import WaitingNote, let_cells_wait

STUB = "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
DONE = "def double(x):\n    return 2 * x"


@pytest.fixture
def run(monkeypatch):
    """Runs a cell as a notebook does; returns (whether the next one is run, the notes shown)."""
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda shown_now: shown.append(shown_now))
    shell = InteractiveShell()
    let_cells_wait(shell)

    def run(source):
        shown.clear()
        result = shell.run_cell(source)
        return result.success, [note.text for note in shown if isinstance(note, WaitingNote)]

    run.shell = shell
    yield run
    shell.history_manager.enabled = False


def test_a_cell_that_needs_an_answer_says_so_and_the_next_one_is_run(run):
    assert run(STUB) == (True, [])
    assert run("four = double(2)\nprint(four)") == (True, ["After `double` works, you see here what this cell prints."])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("picture(double(2), 'A cat, and its mask.')", "you see here: A cat, and its mask."),
        ("print()\npicture(double(2), f'A {1}.')", "you see a picture here."),
        ("from matplotlib import pyplot\ndouble(2)\npyplot.show()", "you see a picture here."),
        ("four = double(2)", "this cell does its work."),
        ("%time double(2)\nprint()", "you see here what this cell prints."),
    ],
)
def test_the_note_tells_what_is_to_be_seen(run, line, words):
    run(STUB)
    run("def picture(figure, text): ...")
    assert run(line) == (True, [f"After `double` works, {words}"])


def test_what_a_waiting_cell_would_have_made_is_waited_for_until_it_is_made(run):
    run(STUB)
    run("import json\nfor four in [double(2)]: json\neight = 2 * four")
    waits = "After `double` works and the cell that makes `eight` has run, you see here what this cell prints."
    assert run("sixteen = 2 * eight\nprint(sixteen)") == (True, [waits])
    assert "`sixteen`" in run("sixteen")[1][0]  # and so on
    run(DONE)
    assert run("print(eight)") == (True, [waits])
    assert run("eight = 8") == run("print(eight)") == (True, [])
    assert run("del eight\neight")[0] is False  # it was made: that it is gone is the student's doing


MADE_BY_TWO = [
    "x = double(x)",
    "y = 0\nx = double(2)",
    "for x in (1, double(2)):\n    pass",
    "if True:\n    x = 3\n    x = double(2)",
    "double(2)\nx = 5",
    "x.append(double(2))",
    "x[0] = double(2)",
    "x: list\n\n# YOUR CODE HERE\nraise NotImplementedError()",
]


@pytest.mark.parametrize("source", MADE_BY_TWO)
def test_what_a_waiting_cell_would_have_made_is_not_what_it_was(run, source):
    """Not what an earlier cell has made, nor what the waiting one has made of it by half."""
    run(STUB)
    run("x = [1]\ny = 0\nz = 7")
    run(source)
    assert len(run("print(x)")[1]) == 1, "it waits"
    assert run("print(y, z)") == (True, [])
    run(DONE)
    run(source.replace("raise NotImplementedError()", "x = 2"))
    assert run("print(x)") == (True, []), "the cell began again with what was there"


def test_what_a_waiting_cell_has_made_is_there(run):
    run(STUB)
    assert len(run("import json\nx = 1\ndef f():\n    y = 3\n    return y\ndouble(x)\nimport json")[1]) == 1
    run("y = 2")
    run("double(y)\ndef y(): ...")
    assert run("json.dumps(x + f() + y)") == (True, [])


def test_an_answer_that_is_no_function(run):
    own = (True, ["Your answer is still to be written here."])
    assert run("model: list  # yours\n\n# YOUR CODE HERE\nraise NotImplementedError()") == own
    assert run("model") == (True, ["After your answer above has made `model`, this cell does its work."])
    assert run("other")[0] is False


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("def f():\n    return missspelt\nf()", "NameError"),
        ("import asyncio\nasyncio.AbstractEventLoop().stop()", "NotImplementedError"),  # a library's
        ("[][1]", "IndexError"),
        ("int('x')", "ValueError"),
        ("def g(:", "SyntaxError"),
    ],
)
def test_errors_of_what_is_written_are_shown_and_end_the_run(run, capsys, source, kind):
    run(STUB)
    run("double(1)")
    capsys.readouterr()
    assert run(source) == (False, [])
    assert kind in "".join(capsys.readouterr())


def test_a_picture_half_drawn_is_not_shown(run):
    run(STUB)
    run("import matplotlib.pyplot as plt\nplt.figure()\ndouble(2)")
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("variables", "waits"), [({}, True), ({"CNNKIT_GRADING": "1"}, False), ({"NBGRADER_EXECUTION": "validate"}, True)]
)
def test_cells_wait_once_checks_are_loaded_but_for_the_grader(tmp_path, monkeypatch, variables, waits):
    """Its verdict tells by the error that what is not written is missing."""
    for name in ("CNNKIT_GRADING", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "checks.py").write_text("from cnnkit.check import Checks\ncheck = Checks(__name__)\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "checks", raising=False)
    calls = []
    events = SimpleNamespace(register=lambda event, function: calls.append(event))
    shell = SimpleNamespace(set_custom_exc=lambda kinds, handler: calls.append(kinds), events=events, user_ns={})
    shell = type("Shell", (), vars(shell))
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    load_checks("any")
    load_checks("any")
    assert calls == (
        [(NotImplementedError, NameError), "pre_run_cell", "post_run_cell", "pre_run_cell"] if waits else []
    )
