"""A notebook of which all but one answer is written runs from top to bottom; what needs that answer waits for it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("run_without_one.py")
QUICK = ("alexnet_counting", "conv_by_hand", "mnist_cnn")  # `python solutions/run_without_one.py ID` looks at any other


@pytest.mark.parametrize("assignment", QUICK)
def test_no_cell_ends_in_an_error_whichever_answer_is_unwritten(assignment):
    """Each assignment in a process of its own, which imports TensorFlow once."""
    done = subprocess.run(
        [sys.executable, PROGRAM, assignment],
        env={name: os.environ[name] for name in os.environ if name not in ("CNNKIT_GRADING", "NBGRADER_EXECUTION")}
        | {"MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found) > 2
    assert {answer: wrong for answer, wrong in found.items() if wrong} == {}
