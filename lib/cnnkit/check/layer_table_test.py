"""What a student sees of a network that has other layers than those asked for."""

import pytest

from cnnkit.check import CheckFailed, fail
from cnnkit.check.check_result import CheckResult, TimedOutcome
from cnnkit.check.layer_table import SHOWN, align_layers

WANTED = [(3, 3, 1, 25), (25,), (3, 3, 25, 50), (50,)]


@pytest.mark.parametrize(
    ("yours", "rows"),
    [
        (WANTED, "✔✔✔✔"),
        (WANTED[2:], "✘✘✔✔"),
        ([*WANTED[:2], (1, 1), *WANTED[2:]], "✔✔✘✔✔"),
        ([(3, 3, 1, 32), (32,), (3, 3, 32, 50), (50,)], "✘✘✘✔"),
        ([], "✘✘✘✘"),
    ],
    ids=["right", "two left out", "one too many", "other filters", "none"],
)
def test_layers_stand_opposite_those_that_they_are_like(yours, rows):
    assert "".join(row.mark for row in align_layers(yours, WANTED)) == rows


def test_of_a_long_network_the_first_difference_is_shown():
    yours = [(n,) for n in range(1000)]
    wanted = [*yours[:500], "another", *yours[501:]]
    rows = align_layers(yours, wanted)
    assert len(rows) == SHOWN and [row.number for row in rows if row.mark == "✘"] == [501]


def test_the_result_shows_the_table_in_words_and_in_html():
    with pytest.raises(CheckFailed) as raised:
        fail("another shape", layers=(["<b>", (25,)], WANTED[:2]))
    rows = align_layers(*raised.value.layers)
    result = CheckResult("l1", [TimedOutcome("Sizes", 1.0, 0.0, "another shape", layers=rows)])
    assert "✘  1  <b>    (3, 3, 1, 25)" in repr(result)
    page = result._repr_html_()
    assert (
        "<th scope" in page and "&lt;b&gt;" in page and "<b>&lt;" not in page and page.count("✘") == 2
    )  # of the test and of its layer
