"""Whatever a student's functions and variables hold, each test of each assignment gives a verdict about the student."""

import importlib.util
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnkit.check import GradedTest, Submission
from cnnkit.check._graded import TestFunction
from cnnkit.check.codec import decode, encode

ROOT = Path(__file__).parents[3]
RUBRICS = sorted((ROOT / "autograder" / "rubrics").glob("test_*.py"))
VARIANT = {"errors": [("conv1", "macs", 1.0, 2.0, "pad")]}
SOUND = {  # variables, as they may be
    "errata": [("alexnet", "conv1", "params_k", 24.0)], "PRINTED": {"alexnet": {"conv1": [23.0]}},
    "COLUMNS": ["params_k"], "TOTALS": ["memory_mb"], "findings": [("conv1", "macs", 2.0, "pad")],
    "table": [{"layer": "conv1", "out_size": 1, "memory_kb": 1.0, "params": 1, "macs": 1}],
    "CAUSES": {"pad": "a pixel"}, "CHOICE": "deepfool",
}  # fmt: skip
DEEPEST = 6  # right answers that a test may be given before the odd one, less one

NAN, INF = float("nan"), float("inf")
REPORT = {
    "handle": 0, "made": True, "input_shape": [None, 28, 28, 1], "output_shape": [None, 10], "parameters": 137660,
    "trainable": 6, "weights": [[3, 2]], "layers": [{"class": "Dense"}],
}  # fmt: skip
ODD: list[Any] = [
    None, True, 0, -1, 10**30, 0.5, NAN, INF, Fraction(1, 3), "", "relu", "x" * 2000, [], (), {}, set(), {1, 2}, [[]],
    [None], ["a", 1], [1, [2, 3]], [[1, 2], [3]], [(0, 4), (4, 8)], {"a": 1}, {1: {2: [3]}}, [{"layer": "conv1"}],
    [NAN] * 4, [1, 2, 3, "4"], ((1, 2), np.zeros(3)), (np.zeros((2, 2)), None), [np.zeros(2), np.zeros(3)],
    np.zeros(()), np.zeros(0), np.zeros((0, 3)), np.zeros(3), np.ones((4, 4)), np.full((2, 3), NAN), np.zeros((1,) * 8),
    np.zeros((2, 8, 8, 1), "float32"), np.array([True, False]), np.array([300], "uint16"), REPORT,
    {**REPORT, "layers": [{}]}, [([], {}, None, 1.0)], [("conv1", "macs", 1.0, [])], [("alexnet", [], "params_k", 1.0)],
    [("conv1", "macs", NAN, "pad"), ("alexnet", "conv1", "params_k", INF)], {"alexnet": {"conv1": "x"}}, {"pad": None},
]  # fmt: skip


def loaded(rubric: Path) -> Any:
    spec = importlib.util.spec_from_file_location(rubric.stem, rubric)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Replies:
    """A student's side that sends these values, one a call, and then the last of them for ever. So it does for
    variables, but for those that are sound."""

    def __init__(self, values: list[Any], sound: dict[str, Any]):
        self.values, self.sound, self.asked, self.variables = values, sound, 0, set[str]()

    def __call__(self, message: bytes) -> bytes:
        request = decode(message)
        if request["op"] == "value":
            self.variables.add(request["name"])
            if request["name"] in self.sound:
                return encode({"value": self.sound[request["name"]]})
        self.asked += 1
        return encode({"value": self.values[min(self.asked, len(self.values)) - 1]})


class Deeper(Exception):
    """The test has compared the last answer with this one."""

    def __init__(self, expected: Any):
        self.expected = expected


MARKER = {"an": "odd one"}


def noting(actual: Any, expected: Any, **_: Any) -> None:
    """In place of a rubric's `expect`: its right answers are taken for granted."""
    if isinstance(actual, dict) and actual == MARKER:
        raise Deeper(expected)


def right_answers(module: Any, test: TestFunction, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """None, one, two, ... of the right answers that a test asks for in turn, as far as it compares each of them."""
    known: list[Any] = []
    while len(known) < DEEPEST:
        yield known
        replies = Replies([*known, MARKER], SOUND)
        with monkeypatch.context() as patched:
            patched.setattr(module, "expect", noting)
            try:
                test(Submission(replies, variant=VARIANT))
                return
            except (AssertionError, LookupError, TypeError):  # MARKER is odd, too
                return
            except Deeper as deeper:
                if replies.asked != len(known) + 1:
                    return
                known = [*known, deeper.expected]


def fault(test: TestFunction, replies: Replies) -> str:
    """Why the test itself fails; "" where it gives a verdict."""
    try:
        test(Submission(replies, variant=VARIANT))
    except AssertionError:
        pass
    except Exception as error:
        return f"{test.__name__}, answer {replies.asked}, {replies.values[-1]!r:.60}: {type(error).__name__}: {error}"
    return ""


@pytest.mark.parametrize("rubric", RUBRICS, ids=lambda path: path.stem)
def test_an_odd_value_gets_a_verdict(rubric, monkeypatch):
    module = loaded(rubric)
    tests = [value for value in vars(module).values() if isinstance(getattr(value, "graded", None), GradedTest)]
    faults, deepest = [], 0
    for number, test in enumerate(tests):
        variables: set[str] = set()
        for depth, known in enumerate(right_answers(module, test, monkeypatch)):
            deepest = max(deepest, depth)
            step = 1 if not (depth or test.graded.trains) else 8  # what is deep, or large, is tried with a part of them
            for value in ODD[(number + depth) % step :: step]:
                replies = Replies([*known, value], SOUND)
                faults.append(fault(test, replies))
                variables |= replies.variables
        for name in variables:
            others = {other: value for other, value in SOUND.items() if other != name}
            faults += [fault(test, Replies([value], others)) for value in ODD]
    assert not any(faults), "\n".join(filter(None, faults))
    assert deepest == DEEPEST - 1
