"""What a student hands in beside the notebook lies in their folder, and meets nothing of ours."""

import os
import unicodedata

import nbformat

from cnngrader.files import Executable, read_content, write_content
from cnngrader.grading.jobs import job_of
from cnngrader.grading.verdict_key import key_of
from cnngrader.submission.beside import beside_notebook
from cnngrader.submission.grade import grade

NOT_UTF8 = os.fsdecode(b"caf\xe9.txt")
TROUBLE = {
    "kernel.json/x": b"", "kernel.log/x": b"", "k-1/x": b"", "own/kernel.json/x": b"", "log": b"", "home/x": b"",
    ".ipython/profile_default/startup/0.py": b"raise SystemExit", "checks.py/x": b"", NOT_UTF8: b"",
}  # fmt: skip


def test_no_name_ends_a_run(window, warm):
    cells = "import os\nprint(sorted(os.listdir()), os.path.basename(os.getcwd()))", "!./run.sh\n!./plain.sh"
    notebook = nbformat.writes(window.notebook("def window_mean(window):\n    return np.mean(window)", *cells))
    run = Executable(b"#!/bin/sh\necho was run\n")
    job = job_of(
        window.assignment,
        window.release,
        notebook=notebook.encode(),
        student="sam",
        secret="",
        beside=TROUBLE | {"run.sh": run, "plain.sh": bytes(run)},
    )
    verdict = grade(job, warm.address)
    assert key_of(job)
    assert (verdict.status, verdict.score) == ("graded", 3.0)
    shown = [str(cell.outputs) for cell in nbformat.reads(verdict.notebook, as_version=4).cells[-2:]]
    beside = sorted([*{name.split("/")[0] for name in TROUBLE if name != NOT_UTF8}, "plain.sh", "run.sh"])
    assert f"{beside} window" in shown[0]
    assert shown[1].count("was run") == 1, "one may be executed, and the other may not"
    assert [note for note in verdict.repairs if "left out" in note] == [
        "left out the file 'checks.py/x': the assignment has another 'checks.py'",
        "left out the file 'caf?.txt': its name is not UTF-8",
    ]


def test_the_assignments_files_win():
    given = {"data/a.csv": b"1", "b": b"2"}
    files, notes = beside_notebook(given, {"data": b"", "data/a.csv": b"3", "data/c": b"4", "b/x/y": b"", "é": b"5"})
    assert files == given | {"data/c": b"4", "é": b"5"}
    assert [note.split(":")[0] for note in notes] == ["left out the file 'data'", "left out the file 'b/x/y'"]
    assert beside_notebook({}, {unicodedata.normalize("NFD", "é"): b""})[1] == []


def test_the_right_to_be_executed_is_carried_along(tmp_path):
    write_content(tmp_path / "a" / "run.sh", Executable(b"x"))
    write_content(tmp_path / "a" / "data", b"x")
    assert [type(read_content(tmp_path / "a" / name)) for name in ("run.sh", "data")] == [Executable, bytes]
