import json

import pytest

from cnnkit.check.saved_notebook import UNANSWERED, find_left

WRITTEN = {"nbgrader": {"grade_id": "why", "solution": True}}


def cell(kind="code", source="x = 1", count=None, **metadata):
    found = {"cell_type": kind, "source": [source], "metadata": metadata}
    return {**found, "execution_count": count} if kind == "code" else found


def left(tmp_path, *cells):
    path = tmp_path / "hw.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    return find_left(path)


@pytest.mark.parametrize("text", ["", UNANSWERED, f"\n{UNANSWERED} "])
def test_a_written_question_without_an_answer_is_told(tmp_path, text):
    assert left(tmp_path, cell("markdown", text, **WRITTEN)) == ["not answered yet, as last saved: why"]
    assert left(tmp_path, cell("markdown", "Since.", **WRITTEN), cell("markdown", text)) == []


def test_cells_that_were_not_run_or_not_in_order_are_told(tmp_path):
    assert left(tmp_path, cell(count=1), cell(source=" "), cell(count=7)) == []
    assert left(tmp_path, cell(count=1), cell("markdown"), cell()) == ["not run yet, as last saved: cell 3"]
    assert left(tmp_path, *[cell()] * 8) == ["not run yet, as last saved: cells 1, 2, 3, 4, 5, 6 and 2 more"]
    (told,) = left(tmp_path, cell(count=5), cell(count=2))
    assert told.startswith("cell 2 was run before one above it")


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"cells": [3]}', '{"cells": [{"cell_type": "code"}]}'])
def test_of_what_is_no_notebook_nothing_is_told(tmp_path, text):
    (tmp_path / "hw.ipynb").write_text(text)
    assert find_left(tmp_path / "hw.ipynb") == find_left(tmp_path / "none.ipynb") == []
