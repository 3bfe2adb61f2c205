import subprocess
import sys

import numpy as np
import pytest
from sklearn.metrics import f1_score, jaccard_score, zero_one_loss

from cnnkit.segmentation import dice, iou, pixel_error

SCORES = (iou, dice, pixel_error)


def masks(seed):
    rng = np.random.default_rng(seed)
    return rng.random((2, *rng.integers(1, 12, size=rng.integers(1, 4)))) < rng.random()


@pytest.mark.parametrize("seed", range(20))
def test_they_are_those_of_scikit_learn(seed):
    one, other = masks(seed)
    flat = other.ravel(), one.ravel()
    assert iou(one, other) == pytest.approx(jaccard_score(*flat, zero_division=1))
    assert dice(one, other) == pytest.approx(f1_score(*flat, zero_division=1))
    assert pixel_error(one, other) == pytest.approx(zero_one_loss(*flat))


@pytest.mark.parametrize("seed", range(5))
def test_dice_follows_from_iou_and_both_are_symmetric(seed):
    one, other = masks(seed)
    assert dice(one, other) == pytest.approx(2 * iou(one, other) / (1 + iou(one, other)))
    for score in SCORES:
        assert score(one, other) == score(other, one)


@pytest.mark.parametrize("edge", [2, 5, 20])
def test_a_shift_of_one_pixel(edge):
    """Of a square of edge a, a(a - 1) pixels stay: IoU (a - 1) / (a + 1), Dice (a - 1) / a."""
    square = np.zeros((30, 30), int)
    square[4 : 4 + edge, 4 : 4 + edge] = 1
    moved = np.roll(square, 1, axis=1)
    assert iou(moved, square) == pytest.approx((edge - 1) / (edge + 1))
    assert dice(moved, square) == pytest.approx((edge - 1) / edge)
    assert pixel_error(moved, square) == pytest.approx(2 * edge / 900)


def test_nothing_where_nothing_is():
    nothing, something = np.zeros((3, 4), int), np.eye(3, 4, dtype=int)
    assert [score(nothing, nothing) for score in SCORES] == [1, 1, 0]
    assert [score(something, something) for score in SCORES] == [1, 1, 0]
    assert [score(nothing, something) for score in SCORES] == [0, 0, 0.25]


def test_an_instance_mask_scores_as_its_class_mask():
    one, other = masks(3)
    numbers = np.random.default_rng(0).integers(1, 900, one.shape)
    for score in SCORES:
        assert score(numbers * one, other * 255) == score(one, other)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize(
    ("predicted", "truth", "message"),
    [
        (np.zeros((2, 3)), np.zeros((2, 3), int), "predicted has whole numbers .* received float64; argmax"),
        (np.zeros((2, 3), int), np.zeros((2, 3), complex), "truth has whole numbers .* received complex128"),
        (np.zeros((2, 3), int), np.zeros((2, 3, 1), int), r"one shape, and received \(2, 3\) and \(2, 3, 1\)"),
        (np.zeros((0, 3), int), np.zeros((0, 3), int), r"a pixel at least, and received shape \(0, 3\)"),
        (np.array([[-1]]), np.array([[1]]), "predicted has numbers from 0 on, and received -1"),
    ],
)
def test_what_is_no_mask_is_named(score, predicted, truth, message):
    with pytest.raises(ValueError, match=message):
        score(predicted, truth)


def test_no_deep_learning_library_is_needed():
    code = (
        "import sys, numpy; from cnnkit.segmentation import iou, instances, match_instances\n"
        "mask = instances(numpy.eye(3, dtype=int)); iou(mask, mask); match_instances(mask, mask)\n"
        "sys.exit(any(name in sys.modules for name in ('keras', 'tensorflow', 'jax', 'torch')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
