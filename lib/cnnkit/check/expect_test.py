import random
import tracemalloc

import numpy as np
import pytest

from cnnkit.check._expect import CheckFailed, PartialCredit, as_array, as_list, brief, expect, fail, same

INF, NAN = float("inf"), float("nan")


def words(actual, expected, **options):
    """The message of a failed comparison."""
    with pytest.raises(CheckFailed) as failure:
        expect(actual, expected, of="f(2)", **options)
    return str(failure.value)


def random_answer(rng, depth=0):
    kind = rng.randrange(4 if depth == 3 else 7)
    if kind == 0:
        return rng.choice([None, True, False, "", "relu", "3"])
    if kind == 1:
        return rng.choice([0, 7, -2, 10**30, 0.0, 0.25, 1e300, INF, -INF, NAN])
    if kind < 4:
        shape = rng.choice([(), (0,), (3,), (2, 3)])
        array = np.random.default_rng(rng.randrange(1000)).random(shape) * 10
        return np.asarray(array).astype(rng.choice(["float64", "float32", "int64", "uint8", "bool"]))
    items = [random_answer(rng, depth + 1) for _ in range(rng.randrange(4))]
    return [items, tuple(items), dict(zip("abc", items, strict=False))][kind - 4]


@pytest.mark.parametrize("seed", range(200))
def test_a_true_answer_passes_whatever_the_mistakes_say(seed):
    rng = random.Random(seed)
    answer = random_answer(rng)
    mistakes = [(random_answer(rng), "not this"), (answer, "nor the right one"), (None, "none")]
    expect(answer, answer, of="f(2)", mistakes=mistakes)


WRONG = [
    (3, 4),
    (3, -3),
    (3, None),
    (None, 3),
    ("3", 3),
    (3, "3"),
    ("relu", "Relu"),
    (True, False),
    (0, None),
    (0, True),
    (1, False),
    (2, True),
    (0.5, True),
    ("True", True),
    ([True], True),
    (None, False),
    (0, NAN),
    (NAN, 0),
    (0, INF),
    (1e300, INF),
    (INF, 0),
    (INF, -INF),
    (-INF, INF),
    (NAN, INF),
    ([], [1]),
    ([1, 2], [1, 2, 3]),
    ([1, 2], [2, 1]),
    ([1, "a"], [1, "b"]),
    ([1, None], [1, 2]),
    ([[1], [2, 3]], [[1], [2, 4]]),
    ({"a": 1}, {"a": 2}),
    ({"a": 1}, {"b": 1}),
    ({"a": 1}, {"a": 1, "b": 2}),
    ({"a": 1}, [1]),
    ([1], {"a": 1}),
    (np.zeros(3), np.zeros((1, 3))),
    (np.zeros((3, 1)), np.zeros(3)),
    (np.zeros(()), np.zeros(1)),
    (np.zeros((0, 3)), np.zeros((0, 4))),
    (np.array([1.0, 5.0]), np.array([1.0, INF])),
    (np.array([-INF]), np.array([INF])),
    (np.array([NAN, 1.0]), np.array([NAN, 2.0])),
    (np.array([0, 255], "uint8"), np.array([0, -1])),
    (np.array(["a"]), np.array([1.0])),
    (np.array([1j]), np.array([1.0])),
    ([[1, 2], [3]], np.zeros((2, 2))),
    (1 + 1e-4, 1),
]


@pytest.mark.parametrize(("actual", "expected"), WRONG, ids=repr)
def test_a_wrong_answer_never_passes_whatever_the_mistakes_say(actual, expected):
    for mistakes in ((), [(actual, "a usual mistake")], [(expected, "the right one"), (object(), "no answer")]):
        said = words(actual, expected, mistakes=mistakes)
        assert said.startswith("f(2): ")
        assert "\n" not in said


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ([1, 2], (1, 2)),
        ([1.0, 2.0], np.array([1, 2])),
        (np.array([[1, 2]]), [[1, 2]]),
        (np.array([1, 2], ">i2"), np.array([1.0, 2.0])),
        (np.float32(0.1), 0.1),
        (np.array(3.0), 3),
        (np.True_, True),
        (np.array(True), True),
        (1, True),
        (0.0, False),
        (np.array([0, 1]), [False, True]),
        ([0, 1], (False, True)),
        (INF, INF),
        (np.array([NAN, -INF]), np.array([NAN, -INF])),
        ({"b": [1], "a": 2.0}, {"a": 2, "b": (1,)}),
        ([1, [2, 3]], [1, np.array([2, 3])]),
        ([], np.zeros(0)),
    ],
    ids=repr,
)
def test_equal_answers_of_other_types_are_the_same(actual, expected):
    expect(actual, expected, of="f(2)")


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
@pytest.mark.parametrize("tolerance", [1e-5, 1e-3])
def test_the_tolerance_is_relative_above_one_and_absolute_below(scale, tolerance):
    allowed = tolerance * max(1.0, scale)
    for sign in (1, -1):
        assert same(scale + sign * 0.9 * allowed, scale, tolerance)
        assert not same(scale + sign * 1.1 * allowed, scale, tolerance)
        assert same([scale + sign * 0.9 * allowed], np.array([scale]), tolerance)


def test_one_wrong_element_fails_an_array_of_any_size():
    right = np.arange(10_000.0)
    wrong = right.copy()
    wrong[-1] += 1
    assert same(right, right.copy())
    assert not same(wrong, right)


def test_the_first_mistake_that_fits_is_named():
    mistakes = [(5, "that is five"), (6, "that is six"), (6.0, "that is six again")]
    assert words(6, 3, mistakes=mistakes) == "f(2): that is six"
    assert words(5, 3, mistakes=mistakes) == "f(2): that is five"
    assert words(7, 3, mistakes=mistakes) == "f(2): the answer is 7, and should be 3."


def test_a_mistake_that_is_hardly_one_is_not_named():
    assert "round" not in words(1 + 1.5e-5, 1.0, mistakes=[(1 + 0.8e-5, "did you round?")])


def test_mistakes_may_be_a_generator_and_arrays():
    wrong = np.array([[1.0, 3.0], [2.0, 4.0]])
    assert words(wrong, wrong.T, mistakes=((array, "transposed") for array in [wrong])) == "f(2): transposed"


@pytest.mark.parametrize(
    ("actual", "expected", "message"),
    [
        (None, 3, "the answer is None. Did you forget to return it, or is what you return None?"),
        (None, np.zeros(2), "the answer is None. Did you forget to return it, or is what you return None?"),
        ("a", np.array(3), "the answer is 'a', and should be 3."),
        (3, "a", "the answer is 3, and should be 'a'."),
        (0.123456789, 2, "the answer is 0.123457, and should be 2."),
        (np.zeros((2, 3)), np.zeros((3, 2)), "the answer has shape (2, 3), and should have (3, 2)."),
        (3, np.zeros(2), "the answer is a single number, and should have shape (2,)."),
        (np.zeros(2), 3, "the answer has shape (2,), and should be a single number."),
        (np.array("a"), np.array(3), "the answer is 'a', and should be 3."),
        (
            [(0, 4), (4, 8), (8, 12)],
            [(0, 4), (4, 8)],
            "the answer is [(0, 4), (4, 8), (8, 12)], and should be [(0, 4), (4, 8)].",
        ),
        ([(i, i + 1) for i in range(30)], [(0, 1)], "the answer has 30 items, and should have 1."),
        (
            [(i, i + 1) for i in range(30)],
            [(i, i + 1 + i // 29) for i in range(30)],
            "its item 29 is (29, 30), and should be (29, 31).",
        ),
        ((-12, 1, np.float64(3)), (-12, -4, 3), "the answer is (-12, 1, 3), and should be (-12, -4, 3)."),
        (np.array([3, 1]), (3, 2), "1 of 2 values are wrong; the farthest off, at [1], is 1 and should be 2."),
        ([[1, 2], [3, 4], [5, 6]], [[1, 2], [3, 4]], "the answer has shape (3, 2), and should have (2, 2)."),
        (
            np.array([0, 2, 10]),
            np.array([0.0046273, 2.5, 10.2]),
            "the values are cut off to whole numbers: the array holds integers. Make it one of floats.",
        ),
        (
            np.array([0.0, 1.0, np.inf]),
            np.array([0.0046273, 1.0, 10.2]),
            "2 of 3 values are wrong; the farthest off, at [2], is inf and should be 10.2.",
        ),
        (np.array([1.0, NAN, NAN]), np.zeros(3), "2 of 3 values are NaN (not a number)."),
        (
            np.array([[1.0, 2.0], [3.5, 5.0]]),
            np.array([[1.0, 2.0], [3.0, 4.0]]),
            "2 of 4 values are wrong; the farthest off, at [1, 1], is 5 and should be 4.",
        ),
        ([True, False], [True, True], "the answer is [True, False], and should be [True, True]."),
        (
            np.array([True, False]),
            [True, True],
            "1 of 2 values are wrong; the farthest off, at [1], is 0 and should be 1.",
        ),
        ([None, None], np.zeros(2), "the answer is [None, None], and should be an array of shape (2,)."),
    ],
)
def test_the_message_says_what_is_wrong(actual, expected, message):
    assert words(actual, expected) == f"f(2): {message}"


def test_nans_that_are_right_are_not_called_wrong():
    said = words(np.array([NAN, 1.0]), np.array([NAN, 2.0]))
    assert "NaN" not in said
    assert "1 of 2 values are wrong; the farthest off, at [1], is 1 and should be 2." in said


@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: np.array([0.0, x])], ids=["number", "array"])
def test_the_message_never_shows_two_equal_numbers(wrap):
    said = words(wrap(1.0000001), wrap(1.0), tolerance=1e-9)
    assert " is 1.0000001" in said


@pytest.mark.parametrize(
    "answer", ["x" * 10_000, list(range(10_000)), {"a": "x" * 10_000}], ids=["text", "list", "dict"]
)
def test_a_long_answer_is_cut_in_the_message(answer):
    assert len(words(answer, "short")) < 200
    assert len(brief(answer)) == 80


@pytest.mark.parametrize(
    "answer",
    [
        ["x" * 100_000] + [""] * 500,
        [[b"x" * 100_000], *[[b""]] * 500],
        [np.array(["x" * 100_000]), *[np.array([""])] * 500],
        [1.0, ("x" * 100_000, *[""] * 500)],
    ],
    ids=["text", "bytes", "arrays", "below"],
)
def test_text_among_numbers_takes_no_memory_of_its_own(answer):
    """An array of it would give each of the 500 empty ones 100,000 characters: 200 MB."""
    tracemalloc.start()
    try:
        assert "and should be an array of shape (3,)." in words(answer, np.zeros(3))
        assert tracemalloc.get_traced_memory()[1] < 5e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("given", "kept"), [(0.5, 0.5), (-1, 0.0), (3, 1.0), (0, 0.0), (1, 1.0)])
def test_partial_credit_is_a_fraction_between_none_and_all(given, kept):
    partial = PartialCredit(given, "half of it")
    assert partial.fraction == kept
    assert str(partial) == "half of it"
    assert isinstance(partial, AssertionError)


def test_fail_ends_the_test_with_its_message():
    with pytest.raises(CheckFailed, match=r"^no such luck$"):
        fail("no such luck")


@pytest.mark.parametrize(
    "answer", [[[1, 2], [3, 4]], ((1, 2), (3, 4)), [np.array([1, 2]), (3.0, 4)], np.eye(2)], ids=repr
)
def test_numbers_in_rows_are_an_array_however_they_are_written(answer):
    array = as_array(answer, of="f(2)", shape=(2, 2))
    assert array.shape == (2, 2)
    assert same(answer, array)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "the answer is None. Did you forget to return it, or is what you return None?"),
        ("a", "the answer is 'a', and should be an array of numbers of shape (2,)."),
        ([1, "a"], "the answer is [1, 'a'], and should be an array of numbers of shape (2,)."),
        ([[1], [2, 3]], "the answer is [[1], [2, 3]], and should be an array of numbers of shape (2,)."),
        ({"a": 1}, "the answer is {'a': 1}, and should be an array of numbers of shape (2,)."),
        ([1, 2, 3], "the answer has shape (3,), and should have (2,)."),
        (1, "the answer is a single number, and should have shape (2,)."),
    ],
)
def test_what_is_no_array_is_told(answer, message):
    with pytest.raises(CheckFailed) as failure:
        as_array(answer, of="f(2)", shape=(2,))
    assert str(failure.value) == f"f(2): {message}"


@pytest.mark.parametrize("answer", [[1, 2], (1, 2), {1, 2}, np.array([1, 2])], ids=repr)
def test_items_come_from_any_kind_of_list(answer):
    assert as_list(answer, of="f(2)") == [1, 2]


@pytest.mark.parametrize("answer", [None, 1, "ab", {"a": 1}, np.array(1), True], ids=repr)
def test_what_is_no_list_is_told(answer):
    with pytest.raises(CheckFailed, match="the answer is .*(should be a list|forget to return)"):
        as_list(answer, of="f(2)")


SIZES = [256, 64, 25, 128, 128]  # of a convolution: 6,710,886,400 operations


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (np.prod(SIZES, dtype=np.int32), 6_710_886_400),
        (int(np.prod(SIZES, dtype=np.int32)) + 3, 6_710_886_403),
        (float(np.prod(SIZES, dtype=np.int32)), 6_710_886_400.0),
        ([1, np.prod(SIZES, dtype=np.int32)], [1, 6_710_886_400]),
        (np.array([2, np.prod(SIZES, dtype=np.int32)]), np.array([2, 6_710_886_400])),
    ],
)
def test_what_32_bits_keep_of_a_large_number_is_told(answer, right):
    with pytest.raises(CheckFailed, match=r"what 32 bits keep of 6,710,886,40\d: .*dtype=np.int64"):
        expect(answer, right, of="operations()")


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (0, 2**33),
        (7, 6_710_886_400),
        (6_710_886_400 + 2**32, 6_710_886_400),
        (5, 5 + 2**20),
        (1e300, 1e301),
        ([5], [2]),
    ],
)
def test_other_wrong_numbers_are_not_taken_for_it(answer, right):
    with pytest.raises(CheckFailed) as failure:
        expect(answer, right, of="operations()")
    assert "bits" not in str(failure.value)


def test_the_librarys_own_products_do_not_depend_on_how_long_numpys_whole_numbers_are(monkeypatch):
    from cnnkit.counting import count

    monkeypatch.setattr(np, "prod", lambda *sizes, **more: np.int32(-1))
    assert count("vgg16").total.macs > 2**32
