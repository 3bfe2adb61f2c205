import json
import os
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell

from cnnkit.check.check_result import OKAY, WRONG
from cnnkit.check.checks import Checks
from cnnkit.check.preview import Preview, show_preview
from cnnkit.check.run_cells import note_runs

COMMAND = "import sys\nassert sys.argv[4:6] == ['preview', '--json'], sys.argv\n"


@pytest.fixture
def shown(monkeypatch, tmp_path):
    """What is shown, one after another, by `cnnkit preview` of these lines; in a folder with hw.ipynb."""
    shown = []
    handle = type("Handle", (), {"update": staticmethod(shown.append)})
    monkeypatch.setattr("IPython.display.display", lambda first, display_id: shown.append(first) or handle)
    monkeypatch.chdir(tmp_path)
    for variable in ("JPY_SESSION_NAME", "CNNKIT_GRADING", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "hw.ipynb").write_text(json.dumps({"cells": []}))
    return shown


@pytest.fixture
def command(monkeypatch, tmp_path):
    """Puts a program in the place of the command."""

    def command(code):
        path = tmp_path / "python"
        path.write_text(f"#!{sys.executable}\n{COMMAND}{code}\n")
        path.chmod(0o700)
        monkeypatch.setattr("sys.executable", str(path))

    return command


def test_lines_are_shown_as_they_come_and_what_is_said_beside_is_not(shown, command):
    command("""print('["okay", "✔", "right"]', flush=True)\nprint("a remark")\nprint('["wrong", "!", "`x` lacks"]')""")
    show_preview("hw", {})
    assert [str(each).splitlines()[-1][0] for each in shown] == ["…", "…", "…", "!"]
    assert shown[-1] == Preview([(OKAY, "✔", "right"), (WRONG, "!", "`x` lacks")])
    assert str(shown[-1]) == "✔ right\n! `x` lacks"
    assert '<li class="wrong">' in shown[-1]._repr_html_() and "<code>x</code> lacks" in shown[-1]._repr_html_()


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("sys.exit('cnnkit: there is no checks.py')", "there is no checks.py"),
        ("raise ValueError('odd')", "ValueError: odd"),
        ("sys.exit(3)", "cnnkit preview ended with 3"),
    ],
)
def test_a_command_that_fails_is_told(shown, command, code, says):
    command(code)
    show_preview("hw", {})
    assert shown[-1] == Preview([(WRONG, "!", says)])


def test_the_file_that_is_open_is_the_one_that_is_looked_at(shown, command, monkeypatch, tmp_path):
    command('print(\'["okay", "", "\' + sys.argv[-1] + \'"]\')')
    show_preview("hw", {})
    assert str(shown[-1]) == "hw.ipynb"
    other = tmp_path / "other.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(other))
    show_preview("hw", {})
    assert str(shown[-1]) == "hw.ipynb"  # the other was renamed
    other.write_text("{}")
    show_preview("hw", {})
    assert str(shown[-1]) == str(other)
    monkeypatch.delenv("JPY_SESSION_NAME")
    show_preview("hw", {"__vsc_ipynb_file__": str(other)})
    assert str(shown[-1]) == str(other)


def test_where_there_is_no_file_and_in_a_browser_it_says_what_to_do(shown, monkeypatch):
    show_preview("another", {})
    assert "There is no another.ipynb in" in str(shown[-1]) and "download it" in str(shown[-1])
    monkeypatch.setattr("sys.platform", "emscripten")
    show_preview("hw", {})
    assert "Download" in str(shown[-1])


def test_what_is_not_saved_is_told_and_nothing_is_run(shown, command, monkeypatch, tmp_path):
    command("raise SystemError")
    os.utime(tmp_path / "hw.ipynb", (0, 0))
    shell = InteractiveShell()
    note_runs(shell)
    for source in ("x = 1", "ask"):
        shell.run_cell(source, store_history=True)
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    show_preview("hw", {})
    shell.history_manager.enabled = False
    assert "hw.ipynb is not saved" in str(shown[-1]) and "`x = 1`" in str(shown[-1])


@pytest.mark.parametrize("variable", ["CNNKIT_GRADING", "NBGRADER_EXECUTION"])
def test_while_it_is_graded_nothing_is_shown(shown, command, monkeypatch, variable):
    command("raise SystemError")
    monkeypatch.setenv(variable, "1")
    Checks(__name__, assignment="hw", variables={}).preview()
    assert shown == []


def test_one_that_is_stopped_says_so(shown, command, monkeypatch):
    command("""print('["okay", "", "begun"]')""")

    def stop(line):
        raise KeyboardInterrupt

    monkeypatch.setattr("cnnkit.check.preview._line", stop)
    show_preview("hw", {})
    assert str(shown[-1]) == "! It was stopped"
