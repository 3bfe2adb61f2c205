"""What an interrupted installation leaves is found out."""

import sys
import tomllib
from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from cnngrader import installed
from cnngrader.errors import INSTALL
from cnngrader.installed import GRADER, module_of, needed, packages

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """Packages, each a module of this text, in place of those that are needed; "" for one without any file."""

    def make(**modules: str):
        for name, text in modules.items():
            if text:
                (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.setattr(
            installed, "requires", lambda package: [f"{name}>=2; extra == 'grader'" for name in modules]
        )
        monkeypatch.setattr(installed, "version", lambda name: "2.1")

    return make


def test_what_is_needed_is_what_the_library_and_the_grader_ask_for():
    names = {requirement.name for requirement in needed(GRADER)}
    assert {"tensorflow", "scikit-learn", "nbgrader", "rich"} < names and not {"ruff", "cnnkit"} & names
    unknown = [one.name for one in needed(GRADER) if find_spec(module_of(one)) is None]
    assert unknown == [], "name its module in installed.py"


def test_what_is_installed_was_made_of_this_pyproject():
    """What was added after `make env` would be looked at first where the project is installed anew."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["dependencies"] + project["optional-dependencies"][GRADER]
    asked = {canonicalize_name(Requirement(line).name) for line in lines}
    assert {canonicalize_name(requirement.name) for requirement in needed(GRADER)} == asked, "make env"


def test_each_that_does_not_import_is_named_and_the_others_are_looked_at(environment):
    killed = "import os, signal\nos.kill(os.getpid(), signal.SIG{})"
    environment(
        one="print('imported')",
        empty="",
        part="import part_of_it",
        ill=killed.format("ILL"),
        dead=killed.format("KILL"),
        left="raise SystemExit(3)",
        two="x = 1",
    )
    said = {package.name: package.problem for package in packages(GRADER)}
    assert said["one"] == said["two"] == ""
    assert said["empty"] == "does not import (ModuleNotFoundError: No module named 'empty')"
    assert "No module named 'part_of_it'" in said["part"]
    assert "this processor lacks instructions" in said["ill"] and "SIGKILL" in said["dead"]
    assert "SystemExit: 3" in said["left"]


def test_what_is_not_there_and_what_is_too_old_have_remedies(environment, monkeypatch):
    environment(old="x = 1", gone="")

    def version(name):
        if name == "gone":
            raise PackageNotFoundError(name)
        return "1.9"

    monkeypatch.setattr(installed, "version", version)
    gone, old = packages(GRADER)
    assert (gone.problem, gone.remedy) == ("not installed", INSTALL)
    assert (
        old.problem == ">=2 is needed" and old.remedy == f"{sys.executable} -m pip install --force-reinstall 'old>=2'"
    )


def test_the_command_tells_what_is_wrong_and_fails(environment, capsys):
    environment(one="x = 1")
    assert installed.main() == 0 and capsys.readouterr().err == ""
    environment(one="x = 1", empty="")
    assert installed.main() == 1
    assert capsys.readouterr().err.startswith("empty 2.1 does not import")
