"""What students hand in, by mistake and on purpose, and what they get for it."""

import json
from dataclasses import replace

import nbformat
import pytest


def answer(body: str) -> str:
    return "def window_mean(window):\n" + "\n".join(f"    {line}" for line in body.splitlines())


def test_a_right_answer_earns_everything(hand_in):
    verdict = hand_in()
    assert (verdict.status, verdict.score, verdict.max_score) == ("graded", 3.0, 3.0)
    assert verdict.repairs == []
    assert verdict.errors == []


def test_the_stub_earns_nothing_and_is_told_so(hand_in, window):
    verdict = hand_in(window.release["window.ipynb"])
    assert (verdict.status, verdict.score) == ("graded", 0.0)
    assert all("not written yet" in test.message for test in verdict.tests)


def test_a_usual_mistake_is_named(hand_in):
    verdict = hand_in(answer("return np.sum(window)"))
    assert verdict.score == 0.0
    assert "forget to divide" in verdict.tests[0].message


@pytest.mark.parametrize("body", ["raise ValueError('\\ud800')", "return '\\udfff'", "print('\\ud800')"])
def test_halves_of_characters_break_no_text(hand_in, body):
    verdict = hand_in(answer(body) + "\nprint(window_mean(np.zeros((2, 2))))")
    assert (verdict.status, verdict.score) == ("graded", 0.0)
    json.dumps(verdict.asdict(), ensure_ascii=False).encode()


def test_an_error_of_megabytes_that_would_rewrite_the_screen_is_cut_and_plain(hand_in):
    verdict = hand_in(answer("raise ValueError('\\x1b[2K3 of 3' + 'x' * 3_900_000)") + "\nwindow_mean(0)")
    texts = [verdict.detail, *verdict.errors, *(test.message for test in verdict.tests)]
    assert all(text.isprintable() and len(text) < 1000 for text in texts)
    assert "ValueError: 3 of 3xxx" in verdict.tests[0].message


def test_who_hands_in_the_same_meets_the_same_inputs_and_nobody_else_does(hand_in):
    tells = answer("raise ValueError(str(window.ravel()[:3]))")

    def met(*more, **options):
        public, hidden = (test.message for test in hand_in(tells, *more, **options).tests)
        assert "ValueError: [" in hidden
        return public, hidden

    (public, hidden), again = met(), met()
    assert (public, hidden) == again
    for other in (met(student="bo"), met("# a remark")):
        assert other[0] == public and other[1] != hidden


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"PK\x03\x04 not a notebook", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[1, 2]", "no list of cells"),
        (b'{"cells": "none"}', "no list of cells"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_notebook_still_gets_a_record(hand_in, data, said):
    verdict = hand_in(data)
    assert (verdict.status, verdict.score, verdict.max_score) == ("invalid", 0.0, 3.0)
    assert said in verdict.detail


def test_a_notebook_of_format_3_is_graded(hand_in, window):
    old = nbformat.convert(window.notebook(), 3)
    verdict = hand_in(nbformat.writes(old, version=3).encode())
    assert verdict.score == 3.0


def test_another_kernel_in_the_metadata_is_reported_and_passed_over(hand_in, window):
    notebook = window.notebook()
    notebook.metadata.kernelspec = {"name": "ir", "display_name": "R", "language": "R"}
    verdict = hand_in(nbformat.writes(notebook).encode())
    assert verdict.score == 3.0
    assert any("'ir'" in note for note in verdict.repairs)


def test_a_notebook_without_code_is_graded_with_nothing(hand_in):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("I was ill.")])
    verdict = hand_in(nbformat.writes(notebook).encode())
    assert (verdict.status, verdict.score) == ("graded", 0.0)
    assert any("missing" in note for note in verdict.repairs)


def test_fifty_megabytes_of_stored_outputs_do_no_harm(hand_in, window):
    notebook = json.loads(nbformat.writes(window.notebook()))
    code = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    code["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 50_000_000}]
    verdict = hand_in(json.dumps(notebook).encode())
    assert verdict.score == 3.0
    assert len(verdict.notebook) < 100_000


def test_a_cell_that_never_ends_is_interrupted_and_the_others_count(hand_in):
    verdict = hand_in(answer("return np.mean(window)"), "while True:\n    pass", limits=_limits(cell_seconds=1))
    assert (verdict.status, verdict.score) == ("timeout", 3.0)
    assert "was interrupted after 1 s of its own time; what had finished was graded" in verdict.detail


def test_past_the_total_time_what_had_finished_counts(hand_in):
    """A cell that chooses to wait takes its time as well."""
    sleeps = ["import time\ntime.sleep(1)"] * 20
    verdict = hand_in(answer("return np.mean(window)"), *sleeps, limits=_limits(cell_seconds=2, total_seconds=3.5))
    assert (verdict.status, verdict.score) == ("timeout", 3.0)
    assert "after 3.5 s of its own time; what had finished was graded" in verdict.detail
    assert all("KeyboardInterrupt" in error for error in verdict.errors)
    assert len(verdict.errors) <= 1, "the cells that come after are not run"


def test_outputs_that_are_cut_off_cost_no_time_of_the_notebook(hand_in, monkeypatch):
    """They are waited for, once with patience; nothing of it counts against the second of all cells."""
    monkeypatch.setattr("cnngrader.kernel.timed_cells.OUTPUT_SECONDS", 0.5)
    cut_off = "get_ipython().kernel.iopub_thread._really_send = lambda *a, **k: None"
    verdict = hand_in(answer("return np.mean(window)"), cut_off, "1", "2", "3", limits=_limits(total_seconds=1))
    assert (verdict.status, verdict.score) == ("graded", 3.0)


WITHIN_ONE_INSTRUCTION = "sum(range(10**15))"
STUBBORN = {
    "catches every interrupt": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "within the parser": " + ".join(["1"] * 200_000),
    "ignores the signal": "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(10**6)",
}


@pytest.mark.parametrize("total_seconds", [30, 1])
def test_a_cell_that_heeds_no_interrupt_is_left_out_and_what_had_finished_counts(hand_in, monkeypatch, total_seconds):
    monkeypatch.setattr("cnngrader.kernel.timed_cells.GRACE", 1.0)
    limits = _limits(cell_seconds=1, total_seconds=total_seconds)
    verdict = hand_in(answer("return np.mean(window)"), WITHIN_ONE_INSTRUCTION, "1 / 0", limits=limits)
    assert (verdict.status, verdict.score) == ("timeout", 3.0)
    assert "could not be interrupted, so it was left out with all that follows" in verdict.detail
    assert "its process was ended" in verdict.notebook
    assert verdict.errors == [], "of the cell that comes after"


@pytest.mark.parametrize("cell", STUBBORN.values(), ids=STUBBORN)
def test_whatever_a_cell_does_against_interrupts_it_is_too_late_and_no_crash(hand_in, monkeypatch, cell):
    monkeypatch.setattr("cnngrader.kernel.timed_cells.GRACE", 1.0)
    # What IPython makes of a long line takes more than 512 MB under Python 3.12.
    verdict = hand_in(answer("return np.mean(window)"), cell, limits=_limits(cell_seconds=1, memory_mb=4096))
    assert (verdict.status, verdict.score) == ("timeout", 3.0)


def test_a_function_that_heeds_no_interrupt_is_too_late_and_no_crash(hand_in, monkeypatch):
    monkeypatch.setattr("cnngrader.kernel.remote.GRACE_SECONDS", 0.5)
    verdict = hand_in(answer(f"return {WITHIN_ONE_INSTRUCTION}"))
    assert (verdict.status, verdict.score) == ("timeout", 0.0)
    assert "took more than 1 s of its own time, and could not be interrupted" in verdict.detail


def test_threads_and_children_that_have_ended_count(hand_in):
    """None of them could be seen for a second, and all have run for three: a machine found to be twice as slow as the
    reference gives them two."""
    cell = """
import subprocess, sys
busy = "import time\\nwhile time.process_time() < 0.3: pass"
for _ in range(10): subprocess.run([sys.executable, "-S", "-c", busy])
"""
    verdict = hand_in(answer("return np.mean(window)"), cell, limits=_limits(cell_seconds=1))
    assert (verdict.status, verdict.score) == ("timeout", 3.0)


def test_a_function_that_never_ends_loses_its_own_tests_only(hand_in):
    verdict = hand_in(answer("if window.shape == (2, 2):\n    while True: pass\nreturn np.mean(window)"))
    assert verdict.score == 2.0
    assert "took more than 1 s of its own time" in verdict.tests[0].message


def test_memory_asked_for_without_end_is_refused_in_the_cell(hand_in):
    verdict = hand_in(answer("return np.mean(window)"), "hoard = []\nwhile True: hoard.append(np.zeros(10_000_000))")
    assert verdict.score == 3.0
    assert any("MemoryError" in error for error in verdict.errors)


def test_memory_filled_without_end_ends_the_notebook(hand_in):
    verdict = hand_in(answer("return np.mean(window)"), "hoard = []\nwhile True: hoard.append(b'x' * 10_000_000)")
    assert (verdict.status, verdict.score) == ("memory", 0.0)
    assert "more memory" in verdict.detail


@pytest.mark.parametrize(
    "end", ["import os; os._exit(0)", "import os; os.abort()", "import ctypes; ctypes.string_at(0)"]
)
def test_a_process_that_ends_itself_has_crashed(hand_in, end):
    verdict = hand_in(end, "after = 1")
    assert (verdict.status, verdict.score) == ("crashed", 0.0)
    assert verdict.detail.endswith("in cell 4 (window-mean)")
    assert all("could not be asked: the notebook's process" in test.message for test in verdict.tests)


@pytest.mark.parametrize("end", ["import sys; sys.exit(1)", "exit()", "quit()", "raise KeyboardInterrupt"])
def test_leaving_politely_costs_nothing_and_is_told_with_its_cell(hand_in, window, end):
    place = len(window.notebook().cells)
    verdict = hand_in("", end, "import time; time.sleep(0.3)", answer("return np.mean(window)"))
    assert (verdict.status, verdict.score) == ("graded", 3.0)
    assert [error.partition(":")[0] for error in verdict.errors] == [f"Cell {place + 1}"]


def test_ending_the_process_in_a_checked_function_is_told(hand_in):
    verdict = hand_in(answer("import os; os._exit(3)"))
    assert (verdict.status, verdict.score) == ("crashed", 0.0)
    assert "status 3" in verdict.detail


def test_output_without_end_is_cut(hand_in):
    verdict = hand_in(answer("return np.mean(window)"), "while True: print('spam' * 1000)")
    assert verdict.score == 3.0
    assert len(verdict.notebook) < 5_000_000
    assert "went past" in verdict.notebook


def test_a_syntax_error_in_one_cell_leaves_the_others(hand_in):
    verdict = hand_in(answer("return np.mean(window)"), "def broken(:")
    assert verdict.score == 3.0
    assert any("SyntaxError" in error for error in verdict.errors)


EQUAL_TO_ALL = """
class Yes(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __le__(self, other): return True
    def __sub__(self, other): return 0.0
    def __array__(self, *args, **kwargs): return np.zeros(())
"""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return Yes()", ""),
        ("return type('Any', (), {'__eq__': lambda self, other: True})()", "not a number"),
        ("return np.array(['3'])", "is ['3'], and should be 3"),
        ("return np.nan", "should be"),
        ("return np.zeros(2**28)", "MemoryError"),
        ("return np.broadcast_to(0.0, (2**31,))", "MiB"),
        ("return (x for x in [3.0])", "generator"),
        ("return window_mean", "function"),
        ("box = []; box.append(box); return box", "itself"),
        ("return None", "forget to return"),
        ("return np.full((2, 2), 3.0)", "shape"),
        ("return {'mean': 3.0}", "should be"),
        ("return 10**5000", ""),
        ("raise ValueError('window is odd')", "window is odd"),
        ("return 1 / 0", "ZeroDivisionError"),
    ],
)
def test_strange_answers_earn_nothing_and_break_nothing(hand_in, body, said):
    verdict = hand_in(EQUAL_TO_ALL + answer(body))
    assert (verdict.status, verdict.score) == ("graded", 0.0)
    assert said in verdict.tests[0].message
    assert not any(test.fault for test in verdict.tests)


FORGERY = """
import builtins, sys
import cnnkit.check, cnnkit.check.codec, cnnkit.check._expect, cnnkit.check.namespace
import numpy.testing

def check(name): return 'full marks'

for module in (numpy.testing, cnnkit.check, cnnkit.check._expect):
    for name in dir(module):
        if callable(getattr(module, name)) and not name.startswith('_'):
            try: setattr(module, name, lambda *a, **k: True)
            except Exception: pass
encode = cnnkit.check.codec.encode
cnnkit.check.namespace.Namespace.handle = lambda *args: encode({'value': True, 'passed': True})
builtins.AssertionError = Exception
sys.modules['checks'] = sys.modules['pytest'] = sys.modules['numpy.testing']
"""


def test_a_forger_gains_nothing(hand_in):
    verdict = hand_in(FORGERY + EQUAL_TO_ALL + answer("return Yes()"))
    assert (verdict.status, verdict.score) == ("graded", 0.0)


def test_garbage_on_the_channel_is_worth_nothing(hand_in):
    garbage = "import cnnkit.check.namespace as n\nn.Namespace.handle = lambda *a: b'\\x00' * 40"
    verdict = hand_in(answer("return np.mean(window)"), garbage)
    assert verdict.score == 0.0
    assert "could be read" in verdict.tests[0].message


def test_grading_twice_gives_the_same(hand_in):
    first, second = hand_in(answer("return np.mean(window) + 1e-7")), hand_in(answer("return np.mean(window) + 1e-7"))
    assert first.checks() == second.checks()


def test_hidden_inputs_are_not_in_the_autograded_notebook(hand_in):
    verdict = hand_in(answer("print('LEAK', window)\nreturn np.mean(window)"))
    cells = nbformat.reads(verdict.notebook, as_version=4).cells
    assert verdict.score == 3.0
    assert not any("LEAK" in str(cell.get("outputs")) for cell in cells)


def _limits(**changes):
    from cnngrader.sandbox.limits import Limits

    return replace(Limits(cell_seconds=10, total_seconds=30, memory_mb=512), **changes)
