import json
import random
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from cnngrader.errors import NotebookError
from cnngrader.submission import read_notebook as module
from cnngrader.submission.read_notebook import read_notebook
from cnngrader.submission.repair import repair

CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB = "*Write your answer here.*"


def marked(new, source, grade_id, **flags):
    mark = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
    }
    cell = new(source=source, metadata={"nbgrader": mark | flags})
    cell.id = grade_id
    return cell


def make_template():
    cells = [
        new_markdown_cell("# Pooling"),
        marked(new_code_cell, "import numpy as np\n\nfrom checks import check", "locked-setup", locked=True),
        new_markdown_cell("Write the mean of a window."),
        marked(new_code_cell, f"def mean(window):\n    {CODE_STUB}", "answer-mean", solution=True),
        marked(new_code_cell, 'check("mean")', "mean", grade=True, locked=True, points=2.0),
        new_markdown_cell("Now build the model."),
        marked(new_code_cell, CODE_STUB, "answer-model", solution=True),
        marked(new_code_cell, 'check("model")', "model", grade=True, locked=True, points=1.0),
        new_markdown_cell("Set the learning rate."),
        marked(new_code_cell, CODE_STUB, "answer-rate", solution=True),
        new_markdown_cell("## What is lost?"),
        marked(new_markdown_cell, TEXT_STUB, "lost", grade=True, solution=True, points=1.0),
        new_markdown_cell("## What is gained?"),
        marked(new_markdown_cell, TEXT_STUB, "gained", grade=True, solution=True, points=1.0),
        marked(new_markdown_cell, "Thank you for your work, which you may now hand in.", "locked-end", locked=True),
    ]
    for index, cell in enumerate(cells):
        cell.id = f"cell-{index}"
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})


TEMPLATE = make_template()
MARKED = {cell.metadata.nbgrader.grade_id: cell for cell in TEMPLATE.cells if "nbgrader" in cell.metadata}
STUBS = [cell.source for cell in MARKED.values() if cell.metadata.nbgrader.solution]
ANSWERS = {
    "answer-mean": "def mean(window):\n    return window.mean()",
    "answer-model": "model = keras.Sequential([keras.layers.Dense(10)])",
    "answer-rate": "rate = 0.1",
    "lost": "It loses where things were.",
    "gained": "It gains smaller maps.",
}


def handed_in(**answers):
    """The release as JSON, with all answers written, or those given ("" for none)."""
    notebook = json.loads(nbformat.writes(TEMPLATE))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name in ANSWERS:
            cell["source"] = answers.get(name.replace("-", "_"), ANSWERS[name]) or cell["source"]
    return notebook


def place(notebook, name):
    return next(i for i, c in enumerate(notebook["cells"]) if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def repaired(notebook):
    data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    result, notes = repair(read_notebook(data), TEMPLATE)
    sound(result)
    return result, notes


def sound(notebook):
    """Each marked cell of the template exactly once and as given out, in a notebook that can be written."""
    found = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert sorted(cell.metadata.nbgrader.grade_id for cell in found) == sorted(MARKED)
    for cell in found:
        wanted = MARKED[cell.metadata.nbgrader.grade_id]
        assert cell.metadata == wanted.metadata
        assert cell.cell_type == wanted.cell_type
        assert not wanted.metadata.nbgrader.locked or cell.source == wanted.source
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode()


def sources(notebook):
    return {c.metadata.nbgrader.grade_id: c.source for c in notebook.cells if "nbgrader" in c.metadata}


def answers(notebook):
    return {name: source for name, source in sources(notebook).items() if name in ANSWERS}


def shape(notebook):
    return [(cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells]


def test_an_untouched_release_stays_as_it_is_without_a_note():
    result, notes = repaired(nbformat.writes(TEMPLATE).encode())
    assert shape(result) == shape(TEMPLATE)
    assert notes == []


def test_answers_are_kept_without_a_note():
    result, notes = repaired(handed_in())
    assert answers(result) == ANSWERS
    assert notes == []


def test_an_untouched_scaffold_stays_as_it_is(pooling):
    from cnngrader.authoring.build import build_notebook
    from cnngrader.authoring.rubric import Rubric

    template = build_notebook(pooling, Rubric(pooling.rubric))
    result, notes = repair(read_notebook(nbformat.writes(template).encode()), template)
    assert shape(result) == shape(template)
    assert notes == []


def without_marks(notebook):
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    return notebook


def test_marks_lost_in_all_cells_are_found_again_by_content():
    result, notes = repaired(without_marks(handed_in(answer_model="", answer_rate="", gained="")))
    found = answers(result)
    assert found["answer-mean"] == ANSWERS["answer-mean"]
    assert found["lost"] == ANSWERS["lost"]
    assert "Your answer `mean` had lost its mark and was recognised by its content." in notes


@pytest.mark.parametrize("empty", ["lost", "gained"])
def test_a_written_answer_without_its_mark_stays_with_its_question(empty):
    result, _ = repaired(without_marks(handed_in(**{empty: ""})))
    written = {"lost": ANSWERS["lost"], "gained": ANSWERS["gained"]} | {empty: TEXT_STUB}
    assert {name: answers(result)[name] for name in written} == written


@pytest.mark.parametrize("empty", ["answer_model", "answer_rate"])
def test_code_without_its_mark_and_without_a_function_stays_where_it_was_written(empty):
    result, _ = repaired(without_marks(handed_in(**{empty: ""})))
    written = {name: ANSWERS[name] for name in ("answer-model", "answer-rate")} | {empty.replace("_", "-"): CODE_STUB}
    assert {name: answers(result)[name] for name in written} == written


def test_an_answer_that_does_not_parse_is_recognised_by_its_def():
    broken = "def mean(window:\n    return window.mean("
    result, _ = repaired(without_marks(handed_in(answer_mean=broken)))
    assert answers(result)["answer-mean"] == broken


def test_a_changed_given_cell_without_its_mark_is_recognised_and_restored():
    notebook = without_marks(handed_in())
    notebook["cells"][1]["source"] += "\nimport os"
    result, notes = repaired(notebook)
    assert sum("import numpy" in cell.source for cell in result.cells) == 1
    assert [cell.source for cell in result.cells][2] == "import os", "what was added stays, behind it"
    assert "The given cell `setup` was found in a cell with more, and is a cell of its own again." in notes


def test_a_deleted_check_is_put_back_behind_the_cell_before_it():
    notebook = handed_in()
    del notebook["cells"][place(notebook, "mean")]
    result, notes = repaired(notebook)
    assert notes == ["The check `mean` was missing and was put back."]
    order = list(sources(result))
    assert order.index("mean") == order.index("answer-mean") + 1


def test_a_deleted_answer_is_put_back_empty():
    notebook = handed_in()
    del notebook["cells"][place(notebook, "answer-mean")]
    result, notes = repaired(notebook)
    assert notes == ["Your answer `mean` was missing and was put back, empty."]
    assert answers(result) == ANSWERS | {"answer-mean": MARKED["answer-mean"].source}


def test_a_deleted_first_cell_is_put_back_first():
    notebook = handed_in()
    del notebook["cells"][place(notebook, "locked-setup")]
    result, _ = repaired(notebook)
    assert next(iter(sources(result))) == "locked-setup"


@pytest.mark.parametrize("copy", ["before", "after"])
@pytest.mark.parametrize("other", ["", MARKED["answer-mean"].source], ids=["empty", "stub"])
def test_of_two_copies_of_an_answer_the_one_filled_in_counts(copy, other):
    notebook = handed_in()
    index = place(notebook, "answer-mean")
    twin = json.loads(json.dumps(notebook["cells"][index])) | {"source": other}
    notebook["cells"].insert(index + (copy == "after"), twin)
    result, notes = repaired(notebook)
    assert answers(result) == ANSWERS
    assert notes == ["Your answer `mean` was there 2 times; the last one that is filled in counts."]
    assert len(result.cells) == len(notebook["cells"]) - bool(other), "a stub behind the answer would take its place"


def test_of_two_answers_filled_in_the_last_counts_and_the_other_is_kept():
    notebook = handed_in()
    index = place(notebook, "answer-mean")
    second = json.loads(json.dumps(notebook["cells"][index])) | {"source": "def mean(window):\n    return 2"}
    notebook["cells"].insert(index + 1, second)
    result, _ = repaired(notebook)
    assert answers(result)["answer-mean"].endswith("return 2")
    assert [c.source for c in result.cells if "nbgrader" not in c.metadata].count(ANSWERS["answer-mean"]) == 1


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("name", ["answer-mean", "mean", "locked-setup"])
def test_a_code_cell_that_was_retyped_is_code_again(kind, name):
    notebook = handed_in()
    notebook["cells"][place(notebook, name)]["cell_type"] = kind
    result, (note,) = repaired(notebook)
    assert sources(result) == sources(repaired(handed_in())[0])
    assert note.endswith(f"had become a {kind} cell and is a code cell again.")


def test_a_written_answer_that_was_retyped_is_text_again():
    notebook = handed_in()
    notebook["cells"][place(notebook, "lost")]["cell_type"] = "code"
    result, notes = repaired(notebook)
    assert answers(result) == ANSWERS
    assert notes == ["Your answer `lost` had become a code cell and is a markdown cell again."]


@pytest.mark.parametrize("seed", range(5))
def test_reordered_cells_keep_the_students_order(seed):
    notebook = handed_in()
    random.Random(seed).shuffle(notebook["cells"])
    result, notes = repaired(notebook)
    assert [cell.source for cell in result.cells] == [cell["source"] for cell in notebook["cells"]]
    assert notes == []


@pytest.mark.parametrize("name", [name for name, cell in MARKED.items() if cell.metadata.nbgrader.locked])
def test_a_locked_cell_that_was_edited_is_as_it_was_given_out(name):
    notebook = handed_in()
    notebook["cells"][place(notebook, name)]["source"] = "print('all points to me')"
    result, (note,) = repaired(notebook)
    assert "all points" not in nbformat.writes(result)
    assert note.endswith("had been changed and is as it was given out.")


def test_space_around_a_locked_cell_is_no_edit():
    notebook = handed_in()
    notebook["cells"][place(notebook, "mean")]["source"] += "\n\n"
    assert repaired(notebook)[1] == []


def test_the_students_own_cells_are_kept_where_they_stood():
    notebook = handed_in()
    own = [
        {"cell_type": kind, "metadata": {}, "source": f"own {kind}", "outputs": []}
        for kind in ("code", "markdown", "raw")
    ]
    own.append(
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "unheard-of", "points": 99}}, "source": "mine"}
    )
    for cell in own:
        notebook["cells"].insert(4, cell)
    result, notes = repaired(notebook)
    assert [(c.cell_type, c.source) for c in result.cells[4:8]] == [(c["cell_type"], c["source"]) for c in own[::-1]]
    assert notes == []


def test_marks_that_a_student_changed_do_not_count():
    notebook = handed_in()
    for cell in notebook["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"] |= {"points": 100, "locked": False, "grade": True}
    repaired(notebook)


def test_swapped_marks_give_each_locked_cell_its_own_text():
    notebook = handed_in()
    one, two = place(notebook, "mean"), place(notebook, "model")
    marks = [notebook["cells"][i]["metadata"] for i in (one, two)]
    notebook["cells"][two]["metadata"], notebook["cells"][one]["metadata"] = marks
    repaired(notebook)


def test_the_template_is_not_changed():
    before = nbformat.writes(TEMPLATE)
    repaired(without_marks(handed_in()))
    assert nbformat.writes(TEMPLATE) == before


def test_the_kernel_named_is_told_where_it_is_no_python():
    notebook = handed_in()
    notebook["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    result, notes = repaired(notebook)
    assert notes == ["The notebook names the kernel 'ir'; it was run with Python all the same."]
    assert result.metadata.kernelspec.name == "python3"


@pytest.mark.parametrize(
    "metadata", [{}, {"kernelspec": None}, {"kernelspec": {}}, {"kernelspec": {"name": 3}}, None, []]
)
def test_odd_notebook_metadata_does_no_harm(metadata):
    result, _ = repaired(handed_in() | {"metadata": metadata})
    assert answers(result) == ANSWERS


def test_a_notebook_of_version_3_is_converted():
    cells = [
        {"cell_type": "code", "language": "python", "input": c["source"], "outputs": [], "metadata": c["metadata"]}
        if c["cell_type"] == "code"
        else {"cell_type": c["cell_type"], "source": c["source"], "metadata": c["metadata"]}
        for c in handed_in()["cells"]
    ]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "old"}, "worksheets": [{"cells": cells}]}
    result, notes = repaired(old)
    assert answers(result) == ANSWERS
    assert notes == []


def test_sources_as_lists_of_lines_are_joined():
    notebook = handed_in()
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    assert answers(repaired(notebook)[0]) == ANSWERS


def test_50_mb_of_outputs_are_dropped():
    notebook = handed_in()
    line = "x" * 1000 + "\n"
    notebook["cells"][3]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": line * 50_000}]
    result, _ = repaired(notebook)
    assert answers(result) == ANSWERS
    assert len(nbformat.writes(result)) < 20_000


@pytest.mark.parametrize("outputs", [None, 3, [None], [{"output_type": "pyout"}], {"a": 1}], ids=repr)
def test_broken_outputs_are_dropped(outputs):
    notebook = handed_in()
    notebook["cells"][3]["outputs"] = outputs
    assert answers(repaired(notebook)[0]) == ANSWERS


@pytest.mark.parametrize("junk", [None, 3, "text", [], True])
def test_cells_that_are_no_dicts_are_passed_over(junk):
    notebook = handed_in()
    notebook["cells"].insert(2, junk)
    assert answers(repaired(notebook)[0]) == ANSWERS


@pytest.mark.parametrize(
    "cell",
    [
        {},
        {"cell_type": "code"},
        {"cell_type": "heading", "source": "x", "level": 1},
        {"cell_type": 3, "source": "x"},
        {"cell_type": "code", "source": 3},
        {"cell_type": "code", "source": [1, None]},
        {"cell_type": "code", "source": "x", "metadata": None},
        {"cell_type": "code", "source": "x", "metadata": {"nbgrader": None}},
        {"cell_type": "code", "source": "x", "metadata": {"nbgrader": {"grade_id": ["answer-mean"]}}},
        {"cell_type": "code", "source": "\0\x1b[31m", "metadata": {}},
        {"cell_type": "code", "source": "\ud800", "metadata": {}},
        {"cell_type": "code", "source": "-" * 100_000 + "1", "metadata": {}},
        {"cell_type": "code", "source": "def f():\n" + " if 1:" * 1000, "metadata": {}},
    ],
    ids=lambda cell: json.dumps(cell)[:60],
)
def test_an_odd_cell_does_no_harm_to_the_others(cell):
    notebook = without_marks(handed_in())
    notebook["cells"].insert(2, cell)
    assert answers(repaired(notebook)[0])["answer-mean"] == ANSWERS["answer-mean"]


def test_a_cell_whose_source_is_null_is_empty():
    assert read_notebook(b'{"cells": [{"cell_type": "code", "source": null}]}').cells[0].source == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no notebook of the assignment's name was handed in"),
        (b" \n", "empty file"),
        (b"not json", "no notebook (not JSON"),
        (b"\x89PNG\r\n\x1a\n", "no notebook (not JSON"),
        (b'{"cells": [', "no notebook (not JSON"),
        (b"[" * 100_000, "no notebook (not JSON"),
        (b"[]", "no list of cells"),
        (b"3", "no list of cells"),
        (b"null", "no list of cells"),
        (b"{}", "no list of cells"),
        (b'{"cells": {"a": 1}}', "no list of cells"),
        (b'{"cells": 5, "worksheets": []}', "no list of cells"),
        (b'{"cells": null, "worksheets": []}', "no list of cells"),
        (b'{"nbformat": 3, "worksheets": [3]}', "no list of cells"),
        (b'{"nbformat": 4, "worksheets": []}', "no list of cells"),
    ],
)
def test_what_is_no_notebook_is_told_in_one_line(data, words):
    with pytest.raises(NotebookError) as error:
        read_notebook(data)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 2 * 2**20)
    with pytest.raises(NotebookError, match="the file has 3 MiB, more than 2: clear its outputs"):
        read_notebook(b"[" * (3 * 2**20))


def test_an_empty_notebook_gets_every_cell_of_the_template():
    result, notes = repaired({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    assert sources(result) == {name: cell.source for name, cell in MARKED.items()}
    assert len(notes) == len(MARKED)


def test_the_same_file_is_repaired_to_the_same_bytes():
    notebook = without_marks(handed_in())
    assert nbformat.writes(repaired(notebook)[0]) == nbformat.writes(repaired(notebook)[0])


@pytest.mark.parametrize(
    "signs", ["".join(chr(0x4E00 + i) for i in range(100)), "abc", "a b c "], ids=["many", "few", "words"]
)
def test_a_notebook_made_to_compare_slowly_is_repaired_all_the_same(signs):
    own = [
        {"cell_type": "code", "metadata": {}, "source": signs[::-1] * (5000 // len(signs)) + str(i)} for i in range(4)
    ]
    template = make_template()
    template.cells[-1].source = signs * (5000 // len(signs))
    submitted = read_notebook(json.dumps({"cells": own}).encode())
    begun = time.process_time()
    repair(submitted, template)
    assert time.process_time() - begun < 1


def merge(notebook, first, last, kind=None, mark=None):
    """The cells from one to another as JupyterLab's Shift+M makes one of them."""
    cells = notebook["cells"][first : last + 1]
    merged = cells[0] | {"source": "\n\n".join(cell["source"] for cell in cells)}
    merged |= {"cell_type": kind} if kind else {}
    merged["metadata"] = cells[0]["metadata"] if mark is None else mark
    pictures = [cell["attachments"] for cell in cells if "attachments" in cell]
    merged |= {"attachments": {name: data for bundle in pictures for name, data in bundle.items()}} if pictures else {}
    notebook["cells"][first : last + 1] = [merged]
    return notebook


def ran(notebook):
    """What the names of the notebook's code are in the end, as a kernel would have it."""
    names = {"np": None, "check": lambda name: None, "keras": None}
    for cell in notebook.cells:
        if cell.cell_type == "code" and "import " not in cell.source and "keras" not in cell.source:
            try:
                exec(cell.source, names)
            except Exception:
                continue
    return names


def right(notebook):
    class Window:
        def mean(self):
            return 3

    return ran(notebook)["mean"](Window()) == 3


def code_of(**answers):
    """The release with right answers in code."""
    return handed_in(answer_model="model = 1", **answers)


def moved_above(notebook):
    notebook["cells"].insert(2, own_cell(ANSWERS["answer-mean"]))
    notebook["cells"][place(notebook, "answer-mean")]["source"] = MARKED["answer-mean"].source
    return notebook


def stub_copied_behind(notebook, mark=True):
    copy = json.loads(json.dumps(notebook["cells"][3])) | {"source": MARKED["answer-mean"].source}
    copy["metadata"] = copy["metadata"] if mark else {}
    notebook["cells"].append(copy)
    return notebook


def own_cell(source, kind="code", metadata=None):
    return {"cell_type": kind, "source": source, "metadata": metadata or {}, "outputs": []}


def retyped(notebook):
    notebook["cells"][3] |= {"cell_type": "raw", "metadata": {}}
    return notebook


def split(notebook):
    cell = notebook["cells"][3]
    notebook["cells"][3:4] = [cell | {"source": "half = 2"}, cell]
    return notebook


def written_into(notebook, index, text):
    notebook["cells"][index]["source"] = text.format(notebook["cells"][3]["source"])
    del notebook["cells"][3]
    return notebook


def last_years(notebook):
    notebook["cells"][3]["metadata"]["nbgrader"]["grade_id"] = "answer-average"
    return notebook


def with_old_stub(notebook):
    """Marks lost, and the student wrote above the stub."""
    notebook["cells"][3]["source"] = MARKED["answer-mean"].source
    notebook["cells"].insert(3, own_cell(ANSWERS["answer-mean"]))
    return without_marks(notebook)


EDITED = {
    "two answers merged, marked as the first": lambda n: merge(n, 3, 6),
    "two answers merged, marked as the second": lambda n: merge(n, 3, 6, mark=n["cells"][6]["metadata"]),
    "two answers merged, without a mark": lambda n: merge(n, 3, 6, mark={}),
    "merged with a check": lambda n: merge(n, 3, 4),
    "merged into the check": lambda n: merge(n, 3, 4, mark=n["cells"][4]["metadata"]),
    "merged into the given cell": lambda n: merge(n, 1, 3, kind="code"),
    "all of it merged": lambda n: merge(n, 1, 7, kind="code", mark={}),
    "answered above the stub": moved_above,
    "a stub copied behind it": stub_copied_behind,
    "a stub copied behind it, without a mark": lambda n: stub_copied_behind(n, mark=False),
    "retyped, without its mark": retyped,
    "split in two": split,
    "of last year's release": last_years,
    "without marks, above its stub": with_old_stub,
    "moved to the end": lambda n: n | {"cells": [*n["cells"][:3], *n["cells"][4:], n["cells"][3]]},
    "written into the check's cell": lambda n: written_into(n, 4, '{}\n\ncheck("mean")'),
    "written between the lines of the given cell": lambda n: written_into(
        n, 1, "import numpy as np\n{}\nfrom checks import check"
    ),
    "written over the given cell": lambda n: written_into(n, 1, "{}"),
}


@pytest.mark.parametrize("edit", EDITED.values(), ids=EDITED)
def test_a_right_answer_in_code_stays_right_whatever_an_editor_did(edit):
    code = code_of()
    for index in (2, 5):  # as code, so that what is merged with them runs
        code["cells"][index] |= {"cell_type": "code", "source": "# " + code["cells"][index]["source"]}
    result, _ = repaired(edit(code))
    assert right(result)
    assert ran(result)["model"] == 1
    twice, notes = repaired(nbformat.writes(result).encode())
    assert (shape(twice), notes) == (shape(result), [])


def test_an_answer_found_in_another_cell_is_told_and_no_stub_takes_its_place():
    notebook = handed_in()
    notebook["cells"][6]["source"] = notebook["cells"].pop(3)["source"] + "\n\n" + ANSWERS["answer-model"]
    notebook["cells"][5]["source"] = ANSWERS["answer-mean"] + "\n\n" + ANSWERS["answer-model"]
    result, notes = repaired(notebook)
    assert "Your answer `mean` was found in another cell, and counts from there." in notes
    assert answers(result)["answer-mean"] == "# This answer is in another cell."


BLOCKS = "It loses where things were.\n\nIt also loses how many there were."


def blocks(mark, *texts, kind="markdown"):
    return [own_cell(text, kind, mark if not number else None) for number, text in enumerate(texts)]


WRITTEN = {
    "as it is": lambda m: blocks(m, BLOCKS),
    "split in two, the second without a mark": lambda m: blocks(m, *BLOCKS.split("\n\n")),
    "split in two, both marked": lambda m: [own_cell(text, "markdown", m) for text in BLOCKS.split("\n\n")],
    "below its stub": lambda m: blocks(m, TEXT_STUB, *BLOCKS.split("\n\n")),
    "above its stub": lambda m: [own_cell(BLOCKS, "markdown"), own_cell(TEXT_STUB, "markdown", m)],
    "without its mark": lambda m: blocks({}, BLOCKS),
    "without its mark, in two": lambda m: blocks({}, *BLOCKS.split("\n\n")),
    "copied": lambda m: [own_cell(BLOCKS, "markdown", m)] * 2,
    "with a stub behind": lambda m: [own_cell(BLOCKS, "markdown", m), own_cell(TEXT_STUB, "markdown", m)],
    "as raw text": lambda m: [own_cell(BLOCKS, "raw", m)],
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
def test_a_written_answer_stays_whole(write):
    notebook = handed_in()
    index = place(notebook, "lost")
    notebook["cells"][index : index + 1] = write(notebook["cells"][index]["metadata"])
    result, _ = repaired(notebook)
    assert answers(result) == ANSWERS | {"lost": BLOCKS}
    twice, notes = repaired(nbformat.writes(result).encode())
    assert (shape(twice), notes) == (shape(result), [])


@pytest.mark.parametrize("mark", [0, 1, 3, None])
def test_a_question_and_its_answer_and_the_next_that_were_merged_are_apart_again(mark):
    notebook = handed_in()
    first = place(notebook, "lost") - 1
    marks = [cell["metadata"] for cell in notebook["cells"]]
    result, _ = repaired(merge(notebook, first, first + 3, mark={} if mark is None else marks[first + mark]))
    assert answers(result) == ANSWERS


def lose_marks(rng, cells):
    for cell in cells:
        if rng.random() < 0.5:
            cell["metadata"] = rng.choice([{}, None, {"nbgrader": {}}, {"nbgrader": {"grade_id": "gone"}}])


def delete(rng, cells):
    for _ in range(min(len(cells), rng.randrange(1, 4))):
        del cells[rng.randrange(len(cells))]


def duplicate(rng, cells):
    for _ in range(rng.randrange(1, 4)):
        if cells:
            cells.insert(rng.randrange(len(cells) + 1), json.loads(json.dumps(rng.choice(cells))))


def retype(rng, cells):
    for cell in cells:
        if rng.random() < 0.3:
            cell["cell_type"] = rng.choice(["code", "markdown", "raw", "heading", None])


def edit(rng, cells):
    for cell in cells:
        if rng.random() < 0.3:
            cell["source"] = rng.choice(
                ["", CODE_STUB, TEXT_STUB, "def mean(x):\n    return 1", "ü" * 50, ["a\n", "b"], 3]
            )


def swap_marks(rng, cells):
    if len(cells) > 1:
        a, b = rng.sample(cells, 2)
        a["metadata"], b["metadata"] = b["metadata"], a["metadata"]


def damage(rng, notebook):
    changes = [lose_marks, delete, duplicate, retype, edit, swap_marks, lambda rng, cells: rng.shuffle(cells)]
    for change in rng.choices(changes, k=rng.randrange(1, 5)):
        change(rng, notebook["cells"])
    return notebook


@pytest.mark.parametrize("seed", range(150))
def test_repair_of_anything_gives_each_template_cell_once_and_repairing_twice_changes_nothing(seed):
    notebook = damage(random.Random(seed), handed_in())
    once, _ = repaired(notebook)  # says that each cell is there once
    twice, notes = repaired(nbformat.writes(once).encode())
    assert shape(twice) == shape(once)
    assert notes == []


@pytest.mark.parametrize("seed", range(50))
def test_no_code_that_a_student_wrote_is_lost(seed):
    notebook = damage(random.Random(seed), handed_in())
    kept = [cell.source for cell in repaired(notebook)[0].cells]
    submitted = read_notebook(json.dumps(notebook).encode())
    for cell in submitted.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name not in MARKED or not MARKED[name].metadata.nbgrader.locked:
            assert cell.source in STUBS or any(cell.source.strip() in source for source in kept)


@pytest.mark.parametrize("seed", range(20))
def test_random_damage_to_the_file_is_repaired_or_told(seed):
    rng = random.Random(seed)
    whole = json.dumps(handed_in()).encode()
    for _ in range(10):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            data[rng.randrange(len(data))] = rng.choice(b'"{}[],:0anul\\ \xff')
        try:
            result, _ = repair(read_notebook(bytes(data)), TEMPLATE)
        except NotebookError:
            continue
        sound(result)
