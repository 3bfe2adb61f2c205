import keras
import numpy as np
import pytest
from keras import ops

from cnnkit.layers import MaxPoolingWithIndices2D, MaxUnpooling2D
from cnnkit.layers.testing import arrays, assert_close


def reference(images, edge):
    """Maxima, positions and the unpooled image, window by window."""
    n, height, width, channels = images.shape
    maxima = np.zeros((n, height // edge, width // edge, channels))
    positions, unpooled = np.zeros_like(maxima), np.zeros_like(images)
    for place in np.ndindex(maxima.shape):
        image, row, column, channel = place
        rows, columns = (slice(start * edge, start * edge + edge) for start in (row, column))
        window = images[image, rows, columns, channel]
        positions[place] = window.argmax()
        maxima[place] = window.max()
        y, x = np.unravel_index(window.argmax(), window.shape)
        unpooled[image, row * edge + y, column * edge + x, channel] = window.max()
    return maxima, positions, unpooled


@pytest.mark.parametrize(
    ("shape", "edge"), [((2, 4, 6, 3), 2), ((1, 9, 6, 2), 3), ((1, 2, 3, 2), 1), ((2, 5, 8, 2), 2)]
)
def test_pooling_and_unpooling_window_by_window(shape, edge):
    images = np.random.default_rng(0).normal(size=shape).astype("float32")
    maxima, positions, unpooled = reference(images, edge)
    found = MaxPoolingWithIndices2D(edge)(images)
    assert_close(found, [maxima, positions], 0)
    assert_close(MaxUnpooling2D(edge, output_size=shape[1:3])(list(found)), unpooled, 0)


def test_the_maxima_are_those_of_keras_and_of_the_lecture():
    images = np.random.default_rng(1).normal(size=(2, 7, 10, 3)).astype("float32")
    expected = keras.layers.MaxPooling2D(2, data_format="channels_last")(images)
    assert_close(MaxPoolingWithIndices2D()(images)[0], arrays(expected), 0)
    image = np.array([[3, -1, -3, -1], [-3, 1, 0, -3], [-3, -3, 0, 1], [3, -2, -2, -1]], "float32")
    maxima, positions = MaxPoolingWithIndices2D()(image.reshape(1, 4, 4, 1))
    assert_close(maxima, np.reshape([[3, 0], [3, 1]], (1, 2, 2, 1)), 0)
    assert_close(positions, np.reshape([[0, 2], [2, 1]], (1, 2, 2, 1)), 0)


def test_pool_of_unpool_is_the_input_from_zero_on():
    rng = np.random.default_rng(2)
    values = np.maximum(rng.normal(size=(2, 3, 5, 4)), 0).astype("float32")
    positions = rng.integers(0, 9, values.shape, "int32")
    again, where = MaxPoolingWithIndices2D(3)(MaxUnpooling2D(3)([values, positions]))
    assert_close(again, values, 0)
    np.testing.assert_array_equal(ops.convert_to_numpy(where)[values > 0], positions[values > 0])


def test_the_first_of_equal_values_counts():
    maxima, positions = MaxPoolingWithIndices2D()(np.ones((1, 2, 4, 1), "float32"))
    assert_close([maxima, positions], [np.ones((1, 1, 2, 1)), np.zeros((1, 1, 2, 1))], 0)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(1, 2, 3, 1), (1, 2, 2, 1)], r"differ in shape, received \(1, 2, 3, 1\) and \(1, 2, 2, 1\)"),
        ([(1, 2, 3, 1), (1, 2, 3)], r"differ in shape, received \(1, 2, 3, 1\) and \(1, 2, 3\)"),
        ([(1, 2, 3, 1)], r"takes \[values, positions\], and received shape"),
    ],
)
def test_inputs_that_do_not_belong_together_are_named(shapes, message):
    with pytest.raises(ValueError, match=message):
        MaxUnpooling2D()([np.zeros(shape, "float32") for shape in shapes])


def test_one_input_is_named():
    with pytest.raises(ValueError, match=r"takes \[values, positions\], and received shape"):
        MaxUnpooling2D()(np.zeros((2, 2, 3, 1), "float32"))


@pytest.mark.parametrize("size", [(3, 6), (6, 6), (4, 5)])
def test_an_output_size_that_does_not_pool_to_the_input_is_named(size):
    with pytest.raises(ValueError, match=r"output_size .* does not pool to the input \(1, 2, 3, 1\)"):
        MaxUnpooling2D(output_size=size)([np.zeros((1, 2, 3, 1), "float32"), np.zeros((1, 2, 3, 1), "int32")])
