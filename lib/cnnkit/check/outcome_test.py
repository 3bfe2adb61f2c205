import pytest

from cnnkit.check import CheckFailed, PartialCredit
from cnnkit.check.outcome import WRONG, Outcome, judge_end


def raised(function) -> BaseException | None:
    try:
        function()
    except BaseException as error:
        return error
    return None


@pytest.mark.parametrize(
    ("end", "earns"),
    [
        (None, (1.0, "")),
        (PartialCredit(0.25, "half of it"), (0.25, "half of it")),
        (CheckFailed("did you forget the bias?\n\nmore"), (0.0, "did you forget the bias?")),
        (AssertionError(), (0.0, WRONG)),
        (raised(lambda: pytest.fail("not so")), (0.0, "not so")),
        (KeyError("x"), None),
        (raised(lambda: pytest.xfail("one day")), None),
        (raised(lambda: pytest.skip("not today")), None),
        (KeyboardInterrupt(), None),
    ],
)
def test_what_a_tests_end_is_worth(end, earns):
    assert judge_end(end) == earns


def test_its_line():
    assert f"{(half := Outcome('Sizes', 3, 1.5, 'they differ')).mark} {half}" == "✘ Sizes (1.5 of 3): they differ"
    assert f"{(whole := Outcome('Sizes', 3, 3)).mark} {whole}" == "✔ Sizes (3 of 3)"
