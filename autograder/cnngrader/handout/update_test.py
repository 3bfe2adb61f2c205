"""A student's work comes along to another release, and nothing of it is lost."""

from contextlib import chdir
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cnngrader.cells import id_of
from cnngrader.commands.main import main
from cnngrader.errors import NotebookError
from cnngrader.handout.carry_over import carry_over
from cnngrader.handout.handout import Handout
from cnngrader.handout.update import FORMER, update

ROOT = Path(__file__).resolve().parents[3]
IDS = sorted(path.name for path in (ROOT / "assignments").iterdir())


def mark(cell, id, **what):
    kinds = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    cell.metadata.nbgrader = {**kinds, "grade_id": id, "cell_type": cell.cell_type, **what}
    cell.id = id
    return cell


def stub(name, words="Its mean."):
    source = f'def {name}(window):\n    """{words}"""\n    # YOUR CODE HERE\n    raise NotImplementedError()'
    return mark(new_code_cell(source), f"answer-{name}", solution=True)


def check(name):
    return mark(new_code_cell(f'check("{name}")'), name, grade=True, locked=True, points=2)


def setup(release):
    return mark(new_code_cell(f'check = load_checks("ps", "{release}")'), "locked-setup", locked=True)


TEXT = "# Pooling\n\nPooling replaces a window of an image by one number, which is its mean or its largest value."
DEMO = "image = np.arange(16).reshape(4, 4)\nplt.imshow(image, cmap='gray')\nplt.title('an image to be pooled')"
STUB = "*Write your answer here.*"


def release(number="aaaa1111", text=TEXT, demo=DEMO, names=("mean", "largest")):
    answers = [cell for name in names for cell in (stub(name), check(name))]
    why = mark(new_markdown_cell(STUB), "why", solution=True, grade=True, points=2)
    return new_notebook(cells=[new_markdown_cell(text), setup(number), new_code_cell(demo), *answers, why])


NEWER = {"number": "bbbb2222", "text": TEXT.replace("one number", "a single number")}


@pytest.fixture
def work():
    """What a student has made of the first release."""
    made = release()
    by_id = {id_of(cell): cell for cell in made.cells}
    by_id["answer-mean"].source = "def mean(window):\n    return window.mean()"
    by_id["answer-mean"].update(execution_count=3)
    by_id["mean"].update(execution_count=4, outputs=[new_output("stream", name="stdout", text="passed")])
    by_id["why"].source = "It loses where it was. ![mine](attachment:a.png)"
    by_id["why"].attachments = {"a.png": {"image/png": "iVBORw0KGgo="}}
    made.cells.insert(5, new_code_cell("my_own = mean(image)"))
    made.cells.insert(6, new_markdown_cell("My notes."))
    return made


def carried(work, template):
    updated = update(nbformat.writes(work).encode(), template)
    nbformat.validate(updated.notebook)
    return updated


def sources(notebook):
    return [cell.source for cell in notebook.cells]


@pytest.mark.parametrize("id", IDS)
def test_to_the_same_release_nothing_changes(id):
    template = nbformat.read(ROOT / "assignments" / id / f"{id}.ipynb", as_version=4)
    done = nbformat.from_dict(template)
    for cell in done.cells:
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code":
            cell.source = cell.source.replace("raise NotImplementedError()", "return 1")
    done.cells.append(new_code_cell("mine = 1"))
    updated = carried(done, template)
    assert sources(updated.notebook) == sources(done)
    assert updated.changes == []
    assert [id_of(cell) for cell in updated.notebook.cells] == [id_of(cell) for cell in done.cells]


def test_answers_texts_pictures_and_outputs_come_along(work):
    updated = carried(work, release(**NEWER))
    cells = {id_of(cell): cell for cell in updated.notebook.cells if id_of(cell)}
    assert updated.notebook.cells[0].source == NEWER["text"]
    assert "bbbb2222" in cells["locked-setup"].source
    assert cells["answer-mean"].source.endswith("window.mean()")
    assert cells["answer-mean"].execution_count == 3
    assert cells["mean"].outputs[0].text == "passed"
    assert cells["why"].source.startswith("It loses")
    assert cells["why"].attachments == {"a.png": {"image/png": "iVBORw0KGgo="}}
    assert cells["answer-largest"].source == stub("largest").source
    assert [line.split(":")[0] for line in updated.changes] == [
        "new or corrected text", "corrected"
    ]  # fmt: skip


def test_own_cells_stay_where_they_were(work):
    found = sources(carried(work, release(**NEWER)).notebook)
    assert found.index("my_own = mean(image)") == found.index('check("mean")') + 1
    assert found.index("My notes.") == found.index("my_own = mean(image)") + 1


def test_what_has_no_place_any_more_is_kept(work):
    work.cells[2].source = DEMO.replace("gray", "viridis")
    updated = carried(work, release(**NEWER, demo=DEMO.replace("an image", "one"), names=("largest",)))
    found = sources(updated.notebook)
    assert "def mean(window):\n    return window.mean()" in found, "the answer of a part that is gone"
    assert FORMER in found
    assert "viridis" in found[-1]
    assert updated.notebook.cells[-1].cell_type == "markdown", "it is not run any more"


def test_a_renamed_answer_is_found_by_its_function(work):
    template = release(**NEWER)
    (cell,) = (cell for cell in template.cells if id_of(cell) == "answer-mean")
    cell.metadata.nbgrader.grade_id = cell.id = "answer-average"
    cells = {id_of(cell): cell for cell in carried(work, template).notebook.cells}
    assert cells["answer-average"].source.endswith("window.mean()")


def test_merged_cells_are_two_again(work):
    largest = "def largest(window):\n    return window.max()"
    at = next(i for i, cell in enumerate(work.cells) if id_of(cell) == "answer-mean")
    work.cells[at].source += f'\n\ncheck("mean")\n\n{largest}'
    work.cells = [cell for cell in work.cells if id_of(cell) not in ("mean", "answer-largest")]
    found = sources(carried(work, release(**NEWER)).notebook)
    assert sum("def largest" in source for source in found) == 1
    assert any(largest in source for source in found)
    assert found.count('check("mean")') == 1


@pytest.mark.parametrize("id", IDS)
def test_a_note_in_a_text_that_the_release_has_otherwise_is_kept(id):
    template = nbformat.read(ROOT / "assignments" / id / f"{id}.ipynb", as_version=4)
    done = nbformat.from_dict(template)
    notes = []
    for number, (given, own) in enumerate(zip(template.cells, done.cells, strict=True)):
        if own.cell_type == "markdown" and not own.metadata.get("nbgrader"):
            notes.append(f"Zoe{number}: ask tomorrow whether Gauß did so.")
            own.source += f"\n{notes[-1]}"
            given.source = given.source.replace(" the ", " its own ", 1)
    text = "\n".join(sources(carried(done, template).notebook))
    assert notes
    assert [note for note in notes if note not in text] == []


def test_nothing_of_the_students_is_lost_whatever_the_release_is(work):
    written = ["return window.mean()", "It loses where it was.", "my_own = mean(image)", "My notes."]
    for template in (release(), release(**NEWER), release(names=()), new_notebook()):
        text = "\n".join(sources(carried(work, template).notebook))
        assert [line for line in written if line not in text] == []


def test_a_file_that_is_no_notebook_is_refused():
    with pytest.raises(NotebookError):
        update(b"%PDF", release())


def handout(template, **files):
    return Handout("ps", {"ps.ipynb": nbformat.writes(template).encode(), **files}, "a test")


def test_the_folder_keeps_what_was_there(work, tmp_path):
    (tmp_path / "ps.ipynb").write_text(before := nbformat.writes(work))
    (tmp_path / "checks.py").write_text("old checks")
    (tmp_path / "table.csv").write_text("my own table")
    files = {"checks.py": b"new checks", "table.csv": b"another", "more.csv": b"new"}
    found = carry_over(tmp_path / "ps.ipynb", handout(release(**NEWER), **files))
    assert found.kept == tmp_path / "ps.aaaa1111.ipynb"
    assert found.kept.read_text() == before
    assert found.left == ["table.csv"]
    assert (tmp_path / "table.csv").read_text() == "my own table"
    assert (tmp_path / "checks.py").read_text() == "new checks"
    assert (tmp_path / "more.csv").exists()
    assert carry_over(tmp_path / "ps.ipynb", handout(release(**NEWER), **files)).kept is None
    (tmp_path / "more.csv").unlink()
    assert carry_over(tmp_path / "ps.ipynb", handout(release(**NEWER), **files)).added == ["more.csv"]
    (tmp_path / "checks.py").write_text("damaged")
    assert carry_over(tmp_path / "ps.ipynb", handout(release(**NEWER), **files)).kept == tmp_path / "ps.bbbb2222.ipynb"


def test_the_command_finds_the_notebook_and_says_what_it_did(tmp_path, capsys):
    with chdir(tmp_path):
        assert main(["update"]) == 2
        assert main(["start", "unet", "--no-open"]) == 0
    with chdir(tmp_path / "unet"):
        capsys.readouterr()
        assert main(["update"]) == 0
        assert "newest release" in capsys.readouterr().out
        text = (tmp_path / "unet" / "unet.ipynb").read_text()
        call = 'load_checks(\\"unet\\", \\"'
        (tmp_path / "unet" / "unet.ipynb").write_text(text.replace(call, f"{call}f"))
        assert main(["update", "unet.ipynb"]) == 0
        assert "As it was: unet.f" in capsys.readouterr().out
        assert (tmp_path / "unet" / "unet.ipynb").read_text() == text
