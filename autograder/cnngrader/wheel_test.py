"""What is installed: all that the library and the grader need, and nothing that only their tests do."""

from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import cnnkit
from cnnkit.testing import imported_by

ROOT = Path(__file__).resolve().parents[2]


def module_of(file):
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@pytest.fixture(scope="module")
def files():
    """The wheel's files: where each is from."""
    return {file.distribution_path: Path(file.path) for file in WheelBuilder(str(ROOT)).recurse_included_files()}


@pytest.fixture(scope="module")
def modules(files):
    """The modules of the wheel, each with what it imports."""
    return {module_of(file): set(imported_by(path)) for file, path in files.items() if file.endswith(".py")}


def test_what_is_installed_imports_nothing_that_is_not(modules):
    left_out = {
        module_of(path.relative_to(ROOT / place).as_posix())
        for place, package in (("lib", "cnnkit"), ("autograder", "cnngrader"))
        for path in (ROOT / place / package).rglob("*.py")
    } - modules.keys()
    assert "cnnkit.names_test" in left_out
    assert not {(module, name) for module, names in modules.items() for name in names & left_out}


def test_each_module_of_the_library_that_is_installed_is_of_use_to_another(modules):
    public = {"cnnkit", *(f"cnnkit.{name}" for name in cnnkit.__all__)}
    used = public.union(*modules.values())
    assert {module for module in modules if module.startswith("cnnkit")} <= used, "leave out what only tests import"


def test_the_types_of_the_library_are_installed_with_it(files):
    assert "cnnkit/py.typed" in files
