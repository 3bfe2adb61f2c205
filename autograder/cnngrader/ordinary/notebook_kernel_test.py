"""What nbgrader's own kernel would have had, a confined one has, or a line says why not."""

import json
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_notebook

from cnngrader.errors import CnnkitError, ConfinementError
from cnngrader.ordinary.notebook_kernel import importable, variables_of


@pytest.fixture
def asks(tmp_path, monkeypatch):
    """asks(name, **metadata): a notebook for the kernel of that name, among those that are registered here."""
    other = tmp_path / "other" / "bin" / "python"
    other.parent.mkdir(parents=True)
    other.symlink_to(Path(sys.executable).resolve())
    specs = {
        "course": {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "x"], "env": {"COURSE": "cnn"}},
        "plain": {"argv": ["python", "-m", "ipykernel_launcher", "-f", "x"]},
        "other": {"argv": [str(other), "-m", "ipykernel_launcher", "-f", "x"]},
        "gone": {"argv": ["/no/such/python", "-m", "ipykernel_launcher"]},
        "own": {"argv": [sys.executable, "-m", "my_kernel"]},
        "ir": {"argv": ["R", "--slave"], "language": "R"},
    }
    for name, spec in specs.items():
        folder = tmp_path / "jupyter" / "kernels" / name
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text(json.dumps({"display_name": name, "language": "python"} | spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))

    def make(name: str, **metadata):
        return new_notebook(metadata={"kernelspec": {"name": name, "display_name": name}, **metadata})

    return make


def test_a_kernel_of_this_environment_is_had_with_its_variables(asks):
    assert variables_of(asks("course")) == {"COURSE": "cnn"}
    assert variables_of(asks("plain")) == variables_of(asks("python3")) == variables_of(new_notebook()) == {}
    assert variables_of(asks("ir"), "course") == {"COURSE": "cnn"}, "the configuration names another one"


def test_a_name_from_the_students_machine_is_no_matter_where_it_is_python(asks):
    assert variables_of(asks("conda-env-mine-py", language_info={"name": "python"})) == {}
    assert variables_of(asks("python310")) == variables_of(asks("../..", language_info={"name": "python"})) == {}


@pytest.mark.parametrize(
    ("name", "about", "words"),
    [
        ("other", {}, "'other', which is .*/other/bin/python; only the Python that cnnkit runs with"),
        ("gone", {}, "'gone', which is /no/such/python"),
        ("own", {}, "'own', which is"),
        ("ir", {}, "is in R, and only Python"),
        ("xr", {"language_info": {"name": "R"}}, "is in R, and only Python"),
        ("julia-1.10", {}, "'julia-1.10', which is not registered here"),
    ],
)
def test_another_kernel_is_refused_by_name(asks, name, about, words):
    with pytest.raises(CnnkitError, match=words):
        variables_of(asks(name, **about))


def test_a_folder_to_import_from_is_read_unless_the_course_lies_in_it(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "course").mkdir()
    assert importable({"PYTHONPATH": f".:{tmp_path}/lib:"}, tmp_path / "course") == [tmp_path / "lib"]
    assert importable({}, tmp_path) == []
    with pytest.raises(ConfinementError, match=rf"PYTHONPATH has {tmp_path}, in which the course lies"):
        importable({"PYTHONPATH": str(tmp_path)}, tmp_path / "course")
