import math

import keras
import numpy as np
import pytest

from cnnkit.layers import SpatialPyramidPooling2D
from cnnkit.layers.testing import arrays, assert_close

POOLS = {"max": np.max, "average": np.mean}


@pytest.mark.parametrize("pooling", POOLS)
@pytest.mark.parametrize("size", [(13, 9), (4, 7), (2, 3), (1, 1)])
def test_it_is_the_pool_of_each_bin_of_each_level(size, pooling):
    images = np.random.default_rng(0).normal(size=(2, *size, 3)).astype("float32")
    expected = []
    for level in (1, 2, 4):
        for cell in np.ndindex(level, level):
            rows, columns = (
                slice(math.floor(place * n / level), math.ceil((place + 1) * n / level))
                for place, n in zip(cell, size, strict=True)
            )
            expected.append(POOLS[pooling](images[:, rows, columns].astype("float64"), axis=(1, 2)))
    assert_close(SpatialPyramidPooling2D(pooling=pooling)(images), np.concatenate(expected, axis=1))


@pytest.mark.parametrize("level", [2, 4])  # Keras 3.15 ends the process at 1, on TensorFlow
def test_where_bins_are_equal_each_level_is_the_adaptive_pooling_of_keras(level):
    images = np.random.default_rng(1).normal(size=(2, 12, 8, 3)).astype("float32")
    expected = arrays(keras.layers.AdaptiveMaxPooling2D((level, level), data_format="channels_last")(images))[0]
    assert_close(SpatialPyramidPooling2D((level,))(images), expected.reshape(2, -1), 0)
