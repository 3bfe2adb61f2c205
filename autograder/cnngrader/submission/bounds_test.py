"""Reading and repairing what was handed in takes work that grows with its size, and neither ever fails."""

import json
import random
import sys

import pytest

from cnngrader.errors import NotebookError
from cnngrader.submission import read_notebook as module
from cnngrader.submission.read_notebook import read_notebook
from cnngrader.submission.repair import repair
from cnngrader.submission.repair_test import MARKED, TEMPLATE, damage, handed_in, sound


def notebook_of(*sources, kind="code") -> bytes:
    return json.dumps({"cells": [{"cell_type": kind, "source": source, "metadata": {}} for source in sources]}).encode()


def steps(data: bytes) -> int:
    """Lines of Python that reading and repairing it executes."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        repair(read_notebook(data), TEMPLATE)
    finally:
        sys.settrace(before)
    return count


CHECK = MARKED["mean"].source
SLOW = {
    "no marks": lambda n: notebook_of(*["0\n" * 50] * n),
    "one long cell": lambda n: notebook_of("0\n" * 50 * n),
    "texts": lambda n: notebook_of(*["It loses things."] * n, kind="markdown"),
    "a given line again and again": lambda n: notebook_of(f"{CHECK}\n" * 20 * n),
    "a definition again and again": lambda n: notebook_of(*["def mean(x):\n    return x"] * n),
    "names": lambda n: notebook_of("".join(f"name_{i} = 1\n" for i in range(20 * n))),
    "quotes": lambda n: notebook_of(f"'''\n{CHECK}\n" * n),
}


@pytest.mark.parametrize("made", SLOW.values(), ids=SLOW)
def test_twice_as_much_is_twice_the_work(made):
    once, twice = steps(made(40)), steps(made(80))
    assert twice < 2.3 * once


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (notebook_of(*["x"] * 1001), "the notebook has 1001 cells, more than 1000"),
        (notebook_of(*["0\n" * 50_000] * 50), "the cells hold 5.0 million characters of text, more than 4 million"),
        (notebook_of(["0\n"] * 2_500_000), "the cells hold 5.0 million characters"),
    ],
    ids=["cells", "text", "lines"],
)
def test_what_is_past_the_bounds_is_told_before_a_cell_is_made(data, said, monkeypatch):
    monkeypatch.setattr(module, "_clean", None)
    with pytest.raises(NotebookError, match=said):
        read_notebook(data)


WORDS = ["", "code", "markdown", "\ud800", "attachment:a.png", "x = 1", "a" * 300]


def anything(rng: random.Random, depth: int = 0):
    """Some JSON, of the words that notebooks have."""
    if depth > 3 or rng.random() < 0.4:
        return rng.choice([*WORDS, None, True, 3, -1.5, 10**400])
    if rng.random() < 0.5:
        return [anything(rng, depth + 1) for _ in range(rng.randrange(4))]
    keys = "source cell_type metadata nbgrader grade_id attachments input level cells outputs a.png image/png".split()
    return {rng.choice(keys): anything(rng, depth + 1) for _ in range(rng.randrange(4))}


@pytest.mark.parametrize("seed", range(100))
def test_any_json_is_repaired_or_told(seed):
    rng = random.Random(seed)
    notebook = damage(rng, handed_in())
    for _ in range(rng.randrange(1, 8)):
        cell = rng.choice([notebook, *notebook["cells"]])
        key = rng.choice([*({*cell} - {"cells"}), "attachments", "metadata", "source"])
        cell[key] = anything(rng)
    if rng.random() < 0.2:
        notebook["cells"] = anything(rng)
    try:
        result, notes = repair(read_notebook(json.dumps(notebook).encode()), TEMPLATE)
    except NotebookError:
        return
    sound(result)
    assert all(isinstance(note, str) for note in notes)
