import numpy as np
import pytest

from cnnkit.datasets import cell_arrays
from cnnkit.segmentation import instances, match_instances


def brute_force(predicted, truth, threshold):
    """The matches, by looking at each pair of cells."""
    matches = {}
    for one in np.unique(predicted[predicted > 0]):
        for other in np.unique(truth[truth > 0]):
            both, either = (predicted == one) & (truth == other), (predicted == one) | (truth == other)
            if both.sum() / either.sum() >= threshold:
                matches[int(one), int(other)] = both.sum() / either.sum()
    return matches


def mosaic(rng, size=24, count=9):
    """Cells in contact, numbered at random."""
    centres = rng.uniform(0, size, (count, 2))
    far = np.linalg.norm(np.moveaxis(np.indices((size, size)), 0, -1)[:, :, None] - centres, axis=-1)
    return np.where(far.min(-1) < size / 5, (rng.permutation(100)[:count] + 1)[far.argmin(-1)], 0)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("threshold", [0.5, 0.7])
def test_it_equals_brute_force(seed, threshold):
    rng = np.random.default_rng(seed)
    truth = mosaic(rng)
    predicted = np.where(rng.random(truth.shape) < 0.1, 0, np.roll(truth, seed % 4, axis=0)) * 3
    expected = brute_force(predicted, truth, threshold)
    found = match_instances(predicted, truth, threshold)
    pairs = {(one, other): iou for (_, one, other), iou in zip(found.pairs.tolist(), found.iou, strict=True)}
    assert pairs == pytest.approx(expected)
    cells = [len(np.unique(mask[mask > 0])) for mask in (predicted, truth)]
    assert [found.predicted, found.present] == cells
    assert found.precision == len(expected) / cells[0] and found.recall == len(expected) / cells[1]
    assert found.f1 == pytest.approx(2 * len(expected) / sum(cells))


def test_the_numbers_do_not_matter_and_the_truth_finds_itself():
    truth = cell_arrays(2, 1, 192)[1][0]
    numbers = np.random.default_rng(0).permutation(10**6)[: truth.max() + 1] + 1
    found = match_instances(np.where(truth > 0, numbers[truth], 0), truth)
    assert found.f1 == found.precision == found.recall == 1 and len(found.pairs) == truth.max()
    np.testing.assert_array_equal(found.pairs[:, 1], numbers[found.pairs[:, 2]])


def test_two_cells_that_run_together_are_lost():
    truth = np.zeros((10, 21), int)
    truth[2:8, 1:10], truth[2:8, 11:20] = 1, 2
    apart = match_instances(instances(truth > 0), truth)
    truth_closed = truth.copy()
    truth_closed[4, 10] = 1  # a bridge of one pixel
    together = match_instances(instances(truth_closed > 0), truth)
    assert (apart.f1, together.f1, together.predicted) == (1, 0, 1)


def test_a_large_cell_with_a_small_one_at_its_side_is_still_found():
    truth = np.array([[1, 1, 1, 1, 2]])
    found = match_instances(np.full((1, 5), 7), truth)
    assert found.pairs.tolist() == [[0, 7, 1]] and found.iou.tolist() == [0.8]
    assert found.precision == 1 and found.recall == 0.5 and found.f1 == pytest.approx(2 / 3)


def test_exactly_one_half_counts_once():
    whole, halves = np.array([[1, 1, 1, 1]]), np.array([[5, 5, 3, 3]])
    assert match_instances(halves, whole).pairs.tolist() == [[0, 3, 1]]
    assert match_instances(whole, halves).pairs.tolist() == [[0, 1, 3]]
    assert len(match_instances(halves, whole, 0.51).pairs) == 0


def test_a_threshold_that_is_met_exactly_is_met():
    predicted, truth = np.zeros((2, 1, 20), int)
    predicted[0, :11], truth[0] = 1, 1
    assert match_instances(predicted, truth, 0.55).f1 == 1


def test_the_images_of_a_batch_are_counted_together():
    rng = np.random.default_rng(0)
    truth = np.stack([mosaic(rng) for _ in range(3)])
    predicted = np.roll(truth, 2, axis=2)
    found = match_instances(predicted, truth)
    alone = [match_instances(*pair) for pair in zip(predicted, truth, strict=True)]
    assert found.predicted == sum(one.predicted for one in alone)
    for image, one in enumerate(alone):
        mine = found.pairs[:, 0] == image
        np.testing.assert_array_equal(found.pairs[mine, 1:], one.pairs[:, 1:])
        np.testing.assert_array_equal(found.iou[mine], one.iou)


def test_nothing_where_nothing_is():
    nothing, something = np.zeros((3, 3), int), np.eye(3, dtype=int)
    scores = [
        (found.precision, found.recall, found.f1)
        for found in (
            match_instances(nothing, nothing),
            match_instances(nothing, something),
            match_instances(something, nothing),
        )
    ]
    assert scores == [(1, 1, 1), (1, 0, 0), (0, 1, 0)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.eye(2, dtype=int), np.eye(3, dtype=int)), "one shape"),
        ((np.ones(3, int), np.ones(3, int)), r"\(height, width\) or .* received \(3,\)"),
        ((np.eye(2), np.eye(2, dtype=int)), "predicted has whole numbers"),
        ((np.eye(2, dtype=int), np.eye(2, dtype=int), 0.4), "from 0.5 to 1, and received 0.4"),
    ],
)
def test_what_cannot_be_matched_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        match_instances(*arguments)
