from dataclasses import replace

import nbformat
import pytest

from cnngrader.authoring.build import build_notebook
from cnngrader.authoring.release_digest import BEGIN, END, release_digest
from cnngrader.authoring.rubric import Rubric
from cnngrader.course_file import Students
from cnngrader.errors import AuthorError


@pytest.fixture
def built(pooling):
    """Build "pooling", with this text in place of the notebook's or the rubric's."""

    def built(notebook=None, rubric=None):
        for path, text in ((pooling.source, notebook), (pooling.rubric, rubric)):
            if text is not None:
                path.write_text(text, encoding="utf-8")
        return build_notebook(pooling, Rubric(pooling.rubric))

    return built


def by_id(notebook):
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}


def test_two_builds_are_the_same_to_the_byte(built):
    assert nbformat.writes(built()) == nbformat.writes(built())


def test_marked_cells_carry_nbgraders_metadata(built):
    cells = by_id(built())
    said = {
        name: {key for key in ("grade", "solution", "locked", "task") if cell.metadata.nbgrader[key]}
        for name, cell in cells.items()
    }
    assert said == {
        "locked-setup": {"locked"},
        "answer-window-mean": {"solution"},
        "window-mean": {"grade", "locked"},
        "lost-and-gained": {"grade", "solution"},
    }
    assert cells["lost-and-gained"].cell_type == cells["lost-and-gained"].metadata.nbgrader.cell_type == "markdown"
    assert {cell.metadata.nbgrader.schema_version for cell in cells.values()} == {3}


def test_points_come_from_the_rubric_and_of_written_answers_from_the_notebook(built):
    points = {name: cell.metadata.nbgrader.get("points") for name, cell in by_id(built()).items()}
    assert points == {"locked-setup": None, "answer-window-mean": None, "window-mean": 3.0, "lost-and-gained": 2.0}


def test_unmarked_cells_carry_no_metadata(built):
    unmarked = [cell for cell in built().cells if "nbgrader" not in cell.metadata]
    assert unmarked
    assert all(cell.metadata == {} for cell in unmarked)
    assert [cell.source for cell in unmarked if cell.cell_type == "code"] == ["check.preview()"]


def test_the_notebook_and_its_checks_know_their_assignment_and_release(built, pooling):
    loading = by_id(built())["locked-setup"].source.splitlines()[-1]
    rubric = Rubric(pooling.rubric)
    release = release_digest(pooling, rubric)
    assert loading == f'check = load_checks("pooling", "{release}")'
    assert rubric.public_text(release).endswith(f'\ncheck = Checks(__name__, HIDDEN, "pooling", "{release}")\n')


def test_a_release_is_another_when_students_get_something_else_and_only_then(pooling):
    def digest():
        return release_digest(pooling, Rubric(pooling.rubric))

    def change(path, old, new):
        before, text = digest(), path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        after = digest()
        path.write_text(text, encoding="utf-8")
        return after != before

    source = pooling.source.read_text(encoding="utf-8")
    inside = source.split(BEGIN)[1].split(END)[0].strip().splitlines()[0]
    assert not change(pooling.source, inside, f"{inside}  # clearer")
    assert change(pooling.source, "# %% [markdown]\n# ", "# %% [markdown]\n# Corrected: ")
    assert change(pooling.rubric, "window_mean", "mean_of")
    assert not change(pooling.rubric, "Windows of other", "More")  # of a hidden test


def test_where_the_course_says_from_where_the_notebook_installs_what_is_missing(pooling, monkeypatch, tmp_path):
    students = Students("https://example.org/cnnkit-1-py3-none-any.whl", "https://example.org/it's.zip")
    rubric = Rubric(pooling.rubric)
    usual = build_notebook(pooling, rubric)
    built = build_notebook(replace(pooling, students=students), rubric)
    added = [cell for cell in built.cells if cell.id not in {cell.id for cell in usual.cells}]
    code = [cell for cell in built.cells if cell.cell_type == "code"]
    assert added == [code[0]] and code[0].metadata.nbgrader.locked
    ran = []
    monkeypatch.setattr("subprocess.run", ran.append)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "checks.py").touch()
    exec(code[0].source, {})
    assert ran == []
    (tmp_path / "checks.py").unlink()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    exec(code[0].source, {})
    (pip, start) = ran
    assert pip[1:3] == ["-m", "pip"] and pip[-1] == students.cnnkit
    assert start[2:] == ["cnngrader", "start", "pooling", "--from", students.assignments, "--into", ".", "--no-open"]


@pytest.mark.parametrize("given", ['"pool"', "", '"pooling", "1"', "name"])
def test_the_notebook_loads_the_checks_of_its_own(built, pooling, given):
    with pytest.raises(AuthorError, match=r'must be load_checks\("pooling"\)'):
        built(pooling.source.read_text().replace('load_checks("pooling")', f"load_checks({given})"))


@pytest.mark.parametrize("begins", ["text", "code"])
def test_limits_are_told_before_anything_is_written(built, pooling, begins):
    text = pooling.source.read_text()
    told = built(text if begins == "text" else text[text.index('# %% locked="setup"') :]).cells[0]
    assert told.cell_type == "markdown"
    assert "a cell may take 60 s and all cells together 300 s" in told.source
    assert told.source.startswith("When this is graded") == (begins == "code")


def test_a_raw_cell_does_not_become_code(built, pooling):
    text = pooling.source.read_text()
    raw = [cell for cell in built(text + "\n# %% [raw]\n# <not python>\n").cells if "not python" in cell.source]
    assert [cell.cell_type for cell in raw] == ["raw"]


REMARKS = ["# !important", "# %time is money", "# ls", "# %%time", "# %matplotlib inline", "# cat = 3"]
MAGICS = ["%matplotlib inline", "!ls", "files = !ls", "x = 1  # %time"]


def test_a_notebook_that_has_checks_ends_with_handing_in(built):
    text, code = built().cells[-2:]
    assert text.source.startswith("## Hand in\n") and "pooling.ipynb" in text.source
    assert code.source == "check.preview()"


def test_comments_stay_comments_and_magics_magics(built, pooling):
    lines = [*REMARKS, *MAGICS]
    more = "\n# %%\n" + "\n".join(lines) + "\n\n# %%\n%%bash\necho\n\n# %% [markdown]\n# # %time is money\n# !now\n"
    cells = built(pooling.source.read_text() + more).cells[-5:-2]
    assert [cell.source for cell in cells] == ["\n".join(lines), "%%bash\necho", "# %time is money\n!now"]


def test_in_a_file_that_jupytext_wrote_magics_are_written_as_comments(built, pooling):
    header = "# ---\n# jupyter:\n#   jupytext:\n#     cell_metadata_filter: -all\n# ---\n\n"
    more = "\n# %%\n# %matplotlib inline\n# # %time is money\n"
    assert built(header + pooling.source.read_text() + more).cells[-3].source == "%matplotlib inline\n# %time is money"


def test_ids_are_unique_even_of_equal_texts(built, pooling):
    text = pooling.source.read_text()
    ids = [cell.id for cell in built(text + "\n# %% [markdown]\n# Same\n" * 3).cells]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("place", [0, 1, 3, -1])
def test_inserting_a_cell_changes_no_other_cells_id(built, pooling, place):
    before = [cell.id for cell in built().cells]
    cells = pooling.source.read_text().split("# %%")[1:]
    cells.insert(place, " [markdown]\n# Something new\n\n")
    after = [cell.id for cell in built("# %%".join(["", *cells])).cells]
    assert len(after) == len(before) + 1
    assert [id for id in after if id in before] == before


def test_editing_an_answer_changes_no_id(built, pooling):
    before = [cell.id for cell in built().cells]
    assert [
        cell.id for cell in built(pooling.source.read_text().replace("np.sum(window)", "window.sum()")).cells
    ] == before


SETUP = '# %% locked="setup"\nfrom checks import check\n\n'
ANSWER = '# %% answer="a"\ndef a():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n\n'
GRADE = '# %% grade="a"\ncheck("a")\n\n'
WHY = '# %% [markdown] manual="why" points=2\n# ### BEGIN SOLUTION\n# So.\n# ### END SOLUTION\n\n'
RUBRIC = """from cnnkit.check import expect, graded


@graded("a", points=1)
def test_a(submission):
    expect(submission.a(), 1, of="a()")
"""


def test_the_smallest_notebook_builds(built):
    assert list(by_id(built(SETUP + ANSWER + GRADE + WHY, RUBRIC))) == ["locked-setup", "answer-a", "a", "why"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SETUP + ANSWER, "tests 'a', and no cell is marked grade=\"a\""),
        (ANSWER.replace('a"', 'a" locked="b"') + GRADE, "a cell is both 'answer' and 'locked'"),
        (ANSWER.replace('"a"', '"a b"') + GRADE, 'answer="a b": an id is letters, digits'),
        (ANSWER.replace('"a"', '"-a"') + GRADE, 'answer="-a": an id is letters, digits'),
        (ANSWER.replace('"a"', '""') + GRADE, 'answer="": an id is letters, digits'),
        (ANSWER + ANSWER + GRADE, 'answer="a" is there twice'),
        (ANSWER + GRADE + GRADE, 'grade="a" is there twice'),
        (ANSWER + GRADE + WHY.replace("why", "a"), 'manual="a" is there twice'),
        (ANSWER.replace("    ### END SOLUTION\n", "") + GRADE, "come in pairs"),
        (ANSWER.replace("    ### BEGIN SOLUTION\n", "") + GRADE, "come in pairs"),
        (ANSWER + GRADE + WHY.replace("# ### END SOLUTION\n", ""), 'manual="why": '),
        ('# %% answer="a"\ndef a():\n    return 1\n\n' + GRADE, "students would lose the whole cell"),
        (ANSWER.replace("answer", "locked") + GRADE, 'locked="a" holds a solution'),
        (ANSWER + GRADE.replace('="a"', '="b"'), 'grade="b": '),
        (ANSWER + GRADE + "x = 1\n", 'must hold check("a") alone'),
        (ANSWER + GRADE.replace('check("a")', 'check("b")'), 'must hold check("a") alone'),
        (ANSWER + GRADE.replace("# %%", "# %% [markdown]").replace("\ncheck", "\n# check"), 'grade="a"'),
        (ANSWER + GRADE + WHY.replace(" points=2", ""), 'manual="why" needs points=N above 0, not None'),
        (ANSWER + GRADE + WHY.replace("=2", "=0"), 'manual="why" needs points=N above 0, not 0'),
        (ANSWER + GRADE + WHY.replace("=2", "=-1"), "above 0, not -1"),
        (ANSWER + GRADE + WHY.replace("=2", '="two"'), "above 0, not 'two'"),
    ],
)
def test_marks_that_do_not_fit_are_named_with_the_file(built, pooling, text, words):
    with pytest.raises(AuthorError) as error:
        built(text, RUBRIC)
    assert str(error.value).startswith(f"{pooling.source}: ")
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_an_unknown_check_names_the_known_ones(built):
    with pytest.raises(AuthorError, match=r"has no test of this check; it has a$"):
        built(ANSWER + GRADE + GRADE.replace('"a"', '"b"'), RUBRIC)
