"""Judging is the rubric's alone, whatever lies around it."""

import base64
import sys
import tempfile
import types

import pytest

from cnngrader.errors import AuthorError
from cnngrader.submission.judge import judge
from cnnkit.check import Checks
from cnnkit.check.codec import decode, encode

RUBRIC = """
from cnnkit.check import PartialCredit, fail, graded


@graded("second", points=2)
def test_b_comes_first(submission):
    raise PartialCredit(0.25, "a quarter is right")


@graded("first", points=1)
def test_a(submission):
    submission.rng.shuffle([1, 2])


def test_without_points(submission):
    fail("this one is not graded")
"""


@pytest.fixture
def verdicts(tmp_path):
    folder = tmp_path / "course" / "rubrics"
    folder.mkdir(parents=True)
    rubric = folder / "test_things.py"
    rubric.write_text(RUBRIC)

    def judged(**options):
        judged = judge(rubric, lambda seconds: None, **options)
        return [(test.test, test.earned, test.message) for test in judged.tests]

    return judged


SPEAKS = """
import numpy as np
from cnnkit.check import graded


@graded("a", points=1)
def test_a(submission):
    np.testing.assert_allclose(1.0, 2.0)
"""
RIGHT = [("test_b_comes_first", 0.5, "a quarter is right"), ("test_a", 1.0, "")]


def test_graded_tests_are_judged_in_the_order_of_the_rubric(verdicts):
    assert verdicts() == RIGHT
    assert verdicts(only=["test_a"]) == RIGHT[1:]
    assert verdicts(only=[]) == []


@pytest.mark.parametrize("where", ["", "course", "course/rubrics"])
def test_no_conftest_is_run(verdicts, tmp_path, where):
    (tmp_path / where / "conftest.py").write_text("raise SystemExit('a conftest was run')")
    assert verdicts() == RIGHT


def test_nothing_else_in_the_folder_above_is_looked_at(verdicts, tmp_path):
    (tmp_path / "course" / "__init__.py").write_text("raise SystemExit('a package was imported')")
    (tmp_path / "course" / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    assert verdicts() == RIGHT


@pytest.mark.parametrize(("name", "value"), [("PYTEST_ADDOPTS", "--collect-only"), ("PYTEST_PLUGINS", "not_there")])
def test_a_persons_own_settings_of_pytest_do_not_matter(verdicts, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert verdicts() == RIGHT


def test_a_message_that_begins_with_an_empty_line_is_told(tmp_path):
    rubric = tmp_path / "test_speaks.py"
    rubric.write_text(SPEAKS)
    (test,) = judge(rubric, lambda seconds: None).tests
    assert "Not equal to tolerance" in test.message


def test_a_rubric_that_cannot_be_loaded_is_its_authors_matter(tmp_path):
    rubric = tmp_path / "test_broken.py"
    rubric.write_text("import nothing_of_this_name")
    with pytest.raises(AuthorError, match=r"test_broken.py cannot be graded by:\n1: .*nothing_of_this_name"):
        judge(rubric, lambda seconds: None)


ONCE = """
import sys
import types

import pytest
from cnnkit.check import CheckFailed, PartialCredit, graded
{before}

@graded("a", points=2)
def test_a(submission{arguments}):
    {body}


@graded("a", points=1)
def test_b(submission):
    pass
"""
FIXTURE = "@pytest.fixture\ndef n():\n    {}"


@pytest.mark.parametrize(
    ("before", "body", "earned", "message", "fault"),
    [
        ("", "pass", 2.0, "", ""),
        ("", "1 / 0", 0.0, "this test itself failed", "ZeroDivisionError"),
        ("", "pytest.skip('no cv2')", 0.0, "this test itself failed", "skipped (no cv2)"),
        ("", "pytest.importorskip('no_cv2')", 0.0, "this test itself failed", "skipped (could not import 'no_cv2'"),
        ("", "pytest.xfail('later')", 0.0, "this test itself failed", "skipped (later)"),
        ("", "pytest.fail('the sum is 3')", 0.0, "the sum is 3", ""),
        ("", "raise SystemExit(3)", 0.0, "this test itself failed", "SystemExit"),
        ("", "raise PartialCredit(0.5, 'half')", 1.0, "half", ""),
        (FIXTURE.format("yield 1\n    1 / 0"), "pass", 2.0, "", "ZeroDivisionError"),
        (FIXTURE.format("yield 1\n    1 / 0"), "assert 0, 'not right'", 0.0, "not right", "ZeroDivisionError"),
        (FIXTURE.format("yield 1\n    raise CheckFailed('left open')"), "pass", 0.0, "left open", ""),
        (FIXTURE.format("pytest.skip('no cv2')"), "pass", 0.0, "this test itself failed", "skipped (no cv2)"),
        (FIXTURE.format("1 / 0"), "pass", 0.0, "this test itself failed", "ZeroDivisionError"),
        (FIXTURE.format("raise CheckFailed('no `n`')"), "pass", 0.0, "no `n`", ""),
    ],
)
def test_each_test_has_one_verdict_whatever_becomes_of_it(tmp_path, before, body, earned, message, fault):
    rubric = tmp_path / "test_once.py"
    rubric.write_text(ONCE.format(before=before, body=body, arguments=", n" if before else ""))
    first, second = judge(rubric, lambda seconds: None).tests
    assert (first.test, first.points, first.earned) == ("test_a", 2.0, earned)
    assert message in first.message and bool(message) == bool(first.message)
    assert fault in first.fault and bool(fault) == bool(first.fault)
    assert (second.test, second.earned, second.fault) == ("test_b", 1.0, "")


@pytest.mark.parametrize(
    "before",
    [
        "pytestmark = pytest.mark.skip",
        "pytest.importorskip('no_cv2')",
        "@pytest.fixture(params=[1, 2], autouse=True)\ndef n(): pass",
    ],
)
def test_what_build_refuses_is_not_judged_by(tmp_path, before):
    rubric = tmp_path / "test_refused.py"
    rubric.write_text(ONCE.format(before=before, body="pass", arguments=""))
    with pytest.raises(AuthorError, match=r"test_refused.py cannot be graded by:\n"):
        judge(rubric, lambda seconds: None)


def test_what_a_rubric_keeps_for_itself_is_nothing_to_the_next_student(tmp_path):
    rubric = tmp_path / "test_remembers.py"
    before = "SEEN = []\nRNG = __import__('numpy').random.default_rng(0)\n"
    body = "SEEN.append(RNG.integers(1000))\n    raise PartialCredit(0.5, str(SEEN))"
    rubric.write_text(ONCE.format(before=before, body=body, arguments=""))
    first, second = (judge(rubric, lambda seconds: None).tests[0].message for _ in range(2))
    assert first == second


PLAIN = """
from cnnkit.check import graded


@graded("a", points=1)
def test_a(submission):
    assert 1 + 1 == 3


@graded("b", points=1)
def test_b(submission):
    assert 1 + 1 == 3, "one and one are two\\nand never three"
"""


def test_a_plain_assert_says_the_same_in_the_notebook_and_here(tmp_path, monkeypatch):
    rubric = tmp_path / "test_plain.py"
    rubric.write_text(PLAIN)
    here = [test.message for test in judge(rubric, lambda seconds: None).tests]
    assert here == ["the answer is not right yet.", "one and one are two"]
    module = types.ModuleType("plain_checks")
    exec(compile(PLAIN, rubric, "exec"), vars(module))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    check = Checks(module.__name__, variables={})
    assert [check(name).outcomes[0].message for name in "ab"] == here


def test_a_rubric_reads_nothing_that_its_verdicts_would_not_change_with(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv("HOME", str(tmp_path))
    files = [tmp_path / name / "truth.csv" for name in ("elsewhere", "digits28", "temporary", ".keras")]
    for path in files:
        path.parent.mkdir()
        path.write_text("3")
    rubric = tmp_path / "temporary" / "test_reads.py"

    def fault(path):
        rubric.write_text(
            ONCE.format(before="from pathlib import Path", body=f"Path({str(path)!r}).read_text()", arguments="")
        )
        return judge(rubric, lambda seconds: None, readable=[tmp_path / "digits28"]).tests[0].fault

    assert "PermissionError" in fault(files[0]) and "verdicts would not change with it" in fault(files[0])
    assert fault(files[1]) == fault(files[2]) == fault(files[3]) == ""
    assert fault(pytest.__file__) == ""
    assert "FileNotFoundError" in fault(tmp_path / "elsewhere" / "gone.csv")
    assert files[0].read_text() == "3", "what is no rubric reads what it wants"


COMPARES = """
import numpy as np
from cnnkit.check import expect, graded


@graded("a", points=1)
def test_an_array(submission):
    expect(np.full((3, 4), {value}), np.ones((3, 4)), of="ones((3, 4))")


@graded("a", points=1)
def test_a_number(submission):
    expect(2.0, 1.0, of="one()")


@graded("a", points=1, hidden=True)
def test_a_hidden_array(submission):
    expect(np.full((3, 4), {value}), np.ones((3, 4)), of="ones((3, 4))")
"""


@pytest.mark.parametrize(("value", "drawn"), [("2.0", True), ("np.nan", True), ("1.0", False)])
def test_a_wrong_array_is_drawn_beside_the_right_one_where_the_test_is_public(tmp_path, value, drawn):
    rubric = tmp_path / "test_things.py"
    rubric.write_text(COMPARES.format(value=value))
    pictures = judge(rubric, lambda seconds: None).pictures
    assert set(pictures) == ({"test_an_array"} if drawn else set())
    for png, words in pictures.values():
        assert base64.b64decode(png).startswith(b"\x89PNG") and words.endswith("should be 1.")


DRAWS = """
import pytest
from cnnkit.check import fail, graded


@pytest.fixture(scope="module")
def shared():
    return []


@pytest.fixture
def own(submission):
    yield submission.rng.integers(1000)


@graded("a", points=1)
def test_without_draws(submission):
    pass


@graded("a", points=2)
def test_draws(submission, shared):
    shared.append(submission.rng.integers(1000))
    fail(f"{shared[-1]}, number {len(shared)}")


@graded("a", points=1)
def test_draws_in_a_fixture(own):
    fail(f"{own}")
"""


def test_what_draws_is_judged_with_further_draws_as_with_a_first_one(tmp_path):
    rubric = tmp_path / "test_draws.py"
    rubric.write_text(DRAWS)

    def judged(draw, *further):
        found = judge(rubric, lambda seconds: None, draw=draw, further=further)
        return [[(test.test, test.message.split(",")[0]) for test in tests] for tests in (found.tests, found.redrawn)]

    tests, redrawn = judged("a", "b", "c")
    firsts = {draw: judged(draw)[0] for draw in "abc"}
    assert tests == firsts["a"]
    assert redrawn == [firsts[draw][number] for number in (1, 2) for draw in "bc"]
    assert judged("a") == [tests, []]
    assert len(set(tests[1:] + redrawn)) == 6
    assert judge(rubric, lambda seconds: None, draw="a", further="b", only=["test_without_draws"]).redrawn == []


MODELS = """
from cnnkit.check import graded


@graded("a", points=1)
def test_a(submission):
    model = submission.model("build", size=3)
    model.predict(submission.rng.normal(size=(2, 1)))


@graded("a", points=1)
def test_b(submission):
    submission.model("build", size=3)
"""
REPORT = {name: [] for name in ("input_shape", "output_shape", "weights", "layers")}
REPORT |= {"handle": 0, "made": True, "parameters": 0, "trainable": 0}


def test_a_model_is_made_once_for_all_draws_of_a_test(tmp_path):
    rubric = tmp_path / "test_models.py"
    rubric.write_text(MODELS)
    asked = []

    def answer(request):
        asked.append(decode(request)["op"])
        return encode({"value": REPORT if asked[-1] == "model" else decode(request)["images"]})

    found = judge(rubric, lambda seconds: answer, further="bc")
    assert [test.earned for test in (*found.tests, *found.redrawn)] == [1.0] * 4
    assert asked == ["model", "predict", "predict", "predict", "model"]
