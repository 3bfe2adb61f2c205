import warnings

import numpy as np
import pytest

from cnngrader.submission.calls import recorded
from cnnkit.check import CheckFailed, Submission
from cnnkit.check.codec import encode

ANSWERS = [
    (3, "3"),
    ("\x1b[2Ka\nb", "'\\x1b[2Ka\\nb'"),
    (np.arange(3.0), "float64 (3,) [0.0, 1.0, 2.0]"),
    (np.arange(24).reshape(4, 6), "int64 (4, 6) [0, 1, 2, …] (0 to 23, mean 11.5)"),
    (np.ones(10, bool), "bool (10,) [True, True, True, …] (True to True, mean 1)"),
    ([1] * 100, "[1, 1, 1, 1, 1, 1, 1, 1, 1, ...]"),
    ({"a": (1, 2)}, "{'a': (1, 2)}"),
]


@pytest.mark.parametrize(("answer", "shown"), ANSWERS)
def test_what_is_asked_and_answered_is_told_in_short(answer, shown):
    calls = []
    submission = Submission(recorded(lambda _: encode({"value": answer}), "test_a", calls))
    submission.conv(np.zeros((2, 1)), stride=2)
    submission.value("numbers")
    assert [(call.test, call.asked) for call in calls] == [
        ("test_a", "conv(float64 (2, 1) [[0.0], [0.0]], stride=2)"),
        ("test_a", "numbers"),
    ]
    assert {call.answered for call in calls} == {shown}


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        (encode({"error": "raised", "text": "ValueError: no", "line": "line 3"}), "raised: ValueError: no, line 3"),
        (encode({"error": "late", "text": "20 s", "line": ""}), "late: 20 s"),
        (encode({"error": "late"}), "what cannot be read"),
        (encode({"value": [1, 2, 3]})[:10], "what cannot be read"),
    ],
)
def test_what_goes_wrong_is_told_too(reply, shown):
    calls = []
    with pytest.raises(CheckFailed):
        Submission(recorded(lambda _: reply, "test_a", calls)).mean()
    assert calls[0].answered == shown


@pytest.mark.parametrize("kind", ["float16", "float64", "int8", "uint64"])
@pytest.mark.parametrize("number", [0, np.nan, np.inf])
def test_every_kind_of_array_can_be_told(kind, number):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of making it
        array = np.full((4, 5), number).astype(kind)
    calls = []
    Submission(recorded(lambda _: encode({"value": array}), "test_a", calls)).mean(array)
    assert f"{kind} (4, 5)" in calls[0].answered and calls[0].answered in calls[0].asked
