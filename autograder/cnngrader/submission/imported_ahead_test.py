"""A rubric's broken import ends no process but the one that loads the rubric."""

import runpy
import sys

from cnngrader.submission.rubric_processes import AHEAD

BROKEN = {"ahead_text": "def f(:", "ahead_error": "1 / 0", "ahead_exit": "raise SystemExit(3)"}


def test_what_cannot_be_imported_is_left_to_who_imports_it(tmp_path, monkeypatch):
    for name, text in {**BROKEN, "ahead_right": ""}.items():
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(AHEAD, ",".join([*BROKEN, "ahead_not_there", "ahead_right"]))
    monkeypatch.delitem(sys.modules, "cnngrader.submission.imported_ahead", raising=False)
    runpy.run_module("cnngrader.submission.imported_ahead")
    assert sys.modules.pop("ahead_right")
