"""Comparing an answer with the right one, and naming the mistake where it is a usual one."""

from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import numpy as np

FORGOTTEN = "the answer is None. Did you forget to return it, or is what you return None?"

OVERFLOWN = (
    "that is what 32 bits keep of {0:,}: in them whole numbers end at 2,147,483,647. NumPy computes so in a browser, "
    "and where a dtype says so. Take 64 bits, np.prod(sizes, dtype=np.int64), or Python's own numbers."
)

LONGEST_SHOWN = 80  # characters of a value that a message repeats


class CheckFailed(AssertionError):
    """The answer is wrong; the message is for the student.

    compared: (the answer, the right one), arrays of one shape, where that is what is wrong.
    layers: (the network's, those asked for), in order, where that is.
    """

    compared: tuple[np.ndarray, np.ndarray] | None = None
    layers: tuple[Sequence[Any], Sequence[Any]] | None = None


class PartialCredit(AssertionError):
    """The answer earns the `fraction` (0 to 1) of the test's points; the message says why not all."""

    def __init__(self, fraction: float, message: str):
        super().__init__(message)
        self.fraction = min(max(float(fraction), 0.0), 1.0)


def fail(message: str, *, layers: tuple[Sequence[Any], Sequence[Any]] | None = None) -> NoReturn:
    """End the test with this message to the student.

    Args:
        message: for the student.
        layers: what tells a network's layers, such as the shapes of its weights, and what tells those asked for; they
            are shown side by side.
    """
    failed = CheckFailed(message)
    failed.layers = layers
    raise failed


def expect(
    actual: Any,
    expected: Any,
    *,
    of: str,
    mistakes: Iterable[tuple[Any, str]] = (),
    tolerance: float = 1e-5,
) -> None:
    """Compare numbers, text, arrays, or lists, tuples and dicts of them.

    Args:
        actual: the student's answer.
        expected: the right one.
        of: what was computed, as the student would write it: "output_size(7, 3, stride=2)".
        mistakes: (wrong answer, message) pairs; the first that equals the student's names the mistake.
        tolerance: allowed |actual - expected| / max(1, |expected|), element by element.

    Raises:
        CheckFailed: with a message for the student.
    """
    if same(actual, expected, tolerance):
        return
    usual = (
        message
        for wrong, message in mistakes
        if same(actual, wrong, tolerance) and not same(wrong, expected, tolerance)
    )
    failed = CheckFailed(f"{of}: {next(usual, None) or _difference(actual, expected, tolerance)}")
    got, want = _numbers(actual), _numbers(expected)
    if got is not None and want is not None and got.shape == want.shape:
        failed.compared = got, want
    raise failed


def as_array(value: Any, *, of: str, shape: tuple[int, ...] | None = None) -> np.ndarray:
    """The student's answer as an array of numbers, whether it is an array or lists or tuples of them.

    Args:
        value: the student's answer.
        of: as for `expect`.
        shape: that it must have.

    Raises:
        CheckFailed: with a message for the student.
    """
    if value is None:
        fail(f"{of}: {FORGOTTEN}")
    array = _numbers(value)
    if array is None:
        wanted = "an array of numbers" if shape is None else f"an array of numbers of shape {shape}"
        fail(f"{of}: the answer is {brief(value)}, and should be {'a number' if shape == () else wanted}.")
    if shape is not None and array.shape != shape:
        fail(f"{of}: {_shapes(array.shape, shape)}")
    return array


def as_list(value: Any, *, of: str) -> list[Any]:
    """The items of the student's answer, a list, a tuple, a set or an array.

    Args:
        value: the student's answer.
        of: as for `expect`.

    Raises:
        CheckFailed: with a message for the student.
    """
    if value is None:
        fail(f"{of}: {FORGOTTEN}")
    if isinstance(value, list | tuple | set) or (isinstance(value, np.ndarray) and value.ndim):
        return list(value)
    fail(f"{of}: the answer is {brief(value)}, and should be a list.")


def same(actual: Any, expected: Any, tolerance: float = 1e-5) -> bool:
    """True where both hold equal numbers in equal shapes; a list, a tuple and an array may be equal, and so are
    True and 1."""
    if isinstance(expected, dict):
        return (
            isinstance(actual, dict)
            and actual.keys() == expected.keys()
            and all(same(actual[key], expected[key], tolerance) for key in expected)
        )
    if isinstance(expected, bool):
        number = _numbers(actual)  # 0 and 1 are truth values too
        return number is not None and number.ndim == 0 and bool(number == expected)
    if expected is None or isinstance(expected, str):
        return type(actual) is type(expected) and actual == expected
    if type(actual) is int and type(expected) is int and actual == expected:
        return True  # also where no array can hold it
    if isinstance(actual, list | tuple) and isinstance(expected, list | tuple):
        if len(actual) != len(expected):
            return False
        return all(same(a, e, tolerance) for a, e in zip(actual, expected, strict=True))
    got, want = _numbers(actual), _numbers(expected)
    if got is None or want is None or got.shape != want.shape:
        return False
    return bool(np.all(_close(got, want, tolerance)))


def _close(got: np.ndarray, want: np.ndarray, tolerance: float) -> np.ndarray:
    got, want = got.astype(np.float64), want.astype(np.float64)
    with np.errstate(invalid="ignore"):
        near = np.abs(got - want) <= tolerance * np.maximum(1.0, np.abs(want))
    return np.asarray((near & np.isfinite(want)) | (got == want) | (np.isnan(got) & np.isnan(want)))


def _numbers(value: Any) -> np.ndarray | None:
    """The value as an array of numbers, or None where it is not one."""
    if value is None or isinstance(value, dict) or _holds_text(value):
        return None
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return None
    return array if array.dtype.kind in "biuf" else None


def _holds_text(value: Any) -> bool:
    """Whether there is text in lists of the value: an array of texts gives each the room of the longest."""
    leaves = [value]
    while leaves:
        leaf = leaves.pop()
        if isinstance(leaf, list | tuple):
            leaves.extend(leaf)
        elif isinstance(leaf, str | bytes) or (isinstance(leaf, np.ndarray) and leaf.dtype.kind in "SU"):
            return True
    return False


def _difference(actual: Any, expected: Any, tolerance: float) -> str:
    if actual is None:
        return FORGOTTEN
    if (whole := _overflown(_numbers(actual), _numbers(expected), tolerance)) is not None:
        return OVERFLOWN.format(whole)
    if isinstance(actual, list | tuple) and _lists_items(expected) and _text(actual) != _text(expected):
        return _difference_of_items(actual, expected, tolerance)
    got, want = _numbers(actual), _numbers(expected)
    if want is None or got is None:
        return f"the answer is {brief(actual)}, and should be {brief(expected)}."
    if got.shape != want.shape:
        return _shapes(got.shape, want.shape)
    if got.ndim == 0:
        shown = _apart(got[()], want[()]) if isinstance(actual, float) else (brief(actual), brief(expected))
        return f"the answer is {shown[0]}, and should be {shown[1]}."
    nans = int(np.isnan(got[~_close(got, want, tolerance)].astype(np.float64)).sum())
    if nans:
        return f"{nans} of {got.size} values are NaN (not a number)."
    if got.dtype.kind in "iu" and same(got, np.trunc(want), tolerance):
        return "the values are cut off to whole numbers: the array holds integers. Make it one of floats."
    return _worst(got, want, tolerance)


def _overflown(got: np.ndarray | None, want: np.ndarray | None, tolerance: float) -> int | None:
    """The first right whole number that is too large for 32 bits, where each wrong one is what 32 bits keep of it."""
    if got is None or want is None or got.shape != want.shape:
        return None
    wrong = ~_close(got, want, tolerance)
    found, right = got[wrong].astype(np.float64), want[wrong].astype(np.float64)
    large = (np.abs(right) >= 2.0**31) & (np.abs(right) < 2.0**53)  # above that floats skip whole numbers
    if not (found.any() and large.all() and (np.abs(found) <= 2.0**31).all()):
        return None
    return int(right[0]) if ((found - right) % 2.0**32 == 0).all() else None


def _lists_items(expected: Any) -> bool:
    """Whether it is a list of single things, such as sizes or pairs, and not the rows of an array."""
    return isinstance(expected, tuple) or (
        isinstance(expected, list) and not any(isinstance(item, list | np.ndarray) for item in expected)
    )


def _difference_of_items(
    actual: list[Any] | tuple[Any, ...], expected: list[Any] | tuple[Any, ...], tolerance: float
) -> str:
    if max(len(_text(actual)), len(_text(expected))) <= LONGEST_SHOWN:
        return f"the answer is {brief(actual)}, and should be {brief(expected)}."
    if len(actual) != len(expected):
        return f"the answer has {len(actual)} items, and should have {len(expected)}."
    place = next(i for i, pair in enumerate(zip(actual, expected, strict=True)) if not same(*pair, tolerance))
    return f"its item {place} is {brief(actual[place])}, and should be {brief(expected[place])}."


def _worst(got: np.ndarray, want: np.ndarray, tolerance: float) -> str:
    """How many values are wrong, and the one that is farthest off: small ones tell little."""
    wrong = ~_close(got, want, tolerance)
    exact, right = got.astype(np.float64), want.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        off = np.where(wrong, np.nan_to_num(np.abs(exact - right), nan=np.inf), -1.0)
    where = np.unravel_index(int(off.argmax()), off.shape)
    place = ", ".join(map(str, map(int, where)))
    found, should = _apart(got[where], want[where])
    return (
        f"{int(wrong.sum())} of {got.size} values are wrong; the farthest off, at [{place}], is {found} and should be "
        f"{should}."
    )


def _apart(got: Any, want: Any) -> tuple[str, str]:
    """Both numbers with as many digits as tell them apart, six at least."""
    for digits in (6, 9, 17):
        shown = f"{got:.{digits}g}", f"{want:.{digits}g}"
        if shown[0] != shown[1]:
            break
    return shown


def _shapes(got: tuple[int, ...], want: tuple[int, ...]) -> str:
    has = f"has shape {got}" if got else "is a single number"
    should = f"should {'have' if got else 'have shape'} {want}" if want else "should be a single number"
    return f"the answer {has}, and {should}."


def brief(value: Any, limit: int = LONGEST_SHOWN) -> str:
    """The value in at most `limit` characters.

    Args:
        value: what is to be shown.
        limit: the most characters.
    """
    text = _text(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _text(value: Any) -> str:
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and not value.ndim):
        value = value.item()
    if isinstance(value, np.ndarray):
        return f"an array of shape {tuple(value.shape)}"
    if isinstance(value, float):
        return f"{value:.6g}"
    if type(value) is list:
        return f"[{', '.join(map(_text, value))}]"
    if type(value) is tuple:
        return f"({', '.join(map(_text, value))}{',' * (len(value) == 1)})"
    return repr(value)
