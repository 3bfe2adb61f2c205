import numpy as np
import pytest

from cnnkit.layers import BedOfNails2D, TopLeftPooling2D
from cnnkit.layers.testing import assert_close


def test_the_lectures_example():
    expected = [[1, 0, 2, 0], [0, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]]
    image = np.reshape([1, 2, 3, 4], (1, 2, 2, 1)).astype("float32")
    assert_close(BedOfNails2D()(image), np.reshape(expected, (1, 4, 4, 1)), 0)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_each_value_is_a_nail_and_top_left_pooling_finds_it(size):
    images = np.random.default_rng(0).normal(size=(2, 3, 5, 4)).astype("float32")
    expected = np.zeros((2, 3 * size, 5 * size, 4))
    expected[:, ::size, ::size] = images
    nails = BedOfNails2D(size)(images)
    assert_close(nails, expected, 0)
    assert_close(TopLeftPooling2D(size)(nails), images, 0)
