import pytest

from cnnkit.check._graded import GradedTest, graded, title


def test_the_mark_leaves_the_function_as_it_was():
    def test_sizes(submission):
        return submission

    marked = graded("sizes", points=2, hidden=True, trains=True, seconds=5)(test_sizes)
    assert marked is test_sizes
    assert marked.graded == GradedTest("sizes", 2, True, True, 5)
    assert marked(3) == 3


def test_a_mark_is_public_and_untrained_unless_said():
    mark = graded("sizes", points=0.5)(lambda submission: None).graded
    assert mark == GradedTest("sizes", 0.5, hidden=False, trains=False, seconds=20.0)


@pytest.mark.parametrize(
    "options", [{"points": 0}, {"points": -1}, {"points": float("nan")}, {"points": 1, "seconds": 0}]
)
def test_points_and_seconds_must_be_above_zero(options):
    with pytest.raises(ValueError, match=r"graded\('sizes'\): (points|seconds) must be a number above 0"):
        graded("sizes", **options)


@pytest.mark.parametrize(
    ("doc", "words"),
    [
        ("Sizes of the lecture", "Sizes of the lecture"),
        ("\n    Sizes\n    and more\n", "Sizes"),
        ("", "fresh sizes"),
        (None, "fresh sizes"),
    ],
)
def test_the_title_is_the_docstrings_first_line_or_the_name(doc, words):
    def test_fresh_sizes(submission):
        pass

    test_fresh_sizes.__doc__ = doc
    assert title(test_fresh_sizes) == words


@pytest.mark.parametrize("hints", ["one text", [""], [3], ["a", " "]])
def test_hints_are_texts(hints):
    with pytest.raises(ValueError, match="hints are a list of texts"):
        graded("a", points=1, hints=hints)
