import subprocess
import sys

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from cnnkit.losses import border_term, weight_map


def loop_over_cells(labels, w0, sigma):
    """The border term as published U-Net codes have it: a distance transform for each cell."""
    d1 = d2 = np.full(labels.shape, np.inf)
    for cell in np.unique(labels[labels > 0]):
        distance = distance_transform_edt(labels != cell)
        d1, d2 = np.minimum(d1, distance), np.minimum(d2, np.maximum(d1, distance))
    return w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2))


def cells(rng, size, count):
    """A mosaic of cells, many of which touch."""
    rows, columns = np.indices((size, size))
    centres = rng.uniform(0, size, (count, 2))
    far = np.hypot(rows[..., None] - centres[:, 0], columns[..., None] - centres[:, 1])
    return np.where(far.min(axis=2) < rng.uniform(0.4, 0.9) * size / count**0.5, far.argmin(axis=2) + 1, 0)


NONE = {0: 0.0, 1: 0.0}


def everywhere(labels, *arguments):
    """The border term alone, in cells too."""
    return weight_map(labels, *arguments, class_weights=NONE, border="everywhere")


@pytest.mark.parametrize("seed", range(20))
def test_it_equals_the_loop_over_cells(seed):
    rng = np.random.default_rng(seed)
    labels = cells(rng, rng.integers(8, 90), rng.integers(1, 30))
    w0, sigma = rng.uniform(0.1, 50), rng.uniform(0.5, 8)
    exact = loop_over_cells(labels, w0, sigma)
    np.testing.assert_allclose(everywhere(labels, w0, sigma), exact, rtol=3e-7, atol=2e-7)
    between = weight_map(labels, w0, sigma, class_weights=NONE)
    np.testing.assert_allclose(between, np.where(labels == 0, exact, 0), rtol=3e-7, atol=2e-7)


def test_the_lectures_figures():
    assert border_term([0, 0, 5], [0, 5, 5]).round(4).tolist() == [10, 6.0653, 1.3534]
    for gap, expected in ((5, 6.0653), (10, 1.3534)):
        labels = np.zeros((3, gap + 1), int)
        labels[:, 0], labels[:, -1] = 1, 2
        np.testing.assert_allclose(everywhere(labels), expected, atol=5e-5)


def test_the_classes_are_balanced():
    labels = cells(np.random.default_rng(0), 50, 5)
    balance = weight_map(labels, w0=0).astype("float64")
    assert balance.mean() == pytest.approx(1)
    assert balance[labels > 0].sum() == pytest.approx(balance[labels == 0].sum())
    assert len(np.unique(balance)) == 2


def test_class_weights_are_taken_as_they_are():
    labels = np.array([[0, 4], [9, 0]])
    assert weight_map(labels, w0=0, class_weights={0: 0.5, 1: 3}).tolist() == [[0.5, 3], [3, 0.5]]


@pytest.mark.parametrize("value", [0, 7])
def test_no_cell_and_nothing_but_one_cell_weigh_one(value):
    weights = weight_map(np.full((4, 6), value))
    assert weights.dtype == "float32" and weights.tolist() == np.ones((4, 6)).tolist()


def test_one_cell_has_no_border_term():
    labels = np.zeros((9, 9), int)
    labels[2:5, 3:6] = 5
    np.testing.assert_array_equal(weight_map(labels), weight_map(labels, w0=0))


def test_touching_cells_weigh_most_on_both_sides_of_their_border():
    labels = np.repeat([[1, 1, 1, 2, 2, 2]], 4, axis=0)
    term = everywhere(labels)
    assert not weight_map(labels, class_weights=NONE).any()
    np.testing.assert_allclose(term[0], border_term(0, np.array([3, 2, 1, 1, 2, 3])), rtol=1e-6)


def test_a_cell_at_the_images_border_counts_with_what_is_seen():
    labels = np.zeros((20, 40), int)
    labels[5:15, 10:18], labels[5:15, 22:33] = 1, 2
    whole = weight_map(labels, class_weights=NONE)
    np.testing.assert_array_equal(whole[:, 14:26], weight_map(labels[:, 14:26], class_weights=NONE))


def test_numbers_of_cells_do_not_matter():
    labels = cells(np.random.default_rng(1), 40, 12)
    numbers = np.concatenate([[0], np.random.default_rng(2).permutation(10**6)[:12] + 1])
    for other in (numbers[labels], labels.astype("uint8"), numbers[labels].astype("uint64")):
        np.testing.assert_array_equal(weight_map(other), weight_map(labels))


def test_the_parts_of_one_cell_have_no_border_between_them():
    labels = np.array([[1, 0, 0, 1, 0, 0, 0, 0, 0, 2]])
    assert weight_map(labels, class_weights=NONE)[0, 1:3] == pytest.approx(border_term([1, 1], [8, 7]))


def test_turning_and_flipping_the_mask_turns_and_flips_the_map():
    labels = cells(np.random.default_rng(3), 40, 10)[:, :31]
    for turn in (np.fliplr, np.flipud, np.transpose, np.rot90):
        np.testing.assert_array_equal(weight_map(turn(labels)), turn(weight_map(labels)))


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.zeros((2, 3, 1), int), r"received shape \(2, 3, 1\)"),
        (np.zeros((0, 3), int), r"received shape \(0, 3\)"),
        (np.zeros((2, 3)), "received float64; skimage.measure.label"),
        (np.zeros((2, 3), bool), "received bool"),
        (np.array([[0, -3]]), "received -3"),
    ],
)
def test_what_is_no_instance_mask_is_named(labels, message):
    with pytest.raises(ValueError, match=message):
        weight_map(labels)


@pytest.mark.parametrize("wrong", [{"w0": -1}, {"w0": np.nan}, {"sigma": 0}, {"sigma": np.inf}])
def test_impossible_parameters(wrong):
    with pytest.raises(ValueError, match="received w0="):
        weight_map(np.eye(3, dtype=int), **wrong)


def test_another_border():
    with pytest.raises(ValueError, match="and received 'cells'"):
        weight_map(np.eye(3, dtype=int), border="cells")


@pytest.mark.parametrize("wrong", [{0: 1}, {0: 1, 1: -1}, {0: 1, 1: 1, 2: 1}])
def test_impossible_class_weights(wrong):
    with pytest.raises(ValueError, match="class_weights"):
        weight_map(np.eye(3, dtype=int), class_weights=wrong)


def test_no_deep_learning_library_is_needed():
    code = (
        "import sys, numpy; from cnnkit.losses import weight_map; weight_map(numpy.eye(3, dtype=int)); "
        "sys.exit(any(name in sys.modules for name in ('keras', 'tensorflow', 'jax', 'torch')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
