import html
import re
import sys
import types

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from cnnkit.check import CheckFailed, Checks, PartialCredit, expect, graded
from cnnkit.check.checks import CheckResult, TimedOutcome


@pytest.fixture(autouse=True)
def in_a_notebook(monkeypatch):
    for name in ("CNNKIT_GRADING", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def check(monkeypatch):
    """Checks of a small module: "double" with two tests, "half" with one and a hidden one, "secret" all hidden."""

    @graded("double", points=1)
    def test_double(submission):
        """Twice <two> & "more\""""
        expect(submission.double(2), 4, of="double(2)", mistakes=[(2, "that is <b>2</b> & 'not' 4")])

    @graded("double", points=2)
    def test_name(submission):
        if submission.value("name") != "x":
            raise AssertionError

    @graded("half", points=3)
    def test_half(submission):
        if submission.half(3) == 1:
            raise PartialCredit(0.5, "you round down")
        expect(submission.half(3), 1.5, of="half(3)")

    @graded("faulty", points=1)
    def test_faulty(submission):
        raise ZeroDivisionError("the author's mistake")

    module = types.ModuleType("checks_of_a_test")
    vars(module).update(a=test_double, b=test_name, c=test_half, d=test_faulty, e=len, f=3)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    variables = {"double": lambda x: 2 * x, "half": lambda x: x / 2, "name": "x"}
    return Checks(module.__name__, {"half": 1.5, "secret": 4.0}, variables=variables)


def as_text(result):
    """The words of the HTML, without its tags."""
    shown = re.sub(r"<[^>]*>", "\n", result._repr_html_())
    return " ".join(html.unescape(shown).split())


def test_a_right_answer_earns_all_points(check):
    result = check("double")
    assert result.passed
    assert [(o.earned, o.points, o.message) for o in result.outcomes] == [(1, 1, ""), (2, 2, "")]
    assert repr(result) == 'double\n  ✔ Twice <two> & "more" (1 of 1)\n  ✔ name (2 of 2)'


def test_a_wrong_answer_earns_nothing_and_says_why(check):
    check.variables["double"] = lambda x: x
    result = check("double")
    assert not result.passed
    assert [o.earned for o in result.outcomes] == [0, 2]
    assert "  ✘ Twice <two> & \"more\" (0 of 1): double(2): that is <b>2</b> & 'not' 4" in repr(result)


def test_a_bare_assert_has_words_too(check):
    check.variables["name"] = "y"
    assert "the answer is not right yet." in repr(check("double"))


def test_partial_credit_earns_its_part_and_is_not_passed(check):
    check.variables["half"] = lambda x: x // 2
    result = check("half")
    assert not result.passed
    assert "✘ half (1.5 of 3): you round down" in repr(result)


def test_hidden_points_are_told_and_no_test_of_them(check):
    assert "1.5 more for hidden tests, when you hand in" in repr(check("half"))
    assert "hidden" not in repr(check("double"))


def test_a_check_with_hidden_tests_only_can_be_run(check):
    result = check("secret")
    assert result.outcomes == []
    assert "4 more for hidden tests" in repr(result)


def test_an_unknown_id_names_the_ids(check):
    for id, meant in (("duoble", " Did you mean 'double'?"), ("x", ""), (3, ""), (["half"], " Did you mean 'half'?")):
        with pytest.raises(LookupError) as error:
            check(id)
        assert str(error.value) == f"No check is called {id!r}.{meant} There are double, faulty, half, secret."


def test_what_is_missing_in_the_notebook_is_a_failed_test(check):
    del check.variables["double"]
    result = check("double")
    assert result.outcomes[0].earned == 0
    assert "there is no `double` in the notebook" in repr(result)


def test_a_mistake_of_the_tests_author_is_not_taken_for_the_students(check):
    with pytest.raises(ZeroDivisionError):
        check("faulty")


def test_an_answer_that_would_be_too_late_when_it_is_graded_is_told(check, monkeypatch):
    times = iter([0.0, 20.0, 20.0, 41.0])
    monkeypatch.setattr("cnnkit.check.checks.perf_counter", lambda: next(times))
    lines = repr(check("double")).splitlines()
    assert lines[2:] == [
        "  ✔ name (2 of 2)",
        "  ! an answer took 21 s here, and is stopped after 20 s when it is graded",
    ]


def test_while_grading_a_check_does_nothing(check, monkeypatch):
    def called(x):
        raise CheckFailed("asked while grading")

    check.variables["double"] = called
    monkeypatch.setenv("CNNKIT_GRADING", "1")
    assert check("double") is None
    assert check("no such check") is None


def test_nbgraders_own_autograder_fails_where_it_would_give_all_points(check, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(RuntimeError, match="Use `cnnkit grade`"):
        check("double")


def shown_by_ipython(check, source):
    """(succeeded, what a cell prints or why it failed) in a notebook's shell."""
    shell = InteractiveShell(user_ns={"check": check})
    with capture_output() as captured:
        outcome = shell.run_cell(source)
    return outcome.success, captured.stdout.strip()


@pytest.mark.parametrize(
    ("answer", "passes"),
    [(lambda x: 2 * x, True), (lambda x: x, False)],
    ids=["passed", "failed"],
)
def test_under_nbgraders_validate_a_check_passes_or_raises(check, monkeypatch, answer, passes):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    check.variables["double"] = answer
    succeeded, shown = shown_by_ipython(check, 'check("double")')
    assert succeeded == passes
    monkeypatch.delenv("NBGRADER_EXECUTION")
    assert " ".join(shown.split()) == " ".join(repr(check("double")).split())


def test_a_mistyped_id_is_told_without_a_traceback(check):
    succeeded, shown = shown_by_ipython(check, 'check("duoble")')
    assert not succeeded
    assert " ".join(shown.split()).startswith("No check is called 'duoble'. Did you mean 'double'? There are")


def test_variables_are_read_when_the_check_runs(check):
    assert check("double").passed
    check.variables["double"] = lambda x: 0
    assert not check("double").passed


def test_without_a_kernel_the_variables_are_those_of_main(check, monkeypatch):
    check.variables = None
    monkeypatch.setattr(sys.modules["__main__"], "double", lambda x: 2 * x, raising=False)
    assert check("double").outcomes[0].passed


RESULTS = {
    "passed": CheckResult("sizes", [TimedOutcome("a & b", 1, 1)]),
    "failed": CheckResult("<script>alert(1)</script>", [TimedOutcome("<b>", 2, 0, "1 < 2 & \"x\" 'y' &lt;")]),
    "partial": CheckResult("sizes", [TimedOutcome("half", 3, 1.5, "you <i>round</i>")], 2.5),
    "hidden": CheckResult("sizes", [], 4),
    "code": CheckResult("sizes", [TimedOutcome("`f`", 2, 0, "`f` needs `<g>`, and ` is one`")]),
}


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS.keys())
def test_text_and_html_hold_the_same_words(result):
    assert as_text(result).split() == repr(result).replace("`", " ").split()


def test_what_stands_in_backticks_is_code():
    assert "<code>f</code> needs <code>&lt;g&gt;</code>, and " in RESULTS["code"]._repr_html_()


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS.keys())
def test_html_holds_no_tag_of_a_message(result):
    assert set(re.findall(r"</?(\w+)", result._repr_html_())) <= {"b", "ul", "li", "span", "code"}
    assert "<b><" not in result._repr_html_()


def test_colour_is_not_the_only_mark():
    shown = [RESULTS[name]._repr_html_() for name in ("passed", "failed", "hidden")]
    without_colour = [re.sub(r"color:#\w+", "", text) for text in shown]
    assert [mark for text in without_colour for mark in "✔✘…" if mark in text] == ["✔", "✘", "…"]
    assert len({re.search(r"color:(#\w+)", text)[1] for text in shown}) == 3


def test_marks_are_not_read_aloud_but_the_points_are():
    shown = RESULTS["failed"]._repr_html_()
    assert '<span aria-hidden="true">✘</span>' in shown
    assert "(0 of 2)" in shown
