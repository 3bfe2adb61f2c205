from dataclasses import fields, replace
from pathlib import Path

import pytest

import cnnkit
from cnngrader.grading import verdict_key
from cnngrader.grading.verdict_key import Surroundings, key_of, kit, machinery
from cnngrader.sandbox.limits import Limits
from cnngrader.submission.job import Job

JOB = Job(
    student="jane",
    assignment="pooling",
    notebook=b"notebook",
    template=b"template",
    rubric="rubric",
    files={"checks.py": b"checks", "data.csv": b"1,2"},
    readable=("data/digits28",),
    limits=Limits(),
    draw="draw",
)


OTHER = {
    "student": "joe",
    "assignment": "mnist_cnn",
    "notebook": b"notebooks",
    "template": b"templates",
    "draw": "another",
    "confined": False,
    "readable": ("data/mnist",),
}


@pytest.mark.parametrize("part", OTHER)
def test_the_key_changes_with_each_part(part):
    assert key_of(replace(JOB, **{part: OTHER[part]})) != key_of(JOB)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"checks.py": b"checks"},
        {"checks.py": b"checks", "data.csv": b"1,3"},
        {"checks.py": b"checks", "data.tsv": b"1,2"},
        {"checks.py": b"1,2", "data.csv": b"checks"},
        {"checks.pyc": b"hecks", "data.csv": b"1,2"},
    ],
)
def test_the_key_changes_with_each_file(files):
    assert key_of(replace(JOB, files=files)) != key_of(JOB)


@pytest.mark.parametrize("limit", [field.name for field in fields(Limits) if field.name != "threads"])
def test_the_key_changes_with_each_limit(limit):
    limits = replace(Limits(), **{limit: getattr(Limits(), limit) + 1})
    assert key_of(replace(JOB, limits=limits)) != key_of(JOB)


def test_the_key_does_not_change_with_the_rubric_whose_tests_have_digests_of_their_own():
    assert key_of(replace(JOB, rubric="another", only=("test_a",))) == key_of(JOB)


def test_who_ran_out_of_time_may_not_do_so_on_more_cores():
    more = replace(JOB, limits=Limits(threads=8))
    assert key_of(JOB, status="timeout") != key_of(more, status="timeout")
    assert key_of(JOB, status="memory") == key_of(more, status="memory")


def test_the_key_does_not_change_with_the_cores_or_the_order_of_files():
    assert key_of(replace(JOB, limits=Limits(threads=8))) == key_of(JOB)
    assert key_of(replace(JOB, files=dict(reversed(JOB.files.items())))) == key_of(JOB)


def test_moving_bytes_from_one_part_to_the_next_changes_the_key():
    one = replace(JOB, notebook=b"ab", template=b"c")
    other = replace(JOB, notebook=b"a", template=b"bc")
    assert key_of(one) != key_of(other)


def test_the_key_changes_with_what_it_is_graded_with():
    assert key_of(JOB, "keras 3") != key_of(JOB, "keras 4")


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A library in place of cnnkit."""
    folder = tmp_path / "cnnkit"
    (folder / "layers").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "layers" / "lrn.py").write_text("bias = 1")
    monkeypatch.setattr(cnnkit, "__file__", str(folder / "__init__.py"))
    return folder


@pytest.mark.parametrize(
    ("name", "content"),
    [("layers/lrn.py", "bias = 2"), ("layers/new.py", ""), ("networks.h5", "weights"), ("lrn.py", "bias = 1")],
)
def test_the_kit_is_another_where_a_file_of_the_library_is(library, name, content):
    before = kit.__wrapped__()
    (library / name).write_text(content)
    assert kit.__wrapped__() != before


def test_the_kit_is_the_same_where_its_networks_lie_elsewhere(library, tmp_path, monkeypatch):
    for folder in (library / "networks", tmp_path / "data"):
        folder.mkdir()
        (folder / "digits.h5").write_text("weights")
    monkeypatch.setattr(verdict_key, "networks_home", lambda: library / "networks")
    installed = kit.__wrapped__()
    (library / "networks" / "digits.h5").unlink()
    monkeypatch.setattr(verdict_key, "networks_home", lambda: tmp_path / "data")
    assert kit.__wrapped__() == installed
    (tmp_path / "data" / "digits.h5").write_text("others")
    assert kit.__wrapped__() != installed


@pytest.mark.parametrize("name", ["layers/lrn_test.py", "conftest.py", ".lrn.py.swp", "layers/__pycache__/lrn.pyc"])
def test_tests_and_caches_of_the_library_have_no_say(library, name):
    before = kit.__wrapped__()
    (library / name).parent.mkdir(exist_ok=True)
    (library / name).write_text("other")
    assert kit.__wrapped__() == before


@pytest.mark.parametrize("name", ["submission/judge.py", "kernel/watch.py", "sandbox/confine.py"])
def test_what_grades_a_submission_is_of_the_kit(tmp_path, monkeypatch, name):
    monkeypatch.setattr(verdict_key.cnngrader, "__file__", str(tmp_path / "__init__.py"))
    before = kit.__wrapped__()
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_text("")
    assert kit.__wrapped__() != before


@pytest.fixture
def surroundings(pooling):
    return lambda **options: str(Surroundings(replace(pooling, **options)))


@pytest.mark.parametrize("variable", ["KERAS_BACKEND", "TF_ENABLE_ONEDNN_OPTS", "TZ"])
def test_a_variable_that_kernels_get_counts(surroundings, monkeypatch, variable):
    before = surroundings()
    monkeypatch.setenv(variable, "another")
    assert surroundings() != before


@pytest.mark.parametrize("variable", ["PATH", "CNNKIT_DATA", "EDITOR"])
def test_where_things_lie_has_no_say(surroundings, monkeypatch, tmp_path, variable):
    before = surroundings()
    monkeypatch.setenv(variable, str(tmp_path))
    assert surroundings() == before


def test_a_graphics_card_counts(pooling):
    assert len({str(Surroundings(pooling, kernels)) for kernels in (0, 1, 4)}) == 3


def test_versions_count_of_all_that_notebooks_can_see_and_of_nothing_else(surroundings):
    names = {part.split()[0] for part in surroundings().split(", ")}
    assert {"tensorflow", "keras", "numpy", "h5py", "ipykernel", "pytest"} <= names
    assert names.isdisjoint({"nbgrader", "jupyterlab", "distributed", "sqlalchemy", "ruff"})


def test_a_package_that_is_imported_beyond_those_counts_by_its_version(pooling):
    with pooling.rubric.open("a") as rubric:
        rubric.write("\n\ndef f():\n    import nbgrader.api\n")
    assert ", nbgrader 0." in str(Surroundings(pooling))


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder as `pip install --target` makes one, with a package in it, and a module that is of none."""
    folder = tmp_path / "elsewhere"
    (folder / "package").mkdir(parents=True)
    (folder / "package" / "__init__.py").write_text("import unknown")
    (folder / "loose.py").write_text("a = 1")
    about = folder / "the_package-1.5.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Name: the-package\nVersion: 1.5\n")
    (about / "RECORD").write_text("package/__init__.py,,\n")
    monkeypatch.syspath_prepend(folder)
    verdict_key._by_module.cache_clear()
    yield folder
    verdict_key._by_module.cache_clear()


def test_a_package_counts_by_its_version_wherever_it_is_installed(elsewhere):
    """And nobody reads its files, which can be thousands."""
    before = machinery({"package"})
    (elsewhere / "package" / "__init__.py").write_text("import another")
    assert "the-package 1.5" in before and machinery({"package"}) == before


def test_a_module_beside_packages_that_is_of_none_counts_by_its_content(elsewhere):
    before = machinery({"loose"})
    (elsewhere / "loose.py").write_text("a = 2")
    assert machinery({"loose"}) != before


@pytest.mark.parametrize("where", ["rubric", "source"])
def test_a_module_of_no_package_counts_by_its_content_and_that_of_what_it_imports(
    pooling, tmp_path, monkeypatch, where
):
    folder = tmp_path / "further"
    (folder / "ours").mkdir(parents=True)
    monkeypatch.syspath_prepend(folder)
    files = [folder / "helper.py", folder / "ours" / "__init__.py", folder / "ours" / "deep.py"]
    for path, text in zip(files, ["def f():\n    import ours.deep", "", "a = 1"], strict=True):
        path.write_text(text)
    with getattr(pooling, where).open("a") as file:
        file.write("\nimport helper\n")
    for path in files:
        before = str(Surroundings(pooling))
        path.write_text(path.read_text() + "\nb = 2")
        assert str(Surroundings(pooling)) != before


def test_a_data_set_counts_by_its_content_wherever_it_lies(surroundings, monkeypatch, tmp_path):
    def prepared(folder: Path, content: str) -> str:
        monkeypatch.setenv("CNNKIT_DATA", str(folder))
        (folder / "cells" / "96").mkdir(parents=True, exist_ok=True)
        (folder / "cells" / "96" / "images").write_text(content)
        return surroundings(datasets=("cells/96",))

    first = prepared(tmp_path / "a", "images")
    assert prepared(tmp_path / "b", "images") == first
    assert prepared(tmp_path / "b", "imagos") != first


def test_a_data_set_that_a_run_prepares_counts_from_then_on(pooling, monkeypatch, tmp_path):
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path))
    during = Surroundings(replace(pooling, datasets=("digits28",)))
    before = str(during)
    (tmp_path / "digits28").mkdir()
    (tmp_path / "digits28" / "images").write_text("images")
    assert before != str(during) == str(Surroundings(replace(pooling, datasets=("digits28",))))
