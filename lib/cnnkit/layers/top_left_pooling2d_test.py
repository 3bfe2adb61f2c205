import numpy as np
import pytest

from cnnkit.layers import TopLeftPooling2D
from cnnkit.layers.testing import assert_close


@pytest.mark.parametrize(("shape", "edge"), [((2, 6, 4, 3), 2), ((1, 7, 5, 2), 2), ((1, 11, 9, 1), 3)])
def test_it_is_every_nth_value_of_whole_windows(shape, edge):
    images = np.random.default_rng(0).normal(size=shape).astype("float32")
    whole = images[:, : shape[1] // edge * edge, : shape[2] // edge * edge]
    assert_close(TopLeftPooling2D(edge)(images), whole[:, ::edge, ::edge], 0)
