"""What is installed: all that the library and the grader need, and nothing that only their tests do."""

import json
import sys
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import cnnkit
from cnnkit.testing import imported_by

ROOT = Path(__file__).resolve().parents[2]
RELEASED = "cnnkit.assignments"


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
    library = {name for name in modules if name.startswith("cnnkit") and not name.startswith(f"{RELEASED}.")}
    assert library <= used, "leave out what only tests import"


def test_the_types_of_the_library_are_installed_with_it(files):
    assert "cnnkit/py.typed" in files


def test_the_released_assignments_are_installed_and_nothing_of_their_solutions(files):
    released = {path.name for path in (ROOT / "assignments").iterdir()}
    place = RELEASED.replace(".", "/")
    assert {name.split("/")[2] for name in files if name.startswith(f"{place}/")} == released
    sources = {path.resolve().relative_to(ROOT).parts[0] for path in files.values()}
    assert sources == {"lib", "autograder", "data", "assignments"}
    assert not [name for name, path in files.items() if (ROOT / "autograder" / "rubrics") in path.resolve().parents]
    assert not [name for name in files if name.startswith(place) and b"BEGIN SOLUTION" in files[name].read_bytes()]


def test_in_jupyterlab_nobody_elses_page_triggers_a_command():
    (shared,) = WheelBuilder(str(ROOT)).config.shared_data.items()
    source, place = shared
    assert Path(place).parent.as_posix() == "etc/jupyter/labconfig/default_setting_overrides.d"
    ((plugin, settings),) = json.loads(Path(source).read_text(encoding="utf-8")).items()
    package, _, name = plugin.partition(":")
    schema = Path(sys.prefix, "share", "jupyter", "lab", "schemas", package, f"{name}.json")
    known = json.loads(schema.read_text(encoding="utf-8"))["properties"]
    assert settings == {"allowCommandLinker": False} and known["allowCommandLinker"]["default"] is True
