import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from cnnkit.check._load_checks import ChecksNotFound, load_checks

TEXT = """from cnnkit.check import Checks, graded

@graded("size", points=1)
def test_size(submission):
    assert submission.size() == 3

check = Checks(__name__, {{}}, "{assignment}", "{release}")
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A notebook's folder, with a function that lays files of checks into it."""
    monkeypatch.delenv("CNNKIT_GRADING", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    monkeypatch.delitem(sys.modules, "checks", raising=False)

    def lay(name="checks.py", assignment="unet", release="new", text=TEXT):
        (tmp_path / name).write_text(text.format(assignment=assignment, release=release))
        return tmp_path

    yield lay
    sys.modules.pop("checks", None)


def said(assignment="unet", release="new"):
    with pytest.raises(ChecksNotFound) as error:
        load_checks(assignment, release)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_the_right_checks_are_loaded_in_silence(folder, capsys):
    folder()
    check = load_checks("unet", "new")
    check.variables = {"size": lambda: 3}
    assert check("size").passed
    assert sys.modules["checks"].check is check
    assert capsys.readouterr().out == ""


def test_a_file_that_was_replaced_is_read_anew(folder):
    folder(release="old and gone")
    load_checks("unet")
    folder(release="new")
    assert load_checks("unet", "new").release == "new"


def test_missing_checks_are_told_with_the_folder_and_what_to_do(folder, tmp_path):
    assert said() == (
        f"There is no checks.py in this notebook's folder, {tmp_path}. Download checks.py of unet again, into this "
        "folder and under this name."
    )


@pytest.mark.parametrize("there", [None, "visualize", "old"])
def test_a_second_download_under_another_name_is_pointed_at(folder, capsys, there):
    folder("checks (3).py", release="old")
    if there:
        folder(assignment="unet" if there == "old" else there, release="old")
    folder("checks (1).py")
    folder("checks (2).py", assignment="visualize")
    if there == "old":
        load_checks("unet", "new")
        told = capsys.readouterr().out
    else:
        told = said()
    assert told.strip().endswith(" `checks (1).py` is the right one: rename it to checks.py.")


def test_one_of_another_release_is_better_than_none_or_another_assignments(folder, capsys):
    folder("checks (1).py", release="old")
    assert said().endswith(" `checks (1).py` is the right one: rename it to checks.py.")
    folder(release="older")
    load_checks("unet", "new")
    assert "Download checks.py of unet again" in capsys.readouterr().out


def test_another_assignments_checks_are_told(folder, tmp_path):
    folder(assignment="visualize")
    assert said().startswith(
        f"{tmp_path / 'checks.py'} is of the assignment visualize, and this notebook of unet. Download checks.py"
    )


@pytest.mark.parametrize("release", ["older", ""])
def test_checks_of_another_release_are_told_in_one_line_and_used(folder, capsys, monkeypatch, release):
    folder(release=release)
    assert load_checks("unet", "new").assignment == "unet"
    told = capsys.readouterr().out
    assert told.startswith("checks.py is of another release of unet than this notebook. Download ")
    assert told.count("\n") == 1
    monkeypatch.setenv("CNNKIT_GRADING", "1")
    assert load_checks("unet", "new")("size") is None
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "<!DOCTYPE html>",
            "cannot be read (SyntaxError: invalid syntax (checks.py, line 1)). Download the file itself",
        ),
        ("1 / 0", "cannot be read (ZeroDivisionError: division by zero)"),
        ("from cnnkit.check import tomorrow", "do not fit: cannot import name 'tomorrow' from 'cnnkit.check'"),
        ("check = len", "holds no checks. Is it a file of your own?"),
        ("", "holds no checks. Is it a file of your own?"),
    ],
)
def test_what_is_no_file_of_checks_is_told(folder, text, words):
    folder(text=text)
    assert words in said()


def test_in_a_notebook_there_is_no_traceback(folder):
    shell = InteractiveShell()
    with capture_output() as captured:
        outcome = shell.run_cell('from cnnkit.check import load_checks\ncheck = load_checks("unet")')
    assert not outcome.success
    assert " ".join(captured.stdout.split()).startswith("There is no checks.py in this notebook's folder, ")
