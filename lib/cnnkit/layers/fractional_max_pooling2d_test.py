import itertools

import numpy as np
import pytest
from keras import ops

from cnnkit.layers import FractionalMaxPooling2D
from cnnkit.layers.testing import arrays, assert_close

KINDS = list(itertools.product([False, True], [False, True]))


def edges_of(layer, size, training):
    return ops.convert_to_numpy(layer._edges(size, layer._count(size), training))


@pytest.mark.parametrize(
    ("ratio", "size", "expected"),
    [(2**0.5, 36, 25), (2**0.5, 25, 17), (1.25, 10, 8), (1.9, 5, 2), (1.2, 12, 10)],
)
def test_output_sizes_are_rounded_down(ratio, size, expected):
    layer = FractionalMaxPooling2D(ratio)
    assert layer.compute_output_shape((None, size, None, 2)) == (None, expected, None, 2)
    assert tuple(layer(np.zeros((1, size, size + 1, 2), "float32")).shape)[1] == expected


@pytest.mark.parametrize("pseudo_random", [False, True])
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize(("ratio", "size"), [(2**0.5, 36), (2 ** (1 / 3), 17), (1.8, 40), (1.99, 1000)])
def test_windows_cover_the_edge_in_steps_of_one_and_two(ratio, size, training, pseudo_random):
    layer = FractionalMaxPooling2D(ratio, pseudo_random, seed=0)
    steps = np.diff(edges := edges_of(layer, size, training))
    assert (edges[0], edges[-1], len(steps)) == (0, size, int(size / ratio))
    assert set(steps) <= ({1, 2} if size <= 2 * len(steps) else {2, 3})


def test_pseudo_random_edges_are_the_papers_formula_for_some_shift():
    """a_i = ceil(ratio * (i + u)), up to where the count starts."""
    n, m = 36, 25
    possible = set()
    for u in np.linspace(0, 1, 2000, endpoint=False):
        a = np.ceil(n / m * (np.arange(m + 1) + u) - 1e-9).astype(int)
        possible.add(tuple(a - a[0]))
    layer = FractionalMaxPooling2D(2**0.5, seed=1)
    drawn = {tuple(edges_of(layer, n, True)) for _ in range(30)}
    assert drawn <= possible and len(drawn) > 5


def test_random_edges_are_in_any_order():
    layer = FractionalMaxPooling2D(1.5, pseudo_random=False, seed=1)
    drawn = {tuple(np.diff(edges_of(layer, 6, True))) for _ in range(60)}
    assert drawn == set(itertools.permutations([1, 1, 2, 2]))


@pytest.mark.parametrize(("pseudo_random", "overlapping"), KINDS)
@pytest.mark.parametrize("training", [False, True])
def test_it_is_the_maximum_of_each_window(pseudo_random, overlapping, training):
    images = np.random.default_rng(0).normal(size=(2, 11, 14, 3)).astype("float32")
    layer = FractionalMaxPooling2D(1.6, pseudo_random, overlapping, seed=3)
    outputs = layer(images, training=training)
    twin = FractionalMaxPooling2D(1.6, pseudo_random, overlapping, seed=3)
    rows, columns = (edges_of(twin, size, training) for size in images.shape[1:3])
    expected = np.zeros(outputs.shape)
    for i, j in np.ndindex(*expected.shape[1:3]):
        window = images[:, rows[i] : rows[i + 1] + overlapping, columns[j] : columns[j + 1] + overlapping]
        expected[:, i, j] = window.max(axis=(1, 2))
    assert_close(outputs, expected, 0)


def test_in_use_it_is_always_the_same_and_in_training_it_is_not():
    images = np.random.default_rng(1).normal(size=(1, 30, 40, 2)).astype("float32")
    layer = FractionalMaxPooling2D(seed=2)
    np.testing.assert_array_equal(*(arrays(layer(images))[0] for _ in range(2)))
    assert np.ptp([arrays(layer(images, training=True))[0] for _ in range(3)], axis=0).max() > 0
