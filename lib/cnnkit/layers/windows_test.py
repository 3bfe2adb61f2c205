import numpy as np
import pytest
from keras import ops

from cnnkit.layers.windows import join_windows, split_windows


@pytest.mark.parametrize(("shape", "edge"), [((2, 6, 4, 3), 2), ((1, 7, 5, 2), 2), ((1, 11, 9, 1), 3)])
def test_parts_are_the_positions_in_a_window_row_by_row(shape, edge):
    images = np.arange(np.prod(shape), dtype="float32").reshape(shape)
    parts = split_windows(ops.convert_to_tensor(images), edge)
    whole = images[:, : shape[1] // edge * edge, : shape[2] // edge * edge]
    for position, part in enumerate(parts):
        row, column = divmod(position, edge)
        np.testing.assert_array_equal(ops.convert_to_numpy(part), whole[:, row::edge, column::edge])
    np.testing.assert_array_equal(ops.convert_to_numpy(join_windows(parts, edge)), whole)
