import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from cnnkit.losses.nearest_two import nearest_two, set_members


def one_transform_a_cell(labels):
    """(d1, d2) as published U-Net codes have them: a distance transform for each cell."""
    distances = [distance_transform_edt(labels != cell) for cell in np.unique(labels[labels > 0])]
    absent = np.full(labels.shape, np.inf)
    d1, d2 = np.sort([*distances, absent, absent], axis=0)[:2]
    return d1, d2


def discs(rng, shape, count, radius):
    """Overlapping discs, the later on top: touching, cut off, cut in parts, swallowed."""
    labels = np.zeros(shape, int)
    rows, columns = np.indices(shape)
    for cell in rng.permutation(count) + 1:
        centre = rng.uniform(-2, np.add(shape, 2))
        far = np.hypot(rows - centre[0], columns - centre[1])
        size = rng.uniform(0, radius)
        labels[(far <= size) & (far >= size * rng.choice([0, 0.6]))] = cell  # every second one is a ring
    return labels


def assert_equal_within(labels, reach):
    for ours, exact in zip(nearest_two(labels, reach), one_transform_a_cell(labels), strict=True):
        np.testing.assert_allclose(ours, np.where(exact <= reach, exact, np.inf), rtol=1e-15)


@pytest.mark.parametrize("seed", range(40))
def test_it_equals_one_transform_a_cell(seed):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 70, 2))
    labels = discs(rng, shape, rng.integers(0, 40), rng.uniform(1, 15))
    assert_equal_within(labels, rng.uniform(0, 60))
    assert_equal_within(labels, 1e4)


@pytest.mark.parametrize("count", [2, 3, 4, 7, 11, 21, 71])
def test_single_pixels_on_a_plane(count):
    rng = np.random.default_rng(count)
    labels = np.zeros(400, int)
    labels[rng.permutation(400)[:count]] = rng.permutation(1000)[:count] + 1
    assert_equal_within(labels.reshape(20, 20), 30.5)


@pytest.mark.parametrize("seed", range(5))
def test_every_pixel_a_cell_of_its_own_or_of_many_parts(seed):
    rng = np.random.default_rng(seed)
    assert_equal_within(rng.permutation(13 * 17).reshape(13, 17) + 1, 9)
    assert_equal_within(rng.integers(0, 6, (13, 17)), 9)


def test_equally_near_cells():
    labels = np.array([[1, 0, 2], [0, 0, 0], [3, 0, 4]])
    d1, d2 = nearest_two(labels, 10)
    assert d1[1, 1] == d2[1, 1] == 2**0.5
    assert d1[0, 1] == d2[0, 1] == 1


def test_distances_at_the_reach_are_kept_and_beyond_it_infinite():
    labels = np.zeros((1, 9), int)
    labels[0, 0], labels[0, 8] = 1, 2
    d1, d2 = nearest_two(labels, 5)
    assert d1[0].tolist() == [0, 1, 2, 3, 4, 3, 2, 1, 0]
    assert d2[0].tolist() == [np.inf, np.inf, np.inf, 5, 4, 5, np.inf, np.inf, np.inf]


def test_a_wide_reach_does_not_overflow():
    labels = np.zeros((3, 700), int)
    labels[0, 0], labels[2, 699] = 1, 2
    assert_equal_within(labels, 650.0)


@pytest.mark.parametrize("count", [2, 3, 4, 6, 7, 10, 11, 35, 36, 200, 252, 253, 1000])
def test_each_cell_has_its_own_half_and_no_set_is_empty(count):
    members = set_members(count)
    sets = len(members)
    assert members.shape == (sets, count) and members.any(axis=1).all()
    assert np.unique(members, axis=1).shape[1] == count
    assert (members.sum(axis=0) == sets // 2).all()


def test_the_sets_grow_as_the_logarithm():
    assert [len(set_members(count)) for count in (25, 50, 100, 200, 400)] == [7, 8, 9, 10, 11]
