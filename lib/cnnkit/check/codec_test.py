import collections
import enum
import json
import random
import re
import struct
import types
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from cnnkit.check.codec import DTYPES, MAX_BYTES, MAX_DEPTH, BadMessage, NotPlainData, decode, encode

EXACT = (type(None), bool, int, float, str, list, tuple, set, dict, np.ndarray)
TEXTS = ["", "a", "naïve", "مرحبا", "漢字", "🎓", "\0", '"\\\n', "\ud800"]
NUMBERS = [0, -1, True, False, 2**63, -(10**200), 0.0, -0.0, 1e-320, 1.5, float("inf"), float("-inf"), float("nan")]
SHAPES = [(0,), (1,), (3, 0, 2), (2, 3), (2, 1, 3, 2)]


def random_array(rng):
    shape = rng.choice(SHAPES)
    bits = np.random.default_rng(rng.randrange(2**32)).integers(0, 2, shape)
    array = np.asarray(bits * rng.choice([1, 100, 0.5])).astype(rng.choice(sorted(DTYPES)))
    changes = [np.asfortranarray, lambda a: a.astype(a.dtype.newbyteorder(">")), np.transpose, lambda a: a]
    return rng.choice(changes)(array)


def random_value(rng, depth=0):
    kind = rng.randrange(4 if depth > 4 else 7)
    if kind < 4:
        return [lambda: None, lambda: rng.choice(NUMBERS), lambda: rng.choice(TEXTS), lambda: random_array(rng)][kind]()
    items = [random_value(rng, depth + 1) for _ in range(rng.randrange(4))]
    if kind < 6:
        return items if kind == 4 else tuple(items)
    return {rng.choice(["a", "ü", 1, 2.5, True, -7]): item for item in items}


def equal(a, b):
    """Equal in type and value all through; NaN equals NaN, and a byte order is no difference."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return (
            a.shape == b.shape and a.dtype.name == b.dtype.name and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        )
    if isinstance(a, dict):
        return all(equal(x, y) for x, y in zip(a.items(), b.items(), strict=True))
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, set):
        return sorted(map(repr, a)) == sorted(map(repr, b))
    return repr(a) == repr(b)


def only_exact_types(value):
    if isinstance(value, list | tuple | set):
        return type(value) in EXACT and all(map(only_exact_types, value))
    if isinstance(value, dict):
        return type(value) is dict and all(only_exact_types(part) for pair in value.items() for part in pair)
    if isinstance(value, np.ndarray):
        return type(value) is np.ndarray and value.dtype.name in DTYPES
    return type(value) in EXACT


def message(tree, body=b""):
    header = json.dumps(tree).encode()
    return struct.pack(">Q", len(header)) + header + body


@pytest.mark.parametrize("seed", range(300))
def test_every_plain_value_comes_back_as_it_was(seed):
    value = random_value(random.Random(seed))
    assert equal(decode(encode(value)), value)


@pytest.mark.parametrize("dtype", sorted(DTYPES))
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("order", ["<", ">"])
def test_arrays_of_every_dtype_come_back_native_and_writable(dtype, shape, order):
    array = np.random.default_rng(0).integers(0, 2, shape).astype(np.dtype(dtype).newbyteorder(order))
    back = decode(encode(array))
    assert equal(back, array)
    assert back.dtype.isnative
    assert back.flags.writeable


def test_floats_keep_their_every_bit():
    values = np.random.default_rng(1).integers(0, 2**64, 1000, dtype=np.uint64).view(np.float64)
    assert decode(encode(values)).tobytes() == values.tobytes()
    plain = [float(value) for value in values if np.isfinite(value)]
    assert decode(encode(plain)) == plain


@pytest.mark.parametrize("dims", [16, 17, 32])
def test_what_can_be_encoded_can_be_decoded_however_many_dimensions(dims):
    array = np.zeros((1,) * dims)
    try:
        sent = encode(array)
    except NotPlainData:
        return
    assert equal(decode(sent), array)


def test_numpy_scalars_become_plain_numbers():
    for scalar, plain in [(np.float32(0.5), 0.5), (np.int8(-3), -3), (np.bool_(True), True)]:
        assert equal(decode(encode(scalar)), plain)


def test_an_array_like_object_becomes_an_array():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return np.arange(3.0)

    assert equal(decode(encode(Tensor())), np.arange(3.0))


class AlwaysEqual:
    def __eq__(self, other):
        return True

    __hash__ = None


class ListOfAnswers(list):
    def __eq__(self, other):
        return True

    __hash__ = None


class Pretender:
    """Says of itself that it is a list."""

    __class__ = property(lambda self: list)

    def __iter__(self):
        return iter([1, AlwaysEqual()])


class Text(str):
    pass


class Whole(int):
    pass


class Real(float):
    pass


Pair = collections.namedtuple("Pair", "a b")


class Colour(enum.IntEnum):
    RED = 1


@pytest.mark.parametrize(
    ("sent", "plain"),
    [
        (np.array(0.5), 0.5),
        (np.array(True), True),
        (np.longdouble(0.5), 0.5),
        (np.str_("a"), "a"),
        (Colour.RED, 1),
        (Text("a"), "a"),
        (Fraction(1, 4), 0.25),
        (Decimal("0.25"), 0.25),
        ({np.int64(3): 1, np.str_("a"): 2, np.float32(0.5): 3}, {3: 1, "a": 2, 0.5: 3}),
        (range(2, 5), [2, 3, 4]),
        (np.array(["a", "bc"]), ["a", "bc"]),
        (np.array([[1, None], ["a", 0.5]], dtype=object), [[1, None], ["a", 0.5]]),
        (np.ma.masked_array([1.0, 2.0]), np.array([1.0, 2.0])),
        ({("conv1", 3), ("conv2", 0.5)}, {("conv1", 3), ("conv2", 0.5)}),
        (frozenset({1}), {1}),
    ],
    ids=lambda value: repr(sorted(value, key=repr) if isinstance(value, set) else value),
)
def test_what_means_the_same_becomes_the_plain_one(sent, plain):
    assert equal(decode(encode(sent)), plain)


def test_numbers_of_sixteen_bits_cross_as_those_of_32():
    bfloat16 = pytest.importorskip("ml_dtypes").bfloat16
    assert equal(decode(encode(np.ones(3, bfloat16))), np.ones(3, np.float32))
    assert equal(decode(encode(bfloat16(0.5))), 0.5)


def containing_itself():
    value = []
    value.append(value)
    return value


def array_in_itself():
    value = np.array(None, dtype=object)
    value[()] = value
    return value


REFUSED = {
    "generator": lambda: (n for n in range(3)),
    "iterator": lambda: iter([1]),
    "always equal": AlwaysEqual,
    "always equal, in a list": lambda: [1, AlwaysEqual()],
    "pretends to be a list": Pretender,
    "object array": lambda: np.array([len, 1], dtype=object),
    "array in itself": array_in_itself,
    "masked array": lambda: np.ma.masked_array([1.0, 2.0], [False, True]),
    "masked": lambda: np.ma.masked,
    "structured array": lambda: np.zeros(2, dtype=[("a", "i4")]),
    "complex": lambda: 1j,
    "complex array": lambda: np.zeros(2, complex),
    "dates": lambda: np.zeros(2, "datetime64[s]"),
    "bytes": lambda: b"abc",
    "function": lambda: len,
    "class with __array__": lambda: type("Tensor", (), {"__array__": lambda self: np.zeros(2)}),
    "module": lambda: types,
    "list in itself": containing_itself,
    "dict with a tuple as key": lambda: {(1, 2): 3},
    "dict with None as key": lambda: {None: 3},
    "2 GiB array": lambda: np.broadcast_to(np.float32(0), (2**29,)),
    "more than 64 MiB in several arrays": lambda: [np.zeros(MAX_BYTES // 2, "u1")] * 3,
    "an int of 5000 digits": lambda: 10**5000,
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_plain_data_is_refused_in_one_line(make):
    with pytest.raises(NotPlainData) as refusal:
        encode(make())
    assert str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "value",
    [
        ListOfAnswers([1, ListOfAnswers()]),
        Pair(1, 2),
        collections.OrderedDict(a=1),
        collections.defaultdict(list, a=[1]),
        np.ma.masked_array([1.0, 2.0], [False, True]),
        Text("a"),
        Whole(3),
        Real(0.5),
        {Text("a"): 1},
        [Whole(3)],
    ],
    ids=repr,
)
def test_a_subclass_is_rebuilt_as_its_builtin_or_refused(value):
    try:
        sent = encode(value)
    except NotPlainData:
        return
    assert only_exact_types(decode(sent))


@pytest.mark.parametrize("wrap", [lambda v: [v], lambda v: (v,), lambda v: {"a": v}], ids=["list", "tuple", "dict"])
def test_nesting_is_allowed_to_a_depth_and_refused_beyond(wrap):
    value = 1
    for _ in range(MAX_DEPTH):
        value = wrap(value)
    assert equal(decode(encode(value)), value)
    with pytest.raises(NotPlainData, match="nested more than 20 levels"):
        encode(wrap(value))


@pytest.mark.parametrize(
    "value", [list(range(10**6)), np.broadcast_to(np.uint8(0), (MAX_BYTES * 2,))], ids=["list", "array"]
)
def test_a_refusal_for_size_names_a_size_above_the_limit(value):
    with pytest.raises(NotPlainData) as refusal:
        encode(value)
    size, limit = map(int, re.findall(r"(\d+) MiB", str(refusal.value)))
    assert size > limit


def decoded_or_bad(data):
    """False where decoding raised BadMessage; any other exception fails the test."""
    try:
        value = decode(data)
    except BadMessage:
        return False
    assert only_exact_types(value)
    return True


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_give_plain_data_or_bad_message(seed):
    rng = random.Random(seed)
    for _ in range(100):
        tail = rng.randbytes(rng.randrange(60))
        decoded_or_bad(tail)
        decoded_or_bad(struct.pack(">Q", rng.randrange(70)) + tail)


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_message_gives_plain_data_or_bad_message(seed):
    rng = random.Random(seed)
    whole = encode([random_value(rng) for _ in range(3)])
    for _ in range(50):
        flipped = bytearray(whole)
        for _ in range(rng.randrange(1, 4)):
            flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
        decoded_or_bad(bytes(flipped))


@pytest.mark.parametrize("seed", range(10))
def test_a_message_cut_short_or_with_more_behind_it_is_bad(seed):
    whole = encode({"a": random_value(random.Random(seed)), "b": np.arange(5)})
    assert not any(decoded_or_bad(whole[:length]) for length in range(len(whole)))
    assert not decoded_or_bad(whole + b"\0")


PIECES = [
    "array",
    "list",
    "tuple",
    "dict",
    "int8",
    "float64",
    "object",
    "O",
    0,
    1,
    -1,
    2**70,
    1e300,
    True,
    None,
    "",
    [],
]


def random_tree(rng, depth=0):
    if depth > 3 or rng.random() < 0.3:
        return rng.choice(PIECES)
    if rng.random() < 0.5:
        return [random_tree(rng, depth + 1) for _ in range(rng.randrange(4))]
    kinds = rng.sample(["array", "list", "tuple", "dict", "set"], k=rng.choice([0, 1, 1, 1, 1, 1, 2]))
    return {kind: random_tree(rng, depth + 1) for kind in kinds}


@pytest.mark.parametrize("seed", range(40))
def test_a_forged_header_gives_plain_data_or_bad_message(seed):
    rng = random.Random(seed)
    for _ in range(250):
        decoded_or_bad(message(random_tree(rng), rng.randbytes(rng.randrange(20))))


@pytest.mark.parametrize(
    "forged",
    [
        b"",
        b"\0" * 7,
        b"\xff" * 8,
        message([1, 2]),
        message({}),
        message({"list": [1], "tuple": [2]}),
        message({"pickle": "cos\nsystem"}),
        message({"array": ["object", [1]]}, b"\0" * 8),
        message({"array": ["int8", [2**62, 2**62]]}),
        message({"array": ["int8", [0, 10**30]]}),
        message({"array": ["int8", [-1]]}, b"\0"),
        message({"array": ["int8", [True]]}, b"\0"),
        message({"array": ["int8", [1]]}),
        message({"dict": [[[1], 2]]}),
        struct.pack(">Q", 100_000) + b"[" * 100_000,
        struct.pack(">Q", 5002) + b'"' + b"\xff" * 5000 + b'"',
        struct.pack(">Q", 5000) + b"1" * 5000,
    ],
    ids=lambda forged: repr(forged[8:40]),
)
def test_forged_messages_are_bad(forged):
    with pytest.raises(BadMessage):
        decode(forged)


def test_a_forged_array_of_truth_values_holds_zeros_and_ones_only():
    forged = message({"array": ["bool", [3]]}, b"\x00\x01\x07")
    try:
        array = decode(forged)
    except BadMessage:
        return
    assert array.view(np.uint8).max() == 1


def test_decoded_arrays_share_no_memory():
    first = np.zeros(3)
    a, b = decode(encode([first, first]))
    a[0] = 1
    assert b[0] == 0
    assert first[0] == 0
