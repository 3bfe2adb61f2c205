import ast
import sys

import pytest

from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.rubric import Rubric
from cnngrader.authoring.scaffold import scaffold
from cnngrader.errors import UsageError
from cnngrader.verifying.mutants import load_mutants


def test_the_files_returned_are_those_written_and_hold_the_id(tiny_course):
    before = set(tiny_course.root.rglob("*"))
    paths = scaffold(tiny_course, "strides_2")
    assert {path for path in set(tiny_course.root.rglob("*")) - before if path.is_file()} == set(paths)
    assert all("ASSIGNMENT" not in path.read_text(encoding="utf-8") for path in paths)
    assert tiny_course.ids() == ["pooling", "strides_2"]
    assert tiny_course.assignment("strides_2").title == "strides_2"


@pytest.mark.parametrize("id", ["", "Pooling", "2d", "a-b", "a b", "../x", "a/b", "ä", "_a", "a\n"])
def test_an_id_that_is_no_small_python_name_is_refused(tiny_course, id):
    before = set(tiny_course.root.rglob("*"))
    with pytest.raises(UsageError, match="is no id for an assignment"):
        scaffold(tiny_course, id)
    assert set(tiny_course.root.rglob("*")) == before


@pytest.mark.parametrize("taken", ["solutions/strides", "autograder/rubrics/test_strides.py"])
def test_an_id_that_is_taken_is_refused_and_nothing_is_written(tiny_course, taken):
    path = tiny_course.root / taken
    path.write_text("mine")
    before = set(tiny_course.root.rglob("*"))
    with pytest.raises(UsageError, match=f"{taken} is there already"):
        scaffold(tiny_course, "strides")
    assert set(tiny_course.root.rglob("*")) == before
    assert path.read_text() == "mine"


@pytest.fixture
def run(pooling, monkeypatch, tmp_path):
    """Run the code of a notebook beside the checks that students get; returns what its checks say."""

    def run(notebook):
        monkeypatch.delenv("CNNKIT_GRADING", raising=False)
        (tmp_path / "checks.py").write_text(Rubric(pooling.rubric).public_text(), encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        variables = {}
        said = {}
        for cell in notebook.cells:
            if cell.cell_type == "code" and cell.source.startswith("check("):
                variables["check"].variables = variables
                said[cell.metadata.nbgrader.grade_id] = eval(cell.source, variables)
            elif cell.cell_type == "code":
                exec(cell.source, variables)
        return said

    yield run
    sys.modules.pop("checks", None)


def test_the_solution_passes_its_own_checks_in_a_notebook(run, pooling):
    said = run(build_notebook(pooling, Rubric(pooling.rubric)))
    assert said["window-mean"].passed
    assert said["window-mean"].hidden_points == 2


def test_each_mutant_applies_and_the_first_is_told_what_is_wrong(run, pooling):
    rubric = Rubric(pooling.rubric)
    solution = build_notebook(pooling, rubric)
    total, square = load_mutants(pooling.mutants, rubric)
    for mutant in (total, square):
        assert [test.name for test in mutant.tests(solution, rubric)] == [test.name for test in rubric.tests]
    made = total.notebook(solution, rubric.tests)
    names = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in made.cells}
    names["window-mean"].source = 'check("window-mean")'
    names["locked-setup"].source = solution.cells[1].source
    result = run(made)["window-mean"]
    assert not result.passed
    assert total.says in repr(result)


def test_every_file_is_sound_python_or_toml(tiny_course):
    for path in scaffold(tiny_course, "strides"):
        if path.suffix == ".py":
            ast.parse(path.read_text(encoding="utf-8"))
    rubric = Rubric(tiny_course.assignment("strides").rubric)
    assert rubric.points() == {"window-mean": 3.0}
    assert len(load_mutants(tiny_course.assignment("strides").mutants, rubric)) == 2
