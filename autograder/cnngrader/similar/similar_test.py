"""Copies are found however they are disguised, and right solutions of one's own are not taken for copies."""

import re
import tomllib
from pathlib import Path

import pytest

from cnngrader.similar.compare import compare
from cnngrader.similar.pair import Likeness
from cnngrader.similar.read_works import Reader
from cnngrader.similar.stream import NOTHING, given_in
from cnngrader.similar.work import Piece, Work

ROOT = Path(__file__).resolve().parents[3]
IDS = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/alternatives.toml"))

POOLING = '''
def max_pool(image, size=2, stride=2):
    """The largest number in each window."""
    rows = range(0, image.shape[0] - size + 1, stride)
    columns = range(0, image.shape[1] - size + 1, stride)
    pooled = np.zeros((len(rows), len(columns)))
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            window = image[row : row + size, column : column + size]
            pooled[i, j] = window.max()
    return pooled
'''
SOFTMAX = """
def softmax(scores, temperature=1.0):
    shifted = (scores - np.max(scores, axis=-1, keepdims=True)) / temperature
    powers = np.exp(shifted)
    if not np.isfinite(powers).all():
        raise ValueError("scores must be finite")
    return powers / powers.sum(axis=-1, keepdims=True)
"""
TRAINING = """
model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(16, 3, activation="relu")])
model.add(keras.layers.GlobalAveragePooling2D())
model.add(keras.layers.Dense(10))
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["accuracy"])
history = model.fit(images, labels, epochs=3, batch_size=64, validation_split=0.1)
"""
MINE = (POOLING, SOFTMAX, TRAINING)
OTHER = """
def max_pool(image, size=2, stride=2):
    views = np.lib.stride_tricks.sliding_window_view(image, (size, size))
    return views[::stride, ::stride].max(axis=(-2, -1))

def softmax(scores, temperature=1.0):
    return np.exp(scores / temperature - scipy.special.logsumexp(scores / temperature, axis=-1, keepdims=True))

inputs = keras.Input((28, 28, 1))
features = keras.layers.Flatten()(inputs)
network = keras.Model(inputs, keras.layers.Dense(10)(keras.layers.Dense(64, "tanh")(features)))
"""
MORE = """
confused = [(int(t), int(p)) for t, p in zip(truth, predicted) if t != p]
figure, axes = plt.subplots(2, 5, figsize=(10, 4))
for axis, (true, guess) in zip(axes.flat, confused[:10]):
    axis.set_title(f"{true} as {guess}")
    axis.imshow(pictures[true], cmap="gray")
"""
ESSAY = (
    "A convolution shares its weights over all places, so that a pattern which was learned at the left is known at the "
    "right as well; the network needs far fewer examples for it, and each weight is trained by every window."
)


def work(owner, *cells, is_code=True):
    return Work(owner, [Piece("n.ipynb", number, "", is_code, text) for number, text in enumerate(cells, start=1)])


def likenesses(*works, given=NOTHING, others=()):
    """{(owner, owner): likeness} of those that stand out."""
    found = compare(works, given, others)
    return {
        (found.works[one.first].owner, found.works[one.second].owner): found.likeness(one)
        for one in found.overlaps.found
    }


def renamed(text):
    own = "image size stride rows columns pooled i row j column window scores temperature shifted powers model history"
    return re.sub(rf"(?<!\.)\b({own.replace(' ', '|')})\b(?!=\")", lambda name: f"my_{name[0]}_2", text)


def commented(text):
    lines = (
        f"{line}  # this is line {number}" if line else "# nothing" for number, line in enumerate(text.split("\n"))
    )
    return "\n".join(lines).replace("The largest number in each window.", "Says\n    something else.")


def wrapped(text):
    return text.replace(", ", ",\n        ").replace("))", "),\n)").replace('"mse"', "'mse'")


DISGUISES = {
    "as it is": (lambda cells: cells, Likeness.IDENTICAL),
    "split into cells": (lambda cells: "\n\n".join(cells).strip().split("\n\n"), Likeness.IDENTICAL),
    "merged into one": (lambda cells: ["".join(cells)], Likeness.IDENTICAL),
    "comments": (lambda cells: map(commented, cells), Likeness.IDENTICAL),
    "renamed": (lambda cells: map(renamed, cells), Likeness.DISGUISED),
    "constants": (lambda cells: [re.sub(r"(?<=[ (])\d+", "7", text) for text in cells], Likeness.DISGUISED),
    "layout": (lambda cells: map(wrapped, cells), Likeness.DISGUISED),
    "all of it": (lambda cells: [commented(wrapped(renamed(text))) for text in cells], Likeness.DISGUISED),
    "another order": (lambda cells: reversed(cells), Likeness.NEARLY),
    "with more": (lambda cells: [*cells, MORE], Likeness.NEARLY),
    "with a line of their own here and there": (
        lambda cells: [re.sub(r"\n(    (?:return|powers) )", r"\n    print('here')\n\1", text) for text in cells],
        Likeness.NEARLY,
    ),
    "a syntax error": (lambda cells: [*cells, "def (: 'never ended"], Likeness.NEARLY),
    "one function of it": (lambda cells: [cells[0], MORE], None),
}


@pytest.mark.parametrize("name", DISGUISES)
def test_a_copy_stands_out_however_it_is_disguised(name):
    disguise, likeness = DISGUISES[name]
    copy = list(disguise(MINE))
    assert name == "as it is" or copy != list(MINE)
    found = likenesses(work("ana", *MINE), work("ben", OTHER), work("cem", *copy))
    assert next(iter(found)) == ("ana", "cem")
    assert likeness is None or found == {("ana", "cem"): likeness}


def versions(id):
    """{answer: right code for it, the solution's and those of the alternatives}."""
    folder = ROOT / "solutions" / id
    cells = re.split(r"^# %%", (folder / f"{id}.py").read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = {}
    for cell in cells:
        head, _, text = cell.partition("\n")
        if (answer := re.search(r'answer="([^"]+)"', head)) and "[markdown]" not in head:
            found[answer[1]] = [re.sub(r"### (BEGIN|END) SOLUTION", "", text)]
    for alternative in tomllib.loads((folder / "alternatives.toml").read_text(encoding="utf-8"))["alternative"]:
        for answer, text in alternative["answers"].items():
            found[answer].append(text)
    return found


@pytest.mark.parametrize("id", IDS)
def test_right_solutions_of_ones_own_do_not_stand_out(id):
    right = versions(id)
    most = max(map(len, right.values()))
    works = [work(str(n), *(texts[n] for texts in right.values() if n < len(texts))) for n in range(most)]
    assert len(works) > 2
    assert likenesses(*works, given=given_in(Reader().read_given(ROOT / "assignments" / id))) == {}


@pytest.mark.parametrize("id", IDS)
def test_a_published_solution_that_was_handed_in_stands_out(id):
    right = versions(id)
    honest, copied = (
        work("ana", *(texts[-1] for texts in right.values() if len(texts) > 1)),
        [t[0] for t in right.values()],
    )
    published = work("past/solution.py", "\n".join(map(commented, copied)))
    given = given_in(Reader().read_given(ROOT / "assignments" / id))
    found = likenesses(honest, work("ben", *map(renamed, copied)), given=given, others=[published])
    assert next(iter(found)) == ("ben", "past/solution.py")
    assert ("ana", "past/solution.py") not in found


def test_others_are_not_compared_with_each_other():
    assert likenesses(work("ana", OTHER), others=[work("x", *MINE), work("y", *MINE)]) == {}


def test_what_was_given_is_nobodys():
    release = [Piece("n.ipynb", n, "", True, text) for n, text in enumerate(MINE)]
    given = given_in([*release, Piece("n.ipynb", 4, "", False, ESSAY)])
    theirs = "answer = np.linalg.norm(images.mean(axis=0) - images[labels == 3].mean(axis=0))"
    handed_in = [work(owner, *MINE, theirs) for owner in ("ana", "ben")]
    assert likenesses(*handed_in, given=given) == {}
    assert likenesses(*(work(o, *map(wrapped, MINE)) for o in ("ana", "ben")), given=given) == {}, "set anew by a tool"
    quoting = [work(owner, f"You asked: {ESSAY} So {owner}.", is_code=False) for owner in ("ana", "ben")]
    assert likenesses(*quoting, given=given) == {}


def test_a_written_answer_is_found_with_a_few_other_words():
    longer = f"{ESSAY} {ESSAY.replace('pattern', 'shape').replace('left', 'top').replace('right', 'bottom')}"
    changed = longer.replace("far fewer", "many less").replace("A convolution", "*Convolution*").upper()
    other = "Weights are shared, hence there are few of them, and an object may move without being lost. " * 4
    found = likenesses(
        work("ana", longer, is_code=False), work("ben", other, is_code=False), work("cem", changed, is_code=False)
    )
    assert list(found) == [("ana", "cem")]


def test_signs_that_are_not_seen_hide_nothing():
    hidden = ESSAY.replace("e", "e\u200b").replace("convolution", "convo\u00adlution")
    found = likenesses(
        *(work(owner, text, text[::-1], is_code=False) for owner, text in (("a", ESSAY * 2), ("b", hidden * 2)))
    )
    assert list(found) == [("a", "b")]


def test_the_only_natural_solution_of_a_class_is_no_evidence():
    own = [f"y = {' + '.join(f'np.f{n}_{k}(x, {k}, axis=a{k})' for k in range(12))}" for n in range(30)]
    students = [work(f"s{n}", *MINE, text) for n, text in enumerate(own)]
    assert likenesses(*students) == {}
    assert list(likenesses(*students, work("copy", *MINE, renamed(own[3])))) == [("s3", "copy")]


def test_several_who_copied_stand_out_in_a_small_class():
    found = likenesses(*(work(owner, *MINE) for owner in ("ana", "ben", "cem")), work("dora", OTHER))
    assert set(found) == {("ana", "ben"), ("ana", "cem"), ("ben", "cem")}
    assert set(found.values()) == {Likeness.IDENTICAL}


@pytest.mark.parametrize("cells", [(), ("",), ("x = 1",), ("# nothing",), ("def f(",), ('"""' * 9,)])
def test_where_there_is_next_to_nothing_nothing_stands_out(cells):
    assert likenesses(work("ana", *cells), work("ben", *cells)) == {}
    assert likenesses(work("ana", *cells)) == {}


def test_of_many_who_have_the_same_each_is_told_once():
    found = compare(
        [work(str(n), *MINE) for n in range(12)] + [work("ana", OTHER), work("ben", renamed(OTHER))], NOTHING
    )
    assert len(found.overlaps.found) == 12 * 11 // 2 + 1
    assert len(found.telling) == 12
    assert {n for one in found.telling for n in (one.first, one.second)} == set(range(14))


def test_passages_are_the_same_symbols_in_both_and_lie_apart():
    twice = work("ben", *map(renamed, MINE), OTHER, *MINE)
    found = compare([work("ana", *MINE, POOLING), twice], NOTHING)
    pair = found.pair(found.overlaps.found[0])
    assert pair.passages
    taken: tuple[set, set] = (set(), set())
    for common in pair.passages:
        (first, here), (second, there) = common.passage.sides()
        assert first.symbols[here] == second.symbols[there]
        for side, place in enumerate((here, there)):
            places = set(range(place.start, place.stop))
            assert not places & taken[side]
            taken[side].update(places)
    assert pair.matching_lines(0) == pair.lines(0)
    assert 0 < pair.matching_lines(1) < pair.lines(1)


@pytest.mark.parametrize(
    "text", ["x = 1\n" * 30_000, "'" * 200_000, '"""\\' * 50_000, "(" * 200_000, "f(a, b)\n" * 9000]
)
def test_a_text_that_repeats_itself_or_never_ends_costs_no_more_than_its_length(text):
    found = compare([work("ana", text), work("ben", text + "y = 2")], NOTHING)
    for one in found.overlaps.found:
        assert found.pair(one).passages
