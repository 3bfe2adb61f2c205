import html
import re
import sys
import types
from datetime import UTC, datetime

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from cnnkit.check import CheckFailed, Checks, PartialCredit, expect, graded
from cnnkit.check.check_result import STYLE, CheckResult, TimedOutcome
from cnnkit.check.due_date import DueDate


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


def block_of(result):
    """Its HTML, without the style."""
    return re.sub(r"<style>.*?</style>", "", result._repr_html_(), flags=re.DOTALL)


def as_text(result):
    """The words of the HTML, without its tags."""
    shown = re.sub(r"<[^>]*>", "\n", block_of(result))
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
    monkeypatch.setattr("cnnkit.check.timed_answers.perf_counter", lambda: next(times))
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
    assert set(re.findall(r"</?(\w+)", block_of(result))) <= {"div", "b", "ul", "li", "span", "code"}
    assert "<b><" not in block_of(result)


def test_colour_is_not_the_only_mark():
    shown = [block_of(RESULTS[name]) for name in ("passed", "failed", "hidden")]
    without_colour = [re.sub(r'class="\w+"', "", text) for text in shown]
    assert [mark for text in without_colour for mark in "✔✘…" if mark in text] == ["✔", "✘", "…"]
    assert [re.search(r'<li class="(\w+)"', text)[1] for text in shown] == ["okay", "wrong", "aside"]


def luminance(colour: str) -> float:
    """Relative, of #rrggbb (WCAG 2.1)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("theme", "page"), [(0, "#ffffff"), (1, "#111111"), (1, "#1e1e1e"), (1, "#383838")])
def test_each_colour_has_contrast_on_the_page_of_its_theme(theme, page):
    """JupyterLab's pages, and Visual Studio Code's and Colab's dark ones; 4.5 is WCAG's AA."""
    themes = re.findall(r"\{\s*(--okay[^}]*)\}", STYLE)
    assert len(themes) == 2
    colours = re.findall(r"#\w+", themes[theme])
    assert len(colours) == 3
    for colour in colours:
        long = colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])
        light, dark = sorted([luminance(long), luminance(page)], reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, colour


def test_marks_are_not_read_aloud_but_the_points_are():
    shown = block_of(RESULTS["failed"])
    assert '<span aria-hidden="true">✘</span>' in shown
    assert "(0 of 2)" in shown


@pytest.fixture
def hinted(monkeypatch):
    """Checks with hints: of a public test's and of a hidden one's check."""

    @graded("double", points=1, hints=["Look at `x`.", "There is a 2 in it."])
    def test_double(submission):
        expect(submission.double(np.arange(6.0)), 2 * np.arange(6.0), of="double(...)")

    module = types.ModuleType("hinted_checks")
    module.test = test_double
    monkeypatch.setitem(sys.modules, module.__name__, module)
    hints = {"secret": ["Think of `y`."]}
    return Checks(module.__name__, {"secret": 4.0}, "nothing", "", hints, variables={"double": lambda x: x})


def test_a_hint_is_shown_when_it_is_asked_for(hinted):
    assert 'a hint: `check("double", hint=1)`' in repr(hinted("double"))
    assert repr(hinted("double", hint=1)) == 'Look at `x`.\nOne that says more: `check("double", hint=2)`'
    assert repr(hinted("double", hint=2)) == "There is a 2 in it."
    assert repr(hinted("secret", hint=1)) == "Think of `y`."
    hinted.variables["double"] = lambda x: 2 * x
    assert "hint" not in repr(hinted("double"))


@pytest.mark.parametrize(("id", "number", "said"), [("double", 3, "It has 2: hint=1 to hint=2"), ("secret", "x", "1")])
def test_a_hint_that_is_not_there_names_those_that_are(hinted, id, number, said):
    with pytest.raises(LookupError, match=said):
        hinted(id, hint=number)


def test_without_an_id_every_check_is_run_and_the_points_so_far_are_told(check, monkeypatch):
    del sys.modules[check.module].d  # the faulty one
    check.variables["half"] = lambda x: x // 2
    shown = check()
    assert repr(shown).splitlines() == [
        "✔ double        3 of 3",
        "✘ half        1.5 of 3  1.5 more",
        "… secret        0 of 0  4 more",
        "4.5 of 6 points so far; 5.5 more for hidden tests, when you hand in",
    ]
    assert as_text(shown).split() == ["check", "points", "hidden", "tests", *repr(shown).split()]
    assert '<th scope="col">points</th>' in block_of(shown)


def test_when_it_is_due_is_told_with_the_points_so_far(hinted):
    hinted.due = DueDate(datetime(2020, 3, 8, 12, tzinfo=UTC), "<10%> a day")
    overview = hinted()
    said = r"\nDue \w+ [789] March 2020, ..:.. your time; \d+ days late. Late: <10%> a day$"
    assert re.search(said, repr(overview), re.M)
    assert "&lt;10%&gt; a day</p>" in overview._repr_html_()


def test_an_array_that_is_wrong_is_drawn_beside_the_right_one(hinted):
    shown = hinted("double")._repr_html_()
    assert "data:image/png;base64,iVBOR" in shown
    assert 'alt="Your values beside the expected ones. The farthest off, at [5], is 5 and should be 10."' in shown
    hinted.variables["double"] = lambda x: 2 * x
    assert "<img" not in hinted("double")._repr_html_()


def test_what_answers_print_is_kept_apart(check, capsys):
    check.variables["half"] = lambda x: print("<here>") or x / 2
    result = check("half")
    assert capsys.readouterr().out == ""
    assert repr(result).splitlines()[-2:] == ["    <here>", "    <here>"]
    assert "<pre>&lt;here&gt;\n&lt;here&gt;</pre>" in result._repr_html_()


def test_an_answer_without_end_is_stopped(check, monkeypatch):
    monkeypatch.setattr("cnnkit.check.timed_answers.PATIENCE", 0.005)

    def endless(x):
        while True:
            pass

    check.variables["double"] = endless
    assert "`double` took more than 0.1 s, and was stopped." in repr(check("double"))
    assert check("half").passed
