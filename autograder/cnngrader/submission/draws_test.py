"""What is handed in unchanged meets the same inputs for ever; whatever is changed meets others."""

import pytest

from cnngrader.submission.draws import TestDraw, draw_of, further_draws

HANDED_IN = {"secret": "5ec3e7", "assignment": "window", "student": "ana", "notebook": b"{}", "files": {"a.py": b"1"}}
OTHER = [
    {"secret": "5ec3e8"},
    {"assignment": "windows"},
    {"student": "bo"},
    {"notebook": b"{ }"},
    {"files": {"a.py": b"2"}},
    {"files": {"b.py": b"1"}},
    {"files": {}},
    {"files": {"a.py": b"1", "caf\udce9.txt": b""}},
    {"student": "an", "notebook": b"a{}"},
    {"notebook": b"{}a.py1", "files": {}},
]


def drawn(draw, test="test_a"):
    return TestDraw(draw, test).rng.integers(2**62, size=3).tolist()


def test_the_same_draws_the_same_whatever_the_order_of_files():
    files = {"a.py": b"1", "b.py": b"2"}
    draws = {draw_of(**HANDED_IN | {"files": one}) for one in (files, dict(reversed(files.items())))}
    assert len(draws) == 1
    assert drawn(*draws) == drawn(*draws)


@pytest.mark.parametrize("changed", OTHER)
def test_another_submission_draws_other_inputs(changed):
    assert drawn(draw_of(**HANDED_IN)) != drawn(draw_of(**HANDED_IN | changed))


def test_each_test_draws_for_itself():
    draw = draw_of(**HANDED_IN)
    assert drawn(draw) != drawn(draw, "test_b")


def test_further_draws_are_others_and_the_same_each_time():
    draws = further_draws("verify", 19)
    assert len({"verify", *draws}) == 20
    assert further_draws("verify", 3) == draws[:3]
    assert set(further_draws("another", 19)).isdisjoint(draws)


def test_the_secret_stands_in_no_draw():
    assert HANDED_IN["secret"] not in draw_of(**HANDED_IN)


@pytest.mark.parametrize(
    ("use", "used"),
    [
        (lambda rng: None, False),
        (lambda rng: rng.random(0), False),
        (lambda rng: rng.random(), True),
        (lambda rng: rng.integers(7), True),
        (lambda rng: rng.spawn(1), True),
    ],
)
def test_whether_anything_was_drawn_is_known(use, used):
    draw = TestDraw("verify", "test_a")
    use(draw.rng)
    assert draw.used is used
