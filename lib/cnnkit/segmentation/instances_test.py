import numpy as np
import pytest
from scipy.ndimage import label

from cnnkit.datasets import cell_arrays
from cnnkit.segmentation import instances


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("smallest", [0, 1, 4])
def test_they_are_the_parts_that_are_large_enough(seed, smallest):
    mask = np.random.default_rng(seed).random((20, 30)) < 0.5
    found = instances(mask, smallest)
    parts, count = label(mask)
    large = [part for part in range(1, count + 1) if np.sum(parts == part) >= smallest]
    assert found.dtype == np.int32 and found.max() == len(large)
    np.testing.assert_array_equal(found > 0, np.isin(parts, large))
    for part in large:
        assert len(np.unique(found[parts == part])) == 1


def test_the_cells_of_the_data_set_come_back_from_their_class_mask():
    truth = cell_arrays(1, 3, 96)[1]
    found = instances((truth > 0).astype("uint8"))
    for one, other in zip(found, truth, strict=True):
        pairs = np.unique(np.stack([one.ravel(), other.ravel()]), axis=1)
        assert pairs.shape[1] == one.max() + 1 == other.max() + 1


def test_pixels_that_meet_at_a_corner_are_two():
    np.testing.assert_array_equal(instances(np.eye(2, dtype=int)), [[1, 0], [0, 2]])


def test_nothing_and_everything():
    assert instances(np.zeros((3, 4), int)).max() == 0
    assert (instances(np.full((3, 4), 9)) == 1).all()
    assert (instances(np.full((3, 4), 9), smallest=13) == 0).all()


@pytest.mark.parametrize("mask", [np.zeros(4, int), np.zeros((1, 2, 3, 4), int), np.zeros((3, 4))])
def test_what_is_no_mask_is_named(mask):
    with pytest.raises(ValueError, match="and received"):
        instances(mask)
